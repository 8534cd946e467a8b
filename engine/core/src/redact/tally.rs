//! What a redactor has done so far.

use std::collections::BTreeMap;

use super::kind::Kind;

/// What a redactor has done so far.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    kinds: BTreeMap<Kind, u64>,
    bytes: u64,
}

impl Tally {
    /// How many secrets of a kind were taken out.
    pub fn of(&self, kind: Kind) -> u64 {
        self.kinds.get(&kind).copied().unwrap_or(0)
    }

    /// The kinds that were found, and how often.
    pub fn kinds(&self) -> impl Iterator<Item = (Kind, u64)> {
        self.kinds.iter().map(|(kind, count)| (*kind, *count))
    }

    /// How many secrets were taken out.
    pub fn secrets(&self) -> u64 {
        self.kinds.values().sum()
    }

    /// How many bytes of the text were taken out.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    pub(super) fn count(&mut self, kind: Kind) {
        *self.kinds.entry(kind).or_default() += 1;
    }

    pub(super) fn touch(&mut self, bytes: usize) {
        self.bytes = self
            .bytes
            .saturating_add(u64::try_from(bytes).unwrap_or(u64::MAX));
    }
}
