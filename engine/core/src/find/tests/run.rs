//! Findings over several nodes: those of the run, and those that stand for others.

use std::collections::BTreeMap;

use uuid::Uuid;

use crate::action;
use crate::event::{Event, Evidence, Exit, NodeTarget, RunId, Strength, Verdict};
use crate::find::{Judged, View, exit, judged, verdicts};
use crate::frame::Ident;
use crate::runbook::Runbook;
use crate::runbook::tests::runbook_of;
use crate::value::{Unseen, Value, Why};

const TEXT: &str = r#"
heeler: 1
name: many-full
summary: Tables are full
target: node
inputs:
  zones: { type: list, of: text, default: [a, b], help: Zones }
look:
  table:
    label: the table's size
    sysctl: { count: net.netfilter.nf_conntrack_count, max: net.netfilter.nf_conntrack_max }
  log:
    label: kernel log
    dmesg: { pattern: full }
  proxy:
    kube:
      get: configmaps
      namespace: kube-system
      name: kube-proxy-config
      extract: { min: { path: data.min, type: integer } }
find:
  full:
    when: table.count >= table.max
    severity: critical
    says: "{{ table.count }}"
  filling:
    when: table.count * 2 >= table.max or log.lines > 0
    severity: warning
    says: more than half
  any-use:
    when: table.count > 0
    severity: note
    says: in use
  logged:
    when: log.lines > 0
    evidence: [{ suggests: log }]
    severity: note
    says: the log says so
  most-full:
    when: share(table.count >= table.max) > 0.5 and proxy.min < 10
    severity: critical
    says: "{{ count(table.count >= table.max) }} of {{ count(table.max > 0) }}, at most {{ max(table.count) }}"
  zoned:
    for-each: inputs.zones
    when: each == "b" and proxy.min > 3
    severity: note
    says: "zone {{ each }}"
"#;

fn runbook(instead: &str) -> Runbook {
    let mut text = TEXT.trim_start().to_string();
    for pair in instead.split_whitespace() {
        let (one, other) = pair.split_once('>').expect("one>other");
        let head = format!("  {one}:\n");
        assert!(text.contains(&head), "{one}");
        text = text.replace(&head, &format!("{head}    instead-of: [{other}]\n"));
    }
    runbook_of(&text, action::all())
}

/// A node with this many of 100 entries, whose kernel log can't be read.
fn view(number: u8, count: Option<i64>) -> View {
    let mut view = View::new(NodeTarget {
        node: Some(format!("n{number}")),
        ..NodeTarget::of(
            format!("i-0abc1234def5678{number:02}")
                .parse()
                .expect("an id"),
        )
    });
    view.ident = Some(Ident {
        boot_id: "b".into(),
        cluster: None,
        os_version: "1.50.0".into(),
        cpus: 8,
        uptime_s: 1,
    });
    let table = match count {
        Some(count) => Value::record([
            ("count", Value::Integer(count)),
            ("max", Value::Integer(100)),
        ]),
        None => unseen("table"),
    };
    let proxy = Value::record([("min", Value::Integer(5))]);
    let seen = [("table", table), ("log", unseen("log")), ("proxy", proxy)];
    view.looks = seen.map(|(name, value)| (name.to_string(), value)).into();
    view
}

fn unseen(look: &str) -> Value {
    Value::Unseen(vec![Unseen {
        look: look.into(),
        why: Why::AdminOff,
    }])
}

fn run() -> RunId {
    RunId::new(Uuid::from_u128(7))
}

fn all<'a>(runbook: &'a Runbook, views: &'a [View]) -> Vec<Judged<'a>> {
    let zones = ["a", "b"].map(Value::text).to_vec();
    let inputs = BTreeMap::from([("zones".to_string(), Value::List(zones))]);
    judged(runbook, &inputs, run(), views)
}

/// The verdict of a finding on a node, or of the run; in one word, with what it says.
fn told(judged: &[Judged<'_>], node: Option<&str>, finding: &str) -> String {
    let mut fitting = judged.iter().filter(|judged| {
        judged.rule.name == finding
            && judged.view.and_then(|view| view.target.node.as_deref()) == node
    });
    let one = fitting.next().expect("it was judged");
    assert!(fitting.next().is_none(), "{finding} was judged twice");
    match &one.verdict {
        Verdict::Holds(text) => text.says.clone(),
        Verdict::RuledOut => "ruled out".into(),
        Verdict::NotSeen(missing) => format!("not seen: {}", missing[0].look),
        Verdict::Superseded(by) => format!("superseded by {by}"),
    }
}

#[test]
fn a_finding_of_the_run_is_judged_once_over_the_nodes_that_answered() {
    let runbook = runbook("");
    let mut silent = view(4, Some(100));
    silent.ident = None;
    for (look, value) in &mut silent.looks {
        *value = Value::Unseen(vec![Unseen {
            look: look.clone(),
            why: Why::NoAnswer("offline".into()),
        }]);
    }
    let mut foreign = view(5, Some(0));
    foreign.barred = Some("of another cluster".into());
    let views = [
        view(1, Some(100)),
        view(2, Some(100)),
        view(3, Some(7)),
        silent,
        foreign,
    ];
    let judged = all(&runbook, &views);
    assert_eq!(told(&judged, None, "most-full"), "2 of 3, at most 100");
    assert_eq!(told(&judged, None, "zoned"), "zone b");
    assert_eq!(told(&judged, Some("n3"), "full"), "ruled out");
    assert_eq!(judged.len(), 3 * 4 + 2);
}

#[test]
fn a_node_that_can_not_be_told_leaves_the_run_undecided() {
    let runbook = runbook("");
    let views = [view(1, Some(100)), view(2, None)];
    let judged = all(&runbook, &views);
    assert_eq!(
        told(&judged, None, "most-full"),
        "not seen: the table's size"
    );
    let nobody = all(&runbook, &[]);
    assert_eq!(told(&nobody, None, "most-full"), "not seen: nodes");
    assert_eq!(told(&nobody, None, "zoned"), "not seen: proxy");
}

#[test]
fn what_another_finding_stands_for_is_superseded() {
    let runbook = runbook("full>filling filling>any-use");
    let views = [
        view(1, Some(100)),
        view(2, Some(60)),
        view(3, Some(1)),
        view(4, None),
    ];
    let judged = all(&runbook, &views);
    let told = |node, finding| told(&judged, Some(node), finding);
    assert_eq!(told("n1", "full"), "100");
    assert_eq!(told("n1", "filling"), "superseded by full");
    // Filling holds as well, but is not what is reported.
    assert_eq!(told("n1", "any-use"), "superseded by full");
    assert_eq!(told("n2", "full"), "ruled out");
    assert_eq!(told("n2", "any-use"), "superseded by filling");
    // What is undecided stands for nothing.
    assert_eq!(told("n3", "filling"), "not seen: kernel log");
    assert_eq!(told("n3", "any-use"), "in use");
    assert_eq!(told("n4", "any-use"), "not seen: the table's size");
}

#[test]
fn a_finding_of_the_run_stands_for_those_of_nodes() {
    let runbook = runbook("most-full>full logged>any-use");
    let views = [view(1, Some(100)), view(2, Some(100)), view(3, Some(7))];
    let judged = all(&runbook, &views);
    assert_eq!(told(&judged, Some("n1"), "full"), "superseded by most-full");
    assert_eq!(told(&judged, Some("n3"), "full"), "ruled out");
    assert_eq!(told(&judged, None, "most-full"), "2 of 3, at most 100");
    // Over one node, without the run, the node's own finding is what there is.
    let world = views[0].world(&runbook, &BTreeMap::new(), run());
    let alone = verdicts(&runbook, &world);
    assert!(
        alone
            .iter()
            .any(|(rule, verdict)| { rule.name == "full" && matches!(verdict, Verdict::Holds(_)) })
    );
    assert!(alone.iter().all(|(rule, _)| rule.name != "most-full"));
}

#[test]
fn what_is_superseded_counts_for_nothing_in_the_exit_code() {
    let superseded = Verdict::Superseded("full".into());
    assert_eq!(exit([&superseded, &Verdict::RuledOut]), Exit::Clear);
    let unseen = Verdict::NotSeen(Vec::new());
    assert_eq!(exit([&superseded, &unseen]), Exit::NotSeen);
}

#[test]
fn a_verdict_is_recorded_with_what_speaks_for_it() {
    let runbook = runbook("full>filling");
    let mut logging = view(1, Some(100));
    let lines = Value::record([("lines", Value::Integer(1))]);
    logging.looks.insert("log".into(), lines);
    let views = [logging];
    let events: Vec<Event> = all(&runbook, &views)
        .into_iter()
        .flat_map(Judged::into_events)
        .collect();
    let evidence = |wanted: &str| {
        let found = events.iter().find_map(|event| match event {
            Event::Judged {
                finding, evidence, ..
            } if finding == wanted => Some(evidence.clone()),
            _ => None,
        });
        found.expect("it was judged")
    };
    let one = |look: &str, strength| Evidence {
        look: look.into(),
        strength,
    };
    assert_eq!(evidence("full"), [one("table", Strength::Proves)]);
    assert_eq!(evidence("logged"), [one("log", Strength::Suggests)]);
    assert_eq!(evidence("filling"), [], "it is not said");
    assert_eq!(
        evidence("most-full"),
        [
            one("table", Strength::Proves),
            one("proxy", Strength::Proves)
        ]
    );
}
