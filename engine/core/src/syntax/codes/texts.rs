//! Codes of texts that people read.

use super::{Code, warning};

pub(super) const CODES: &[Code] = &[
    warning("empty-text", "a text says nothing")
        .why("An empty line in a report looks like a fault of the report.")
        .remedy("Say something, or remove the key.")
        .part("summary: \"\"\n", "summary: The table is full\n"),
    warning("not-one-line", "a text of one line has several")
        .why("Reports, tables and chat put it on one line.")
        .remedy("Fold it with `>-`, or move the rest to `details` or `because`.")
        .part(
            "summary: |\n  The table\n  is full\n",
            "summary: >-\n  The table\n  is full\n",
        ),
    warning(
        "template-not-rendered",
        "`{{ }}` stands in a text that nothing is filled into",
    )
    .why("Labels, summaries and helps are printed before anything was seen.")
    .remedy("Write it without; `says`, `details`, `because`, `lasting` and `effect` are filled in.")
    .part(
        "summary: \"{{ table.count }} entries\"\n",
        "summary: The table is full\n",
    ),
    warning("single-brace", "a name stands in single braces")
        .why("It is printed with its braces.")
        .remedy("Write `{{ name }}`.")
        .part(
            says!("{ table.count } of {{ table.max }} entries"),
            says!("{{ table.count }} of {{ table.max }} entries"),
        ),
    warning("unopened-template", "a `}}` closes nothing")
        .why("It is printed as it stands.")
        .remedy("Write `{{` before the value.")
        .part(
            says!("{{ table.count }} of table.max }} entries"),
            says!("{{ table.count }} of {{ table.max }} entries"),
        ),
    warning("quoted-name", "a name stands in quotes within `{{ }}`")
        .why("In quotes it is text: its letters are printed, not its value.")
        .remedy("Write it without quotes.")
        .part(
            says!("{{ 'table.count' }} of {{ table.max }} entries"),
            says!("{{ table.count }} of {{ table.max }} entries"),
        ),
];
