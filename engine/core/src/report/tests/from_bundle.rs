//! What was judged from a bundle.

use insta::assert_snapshot;

use super::runs::full_table;
use super::stories::{report, run};
use crate::event::Event;
use crate::report::{FromBundle, Report, Style, json, text};

fn judged(partial: Option<&str>) -> Report {
    let mut events = full_table();
    for event in &mut events {
        if let Event::FixOffered(offer) = event {
            offer.withheld = Some("a bundle changes nothing".into());
        }
    }
    Report {
        run: None,
        bundle: Some(FromBundle {
            file: "a.tar.gz".into(),
            node: "ip-10-0-1-23".into(),
            at: "2026-02-28T12:00:00Z".parse().expect("a time"),
            partial: partial.map(Into::into),
        }),
        ..report(run(), events)
    }
}

#[test]
fn a_bundle_is_named_first_and_offers_nothing() {
    let screen = text(&judged(None), &Style::default());
    let lines: Vec<&str> = screen.lines().collect();
    assert_snapshot!(lines[..2].join("\n"), @r"
    bundle a.tar.gz: ip-10-0-1-23 as it was at 2026-02-28 12:00:00 UTC; nobody was asked
    prod-eu (cluster prod) 111122223333 eu-west-1 as ops/alice
    ");
    assert!(
        screen.contains("shorten-time-wait is withheld: a bundle changes nothing"),
        "{screen}"
    );
    assert!(!screen.contains("heeler fix"), "{screen}");
    let partial = text(&judged(Some("it ends too soon")), &Style::default());
    assert_eq!(partial.lines().nth(1), Some("PARTIAL: it ends too soon"));
}

#[test]
fn programs_are_told_too() {
    let value = json(&judged(Some("it ends too soon")));
    assert_eq!(value["bundle"]["file"], "a.tar.gz");
    assert_eq!(value["bundle"]["node"], "ip-10-0-1-23");
    assert_eq!(value["bundle"]["at"], "2026-02-28T12:00:00Z");
    assert_eq!(value["bundle"]["partial"], "it ends too soon");
    assert!(value["run"]["id"].is_null());
    assert!(value["nodes"][0]["fixes"][0]["command"].is_null());
    // Where nodes were asked there is no such word.
    let live = json(&report(run(), full_table()));
    assert!(live.get("bundle").is_none());
}
