//! What can be wrong with the structure of a runbook.

use super::spoilt;

#[test]
fn keys_are_known_and_there() {
    insta::assert_snapshot!(spoilt("summary:", "sumary:"), @r"
    error[missing-key]: a runbook has no `summary`
     --> runbook.yaml:1:1
      |
    1 | heeler: 1
      | ^^^^^^
      |
      = help: add `summary:`

    error[unknown-key]: a runbook has no key `sumary`
     --> runbook.yaml:3:1
      |
    3 | sumary: The table is full
      | ^^^^^^
      |
      = help: did you mean `summary`?
    ");
    insta::assert_snapshot!(spoilt("    says: no limit\n", ""), @r"
    error[missing-key]: the finding `odd-config` has no `says`
      --> runbook.yaml:37:5
       |
    37 |     when: config.limit is absent
       |     ^^^^
       |
       = help: add `says:`
    ");
    insta::assert_snapshot!(spoilt("    gauge: {}", "    gauge: { overs: 2s }"), @r"
    error[unknown-key]: a gauge has no key `overs`
      --> runbook.yaml:18:14
       |
    18 |     gauge: { overs: 2s }
       |              ^^^^^
       |
       = help: did you mean `over`?
    ");
}

#[test]
fn versions_and_targets_are_known() {
    insta::assert_snapshot!(spoilt("heeler: 1", "heeler: 2"), @r"
    error[unknown-language]: this heeler reads version 1 of the language
     --> runbook.yaml:1:9
      |
    1 | heeler: 2
      |         ^ version 2
      |
      = help: update heeler, or write `heeler: 1`
    ");
    insta::assert_snapshot!(spoilt("target: node", "target: cluster"), @r"
    error[unknown-target]: a runbook can't be pointed at `cluster`
     --> runbook.yaml:4:9
      |
    4 | target: cluster
      |         ^^^^^^^
      |
      = help: targets: node, pod
    ");
}

#[test]
fn names_follow_their_rules() {
    insta::assert_snapshot!(spoilt("  table-full:", "  Table_Full:"), @r"
    error[bad-name]: a finding can't be named `Table_Full`
      --> runbook.yaml:27:3
       |
    27 |   Table_Full:
       |   ^^^^^^^^^^
       |
       = help: write it in kebab-case: `table-full`
    ");
    insta::assert_snapshot!(spoilt("  own_object:", "  own-object:"), @r"
    error[bad-name]: a look can't be named `own-object`
      --> runbook.yaml:21:3
       |
    21 |   own-object:
       |   ^^^^^^^^^^
       |
       = help: write it in snake_case: `own_object`
    ");
    insta::assert_snapshot!(spoilt("  config:\n", "  node:\n"), @r"
    error[reserved-name]: `node` means something else already
      --> runbook.yaml:19:3
       |
    19 |   node:
       |   ^^^^
       |
       = help: give a look another name

    error[unknown-look]: there is no look `config`
      --> runbook.yaml:23:13
       |
    23 |     after: [config]
       |             ^^^^^^

    error[unknown-name]: nothing is named `config`
      --> runbook.yaml:37:11
       |
    37 |     when: config.limit is absent
       |           ^^^^^^
       |
       = help: expressions name looks, and `inputs`, `target`, `node`, `pod` and `run`
    ");
}

#[test]
fn a_look_has_one_action() {
    insta::assert_snapshot!(spoilt("    gauge: {}", "    gauge: {}\n    object: {}"), @r"
    error[two-actions]: `table` names more than one action
      --> runbook.yaml:19:5
       |
    18 |     gauge: {}
       |     ----- the first
    19 |     object: {}
       |     ^^^^^^ one too many
       |
       = help: make two entries of it
    ");
    insta::assert_snapshot!(spoilt("    gauge: {}", "    guage: {}"), @r"
    error[unknown-action]: there is no action `guage`
      --> runbook.yaml:18:5
       |
    18 |     guage: {}
       |     ^^^^^
       |
       = help: did you mean `gauge`?
    ");
    insta::assert_snapshot!(spoilt("    label: the table's size\n    gauge: {}", "    label: the table's size"), @r"
    error[no-action]: `table` names no action
      --> runbook.yaml:16:3
       |
    16 |   table:
       |   ^^^^^
       |
       = help: actions: gauge, object, set
    ");
    insta::assert_snapshot!(spoilt("only-if: table.count > 10", "onlyif: table.count > 10"), @r"
    error[unknown-key]: `own_object` has no key `onlyif`
      --> runbook.yaml:22:5
       |
    22 |     onlyif: table.count > 10
       |     ^^^^^^
       |
       = help: did you mean `only-if`?
    ");
    insta::assert_snapshot!(spoilt("object: { name: shared }", "set: {}"), @r"
    error[no-action]: `set` can't look
      --> runbook.yaml:20:10
       |
    20 |     set: {}
       |          ^^
    ");
}

#[test]
fn looks_come_after_looks_that_exist() {
    insta::assert_snapshot!(spoilt("after: [config]", "after: [confg]"), @r"
    error[unknown-look]: there is no look `confg`
      --> runbook.yaml:23:13
       |
    23 |     after: [confg]
       |             ^^^^^
       |
       = help: did you mean `config`?
    ");
    insta::assert_snapshot!(spoilt("    object: { name: shared }", "    object: { name: shared }\n    after: [own_object]"), @r"
    error[look-cycle]: `config` waits for itself
      --> runbook.yaml:19:3
       |
    19 |   config:
       |   ^^^^^^
       |
       = help: it comes after own_object; follow `only-if` and `after` from there
    ");
    insta::assert_snapshot!(spoilt("    object: { name: shared }", "    object: { name: shared }\n    only-if: table.on"), @r"
    error[run-scope]: `config` is asked once a run, this differs by node
      --> runbook.yaml:21:14
       |
    21 |     only-if: table.on
       |              ^^^^^^^^
       |
       = help: name only looks that are asked once a run
    ");
}

#[test]
fn findings_name_severities_and_fixes_that_exist() {
    insta::assert_snapshot!(spoilt("severity: note", "severity: notice"), @r"
    error[unknown-severity]: there is no severity `notice`
      --> runbook.yaml:38:15
       |
    38 |     severity: notice
       |               ^^^^^^
       |
       = help: did you mean `note`?
    ");
    insta::assert_snapshot!(spoilt("fix: [shorten]", "fix: [shorter]"), @r"
    error[unknown-fix]: there is no fix `shorter`
      --> runbook.yaml:35:11
       |
    35 |     fix: [shorter]
       |           ^^^^^^^
       |
       = help: did you mean `shorten`?
    ");
    insta::assert_snapshot!(spoilt("    says: no limit", "    says: no limit\n    fix: shorten"), @r"
    error[run-scope]: `odd-config` is judged once a run, but a fix changes a node
      --> runbook.yaml:36:3
       |
    36 |   odd-config:
       |   ^^^^^^^^^^
       |
       = help: let `when` name a look of the node, outside of any, all, count, share and max
    ");
}

#[test]
fn fixes_change_something_and_prove_it() {
    insta::assert_snapshot!(spoilt("for: 30s, within: 5m", "for: 30s, within: 20s"), @r"
    error[short-verify]: `within` leaves no time to see the condition hold
      --> runbook.yaml:47:64
       |
    47 |     verify: { that: table.count < table.max, for: 30s, within: 20s }
       |                                                   ---          ^^^ the condition can't have held by then
       |                                                   |
       |                                                   it has to hold this long
       |
       = help: make `within` at least 10 seconds longer than `for`: looking takes time
    ");
    insta::assert_snapshot!(spoilt("for: 30s, within: 5m", "for: 30, within: 5m"), @r"
    error[not-a-duration]: `for` is no duration
      --> runbook.yaml:47:51
       |
    47 |     verify: { that: table.count < table.max, for: 30, within: 5m }
       |                                                   ^^
       |
       = help: `30` is no duration; write it as 250ms, 60s, 2m or 1h30m
    ");
    insta::assert_snapshot!(spoilt(r#"      - set: { wait: "{{ inputs.wait }}" }"#, "      []"), @r"
    error[empty-fix]: the fix `shorten` changes nothing
      --> runbook.yaml:42:3
       |
    42 |   shorten:
       |   ^^^^^^^
    ");
    insta::assert_snapshot!(spoilt(r#"set: { wait: "{{ inputs.wait }}" }"#, "gauge: {}"), @r"
    error[not-a-change]: `gauge` changes nothing
      --> runbook.yaml:46:16
       |
    46 |       - gauge: {}
       |                ^^
    ");
}
