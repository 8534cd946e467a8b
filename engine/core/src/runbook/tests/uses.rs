//! Runbooks that use others.

use std::collections::BTreeMap;

use super::source;
use crate::action;
use crate::runbook::{Given, Runbook, Scope, Shelf, load_among};
use crate::syntax::{Diagnostic, Source, render};
use crate::value::{DurationSpan, Value};

const HEALTH: &str = r#"heeler: 1
name: health
summary: Whether a node is well
target: node
inputs:
  window: { type: duration, default: 1h, minimum: 1m, help: How far back }
  unit: { type: text, help: A unit }
look:
  log:
    journal: { unit: "{{ inputs.unit }}", window: 1h }
  table:
    after: log
    memory: {}
find:
  unit-logs:
    when: log.lines > 0
    severity: note
    says: it logs
  table-full:
    when: table.total < "1GiB"
    severity: critical
    says: it is full
"#;

const USER: &str = r#"heeler: 1
name: user
summary: Uses another
target: node
inputs:
  unit: { type: text, default: kubelet, help: A unit }
  token: { type: text, secret: true, help: A token }
look:
  memory:
    memory: {}
  health:
    use: health
    with: { unit: "{{ inputs.unit }}", window: 10m }
  more:
    only-if: health.table_full
    dmesg: { pattern: x }
find:
  bad:
    when: health.table_full and not health.unit_logs
    severity: critical
    says: bad
"#;

/// A shelf of texts.
struct Texts(BTreeMap<String, String>);

impl Texts {
    fn of<const N: usize>(texts: [(&str, &str); N]) -> Texts {
        let owned = texts.map(|(name, text)| (name.to_owned(), text.to_owned()));
        Texts(owned.into())
    }
}

impl Shelf for Texts {
    fn text(&self, name: &str) -> Result<Option<Source>, String> {
        if name == "broken" {
            return Err("byte 3 is not UTF-8".into());
        }
        Ok(self.0.get(name).map(|text| source(text)))
    }

    fn names(&self) -> Vec<String> {
        self.0.keys().cloned().collect()
    }
}

fn try_load(text: &str, shelf: &Texts) -> Result<Runbook, Vec<Diagnostic>> {
    load_among(source(text), action::all(), shelf)
}

fn good(text: &str, shelf: &Texts) -> Runbook {
    try_load(text, shelf)
        .unwrap_or_else(|faults| panic!("{}", render(&source(text), &faults, false)))
}

/// The faults of the user after `from` was replaced.
fn spoilt(from: &str, to: &str) -> String {
    assert_eq!(USER.matches(from).count(), 1, "`{from}` has to occur once");
    let text = USER.replace(from, to);
    let shelf = Texts::of([("health", HEALTH)]);
    let faults = try_load(&text, &shelf).expect_err("a fault");
    render(&source(&text), &faults, false)
}

#[test]
fn its_looks_are_among_the_runbooks_own() {
    let runbook = good(USER, &Texts::of([("health", HEALTH)]));
    let looks: Vec<(&str, &str, Vec<&str>)> = runbook
        .looks
        .iter()
        .map(|step| {
            let after = step.after.iter().map(String::as_str).collect();
            (step.name.as_str(), step.own_name(), after)
        })
        .collect();
    assert_eq!(
        looks,
        [
            ("memory", "memory", vec![]),
            ("more", "more", vec!["health__log", "health__table"]),
            ("health__log", "log", vec![]),
            ("health__table", "table", vec!["health__log"]),
        ]
    );
    let used = &runbook.used[0];
    assert_eq!(
        (used.name.as_str(), used.runbook.as_str()),
        ("health", "health")
    );
    assert_eq!(used.scope(), Scope::Node);
    let minutes = Value::Duration(DurationSpan(std::time::Duration::from_secs(600)));
    assert!(matches!(&used.inputs[0].1, Some(Given::Value(value)) if *value == minutes));
    assert!(matches!(&used.inputs[1].1, Some(Given::Text(_))));
    let changed = HEALTH.replace("1GiB", "2GiB");
    let other = good(USER, &Texts::of([("health", &changed)]));
    assert_ne!(runbook.digest, other.digest, "it is another runbook now");
}

#[test]
fn what_an_input_is_given_comes_first() {
    let text = USER.replace("{{ inputs.unit }}", "{{ node.name }}{{ memory.total }}");
    let runbook = good(&text, &Texts::of([("health", HEALTH)]));
    let log = runbook.looks.iter().find(|step| step.name == "health__log");
    assert_eq!(log.expect("a look").after, ["memory"]);
}

#[test]
fn runbooks_are_used_within_one_another() {
    let middle = USER
        .replace("name: user", "name: middle")
        .replace("  token: { type: text, secret: true, help: A token }\n", "");
    let top = USER
        .replace("use: health", "use: middle")
        .replace(", window: 10m", "")
        .replace("health.table_full and not health.unit_logs", "health.bad")
        .replace("only-if: health.table_full", "only-if: health.bad");
    let runbook = good(&top, &Texts::of([("health", HEALTH), ("middle", &middle)]));
    let deep = runbook
        .looks
        .iter()
        .find(|step| step.name == "health__health__log");
    let deep = deep.expect("a look");
    assert_eq!(deep.home, ["health", "health"]);
    assert_eq!(deep.own_name(), "log");
    let more = runbook
        .looks
        .iter()
        .find(|step| step.name == "health__more");
    assert_eq!(
        more.expect("a look").after,
        ["health__health__log", "health__health__table"]
    );
}

#[test]
fn what_is_used_has_to_be_there() {
    insta::assert_snapshot!(spoilt("use: health", "use: healht"), @r"
    error[unknown-runbook]: there is no runbook `healht`
      --> runbook.yaml:12:10
       |
    12 |     use: healht
       |          ^^^^^^
       |
       = help: did you mean `health`?
    ");
    insta::assert_snapshot!(spoilt("use: health", "use: ../health"), @r"
    error[unknown-runbook]: `../health` is no name of a runbook
      --> runbook.yaml:12:10
       |
    12 |     use: ../health
       |          ^^^^^^^^^
       |
       = help: a runbook is named here, never given by its path
    ");
    insta::assert_snapshot!(spoilt("use: health", "use: broken"), @r"
    error[unknown-runbook]: `broken` can't be read: byte 3 is not UTF-8
      --> runbook.yaml:12:10
       |
    12 |     use: broken
       |          ^^^^^^
       |
       = help: mend the file, or use another runbook
    ");
    insta::assert_snapshot!(spoilt("use: health", "use: health\n    retry: 1"), @r"
    error[unknown-key]: the use of another runbook has no key `retry`
      --> runbook.yaml:13:5
       |
    13 |     retry: 1
       |     ^^^^^
       |
       = help: known keys: use, with, only-if, after
    ");
}

#[test]
fn inputs_are_given_what_they_take() {
    insta::assert_snapshot!(spoilt("unit: \"{{ inputs.unit }}\", window: 10m", "window: 10m"), @r"
    error[missing-input]: `health` needs the input `unit`
      --> runbook.yaml:12:10
       |
    12 |     use: health
       |          ^^^^^^
       |
       = help: add `with: { unit: … }`: A unit
    ");
    insta::assert_snapshot!(spoilt("window: 10m", "windw: 10m"), @r#"
    error[unknown-input]: `health` has no input `windw`
      --> runbook.yaml:13:40
       |
    13 |     with: { unit: "{{ inputs.unit }}", windw: 10m }
       |                                        ^^^^^
       |
       = help: did you mean `window`?
    "#);
    insta::assert_snapshot!(spoilt("window: 10m", "window: 10s"), @r#"
    error[wrong-input]: the input `window` is not a duration
      --> runbook.yaml:13:48
       |
    13 |     with: { unit: "{{ inputs.unit }}", window: 10s }
       |                                                ^^^
       |
       = help: `10s` is below the minimum of 60 s
    "#);
    insta::assert_snapshot!(spoilt("window: 10m", "window: \"{{ memory.total }}\""), @r#"
    error[wrong-input]: the input `window` is a duration, and this is a size in bytes
      --> runbook.yaml:13:48
       |
    13 |     with: { unit: "{{ inputs.unit }}", window: "{{ memory.total }}" }
       |                                                ^^^^^^^^^^^^^^^^^^^^
       |
       = help: give it a value of its own kind, alone: `"{{ inputs.NAME }}"`
    "#);
    insta::assert_snapshot!(spoilt("\"{{ inputs.unit }}\"", "\"{{ inputs.token }}\""), @r#"
    error[secret-in-text]: the secret input `token` would leave here
      --> runbook.yaml:13:19
       |
    13 |     with: { unit: "{{ inputs.token }}", window: 10m }
       |                   ^^^^^^^^^^^^^^^^^^^^
       |
       = help: secret inputs are never printed, stored or sent to a node
    "#);
}

#[test]
fn a_secret_goes_to_a_secret_only() {
    let health = HEALTH.replace(
        "unit: { type: text, help",
        "token: { type: text, secret: true, help: A token }\n  unit: { type: text, help",
    );
    let shelf = Texts::of([("health", &health)]);
    let with = |token: &str| USER.replace("window: 10m", &format!("token: \"{token}\""));
    good(&with("{{ inputs.token }}"), &shelf);
    let faults = try_load(&with("hunter2"), &shelf).expect_err("a fault");
    assert_eq!(faults[0].code, "secret-default");
}

#[test]
fn what_is_wrong_inside_is_told_in_a_line() {
    let health = HEALTH.replace("log.lines > 0", "log.linse > 0");
    let faults = try_load(USER, &Texts::of([("health", &health)])).expect_err("a fault");
    insta::assert_snapshot!(render(&source(USER), &faults, false), @r"
    error[faulty-runbook]: `health` has faults itself (1)
      --> runbook.yaml:12:10
       |
    12 |     use: health
       |          ^^^^^^ `log` has no field `linse`
       |
       = help: `heeler lint health` shows them all
    ");
    let pod = HEALTH.replace("target: node", "target: pod");
    let faults = try_load(USER, &Texts::of([("health", &pod)])).expect_err("a fault");
    assert_eq!(faults[0].code, "other-target");
    let faults = try_load(
        &USER.replace("target: node", "target: node\nallow: [control]"),
        &Texts::of([("health", HEALTH)]),
    )
    .expect_err("a fault");
    let codes: Vec<&str> = faults.iter().map(|fault| fault.code).collect();
    assert_eq!(
        codes,
        ["hop-not-allowed", "hop-not-allowed"],
        "log and more"
    );
}

#[test]
fn circles_and_towers_are_refused() {
    let using = |name: &str, other: &str| {
        format!(
            "heeler: 1\nname: {name}\nsummary: x\ntarget: node\nlook:\n  inner: {{ use: {other} }}\nfind:\n  f: {{ when: inner.f, severity: note, says: x }}\n"
        )
    };
    let bottom = "heeler: 1\nname: z\nsummary: x\ntarget: node\nlook:\n  m: { memory: {} }\nfind:\n  f: { when: m.total > \"1GiB\", severity: note, says: x }\n";
    let tower = |names: &[&str]| {
        let above = names.windows(2).map(|pair| {
            let [name, other] = pair else { panic!("two") };
            ((*name).to_owned(), using(name, other))
        });
        Texts(above.chain([("z".to_owned(), bottom.to_owned())]).collect())
    };
    let four = tower(&["b", "c", "d", "z"]);
    let runbook = good(&using("a", "b"), &four);
    assert_eq!(runbook.looks[0].name, "inner__inner__inner__inner__m");
    let five = tower(&["b", "c", "d", "e", "z"]);
    let faults = try_load(&using("a", "b"), &five).expect_err("too high");
    assert_eq!(faults[0].code, "use-depth");
    let itself = try_load(&using("a", "a"), &four).expect_err("itself");
    assert_eq!(itself[0].code, "use-cycle");
    assert_eq!(
        itself[0].help.as_deref(),
        Some("a uses a: leave one of them out")
    );
    let round = Texts::of([("b", &using("b", "a"))]);
    let faults = try_load(&using("a", "b"), &round).expect_err("a circle");
    assert_eq!(faults[0].code, "use-cycle");
    assert_eq!(faults[0].title, "`a` would use itself");
    assert_eq!(
        faults[0].help.as_deref(),
        Some("a uses b uses a: leave one of them out")
    );
}

#[test]
fn looks_are_counted_with_all_that_is_used() {
    let mut text = String::from("heeler: 1\nname: many\nsummary: x\ntarget: node\nlook:\n");
    for number in 0..76 {
        text += &format!("  h{number}: {{ use: health, with: {{ unit: x }} }}\n");
    }
    text += "find:\n  f: { when: h0.table_full, severity: note, says: x }\n";
    let faults = try_load(&text, &Texts::of([("health", HEALTH)])).expect_err("too many");
    assert_eq!(faults[0].code, "too-many-looks");
}

#[test]
fn what_is_given_by_a_node_makes_all_of_it_the_nodes_own() {
    let health = HEALTH
        .replace("    after: log\n    memory: {}", "    kube: { get: configmaps, namespace: a, name: \"{{ inputs.unit }}\", extract: { total: { path: x, type: bytes } } }")
        .replace("log.lines > 0", "inputs.unit == \"x\"");
    let shelf = Texts::of([("health", &health)]);
    let scopes = |text: &str| {
        let runbook = good(text, &shelf);
        let table = runbook
            .looks
            .iter()
            .find(|step| step.name == "health__table");
        let finding = runbook.findings[0].scope;
        (
            table.expect("a look").scope,
            runbook.used[0].scope(),
            finding,
        )
    };
    assert_eq!(scopes(USER), (Scope::Run, Scope::Run, Scope::Run));
    let own = USER.replace("{{ inputs.unit }}", "{{ node.name }}");
    assert_eq!(scopes(&own), (Scope::Node, Scope::Node, Scope::Node));
}

#[test]
fn what_goes_over_the_nodes_is_not_told() {
    let lists = HEALTH
        .replace(
            "inputs:",
            "inputs:\n  a: { type: list, of: text, default: [x], help: x }",
        )
        .replace(
            "    when: table.total < \"1GiB\"",
            "    for-each: inputs.a if any(log.lines > 0) else inputs.a\n    when: each == \"x\"",
        );
    let faults = try_load(USER, &Texts::of([("health", &lists)])).expect_err("a fault");
    assert_eq!(faults[0].title, "`health` has no field `table_full`");
}

#[test]
fn a_pod_is_handed_on_whole() {
    let input = "inputs:\n  pod_of: { type: pod, help: x }";
    let health = HEALTH.replace("inputs:", input);
    let user = USER
        .replace("inputs:", input)
        .replace("window: 10m", "pod_of: \"{{ inputs.pod_of }}\"");
    good(&user, &Texts::of([("health", &health)]));
}
