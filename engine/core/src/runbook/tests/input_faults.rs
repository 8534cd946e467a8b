//! What can be wrong with inputs in the file.

use super::{GOOD, bad, spoilt};

#[test]
fn inputs_have_types_and_fitting_defaults() {
    insta::assert_snapshot!(spoilt("type: duration", "type: time"), @r"
    error[unknown-type]: there is no type `time`
     --> runbook.yaml:8:11
      |
    8 |     type: time
      |           ^^^^
      |
      = help: types: text, integer, boolean, duration, quantity, enum, list, node, pod
    ");
    insta::assert_snapshot!(spoilt("default: 60s", "default: 10s"), @r"
    error[default-out-of-range]: the default is below the minimum of 30 s
     --> runbook.yaml:9:14
      |
    9 |     default: 10s
      |              ^^^
      |
      = help: change the default or the limits
    ");
    insta::assert_snapshot!(spoilt("minimum: 30s", "minimum: soon"), @r"
    error[wrong-type]: `minimum` is not a duration
      --> runbook.yaml:10:14
       |
    10 |     minimum: soon
       |              ^^^^
       |
       = help: `soon` is no duration; write it as 250ms, 60s, 2m or 1h30m
    ");
    insta::assert_snapshot!(spoilt("secret: true", "secret: true, default: abc"), @r"
    error[secret-default]: a secret has no default
      --> runbook.yaml:13:47
       |
    13 |   token: { type: text, secret: true, default: abc, help: A token }
       |                                               ^^^
       |
       = help: whoever reads the runbook would know it
    ");
    insta::assert_snapshot!(spoilt("{ type: text, secret", "{ type: text, minimum: a, secret"), @r"
    error[no-range]: text has no minimum
      --> runbook.yaml:13:33
       |
    13 |   token: { type: text, minimum: a, secret: true, help: A token }
       |                                 ^
       |
       = help: integers, durations and quantities have limits
    ");
}

/// The faults of the good runbook with another input: `code: what stands there`.
fn faults_of(input: &str) -> Vec<String> {
    let text = with_input(input);
    let faults = bad(&text);
    let told = |fault: &crate::syntax::Diagnostic| {
        let (span, _) = &fault.labels[0];
        // A list's own place may or may not take in the bracket behind it.
        let there = text.get(span.range()).unwrap_or_default();
        let there = there.trim_end_matches(']');
        format!("{}: {there}", fault.code)
    };
    faults.iter().map(told).collect()
}

pub(super) fn with_input(input: &str) -> String {
    let before = "  token: {";
    assert_eq!(GOOD.matches(before).count(), 1);
    GOOD.replace(before, &format!("  own: {{ help: x, {input} }}\n{before}"))
}

#[test]
fn what_belongs_to_one_type_is_refused_for_others() {
    for (input, faults) in [
        ("type: integer, pattern: a", ["not-of-type: a"].as_slice()),
        ("type: text, values: [a]", &["not-of-type: [a"]),
        ("type: text, of: text", &["not-of-type: text"]),
        ("type: node, pattern: a", &["not-of-type: a"]),
        ("type: enum, values: [a], of: text", &["not-of-type: text"]),
        ("type: boolean, maximum: true", &["no-range: true"]),
        ("type: enum, values: [a], minimum: a", &["no-range: a"]),
        ("type: list, of: integer, minimum: 1", &["no-range: 1"]),
        ("type: integer, secret: true", &["secret-type: true"]),
        (
            "type: enum, values: [a], secret: true",
            &["secret-type: true"],
        ),
        ("type: list, of: text, secret: true", &["secret-type: true"]),
    ] {
        assert_eq!(faults_of(input), faults, "{input}");
    }
}

#[test]
fn ranges_patterns_and_values_make_sense_by_themselves() {
    for (input, faults) in [
        (
            "type: integer, minimum: 2, maximum: 1",
            ["empty-range: 1"].as_slice(),
        ),
        (
            "type: quantity, minimum: 1Gi, maximum: 1G",
            &["empty-range: 1G"],
        ),
        ("type: text, pattern: '(a'", &["bad-pattern: ("]),
        (
            "type: text, pattern: '(\\w{90}){90}'",
            &["pattern-too-large: '(\\w{90}){90}'"],
        ),
        ("type: enum, values: []", &["empty-enum: ["]),
        ("type: enum, values: [a, b, a]", &["duplicate-value: a"]),
        ("type: enum, values: [[a]]", &["wrong-type: [a"]),
        ("type: enum", &["missing-key: help"]),
        ("type: list", &["missing-key: help"]),
        ("type: list, of: boolean", &["unknown-type: boolean"]),
        ("type: list, of: list", &["unknown-type: list"]),
        ("type: string", &["unknown-type: string"]),
    ] {
        assert_eq!(faults_of(input), faults, "{input}");
    }
}

#[test]
fn defaults_are_what_a_caller_may_give() {
    for (input, faults) in [
        (
            "type: text, pattern: '[a-z]+', default: A1",
            ["default-not-in-pattern: A1"].as_slice(),
        ),
        (
            "type: enum, values: [prod, stage], default: prd",
            &["default-not-in-values: prd"],
        ),
        ("type: integer, default: 1.5", &["wrong-type: 1.5"]),
        (
            "type: integer, default: 99999999999999999999",
            &["number-too-large: 99999999999999999999"],
        ),
        (
            "type: integer, maximum: 5, default: 6",
            &["default-out-of-range: 6"],
        ),
        (
            "type: quantity, maximum: 1Gi, default: 2GiB",
            &["default-out-of-range: 2GiB"],
        ),
        ("type: boolean, default: 'yes'", &["yaml-boolean: 'yes'"]),
        (
            "type: list, of: integer, default: [1, b, 3]",
            &["wrong-type: b"],
        ),
        (
            "type: list, of: integer, default: '1,b'",
            &["wrong-type: '1,b'"],
        ),
        (
            "type: list, of: text, default: [a, '']",
            &["default-not-in-pattern: ''"],
        ),
        ("type: node, default: Node_1", &["wrong-type: Node_1"]),
        ("type: pod, default: checkout", &["wrong-type: checkout"]),
        ("type: pod, default: [a, b]", &["wrong-type: [a, b"]),
    ] {
        assert_eq!(faults_of(input), faults, "{input}");
    }
}

#[test]
fn a_secret_leaves_by_no_way() {
    insta::assert_snapshot!(spoilt("that: table.count < table.max", r#"that: inputs.token == table.name"#), @r"
    error[secret-in-text]: the secret input `token` would leave here
      --> runbook.yaml:47:21
       |
    47 |     verify: { that: inputs.token == table.name, for: 30s, within: 5m }
       |                     ^^^^^^^^^^^^^^^^^^^^^^^^^^
       |
       = help: secret inputs are never printed, stored or sent to a node
    ");
}
