//! The glossary: its words are written by hand, each once; its keys come from the tables of keys.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::{env, fs};

use heeler_core::action::{self, Impact};
use heeler_core::runbook::KEYS;
use heeler_core::syntax::{Key, Shape};

use super::page::table;

/// What stands before the part that is written from the code.
const HEAD: &str = "\n## Keys\nWritten from the code; a test fails when it disagrees. In full: [keys of a runbook]\
(reference/language.md), [actions](reference/README.md#actions).\n\n";
/// Words that have to be there, besides the classes of impact.
const WORDS: &[&str] = &[
    "runbook",
    "input",
    "secret",
    "look",
    "action",
    "finding",
    "fix",
    "condition",
    "evidence",
    "proves, suggests",
    "suggestion",
    "superseded",
    "severity",
    "kind",
    "extract",
    "item",
    "use",
    "absent",
    "not seen",
    "ruled out",
    "of the run",
    "impact",
    "deadline",
    "retry",
    "diagnostic",
    "fault",
    "warning",
    "code",
    "allowed",
    "schema",
    "case",
    "mutation",
    "coverage",
    "replay",
    "offered, withheld",
    "token",
    "policy",
    "approval",
    "digest",
    "seal",
    "moved",
    "wave",
    "fused",
    "hazard",
    "hop",
    "place",
];

/// Where keys stand, by their names.
#[derive(Default)]
struct Keys(BTreeMap<&'static str, Vec<String>>);

impl Keys {
    fn add(&mut self, of: &str, keys: &[Key]) {
        for key in keys {
            let told = self.0.entry(key.name).or_default();
            told.push(format!("{of}: {}", key.help));
            self.below(&format!("below `{}`", key.name), &key.shape);
        }
    }

    fn below(&mut self, of: &str, shape: &Shape) {
        match shape {
            Shape::Named(name, shape) => {
                self.below(&format!("of a {name}").replace("a i", "an i"), shape)
            }
            Shape::Keys(keys) | Shape::Step { keys, .. } => self.add(of, keys),
            Shape::Entries(entries) => {
                self.add(
                    of,
                    entries.beside.map(std::slice::from_ref).unwrap_or_default(),
                );
                self.below(of, entries.value);
            }
            Shape::List { of: item, .. } | Shape::OneOrMore(item) => self.below(of, item),
            _ => {}
        }
    }
}

/// The table of keys and actions, each once.
fn keys() -> String {
    let mut keys = Keys::default();
    keys.add("of a runbook", KEYS);
    for action in action::all() {
        let name = action.name();
        keys.0
            .entry(name)
            .or_default()
            .push(format!("an action: {}", action.summary()));
        for shape in [action.look_shape(), action.change_shape()]
            .into_iter()
            .flatten()
        {
            keys.below(&format!("of `{name}`"), &shape);
        }
    }
    let rows = keys.0.into_iter().map(|(name, mut told)| {
        told.dedup();
        vec![format!("`{name}`"), told.join("<br>")]
    });
    table(&["key", "means"], rows)
}

/// The first cells of the rows before `end`.
fn words(page: &str) -> Vec<&str> {
    let rows = page.lines().filter_map(|line| line.strip_prefix("| "));
    let cells = rows.filter_map(|row| row.split(" | ").next());
    cells
        .filter(|cell| !["word", "---"].contains(cell))
        .collect()
}

#[test]
fn glossary_has_every_word_and_every_key_once() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/glossary.md");
    let found = fs::read_to_string(&path).expect("a glossary");
    let by_hand = found.split("\n## Keys\n").next().expect("a first part");
    let wanted = format!("{by_hand}{HEAD}{}", keys());
    if env::var_os("HEELER_WRITE_REFERENCE").is_some() {
        fs::write(&path, &wanted).expect("a glossary");
    } else {
        assert_eq!(found, wanted, "the glossary is not what the code says");
    }
    let words = words(by_hand);
    let mut once = BTreeSet::new();
    for word in &words {
        assert!(once.insert(word), "`{word}` stands twice");
    }
    let impacts = Impact::ALL.map(Impact::name);
    for word in WORDS.iter().chain(&impacts) {
        assert!(words.contains(word), "`{word}` is missing");
    }
    for row in by_hand.lines().filter(|line| line.starts_with("| ")) {
        assert_eq!(row.matches(" | ").count(), 2, "{row}");
    }
}
