//! The runbooks that examples use.

use super::{source, whole};
use crate::runbook::Shelf;
use crate::syntax::Source;

/// Each runbook by its name.
pub(super) struct Books;

const NAMES: [&str; 10] = [
    "table-health",
    "table-limit",
    "pod-health",
    "faulty",
    "large",
    "uses-four-more",
    "deep-2",
    "deep-3",
    "deep-4",
    "full-table",
];

impl Shelf for Books {
    fn text(&self, name: &str) -> Result<Option<Source>, String> {
        let nearly = "find:\n  nearly-full:\n    when: table.count >= 0.7 * table.max\n    severity: note\n    says: \"{{ table.count }} of {{ table.max }} entries\"\n";
        let sections = match name {
            "table-health" | "full-table" => nearly.to_owned(),
            "table-limit" => format!(
                "inputs:\n  least: {{ type: integer, help: How many are many }}\n{}",
                nearly.replace("0.7 * table.max", "inputs.least")
            ),
            "pod-health" => format!("target: pod\n{nearly}"),
            "faulty" => nearly.replace("table.count", "tabel.count"),
            "large" => looks(60),
            "uses-four-more" => deep(2),
            "deep-2" => deep(3),
            "deep-3" => deep(4),
            "deep-4" => deep(5),
            _ => return Ok(None),
        };
        Ok(Some(source(&whole(&format!("name: {name}\n{sections}")))))
    }

    fn names(&self) -> Vec<String> {
        NAMES.map(str::to_owned).to_vec()
    }
}

/// One that uses the next one.
fn deep(next: usize) -> String {
    format!(
        "look:\n  memory:\n    memory: {{}}\n  next:\n    use: deep-{next}\nfind:\n  low:\n    when: memory.available < \"1MiB\"\n    severity: note\n    says: little\n"
    )
}

/// That many looks, and a finding.
pub(super) fn looks(count: usize) -> String {
    let look = |number| format!("  a{number}:\n    memory: {{}}\n");
    let looks: String = (0..count).map(look).collect();
    format!(
        "look:\n{looks}find:\n  low:\n    when: a0.available < \"1MiB\"\n    severity: note\n    says: little\n"
    )
}
