//! What can be wrong with the YAML itself.

use super::{bad, source};
use crate::syntax::render;

fn faults(text: &str) -> String {
    render(&source(text), &bad(text), false)
}

/// All keys that occur twice; whatever else is wrong with the text is found too.
fn duplicates(text: &str) -> String {
    let mut found = bad(text);
    found.retain(|fault| fault.code == "yaml-duplicate-key");
    render(&source(text), &found, false)
}

#[test]
fn yaml_that_is_none_says_what_the_slip_was() {
    insta::assert_snapshot!(faults("heeler: 1\nsummary: full: yes\n"), @r"
    error[yaml-unquoted]: this text has to be quoted
     --> runbook.yaml:2:14
      |
    2 | summary: full: yes
      |              ^ mapping values are not allowed in this context
      |
      = help: text that starts with a sign such as `{`, `[`, `@`, `%` or `-`, or holds `: `, is written in quotes
    ");
    insta::assert_snapshot!(faults("heeler: 1\nfind:\n  a: [1, 2\n  b: 3\n"), @r"
    error[yaml-bracket]: this is no valid YAML
     --> runbook.yaml:4:4
      |
    4 |   b: 3
      |    ^ illegal placement of ':' indicator
      |
      = help: check that every bracket and quote above is closed
    ");
    insta::assert_snapshot!(faults("heeler: 1\nname: @x\n"), @r"
    error[yaml-unquoted]: this text has to be quoted
     --> runbook.yaml:2:7
      |
    2 | name: @x
      |       ^ unexpected character: `@'
      |
      = help: text that starts with a sign such as `{`, `[`, `@`, `%` or `-`, or holds `: `, is written in quotes
    ");
    insta::assert_snapshot!(faults("heeler: 1\nname: \"\\q\"\n"), @r#"
    error[yaml-escape]: this is no valid YAML
     --> runbook.yaml:2:7
      |
    2 | name: "\q"
      |       ^ while parsing a quoted scalar, found unknown escape character
      |
      = help: write a backslash in single quotes, or twice
    "#);
    insta::assert_snapshot!(faults("heeler: 1\nname: !include x\n"), @r"
    error[yaml-tag]: there are no tags here
     --> runbook.yaml:2:16
      |
    2 | name: !include x
      |                ^ unsupported tag `!include`
      |
      = help: quote text that starts with `!`, or remove the tag
    ");
}

#[test]
fn what_a_reader_sees_is_what_is_read() {
    insta::assert_snapshot!(duplicates("look:\n  a: {x: 1, x: 2}\n  a: {x: 2}\n"), @r"
    error[yaml-duplicate-key]: the key `x` occurs twice
     --> runbook.yaml:2:13
      |
    2 |   a: {x: 1, x: 2}
      |       -     ^ the second one
      |       |
      |       the first
      |
      = help: remove one, or give it another name

    error[yaml-duplicate-key]: the key `a` occurs twice
     --> runbook.yaml:3:3
      |
    2 |   a: {x: 1, x: 2}
      |   - the first
    3 |   a: {x: 2}
      |   ^ the second one
      |
      = help: remove one, or give it another name
    ");
    insta::assert_snapshot!(faults("heeler: &one 1\nname: *one\n"), @r"
    error[yaml-alias]: anchors, aliases and merge keys are not allowed
     --> runbook.yaml:1:9
      |
    1 | heeler: &one 1
      |         ^^^^
      |
      = help: write it out; quote text that starts with `&` or `*`
    ");
    insta::assert_snapshot!(faults("heeler: 1\n<<: {name: x}\n"), @r"
    error[yaml-alias]: anchors, aliases and merge keys are not allowed
     --> runbook.yaml:2:1
      |
    2 | <<: {name: x}
      | ^^
      |
      = help: write it out; quote text that starts with `&` or `*`
    ");
    insta::assert_snapshot!(faults("heeler: 1\n---\nheeler: 1\n"), @r"
    error[yaml-documents]: the file holds more than one document
     --> runbook.yaml:3:1
      |
    3 | heeler: 1
      | ^ the second one starts here
      |
      = help: write one runbook per file, without `---`
    ");
    insta::assert_snapshot!(faults(""), @r"
    error[empty-runbook]: the file is empty
    --> runbook.yaml
     = help: start with `heeler: 1`, `name:`, `summary:`, `target:`, `look:` and `find:`
    ");
    insta::assert_snapshot!(faults("- heeler\n"), @r"
    error[wrong-type]: a runbook is a list, not a map
     --> runbook.yaml:1:1
      |
    1 | - heeler
      | ^^^^^^^^ expected a map
    ");
}

#[test]
fn size_and_depth_are_bounded() {
    let codes = |text: &str| -> Vec<&str> { bad(text).iter().map(|fault| fault.code).collect() };
    // 5,000 are too many for the scanner itself.
    for deep in [40, 5_000] {
        let text = format!("a: {}{}", "[".repeat(deep), "]".repeat(deep));
        assert!(codes(&text).contains(&"yaml-too-deep"), "{deep}");
    }
    assert_eq!(
        codes(&format!("a: [{}]", "1,".repeat(30_000))),
        ["yaml-too-large"]
    );
    assert_eq!(codes(&" ".repeat((1 << 20) + 1)), ["yaml-too-large"]);
}

#[test]
fn all_faults_are_found_at_once_and_none_is_a_consequence() {
    let text = "heeler: 2\nname: x\nsummary: y\ntarget: nod\nlook:\n  a:\n    guage: {}\nfind:\n  b:\n    \
                when: a.x > 1 and a.y < 2\n    severity: bad\n    says: \"{{ a.z }}\"\n";
    let codes: Vec<&str> = bad(text).iter().map(|fault| fault.code).collect();
    assert_eq!(
        codes,
        [
            "unknown-language",
            "unknown-target",
            "unknown-action",
            "unknown-severity"
        ]
    );
}
