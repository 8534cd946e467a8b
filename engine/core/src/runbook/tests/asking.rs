//! How looks are asked: what is filled into their parameters, for which items, how long, how often,
//! and through which hops.

use std::time::Duration;

use super::{actions, source};
use crate::action::{self, Action, Impact};
use crate::runbook::{LookStep, Runbook, Scope, load};
use crate::syntax::render;
use crate::value::Kind;

const PAGE: &str = r#"heeler: 1
name: page
summary: A page
target: node
inputs:
  unit: { type: text, default: kubelet, help: A unit }
  token: { type: text, secret: true, help: A token }
look:
  table:
    gauge: {}
  LOOK
find:
  found:
    when: WHEN
    severity: note
    says: found
fix:
  shorten:
    change: [{ set: { wait: "{{ inputs.unit }}" } }]
    verify: { that: table.on, for: 30s, within: 5m }
"#;

fn all() -> Vec<&'static dyn Action> {
    [&actions::ALL, action::all()].concat()
}

fn page(look: &str, when: &str) -> String {
    let look = look.replace('\n', "\n  ");
    PAGE.replace("LOOK", &look).replace("WHEN", when)
}

fn good(text: &str) -> Runbook {
    load(source(text), &all())
        .unwrap_or_else(|faults| panic!("{}", render(&source(text), &faults, false)))
}

fn step(runbook: &Runbook, name: &str) -> usize {
    let named = |step: &LookStep| step.name == name;
    runbook.looks.iter().position(named).expect("a look")
}

/// The titles of what is wrong with a page that has this look, with their codes.
fn faults(look: &str, when: &str) -> Vec<String> {
    let faults = load(source(&page(look, when)), &all()).expect_err("a fault");
    let shown = faults
        .iter()
        .map(|fault| format!("{}: {}", fault.code, fault.title));
    shown.collect()
}

#[track_caller]
fn assert_fault(look: &str, wanted: &str) {
    assert_eq!(faults(look, "table.on"), [wanted], "{look}");
}

#[test]
fn what_a_parameter_names_comes_first_and_decides_the_scope() {
    let text = page(
        "config:\n  kube:\n    get: configmaps\n    name: \"{{ inputs.unit }}\"\n    extract: { a: { path: a, type: text } }",
        "table.on",
    );
    let runbook = good(&text);
    let config = &runbook.looks[step(&runbook, "config")];
    assert_eq!(config.scope, Scope::Run);
    assert_eq!(config.after, Vec::<String>::new());
    let runbook = good(&text.replace("inputs.unit }}\"\n", "table.name }}\"\n"));
    let config = &runbook.looks[step(&runbook, "config")];
    assert_eq!(config.scope, Scope::Node, "it differs from node to node");
    assert_eq!(config.after, ["table"]);
}

#[test]
fn what_differs_by_node_makes_all_that_names_it_differ() {
    let runbook = good(&page(
        "second:\n  kube: { get: pods, name: \"{{ first.a }}\", extract: { a: { path: a, type: text } } }\nfirst:\n  kube: { get: pods, name: \"{{ node.name }}\", extract: { a: { path: a, type: text } } }",
        "second.a == \"x\"",
    ));
    for name in ["first", "second"] {
        assert_eq!(runbook.looks[step(&runbook, name)].scope, Scope::Node);
    }
    assert_eq!(runbook.looks[step(&runbook, "second")].after, ["first"]);
}

#[test]
fn values_in_parameters_exist_are_single_and_no_secrets() {
    for (unit, wanted) in [
        ("{{ tabel.name }}", "unknown-name: nothing is named `tabel`"),
        (
            "{{ inputs.token }}",
            "secret-in-text: the secret input `token` would leave here",
        ),
        ("{{ table.names }}", "not-a-word: a list is not one word"),
        (
            "{{ table.top }}",
            "not-printable: a whole record can't be printed",
        ),
    ] {
        let look = format!("log:\n  journal: {{ unit: \"{unit}\", window: 1h }}");
        assert_fault(&look, wanted);
    }
    let found = faults(
        "log:\n  journal: { unit: \"{{ each }}\", window: 1h }",
        "table.on",
    );
    assert!(found[0].starts_with("unknown-name"), "{found:?}");
}

#[test]
fn a_value_in_a_script_is_a_word_by_itself() {
    let text = page(
        "probe:\n  run:\n    at: admin\n    script: |\n      # don't worry\n      grep \"{{ inputs.unit }}\" /etc/x\n      echo ${#x} {{ inputs.unit }}",
        "table.on",
    );
    let found = load(source(&text), &all()).expect_err("a fault");
    insta::assert_snapshot!(render(&source(&text), &found, false), @r#"
    error[quoted-interpolation]: a value in a script is one word by itself
      --> runbook.yaml:16:15
       |
    16 |         grep "{{ inputs.unit }}" /etc/x
       |               ^^^^^^^^^^^^^^^^^ it stands in or behind double quotes
       |
       = help: write `name={{ … }}` on a line of its own, and `"$name"` where it is needed
    "#);
}

#[test]
fn a_look_may_go_over_a_list() {
    let look = "disks:\n  for-each: table.names\n  disk: { path: \"/var/{{ each }}\" }";
    let runbook = good(&page(look, "any(disks, each.used_share > 0.9)"));
    let disks = &runbook.looks[step(&runbook, "disks")];
    assert_eq!(disks.after, ["table"]);
    let Kind::List(item) = disks.kind() else {
        panic!("{:?}", disks.kind())
    };
    let Kind::Record(fields) = *item else {
        panic!("a record")
    };
    assert_eq!(fields["each"].kind, Kind::Text);
    assert_eq!(fields["used_share"].kind, Kind::Share);
    // Over the items of another one, which stands behind it.
    let look = "logs:\n  for-each: disks\n  journal: { unit: \"{{ each.each }}\", window: 1h }\ndisks:\n  for-each: table.names\n  disk: { path: \"/{{ each }}\" }";
    let runbook = good(&page(look, "any(logs, each.lines > 0)"));
    assert_eq!(runbook.looks[step(&runbook, "logs")].after, ["disks"]);
}

#[test]
fn a_list_is_a_list_and_its_items_are_named() {
    let disk = "disk: { path: \"/var/{{ each }}\" }";
    let over = |list: &str| format!("disks:\n  for-each: {list}\n  {disk}");
    let found = faults(&over("table.count"), "any(disks, each.used_share > 0.9)");
    assert_eq!(found.len(), 1, "{found:?}");
    let found = faults(&over("table.nams"), "any(disks, each.nothing > 0.9)");
    assert_eq!(found.len(), 1, "what names it is not blamed: {found:?}");
    assert_fault(
        "disks:\n  for-each: table.names\n  disk: { path: /var }",
        "unused-each: `disks` asks the same for each item",
    );
    assert_fault(&over("disks"), "look-cycle: `disks` waits for itself");
}

#[test]
fn deadlines_and_retries_have_limits() {
    let look = |keys: &str| format!("log:\n  {keys}\n  dmesg: {{ pattern: x }}");
    let runbook = good(&page(&look("within: 10s\n  retry: 3"), "table.on"));
    let log = &runbook.looks[step(&runbook, "log")];
    assert_eq!((log.within, log.retry), (Some(Duration::from_secs(10)), 3));
    let table = &runbook.looks[step(&runbook, "table")];
    assert_eq!((table.within, table.retry), (None, 0));
    for keys in ["within: 500ms", "within: 6m"] {
        assert_fault(
            &look(keys),
            "out-of-range: `within` is too short or too long",
        );
    }
    for keys in ["retry: 4", "retry: -1"] {
        assert_fault(
            &look(keys),
            "out-of-range: `retry` is too small or too large",
        );
    }
    assert_fault(
        "traffic:\n  within: 5s\n  conntrack-counters: { over: 5s }",
        "short-within: `within` is over before the look can answer",
    );
    assert_fault(
        "probe:\n  retry: 1\n  run: { at: admin, script: id }",
        "retry-unconfined: a script of the runbook's own is never run twice",
    );
    assert_fault(
        "log:\n  with: { a: b }\n  dmesg: { pattern: x }",
        "with-without-use: `with` gives inputs to another runbook, and none is used here",
    );
    let text = page(&look("label: log"), "table.on");
    let whole =
        |within: &str| text.replace("target: node", &format!("target: node\nwithin: {within}"));
    assert_eq!(good(&whole("2m")).within, Some(Duration::from_secs(120)));
    for within in ["5s", "2h"] {
        let found = load(source(&whole(within)), &all()).expect_err("a fault");
        assert_eq!(found[0].code, "out-of-range");
    }
}

#[test]
fn what_needs_a_forbidden_hop_is_told() {
    let text = page("log:\n  dmesg: { pattern: x }", "table.on")
        .replace("target: node", "target: node\nallow: [control]");
    let found = load(source(&text), &all()).expect_err("a fault");
    insta::assert_snapshot!(render(&source(&text), &found, false), @r#"
    error[hop-not-allowed]: the look `log` needs the admin container, which `allow` leaves out
      --> runbook.yaml:12:3
       |
     5 | allow: [control]
       |        --------- what is allowed
    ...
    12 |   log:
       |   ^^^
       |
       = help: allow that place, or leave this out

    error[hop-not-allowed]: the change of wait needs the admin container, which `allow` leaves out
      --> runbook.yaml:21:29
       |
     5 | allow: [control]
       |        --------- what is allowed
    ...
    21 |     change: [{ set: { wait: "{{ inputs.unit }}" } }]
       |                             ^^^^^^^^^^^^^^^^^^^
       |
       = help: allow that place, or leave this out
    "#);
    let allow = |hops: &str| text.replace("[control]", hops);
    let runbook = good(&allow("[admin, control]"));
    let log = &runbook.looks[step(&runbook, "log")];
    assert_eq!(log.hop, action::Place::Admin);
    for (hops, title) in [
        (
            "[admin]",
            "missing-hop: `allow` leaves out control, through which all else is reached",
        ),
        (
            "[control, host]",
            "missing-hop: `allow` leaves out admin, through which all else is reached",
        ),
        (
            "[]",
            "missing-hop: `allow` leaves out control, through which all else is reached",
        ),
        ("[control, admn]", "unknown-hop: a node has no place `admn`"),
    ] {
        let found = load(source(&allow(hops)), &all()).expect_err("a fault");
        let first = found
            .first()
            .map(|fault| format!("{}: {}", fault.code, fault.title));
        assert_eq!(first.as_deref(), Some(title));
    }
}

#[test]
fn impact_is_the_worst_of_all_looks() {
    let quiet = good(&page("log:\n  dmesg: { pattern: x }", "table.on"));
    assert_eq!(quiet.impact(), Impact::Read);
    assert_eq!(quiet.fixes[0].impact(), Impact::Reversible);
    let probing = good(&page(
        "probe:\n  run: { at: control, script: id }",
        "probe.exit == 0",
    ));
    assert_eq!(probing.impact(), Impact::Unconfined);
}
