//! A map with known keys.

use super::fault::Faults;
use super::nearest::nearest;
use super::source::{Span, Spanned};
use super::tree::{Entry, Tree};

/// A map that has been checked for unknown keys.
#[derive(Debug, Clone, Copy)]
pub struct Fields<'t> {
    entries: &'t [Entry],
    span: Span,
}

impl<'t> Fields<'t> {
    /// Reads a map; unknown keys are faults, each with the nearest known one. `what` names the map
    /// in messages: "an input", "the fix `shorten-time-wait`".
    pub fn read(
        tree: &'t Tree,
        what: &str,
        known: &[&str],
        faults: &mut Faults,
    ) -> Option<Fields<'t>> {
        let fields = Fields::open(tree, what, faults)?;
        for entry in fields.others(known) {
            fields.unknown(entry, what, known, faults);
        }
        Some(fields)
    }

    /// Reads a map whose other keys mean something too.
    pub fn open(tree: &'t Tree, what: &str, faults: &mut Faults) -> Option<Fields<'t>> {
        let entries = tree.expect_map(what, faults)?;
        Some(Fields {
            entries,
            span: tree.span(),
        })
    }

    /// The entries with other keys, in the order of the file.
    pub fn others(&self, known: &[&str]) -> impl Iterator<Item = &'t Entry> {
        self.entries
            .iter()
            .filter(|entry| !known.contains(&entry.key.value.as_str()))
    }

    /// Reports a key that is not known.
    pub fn unknown(&self, entry: &Entry, what: &str, known: &[&str], faults: &mut Faults) {
        let key = &entry.key;
        let fault = faults.error(
            "unknown-key",
            key.span,
            format!("{what} has no key `{}`", key.value),
        );
        // A key that is there already can't be meant as well.
        let free = known.iter().copied().filter(|key| self.get(key).is_none());
        match nearest(&key.value, free) {
            Some(right) => fault.did_you_mean(Some(right)),
            None => fault.help(format!("known keys: {}", known.join(", "))),
        };
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
