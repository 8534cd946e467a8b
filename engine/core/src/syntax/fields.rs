//! A map with known keys.

use super::fault::Faults;
use super::nearest::{Near, nearest};
use super::shape::Key;
use super::source::{Span, Spanned};
use super::tree::{Entry, Tree};

/// A map that has been checked for unknown keys.
#[derive(Debug, Clone, Copy)]
pub struct Fields<'t> {
    entries: &'t [Entry],
    keys: &'static [Key],
    span: Span,
}

impl<'t> Fields<'t> {
    /// Reads a map; unknown keys are faults, each with the nearest known one. `what` names the map
    /// in messages: "an input", "the fix `shorten-time-wait`".
    pub fn read(
        tree: &'t Tree,
        what: &str,
        keys: &'static [Key],
        faults: &mut Faults,
    ) -> Option<Fields<'t>> {
        let fields = Fields::open(tree, what, keys, faults)?;
        for entry in fields.others() {
            fields.unknown(entry, what, faults);
        }
        Some(fields)
    }

    /// Reads a map whose other keys mean something too.
    pub fn open(
        tree: &'t Tree,
        what: &str,
        keys: &'static [Key],
        faults: &mut Faults,
    ) -> Option<Fields<'t>> {
        let entries = tree.expect_map(what, faults)?;
        Some(Fields {
            entries,
            keys,
            span: tree.span(),
        })
    }

    /// The names of the known keys.
    pub fn known(&self) -> impl Iterator<Item = &'static str> + Clone {
        self.keys.iter().map(|key| key.name)
    }

    /// The entries with other keys, in the order of the file.
    pub fn others(&self) -> impl Iterator<Item = &'t Entry> {
        let keys = self.keys;
        self.entries
            .iter()
            .filter(move |entry| !keys.iter().any(|key| key.name == entry.key.value))
    }

    /// Reports a key that is not known.
    pub fn unknown(&self, entry: &Entry, what: &str, faults: &mut Faults) {
        let key = &entry.key;
        let fault = faults.error(
            "unknown-key",
            key.span,
            format!("{what} has no key `{}`", key.value),
        );
        // A key that is there already can't be written a second time: that would mend nothing.
        let near = nearest(&key.value, self.known()).map(|near| Near {
            is_only: near.is_only && self.get(near.right).is_none(),
            ..near
        });
        let known: Vec<&str> = self.known().collect();
        match (near, known.as_slice()) {
            (Some(near), _) => fault.did_you_mean(Some(near)),
            (None, []) => fault.help("it has no keys at all: write `{}`"),
            (None, known) => fault.help(format!("known keys: {}", known.join(", "))),
        };
    }

    /// What is known of a key.
    pub(super) fn key(&self, name: &str) -> Option<&'static Key> {
        self.keys.iter().find(|key| key.name == name)
    }

    /// The value of a key that may be missing.
    pub fn get(&self, key: &str) -> Option<&'t Tree> {
        let entry = self.entries.iter().find(|entry| entry.key.value == key)?;
        Some(&entry.value)
    }

    /// The value of a key that has to be there.
    pub fn require(&self, key: &str, what: &str, faults: &mut Faults) -> Option<&'t Tree> {
        let value = self.get(key);
        if value.is_none() {
            let first = self
                .entries
                .first()
                .map_or(self.span, |entry| entry.key.span);
            faults
                .error("missing-key", first, format!("{what} has no `{key}`"))
                .help(format!("add `{key}:`"));
        }
        value
    }

    /// The text of a key that may be missing.
    pub fn text(&self, key: &str, faults: &mut Faults) -> Option<&'t Spanned<String>> {
        self.get(key)?.expect_text(&format!("`{key}`"), faults)
    }

    /// Where the map stands.
    pub fn span(&self) -> Span {
        self.span
    }
}
