//! How commands end.

use std::fs;

use heeler_core::event::Exit;

use super::page::{WRITTEN, table};

/// Wrong use is told by the command line alone; no run is begun.
const USAGE: (&str, &str) = ("2", "wrong use; nothing was asked of anybody");

pub(crate) fn page() -> String {
    let rows = Exit::ALL
        .iter()
        .map(|exit| vec![exit.code().to_string(), exit.meaning().to_owned()]);
    let mut rows: Vec<Vec<String>> = rows.collect();
    let before_the_last = rows.len() - 1;
    rows.insert(
        before_the_last,
        vec![USAGE.0.to_owned(), USAGE.1.to_owned()],
    );
    format!(
        "# Exit status\n{WRITTEN} The highest in this order that applies; `heeler report` repeats its run's. What becomes of the bundles \
         that a runbook wants changes nothing here.\n\n{}",
        table(&["status", "meaning"], rows)
    )
}

#[test]
fn the_readme_has_the_same_table_as_the_reference() {
    let readme = concat!(env!("CARGO_MANIFEST_DIR"), "/../../README.md");
    let readme = fs::read_to_string(readme).expect("the README");
    let rows = page();
    let rows = rows.lines().filter(|line| line.starts_with('|'));
    for row in rows {
        assert!(readme.contains(&format!("\n{row}\n")), "{row}");
    }
}
