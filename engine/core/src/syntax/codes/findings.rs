//! Codes of findings.

use super::{Code, error, warning};

pub(super) const CODES: &[Code] = &[
    error("unknown-severity", "there is no such severity")
        .why("How loud it is said can't be told.")
        .remedy("Write `note`, `warning` or `critical`.")
        .part(
            "find:\n  table-full:\n    when: table.count > table.max\n    severity: crit\n    says: \"{{ table.count }} entries\"\n    because: it is small\n",
            "find:\n  table-full:\n    when: table.count > table.max\n    severity: critical\n    says: \"{{ table.count }} entries\"\n    because: it is small\n",
        ),
    error("unknown-fix", "a finding names a fix that does not exist")
        .why("Nothing could be offered.")
        .remedy("Name a fix of the runbook, or write it below `fix:`.")
        .part(
            "find:\n  table-full:\n    when: table.count > table.max\n    severity: note\n    says: \"{{ table.count }} entries\"\n    fix: [raise]\n",
            "find:\n  table-full:\n    when: table.count > table.max\n    severity: note\n    says: \"{{ table.count }} entries\"\n",
        ),
    warning("says-no-value", "a finding never says how much")
        .why("\"The table is full\" makes the reader look for himself; \"262,144 of 262,144\" does not.")
        .remedy("Fill in what `when` compares.")
        .part(says!("the table is full"), says!("{{ table.count }} of {{ table.max }} entries")),
    warning("constant-detail", "a line of `details` is the same in every run")
        .why("Details are what was seen; the rest is `because`.")
        .remedy("Move it to `because`, or fill in a value.")
        .part(
            "find:\n  table-full:\n    when: table.count > table.max\n    severity: note\n    says: \"{{ table.count }} entries\"\n    details: [it is small]\n",
            "find:\n  table-full:\n    when: table.count > table.max\n    severity: note\n    says: \"{{ table.count }} entries\"\n    because: it is small\n",
        ),
    warning("critical-without-advice", "a critical finding says nothing of why or what to do")
        .why("Somebody is woken by it, and stands there.")
        .remedy("Add `because:`, `lasting:` or `fix:`.")
        .part(
            "find:\n  table-full:\n    when: table.count > table.max\n    severity: critical\n    says: \"{{ table.count }} entries\"\n",
            "find:\n  table-full:\n    when: table.count > table.max\n    severity: critical\n    says: \"{{ table.count }} entries\"\n    lasting: open fewer connections\n",
        ),
    warning("same-label", "two looks, or two findings, have the same label")
        .why("Reports name them by it, and readers can't tell which one was ruled out or not seen.")
        .remedy("Use words by which people can tell them apart.")
        .part(
            "find:\n  table-full:\n    label: the table\n    when: table.count > table.max\n    severity: note\n    says: \"{{ table.count }} entries\"\n  table-small:\n    label: the table\n    when: table.max < 1000\n    severity: note\n    says: \"only {{ table.max }} fit\"\n",
            "find:\n  table-full:\n    label: a full table\n    when: table.count > table.max\n    severity: note\n    says: \"{{ table.count }} entries\"\n  table-small:\n    label: a small table\n    when: table.max < 1000\n    severity: note\n    says: \"only {{ table.max }} fit\"\n",
        ),
    warning("same-words", "two findings say the same")
        .why("Readers can't tell which of the two holds.")
        .remedy("Use words by which people can tell them apart.")
        .part(
            "find:\n  table-full:\n    when: table.count > table.max\n    severity: note\n    says: \"{{ table.count }} entries\"\n  table-filling:\n    when: table.count > 0.8 * table.max\n    severity: note\n    says: \"{{ table.count }} entries\"\n",
            "find:\n  table-full:\n    when: table.count > table.max\n    severity: note\n    says: \"all {{ table.max }} entries\"\n  table-filling:\n    when: table.count > 0.8 * table.max\n    severity: note\n    says: \"{{ table.count }} of {{ table.max }} entries\"\n",
        ),
];
