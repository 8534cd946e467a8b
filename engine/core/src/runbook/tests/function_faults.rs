//! What can be wrong with functions over nodes and lists, and with `each`.

use super::spoilt;

/// The faults of the good runbook's second finding with another condition.
fn condition(text: &str) -> String {
    spoilt("when: config.limit is absent", &format!("when: {text}"))
}

#[test]
fn functions_over_nodes_need_something_of_a_node() {
    insta::assert_snapshot!(condition("any(config.limit is absent)"), @r"
    error[run-scope]: `any` goes over the nodes, and this is the same on all of them
      --> runbook.yaml:37:15
       |
    37 |     when: any(config.limit is absent)
       |               ^^^^^^^^^^^^^^^^^^^^^^
       |
       = help: name a look of the node, or write the condition alone
    ");
    insta::assert_snapshot!(condition("all(table.count)"), @r"
    error[not-a-condition]: an integer is neither true nor false
      --> runbook.yaml:37:15
       |
    37 |     when: all(table.count)
       |               ^^^^^^^^^^^ an integer
       |
       = help: compare it with something, or ask `is absent`
    ");
    insta::assert_snapshot!(condition("max(table.name) == 3"), @r"
    error[no-order]: text has no largest one
      --> runbook.yaml:37:15
       |
    37 |     when: max(table.name) == 3
       |               ^^^^^^^^^^ text
       |
       = help: `max` takes a number, a duration, a size or a version
    ");
    insta::assert_snapshot!(condition("any(table.count > 1, table.on, 3)"), @r"
    error[wrong-arguments]: `any` takes a condition, or a list and a condition
      --> runbook.yaml:37:11
       |
    37 |     when: any(table.count > 1, table.on, 3)
       |           ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
       |
       = help: write `any(look.field …)` for the nodes of a run, `any(LIST, each …)` for a list
    ");
    insta::assert_snapshot!(condition("max(table.count, table.max) > 1"), @r"
    error[not-a-list]: an integer is no list
      --> runbook.yaml:37:15
       |
    37 |     when: max(table.count, table.max) > 1
       |               ^^^^^^^^^^^ an integer
       |
       = help: `larger(a, b)` gives the larger one of two
    ");
    insta::assert_snapshot!(condition("any(all(table.on))"), @r"
    error[nested-function]: `all` can't stand within such a function
      --> runbook.yaml:37:15
       |
    37 |     when: any(all(table.on))
       |               ^^^^^^^^^^^^^
       |
       = help: one function over nodes or a list can't hold another
    ");
    insta::assert_snapshot!(condition("coutn(table.on) > 1"), @r"
    error[unknown-function]: there is no function `coutn`
      --> runbook.yaml:37:11
       |
    37 |     when: coutn(table.on) > 1
       |           ^^^^^^^^^^^^^^^
       |
       = help: did you mean `count`?
    ");
}

#[test]
fn functions_over_lists_need_a_list() {
    insta::assert_snapshot!(condition("any(table.name, each == \"x\")"), @r#"
    error[not-a-list]: text is no list
      --> runbook.yaml:37:15
       |
    37 |     when: any(table.name, each == "x")
       |               ^^^^^^^^^^ text
    "#);
    insta::assert_snapshot!(condition("any(table.tops, each.prot > 1)"), @r"
    error[unknown-field]: `each` has no field `prot`
      --> runbook.yaml:37:32
       |
    37 |     when: any(table.tops, each.prot > 1)
       |                                ^^^^
       |
       = help: did you mean `port`?
    ");
    insta::assert_snapshot!(condition("any(table.tops, each > 1)"), @r"
    error[different-kinds]: a record can't be compared with an integer
      --> runbook.yaml:37:27
       |
    37 |     when: any(table.tops, each > 1)
       |                           ^^^^   - an integer
       |                           |
       |                           a record
    ");
    insta::assert_snapshot!(condition("any(table.tops, any(table.names, each == \"x\"))"), @r#"
    error[nested-function]: `any` can't stand within such a function
      --> runbook.yaml:37:27
       |
    37 |     when: any(table.tops, any(table.names, each == "x"))
       |                           ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
       |
       = help: one function over nodes or a list can't hold another
    "#);
    insta::assert_snapshot!(condition("each.port > 1"), @r"
    error[unknown-name]: nothing is named `each`
      --> runbook.yaml:37:11
       |
    37 |     when: each.port > 1
       |           ^^^^
       |
       = help: `each` is the item of a list: of `for-each`, or in `any(LIST, …)`
    ");
}

#[test]
fn one_node_and_all_nodes_are_not_mixed() {
    insta::assert_snapshot!(condition("any(table.on) and table.count > 1"), @r"
    error[run-scope]: `table` is of one node, and this finding is judged over the run
      --> runbook.yaml:37:29
       |
    37 |     when: any(table.on) and table.count > 1
       |               --------      ^^^^^^^^^^^ differs from node to node
       |               |
       |               all nodes
       |
       = help: put it into any, all, count, share or max as well, or make two findings
    ");
    insta::assert_snapshot!(spoilt("    says: no limit", "    says: \"{{ share(table.on) }} of {{ node.name }}\""), @r#"
    error[run-scope]: `node` is of one node, and this finding is judged over the run
      --> runbook.yaml:39:40
       |
    39 |     says: "{{ share(table.on) }} of {{ node.name }}"
       |                     -------- all nodes ^^^^^^^^^ differs from node to node
       |
       = help: put it into any, all, count, share or max as well, or make two findings
    "#);
    insta::assert_snapshot!(spoilt("table.age < \"2m\"", "any(table.on)"), @r"
    error[run-scope]: `table` is of one node, and this finding is judged over the run
      --> runbook.yaml:28:11
       |
    28 |     when: table.count >= 0.9 * table.max and any(table.on)
       |           ^^^^^^^^^^^ differs from node to node  -------- all nodes
       |
       = help: put it into any, all, count, share or max as well, or make two findings
    ");
    insta::assert_snapshot!(spoilt("since {{ table.age }}", "since {{ max(table.age) }}"), @r#"
    error[run-scope]: `table` is of all nodes here, and this finding is judged for one
      --> runbook.yaml:32:23
       |
    28 |     when: table.count >= 0.9 * table.max and table.age < "2m"
       |           ----------- differs from node to node
    ...
    32 |       - "since {{ max(table.age) }}"
       |                       ^^^^^^^^^ all nodes
       |
       = help: leave the function out, or make two findings
    "#);
    insta::assert_snapshot!(spoilt("config.limit is absent\n    severity: note\n    says: no limit", "any(table.on)\n    severity: note\n    says: \"{{ table.count }}\"\n    fix: shorten"), @r#"
    error[run-scope]: `table` is of one node, and this finding is judged over the run
      --> runbook.yaml:39:15
       |
    37 |     when: any(table.on)
       |               -------- all nodes
    38 |     severity: note
    39 |     says: "{{ table.count }}"
       |               ^^^^^^^^^^^ differs from node to node
       |
       = help: put it into any, all, count, share or max as well, or make two findings
    "#);
}

#[test]
fn only_findings_go_over_the_nodes() {
    insta::assert_snapshot!(spoilt("require: table.share >= 0.5", "require: share(table.on) >= 0.5"), @r"
    error[run-scope]: `share` can't go over the nodes of the run here
      --> runbook.yaml:43:14
       |
    43 |     require: share(table.on) >= 0.5
       |              ^^^^^^^^^^^^^^^
       |
       = help: only findings are judged over a whole run; over a list it is `share(LIST, …)`
    ");
    insta::assert_snapshot!(spoilt("that: table.count < table.max", "that: all(table.count < table.max)"), @r"
    error[run-scope]: `all` can't go over the nodes of the run here
      --> runbook.yaml:47:21
       |
    47 |     verify: { that: all(table.count < table.max), for: 30s, within: 5m }
       |                     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^
       |
       = help: only findings are judged over a whole run; over a list it is `all(LIST, …)`
    ");
}

#[test]
fn lists_are_gone_over_one_at_a_time() {
    let each = "for-each: table.tops\n    when: any(table.names, each == \"x\")";
    insta::assert_snapshot!(spoilt("when: config.limit is absent", each), @r#"
    error[nested-each]: `any` would go over a list within `for-each`
      --> runbook.yaml:38:11
       |
    38 |     when: any(table.names, each == "x")
       |           ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
       |
       = help: `each` can be one thing only: leave out `for-each`, or the function
    "#);
    insta::assert_snapshot!(spoilt("when: config.limit is absent", "for-each: table.count\n    when: each.x > 1"), @r"
    error[not-a-list]: an integer is no list
      --> runbook.yaml:37:15
       |
    37 |     for-each: table.count
       |               ^^^^^^^^^^^ an integer
       |
       = help: `larger(a, b)` gives the larger one of two
    ");
    insta::assert_snapshot!(spoilt("when: config.limit is absent", "for-each: table.tops\n    when: each.x > 1"), @r"
    error[unknown-field]: `each` has no field `x`
      --> runbook.yaml:38:16
       |
    38 |     when: each.x > 1
       |                ^
       |
       = help: it has name, port
    ");
    insta::assert_snapshot!(spoilt("    says: no limit", "    says: \"{{ table.tops }}\""), @r#"
    error[not-printable]: a whole record can't be printed
      --> runbook.yaml:39:15
       |
    39 |     says: "{{ table.tops }}"
       |               ^^^^^^^^^^
       |
       = help: name one of its fields: name, port
    "#);
    insta::assert_snapshot!(spoilt("  config:\n", "  each:\n"), @r"
    error[reserved-name]: `each` means something else already
      --> runbook.yaml:19:3
       |
    19 |   each:
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
