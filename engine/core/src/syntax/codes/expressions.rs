//! Codes of expressions and templates: what can't be read.

use super::{Code, Example, error};

pub(super) const CODES: &[Code] = &[
    error("malformed-expression", "an expression can't be read")
        .why("What it asks can't be told.")
        .remedy("Look at the sign that is pointed at; something before it is missing, or it is one too many.")
        .part(when!("table.count >"), when!("table.count > table.max")),
    error("foreign-operator", "an operator is that of another language")
        .why("Expressions have words where other languages have signs.")
        .remedy("Write `and`, `or`, `not` and `==`.")
        .part(
            when!("table.count > 10 && table.count > table.max"),
            when!("table.count > 10 and table.count > table.max"),
        ),
    error("unsupported-expression", "an expression uses something that there is not")
        .why("Expressions stay small, so that what is missing can be told for each.")
        .remedy("Write what is named instead: `a < b and b < c` for a chain, `is absent` for a test.")
        .part(
            when!("10 < table.count < table.max"),
            when!("10 < table.count and table.count < table.max"),
        ),
    error("unknown-function", "there is no such function")
        .why("Nobody knows what it gives.")
        .remedy("There are `larger(a, b)`, `smaller(a, b)`, and `any`, `all`, `count`, `share` and `max` over nodes or a list.")
        .part(
            when!("table.count > largest(table.max, 100)"),
            when!("table.count > larger(table.max, 100)"),
        ),
    error("wrong-arguments", "a function is given too many or too few values")
        .why("It needs exactly those that it names.")
        .remedy("Give it as many values as it takes.")
        .part(
            when!("table.count > larger(table.max)"),
            when!("table.count > larger(table.max, 100)"),
        ),
    error("empty-expression", "there is no expression")
        .why("Nothing is asked.")
        .remedy("Write a condition.")
        .part(when!("\"\""), when!("table.count > table.max")),
    error("expression-too-long", "an expression is longer than 2,000 bytes")
        .why("Nobody reads it to its end, and reading it takes the stack.")
        .remedy("Make several findings, or let a look answer it.")
        .examples(
            Example::Told("a `when` of 2,001 bytes"),
            Example::Part(when!("table.count > table.max")),
        ),
    error("expression-too-deep", "an expression is nested more than 100 deep")
        .why("Evaluating it takes the stack.")
        .remedy("Make several findings.")
        .examples(
            Example::Told("a `when` with 101 `not`s"),
            Example::Part(when!("table.count > table.max")),
        ),
    error("template-in-expression", "`{{ }}` stands in an expression")
        .why("`when`, `only-if`, `require` and `that` are expressions as a whole; `{{ }}` marks one within text.")
        .remedy("Write the expression alone.")
        .part(
            when!("\"{{ table.count > table.max }}\""),
            when!("table.count > table.max"),
        ),
    error("quoted-expression", "a condition is text in quotes")
        .why("Text is neither true nor false.")
        .remedy("Write it without the inner quotes.")
        .part(when!("\"'table.count > table.max'\""), when!("table.count > table.max")),
    error("unclosed-template", "a `{{` is never closed")
        .why("Where the value ends can't be told.")
        .remedy("Add `}}`.")
        .part(says!("{{ table.count entries"), says!("{{ table.count }} entries")),
    error("template-statement", "text holds `{% %}` or `{# #}`")
        .why("Texts hold values only: with statements they would be programs.")
        .remedy("Choose with `{{ a if b else c }}`.")
        .part(
            says!("{% if table.count > 10 %}many{% endif %}"),
            says!("{{ 'many' if table.count > 10 else 'few' }}"),
        ),
    error("template-trim", "text holds `{{-` or `-}}`")
        .why("Nothing is trimmed here, and the sign could be a minus.")
        .remedy("Write `{{ value }}`, and `{{ -value }}` for the opposite.")
        .part(says!("{{- table.count }} entries"), says!("{{ table.count }} entries")),
    error("not-printable", "text holds a whole record")
        .why("A record has no one text.")
        .remedy("Name one of its fields.")
        .part(says!("{{ table }}"), says!("{{ table.count }}")),
    error("not-a-condition", "a condition is neither true nor false")
        .why("A number or a text holds no verdict.")
        .remedy("Compare it with something, or ask `is absent`.")
        .part(when!("table.count"), when!("table.count > table.max")),
    error("different-kinds", "an operation mixes kinds")
        .why("A duration is not larger or smaller than a number, and a text is no size.")
        .remedy("Compare like with like; a value in quotes takes the other side's kind: `age < \"2m\"`.")
        .part(when!("table.count > \"many\" ~ \"more\""), when!("table.count > table.max")),
    error("no-order", "text or booleans are compared by size")
        .why("`\"10\" < \"9\"` holds for letters.")
        .remedy("Compare with `==` and `!=`.")
        .part(when!("node.name > \"a\""), when!("node.name == \"a\" and table.count > 10")),
    error("bad-literal", "a value in quotes is not of the kind that it is held against")
        .why("It would be compared with something else.")
        .remedy("Write durations as \"2m\", sizes as \"512MiB\" and versions as \"1.33\".")
        .part(
            when!("node.os_version < \"new\" and table.count > table.max"),
            when!("node.os_version < \"1.50\" and table.count > table.max"),
        ),
    error("not-a-list", "what a function goes over is no list")
        .why("`any(LIST, …)` and `for-each` take the items of a list; a number has none.")
        .remedy("Name a list, or leave the first argument out to go over the nodes of the run.")
        .part(
            "find:\n  table-full:\n    when: any(table.count, each > 10)\n    severity: note\n    says: \"up to {{ max(table.count) }} of {{ max(table.max) }} entries\"\n",
            "find:\n  table-full:\n    when: any(table.count > 10)\n    severity: note\n    says: \"up to {{ max(table.count) }} of {{ max(table.max) }} entries\"\n",
        ),
    error("nested-function", "a function over nodes or a list stands within another one")
        .why("Going over lists within lists takes the square of the time, and nobody can read it.")
        .remedy("Let one function be enough, or make two findings.")
        .part(
            "find:\n  table-full:\n    when: any(all(table.count > 10))\n    severity: note\n    says: \"up to {{ max(table.count) }} of {{ max(table.max) }} entries\"\n",
            "find:\n  table-full:\n    when: all(table.count > 10)\n    severity: note\n    says: \"up to {{ max(table.count) }} of {{ max(table.max) }} entries\"\n",
        ),
    error("nested-each", "a function goes over a list within `for-each`")
        .why("`each` would mean two things.")
        .remedy("Leave out `for-each`, or the function.")
        .part(
            "inputs:\n  zones: { type: list, of: text, default: [a, b], help: The zones }\nfind:\n  table-full:\n    for-each: inputs.zones\n    when: any(inputs.zones, each == \"a\") and table.count > 10\n    severity: note\n    says: \"{{ table.count }} entries\"\n",
            "inputs:\n  zones: { type: list, of: text, default: [a, b], help: The zones }\nfind:\n  table-full:\n    for-each: inputs.zones\n    when: each == \"a\" and table.count > 10\n    severity: note\n    says: \"{{ table.count }} of {{ table.max }} entries in {{ each }}\"\n",
        ),
    error("text-too-long", "a text with `{{ }}` is longer than 8,000 bytes")
        .why("A text is read at three in the morning.")
        .remedy("Shorten it.")
        .examples(
            Example::Told("`says` of 8,001 bytes"),
            Example::Part("find:\n  table-full:\n    when: table.count >= 0.9 * table.max\n    severity: note\n    says: \"{{ table.count }} of {{ table.max }} entries\"\n"),
        ),
    error("not-a-word", "a list stands in a text that programs read")
        .why("It would be one word of many, or many of one.")
        .remedy("Go over it with `for-each`, and name `each`.")
        .examples(
            Example::Told("a script with `{{ inputs.zones }}`, a list"),
            Example::Part("find:\n  table-full:\n    when: table.count >= 0.9 * table.max\n    severity: note\n    says: \"{{ table.count }} of {{ table.max }} entries\"\n"),
        ),
];
