//! Checking runbooks: the table of codes, what is allowed, and what is mended.

mod allow;
mod books;
mod mend;
mod reads;
mod table;
mod wire;

use self::books::Books;
use super::{Linted, lint};
use crate::action::all;
use crate::syntax::{Diagnostic, Source};

/// The sections that an example leaves out.
const BASE: [(&str, &str); 6] = [
    ("heeler", "heeler: 1\n"),
    ("name", "name: full-table\n"),
    ("summary", "summary: The table is full\n"),
    ("target", "target: node\n"),
    (
        "look",
        "look:\n  table:\n    sysctl:\n      count: net.netfilter.nf_conntrack_count\n      max: net.netfilter.nf_conntrack_max\n",
    ),
    (
        "find",
        "find:\n  table-full:\n    when: table.count >= 0.9 * table.max\n    severity: warning\n    \
         says: \"{{ table.count }} of {{ table.max }} entries\"\n",
    ),
];

/// Some sections of a runbook, with the others as they should be before them.
fn whole(part: &str) -> String {
    let has = |key: &str| {
        part.lines()
            .any(|line| line.starts_with(&format!("{key}:")))
    };
    let others = BASE.iter().filter(|(key, _)| !has(key));
    let others: String = others.map(|(_, text)| *text).collect();
    format!("{others}{part}")
}

fn source(text: &str) -> Source {
    Source {
        name: "runbook.yaml".to_owned(),
        text: text.to_owned(),
    }
}

/// Checks some sections of a runbook.
fn checked(part: &str) -> Linted {
    lint(source(&whole(part)), None, all(), &Books)
}

fn codes(diagnostics: &[Diagnostic]) -> Vec<&'static str> {
    diagnostics.iter().map(|found| found.code).collect()
}
