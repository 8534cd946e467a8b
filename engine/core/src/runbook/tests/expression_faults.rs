//! What can be wrong with expressions and templates.

use super::spoilt;

#[test]
fn names_and_fields_exist() {
    insta::assert_snapshot!(spoilt("when: config.limit is absent", "when: confg.limit is absent"), @r"
    error[unknown-name]: nothing is named `confg`
      --> runbook.yaml:37:11
       |
    37 |     when: confg.limit is absent
       |           ^^^^^
       |
       = help: did you mean `config`?
    ");
    insta::assert_snapshot!(spoilt("table.count > 10", "table.cuont > 10"), @r"
    error[unknown-field]: `table` has no field `cuont`
      --> runbook.yaml:22:20
       |
    22 |     only-if: table.cuont > 10
       |                    ^^^^^
       |
       = help: did you mean `count`?
    ");
    insta::assert_snapshot!(spoilt("table.share >= 0.5", "table.count.share >= 0.5"), @r"
    error[unknown-field]: `table.count` is an integer and has no fields
      --> runbook.yaml:43:26
       |
    43 |     require: table.count.share >= 0.5
       |                          ^^^^^
    ");
    insta::assert_snapshot!(spoilt("require: table.share >= 0.5", r#"require: wait > "1m""#), @r#"
    error[unknown-name]: nothing is named `wait`
      --> runbook.yaml:43:14
       |
    43 |     require: wait > "1m"
       |              ^^^^
       |
       = help: write `inputs.wait`
    "#);
}

#[test]
fn kinds_fit() {
    insta::assert_snapshot!(spoilt(r#"table.age < "2m""#, "table.age < 120"), @r#"
    error[different-kinds]: a duration can't be compared with an integer
      --> runbook.yaml:28:46
       |
    28 |     when: table.count >= 0.9 * table.max and table.age < 120
       |                                              ^^^^^^^^^   --- an integer
       |                                              |
       |                                              a duration
       |
       = help: a duration is written in quotes: `"60s"`
    "#);
    insta::assert_snapshot!(spoilt(r#"table.age < "2m""#, r#"table.age < "2 minutes""#), @r#"
    error[bad-literal]: this has to be a duration
      --> runbook.yaml:28:58
       |
    28 |     when: table.count >= 0.9 * table.max and table.age < "2 minutes"
       |                                                          ^^^^^^^^^^^
       |
       = help: `2 minutes` is no duration; write it as 250ms, 60s, 2m or 1h30m
    "#);
    insta::assert_snapshot!(spoilt(r#"table.age < "2m""#, r#"table.name < "x""#), @r#"
    error[no-order]: text is not larger or smaller than another
      --> runbook.yaml:28:46
       |
    28 |     when: table.count >= 0.9 * table.max and table.name < "x"
       |                                              ^^^^^^^^^^ text
       |
       = help: text and booleans compare with == and !=
    "#);
    insta::assert_snapshot!(spoilt("when: config.limit is absent", "when: config.limit"), @r"
    error[not-a-condition]: an integer is neither true nor false
      --> runbook.yaml:37:11
       |
    37 |     when: config.limit
       |           ^^^^^^^^^^^^ an integer
       |
       = help: compare it with something, or ask `is absent`
    ");
    insta::assert_snapshot!(spoilt("when: config.limit is absent", "when: not (config.limit + table.name > 1)"), @r"
    error[different-kinds]: an integer can't be calculated with text
      --> runbook.yaml:37:16
       |
    37 |     when: not (config.limit + table.name > 1)
       |                ^^^^^^^^^^^^   ---------- text
       |                |
       |                an integer
    ");
    insta::assert_snapshot!(spoilt("table.share >= 0.5", r#"table.name | default(3) == "x""#), @r#"
    error[different-kinds]: text and an integer are of different kinds
      --> runbook.yaml:43:14
       |
    43 |     require: table.name | default(3) == "x"
       |              ^^^^^^^^^^ text      - an integer
       |
       = help: a default has the kind of what it stands for
    "#);
    insta::assert_snapshot!(spoilt("table.share >= 0.5", r#"(1 if table.on else "x") == 1"#), @r#"
    error[different-kinds]: an integer and text are of different kinds
      --> runbook.yaml:43:15
       |
    43 |     require: (1 if table.on else "x") == 1
       |               ^ an integer       --- text
       |
       = help: both sides of `else` give the same kind
    "#);
}

#[test]
fn expressions_can_be_read() {
    insta::assert_snapshot!(spoilt("table.count > 10", "table.count >"), @r"
    error[malformed-expression]: the expression can't be read
      --> runbook.yaml:22:26
       |
    22 |     only-if: table.count >
       |                          ^ unexpected end of input, expected expression
    ");
    insta::assert_snapshot!(spoilt("table.count > 10", "table.count > 10 && table.on"), @r"
    error[foreign-operator]: there is no `&&` here
      --> runbook.yaml:22:31
       |
    22 |     only-if: table.count > 10 && table.on
       |                               ^^
       |
       = help: write `and`
    ");
    insta::assert_snapshot!(spoilt("table.count > 10", r#""{{ table.count > 10 }}""#), @r#"
    error[template-in-expression]: `{{ }}` can't be used in an expression
      --> runbook.yaml:22:15
       |
    22 |     only-if: "{{ table.count > 10 }}"
       |               ^^
       |
       = help: write the expression alone; `{{ }}` belongs into text
    "#);
    insta::assert_snapshot!(spoilt("table.count > 10", "0 < table.count < 10"), @r"
    error[unsupported-expression]: a chain of comparisons can't be used here
      --> runbook.yaml:22:14
       |
    22 |     only-if: 0 < table.count < 10
       |              ^^^^^^^^^^^^^^^^^^^^
       |
       = help: write `a < b and b < c`
    ");
    insta::assert_snapshot!(spoilt("table.count > 10", r#""table.names[0] is absent""#), @r#"
    error[unsupported-expression]: an index can't be used here
      --> runbook.yaml:22:15
       |
    22 |     only-if: "table.names[0] is absent"
       |               ^^^^^^^^^^^^^^
       |
       = help: `a["key"]` reads a field
    "#);
    insta::assert_snapshot!(spoilt("table.count > 10", "largest(table.count, 1) > 10"), @r"
    error[unknown-function]: there is no function `largest`
      --> runbook.yaml:22:14
       |
    22 |     only-if: largest(table.count, 1) > 10
       |              ^^^^^^^^^^^^^^^^^^^^^^^
       |
       = help: did you mean `larger`?
    ");
    insta::assert_snapshot!(spoilt("table.count > 10", "any(table.on)"), @r"
    error[run-scope]: `any` can't go over the nodes of the run here
      --> runbook.yaml:22:14
       |
    22 |     only-if: any(table.on)
       |              ^^^^^^^^^^^^^
       |
       = help: only findings are judged over a whole run; over a list it is `any(LIST, …)`
    ");
    insta::assert_snapshot!(spoilt("table.count > 10", "table.count | length > 10"), @r"
    error[unsupported-expression]: the filter `length` can't be used here
      --> runbook.yaml:22:14
       |
    22 |     only-if: table.count | length > 10
       |              ^^^^^^^^^^^^^^^^^^^^
       |
       = help: there is `| default(value)`
    ");
    insta::assert_snapshot!(spoilt("table.count > 10", "table.count is defined"), @r"
    error[unsupported-expression]: the test `is defined` can't be used here
      --> runbook.yaml:22:14
       |
    22 |     only-if: table.count is defined
       |              ^^^^^^^^^^^^^^^^^^^^^^
       |
       = help: there are `is absent` and `is not absent`
    ");
    insta::assert_snapshot!(spoilt("table.count > 10", "table.count == none"), @r"
    error[unsupported-expression]: `none` can't be used here
      --> runbook.yaml:22:29
       |
    22 |     only-if: table.count == none
       |                             ^^^^
       |
       = help: ask `is absent` or `is not absent`
    ");
}

#[test]
fn templates_hold_values_only() {
    insta::assert_snapshot!(spoilt(r#""since {{ table.age }}""#, r#""{% if table.on %}x{% endif %}""#), @r#"
    error[template-statement]: text can hold `{{ }}` only
      --> runbook.yaml:32:10
       |
    32 |       - "{% if table.on %}x{% endif %}"
       |          ^^
       |
       = help: there are no statements or comments; choose with `{{ a if b else c }}`

    error[template-statement]: text can hold `{{ }}` only
      --> runbook.yaml:32:28
       |
    32 |       - "{% if table.on %}x{% endif %}"
       |                            ^^
       |
       = help: there are no statements or comments; choose with `{{ a if b else c }}`
    "#);
    insta::assert_snapshot!(spoilt(r#""since {{ table.age }}""#, r#""since {{ table.age""#), @r#"
    error[unclosed-template]: this `{{` is never closed
      --> runbook.yaml:32:16
       |
    32 |       - "since {{ table.age"
       |                ^^
       |
       = help: add `}}`
    "#);
    insta::assert_snapshot!(spoilt(r#""since {{ table.age }}""#, r#""since {{- table.age }}""#), @r#"
    error[template-trim]: `{{-` and `-}}` are not known here
      --> runbook.yaml:32:18
       |
    32 |       - "since {{- table.age }}"
       |                  ^^^^^^^^^^^
       |
       = help: nothing is trimmed; a sign has a space before it: `{{ -a }}`
    "#);
    insta::assert_snapshot!(spoilt(r#""since {{ table.age }}""#, r#""{{ table.top }}""#), @r#"
    error[not-printable]: a whole record can't be printed
      --> runbook.yaml:32:13
       |
    32 |       - "{{ table.top }}"
       |             ^^^^^^^^^
       |
       = help: name one of its fields: port
    "#);
    insta::assert_snapshot!(spoilt(r#""since {{ table.age }}""#, "{{ table.age }}"), @r"
    error[yaml-unquoted]: this text has to be quoted
      --> runbook.yaml:32:9
       |
    32 |       - {{ table.age }}
       |         ^^ a map that is a key, expected string scalar
       |
       = help: text that starts with a sign such as `{`, `[`, `@`, `%` or `-`, or holds `: `, is written in quotes
    ");
    insta::assert_snapshot!(spoilt(r#""since {{ table.age }}""#, r#""{{ inputs.token }}""#), @r#"
    error[secret-in-text]: the secret input `token` would leave here
      --> runbook.yaml:32:9
       |
    32 |       - "{{ inputs.token }}"
       |         ^^^^^^^^^^^^^^^^^^^^
       |
       = help: secret inputs are never printed, stored or sent to a node
    "#);
}

#[test]
fn places_are_exact_in_folded_text_too() {
    insta::assert_snapshot!(spoilt("when: config.limit is absent", r#"when: >-
      config.limit is absent and
      config.version < "x""#), @r#"
    error[bad-literal]: this has to be a version
      --> runbook.yaml:39:24
       |
    39 |       config.version < "x"
       |                        ^^^
       |
       = help: `x` is no version; write it as 1.33 or 1.33.3
    "#);
}
