//! What programs and pipes get.

use serde_json::json as tree;

use super::repairs::{KEY, applied, planned};
use super::stories::{fix_run, instance, report, run};
use crate::event::samples;
use crate::event::{Direction, Event};
use crate::report::{JSON_FORMAT, Progress, Report, json, json_text, status};

#[test]
fn json_has_its_format_and_its_ids_in_full() {
    let value = json(&report(fix_run(), planned()));
    assert_eq!(value["format"], JSON_FORMAT);
    assert_eq!(value["run"]["id"], fix_run().uuid().to_string());
    assert_eq!(value["run"]["about"], run().uuid().to_string());
    assert_eq!(value["where"]["cluster"], "prod");
    assert_eq!(value["ending"], tree!(null));
    let node = &value["nodes"][0];
    assert_eq!(node["pod"], "shop/checkout-7d9f5c-x2vqz");
    assert_eq!(node["cluster"], "verified");
    assert_eq!(node["findings"][0]["verdict"], "holds");
    let fix = &value["fix"];
    assert_eq!(fix["state"], "planned");
    let approve = fix["plan"]["approve"].as_str().unwrap();
    assert!(
        approve.ends_with(
            "shorten-time-wait --instance i-0abc1234def567823 -i time_wait=60s --yes 4d1f00ba"
        ),
        "{approve}"
    );
}

#[test]
fn json_says_how_a_change_can_be_taken_back_while_it_stands() {
    let value = json(&report(fix_run(), applied()));
    assert_eq!(value["fix"]["state"], "applied");
    assert_eq!(
        value["fix"]["revert"],
        format!("heeler revert {}", fix_run())
    );
    assert_eq!(value["fix"]["changes"][0]["outcome"], "applied");
    assert_eq!(value["fix"]["plan"]["approve"], tree!(null));
}

#[test]
fn values_become_plain_json() {
    let value = json(&Report::fold(&samples::records()));
    let look = &value["nodes"][0]["looks"][0]["value"];
    assert_eq!(look["integer"], 262_144);
    assert_eq!(look["duration"], 1.5);
    assert_eq!(look["share"], 0.81);
    assert_eq!(look["version"], "1.33.3");
    assert_eq!(look["list"], tree!([null]));
    assert_eq!(look["unseen"]["unseen"][0]["why"], "admin-off");
    assert_eq!(look["unseen"]["unseen"][3]["why"], tree!({"timed-out": 5}));
}

#[test]
fn json_text_holds_nothing_that_a_terminal_obeys() {
    let value = tree!({"log": "\u{1b}[2J \u{9b}31m \u{202e} ü"});
    let printed = json_text(&value);
    let hostile = printed
        .chars()
        .filter(|c| *c != '\n' && (c.is_control() || *c == '\u{202e}'));
    assert_eq!(hostile.count(), 0, "{printed:?}");
    assert_eq!(
        serde_json::from_str::<serde_json::Value>(&printed).unwrap(),
        value
    );
}

#[test]
fn progress_is_one_clean_line_for_each_event() {
    let (mut progress, mut lines) = (Progress::default(), 0);
    for event in samples::events() {
        for text in [progress.line(&event), status(&event)]
            .into_iter()
            .flatten()
        {
            assert!(
                !text.is_empty() && !text.contains(char::is_control),
                "{text:?}"
            );
            lines += 1;
        }
    }
    assert!(lines > 25, "{lines}");
}

#[test]
fn progress_tells_what_happened() {
    let told = lines(&planned());
    assert_eq!(
        told,
        [
            "fix conntrack-exhaustion",
            "prod-eu (cluster prod) 111122223333 eu-west-1 as ops/alice",
            "ip-10-0-1-23",
            "command 1 sent: c0de",
            "i-0abc1234def567823 answered",
            "critical table-full: 412 packets of new connections dropped each second",
            "planned shorten-time-wait, digest 4d1f00ba",
        ]
    );
}

#[test]
fn progress_shows_a_change_as_its_plan_does() {
    let mut events = planned();
    let raw = |value: &str| format!(r#"{{"{KEY}":{value}}}"#);
    for event in &mut events {
        if let Event::FixPlanned(plan) = event {
            plan.changes[0].diff = "absent → 60 s".into();
        }
        if let Event::CommandSent { command, .. } = event {
            command.0 = "0f6b2b4e-93f0-4f43-9a0e-3d0f8c1b2a3d".into();
        }
    }
    let sent = lines(&events)
        .into_iter()
        .find(|line| line.contains("sent"));
    assert_eq!(sent.as_deref(), Some("command 1 sent: 0f6b2b4e"));
    let change = |direction, from: &str, to: &str| {
        [
            Event::ChangeStarted {
                instance: instance(23),
                subject: KEY.into(),
                from: raw(from),
                to: raw(to),
                direction,
            },
            Event::ChangeApplied {
                instance: instance(23),
                subject: KEY.into(),
                value: raw(to),
                direction,
                found: false,
            },
        ]
    };
    let there = change(Direction::Apply, "null", "\"60\"");
    let back = change(Direction::Revert, "\"60\"", "null");
    let before = lines(&events).len();
    // A way back by another run knows no plan.
    let alone = lines(&back);
    events.extend(there.into_iter().chain(back));
    let (node, told) = ("i-0abc1234def567823", lines(&events).split_off(before));
    let wanted = [
        format!("apply on {node}: {KEY} absent → 60 s"),
        format!("{node} reads back {KEY} = 60"),
        format!("revert on {node}: {KEY} 60 → absent"),
        format!("{node} reads back {KEY} = absent"),
    ];
    assert_eq!(told, wanted);
    assert_eq!(alone, wanted[2..]);
}

fn lines(events: &[Event]) -> Vec<String> {
    let mut progress = Progress::default();
    events
        .iter()
        .filter_map(|event| progress.line(event))
        .collect()
}
