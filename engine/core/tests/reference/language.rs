//! The keys of a runbook, section by section.

use heeler_core::runbook::KEYS;
use heeler_core::syntax::{Key, Shape};

use super::page::{WRITTEN, keys, table};

const HEADS: &[&str] = &["key", "takes", "needed, or its default", "meaning"];

pub(crate) fn page() -> String {
    let mut text = format!(
        "# The keys of a runbook\n{WRITTEN} `heeler schema` prints the same for editors.\n\n\
         A runbook is one YAML document: no anchors, no tags, no key twice; only `true` and `false` are boolean. \
         Where text is expected, a number or a boolean is the text that is written there.\n\n{}",
        table(HEADS, keys("", KEYS))
    );
    for key in KEYS {
        section(&mut text, key);
    }
    text
}

/// The entries below a key have a section of their own.
fn section(text: &mut String, key: &Key) {
    let Shape::Entries(entries) = key.shape else {
        return;
    };
    text.push_str(&format!("\n## Entries of `{}`\n", key.name));
    text.push_str(&format!("Their names are written in {}", entries.names));
    let taken = (entries.taken)();
    if !taken.is_empty() {
        let taken: Vec<String> = taken.iter().map(|name| format!("`{name}`")).collect();
        text.push_str(&format!(", and are not {}", taken.join(" ")));
    }
    text.push_str(".\n\n");
    let mut value = entries.value;
    while let Shape::Named(_, inner) = value {
        value = inner;
    }
    match value {
        Shape::Keys(rows) => text.push_str(&table(HEADS, keys("", rows))),
        Shape::Step { keys: rows, .. } => {
            text.push_str(
                "Each names exactly one [action](README.md#actions), with its parameters.\n\n",
            );
            text.push_str(&table(HEADS, keys("", rows)));
        }
        other => text.push_str(&format!("Each is {other}.\n")),
    }
}
