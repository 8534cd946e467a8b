//! What speaks for a finding, findings of the run, and those that another one stands for.

use insta::assert_snapshot;

use super::stories::{
    answered, beginning, ended, holds, instance, judged, looked, report, ruled_out, run, screen,
    target, unseen,
};
use crate::event::{Event, Evidence, Exit, RawAnswer, Strength, Verdict};
use crate::report::{Progress, Style, json, text};
use crate::value::{Value, Why};

fn with(event: Event, spoken: &[(&str, Strength)]) -> Event {
    let Event::Judged {
        instance,
        finding,
        label,
        severity,
        verdict,
        ..
    } = event
    else {
        return event;
    };
    let evidence = spoken.iter().map(|(look, strength)| Evidence {
        look: (*look).into(),
        strength: *strength,
    });
    Event::Judged {
        instance,
        finding,
        label,
        severity,
        verdict,
        evidence: evidence.collect(),
    }
}

fn read(event: Event, bytes: &[u8]) -> Event {
    match event {
        Event::LookAnswered {
            instance,
            look,
            label,
            value,
            trace,
            ..
        } => Event::LookAnswered {
            instance,
            look,
            label,
            value,
            trace,
            raw: Some(RawAnswer::of(bytes, &[])),
        },
        other => other,
    }
}

/// The same event of the whole run.
fn of_run(event: Event) -> Event {
    match event {
        Event::Judged {
            finding,
            label,
            severity,
            verdict,
            evidence,
            ..
        } => Event::Judged {
            instance: None,
            finding,
            label,
            severity,
            verdict,
            evidence,
        },
        other => other,
    }
}

fn was_full() -> Event {
    let verdict = holds("The table has been full", &[], None);
    judged(23, "warning", "was-full", "a table that was full", verdict)
}

fn proved() -> Vec<Event> {
    let mut events = beginning("run", vec![target(23)]);
    let spoken = [
        ("traffic", Strength::Proves),
        ("log", Strength::Suggests),
        ("gone", Strength::Proves),
    ];
    let off = Value::Unseen(unseen("gone", Why::AdminOff));
    events.extend([
        answered(23),
        read(
            looked(23, "traffic", "the table's counters", Value::Integer(7)),
            b"7 0 0\n",
        ),
        read(
            looked(23, "log", "kernel log", Value::Integer(2)),
            b"2 1000 table full\n",
        ),
        looked(23, "gone", "not seen", off),
        with(was_full(), &spoken),
        judged(
            23,
            "note",
            "busy",
            "a busy table",
            Verdict::Superseded("was-full".into()),
        ),
        ruled_out(23, "table-full", "a full table"),
        ended(Exit::Found, false),
    ]);
    events
}

#[test]
fn one_line_of_evidence_names_the_bytes() {
    let style = Style {
        evidence: true,
        ..Style::default()
    };
    assert_snapshot!(text(&report(run(), proved()), &style), @r"
    prod-eu (cluster prod) 111122223333 eu-west-1 as ops/alice
    ip-10-0-1-23 → i-0abc1234def567823  Bottlerocket 1.50.0, 8 CPUs
    WARNING was-full   The table has been full
      The kernel drops them itself.
      proved by the table's counters (6 B, sha256 9120d009fe1b); suggested by kernel log (18 B, sha256 6146d3999f3b)
    ruled out  a full table
    superseded a busy table: was-full stands for it
    not seen   not seen: the admin container is off
    looked at  the table's counters (traffic): 7
    looked at  kernel log (log): 2
    looked at  not seen (gone): not seen
    3.4 s, 1 command, nothing changed
    ");
    assert_snapshot!(screen(run(), proved()), @r"
    prod-eu (cluster prod) 111122223333 eu-west-1 as ops/alice
    ip-10-0-1-23 → i-0abc1234def567823  Bottlerocket 1.50.0, 8 CPUs
    WARNING was-full   The table has been full
    ruled out  a full table
    not seen   not seen: the admin container is off
    3.4 s, 1 command, nothing changed
    ");
}

#[test]
fn programs_get_size_digest_and_excerpt() {
    let json = json(&report(run(), proved()));
    let findings = &json["nodes"][0]["findings"];
    assert_eq!(findings[0]["suggestion"], false);
    assert_snapshot!(format!("{:#}", findings[0]["evidence"]), @r#"
    [
      {
        "bytes": 6,
        "excerpt": "7 0 0",
        "instance": null,
        "look": "traffic",
        "sha256": "9120d009fe1b8eba853fdf3776e68c106923e6741617e7b8ca379ce37a789b2a",
        "strength": "proves"
      },
      {
        "bytes": 18,
        "excerpt": "2 1000 table full",
        "instance": null,
        "look": "log",
        "sha256": "6146d3999f3b1d5471bf4939ef27cc918faef51b69eef13b80abbc699cd9586d",
        "strength": "suggests"
      }
    ]
    "#);
    assert_eq!(findings[1]["verdict"], "superseded");
    assert_eq!(findings[1]["superseded_by"], "was-full");
    assert_eq!(findings[2]["superseded_by"], serde_json::Value::Null);
    assert_eq!(findings[2]["evidence"], serde_json::json!([]));
}

#[test]
fn what_is_only_suggested_is_said_so() {
    let mut events = beginning("run", vec![target(23)]);
    let suggested = with(was_full(), &[("log", Strength::Suggests)]);
    events.extend([answered(23), suggested.clone(), ended(Exit::Found, false)]);
    assert_snapshot!(screen(run(), events.clone()), @r"
    prod-eu (cluster prod) 111122223333 eu-west-1 as ops/alice
    ip-10-0-1-23 → i-0abc1234def567823  Bottlerocket 1.50.0, 8 CPUs
    WARNING was-full   suggested, not proved: The table has been full
    3.4 s, 1 command, nothing changed
    ");
    let findings = &json(&report(run(), events))["nodes"][0]["findings"];
    assert_eq!(findings[0]["suggestion"], true);
    assert_eq!(
        Progress::default().line(&suggested).as_deref(),
        Some("warning was-full: suggested, not proved: The table has been full")
    );
}

fn over_the_run(nodes: u8) -> Vec<Event> {
    let mut events = beginning("run", (1..=nodes).map(target).collect());
    for number in 1..=nodes {
        let table = looked(number, "table", "the table's size", Value::Integer(9));
        events.extend([answered(number), read(table, b"9\n")]);
    }
    let many = judged(
        1,
        "critical",
        "many-full",
        "many full tables",
        holds("2 of 2 nodes", &[], None),
    );
    events.extend([
        of_run(with(many, &[("table", Strength::Proves)])),
        of_run(ruled_out(1, "none-full", "an empty fleet")),
        ended(Exit::Found, false),
    ]);
    events
}

#[test]
fn a_finding_of_the_run_stands_below_its_nodes() {
    assert_snapshot!(screen(run(), over_the_run(1)), @r"
    prod-eu (cluster prod) 111122223333 eu-west-1 as ops/alice
    ip-10-0-1-1 → i-0abc1234def567801  Bottlerocket 1.50.0, 8 CPUs
    CRITICAL many-full   2 of 2 nodes
    ruled out  an empty fleet
    3.4 s, 1 command, nothing changed
    ");
    assert_snapshot!(screen(run(), over_the_run(2)), @r"
    prod-eu (cluster prod) 111122223333 eu-west-1 as ops/alice
    looked at  ip-10-0-1-1, ip-10-0-1-2
    CRITICAL many-full   2 of 2 nodes
    ruled out  an empty fleet
    3.4 s, 1 command, nothing changed
    ");
    let json = json(&report(run(), over_the_run(2)));
    let evidence = &json["findings"][0]["evidence"];
    assert_eq!(evidence[1]["instance"], instance(2).to_string());
    assert_eq!(evidence[1]["bytes"], 2);
    assert_eq!(json["nodes"][0]["findings"], serde_json::json!([]));
}

#[test]
fn nothing_is_found_only_where_the_run_has_nothing_either() {
    let mut events = beginning("run", vec![target(1)]);
    let undecided = judged(
        1,
        "warning",
        "many-full",
        "many full tables",
        Verdict::NotSeen(unseen("log", Why::AdminOff)),
    );
    events.extend([
        answered(1),
        ruled_out(1, "table-full", "a full table"),
        of_run(undecided),
        ended(Exit::NotSeen, false),
    ]);
    assert_snapshot!(screen(run(), events), @r"
    prod-eu (cluster prod) 111122223333 eu-west-1 as ops/alice
    ip-10-0-1-1 → i-0abc1234def567801  Bottlerocket 1.50.0, 8 CPUs
    nothing found in what could be seen
    ruled out  a full table
    undecided  many full tables
    not seen   log: the admin container is off
    3.4 s, 1 command, nothing changed
    ");
}
