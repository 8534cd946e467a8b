//! Bundles that a runbook makes.

use super::runs::full_table;
use super::stories::{instance, report, run};
use crate::event::{BundleStep, Event};
use crate::report::{Style, json, text, text_since, text_so_far};

fn begun() -> Event {
    Event::Bundle(BundleStep::Begun {
        instance: instance(23),
        run: run(),
        because: "table-full holds".into(),
    })
}

fn made(missing: &[&str], left: Option<&str>) -> Event {
    Event::Bundle(BundleStep::Made {
        instance: instance(23),
        commands: 2,
        path: "/bundles/heeler-ip-10-0-1-23-7k3mq9z2v0ab.tar.gz".into(),
        bytes: 8_123_456,
        sha256: "4c1d".into(),
        missing: missing.iter().map(|what| (*what).to_owned()).collect(),
        left: left.map(str::to_owned),
    })
}

/// The run with a full table, and what became of its bundle before its end.
fn events(bundle: Vec<Event>) -> Vec<Event> {
    let mut events = full_table();
    let end = events.pop().expect("an end");
    events.extend(bundle);
    events.push(end);
    events
}

fn lines(bundle: Vec<Event>) -> String {
    let shown = text(&report(run(), events(bundle)), &Style::default());
    let with = shown.lines().skip_while(|line| !line.contains("bundle"));
    let all: Vec<&str> = with.collect();
    // The last line is of the whole run.
    all[..all.len() - 1].join("\n")
}

#[test]
fn a_whole_one_says_where_it_lies() {
    assert_eq!(
        lines(vec![begun(), made(&[], None)]),
        "bundle     /bundles/heeler-ip-10-0-1-23-7k3mq9z2v0ab.tar.gz\n           \
         of ip-10-0-1-23, as table-full holds; 8123456 bytes\n           \
         nothing is left on the node"
    );
}

#[test]
fn one_that_lacks_something_says_so() {
    let missing = ["what logs say: the admin container is off"];
    let left = Some("it could not be taken back");
    assert_eq!(
        lines(vec![begun(), made(&missing, left)]),
        "bundle     /bundles/heeler-ip-10-0-1-23-7k3mq9z2v0ab.tar.gz\n           \
         of ip-10-0-1-23, as table-full holds; PARTIAL, 8123456 bytes\n           \
         missing: what logs say: the admin container is off\n           \
         left on the node: it could not be taken back"
    );
}

#[test]
fn none_says_why() {
    let failed = Event::Bundle(BundleStep::Failed {
        instance: instance(23),
        commands: 1,
        why: "there is no way through the node proxy: not allowed: get nodes/proxy".into(),
    });
    assert_eq!(
        lines(vec![begun(), failed]),
        "no bundle  none of ip-10-0-1-23, where table-full holds: there is no way through the node \
         proxy: not allowed: get nodes/proxy"
    );
    let left_out = |number| {
        Event::Bundle(BundleStep::LeftOut {
            instance: instance(number),
            because: "table-full holds".into(),
            why: "5 are made in a run at most".into(),
        })
    };
    assert_eq!(
        lines(vec![left_out(23), left_out(24)]),
        format!(
            "no bundle  none of ip-10-0-1-23, {}: 5 are made in a run at most",
            instance(24)
        )
    );
    assert_eq!(
        lines(vec![begun()]),
        format!(
            "no bundle  one of ip-10-0-1-23 was begun (run {}) and has no recorded end; the node \
             takes back what lies there by itself",
            run().short()
        )
    );
}

#[test]
fn programs_are_told_the_same() {
    let state = |bundle: Vec<Event>| {
        let told = json(&report(run(), events(bundle)));
        told["nodes"][0]["bundle"].clone()
    };
    assert!(state(Vec::new()).is_null());
    assert_eq!(state(vec![begun()])["state"], "in-doubt");
    let whole = state(vec![begun(), made(&[], None)]);
    assert_eq!(whole["state"], "made");
    assert_eq!(whole["bytes"], 8_123_456);
    assert_eq!(whole["because"], "table-full holds");
    assert_eq!(
        state(vec![begun(), made(&["x: y"], None)])["state"],
        "partial"
    );
}

#[test]
fn what_was_shown_before_is_not_shown_again() {
    let report = report(run(), events(vec![begun(), made(&[], None)]));
    let style = Style::default();
    let (before, since) = (text_so_far(&report, &style), text_since(&report, &style));
    assert_eq!(format!("{before}{since}"), text(&report, &style));
    assert!(before.contains("table-full") && !before.contains("bundle"));
    assert!(since.starts_with("bundle"));
}
