//! Secrets are taken out of members while they are stored.

use std::collections::BTreeMap;

use heeler_core::redact::{RedactionKey, Redactor as Core};

use super::archive::Redactor;

/// One member's redactor.
pub(super) struct Redacting(Core);

impl Redacting {
    pub(super) fn new(key: &RedactionKey) -> Self {
        Redacting(Core::new(key.clone()))
    }
}

impl Redactor for Redacting {
    fn take(&mut self, piece: &[u8], out: &mut Vec<u8>) {
        self.0.push(piece, out);
    }

    fn finish(&mut self, out: &mut Vec<u8>) {
        self.0.finish(out);
    }

    fn counts(&self) -> BTreeMap<String, u64> {
        let kinds = self.0.tally().kinds();
        kinds
            .map(|(kind, count)| (kind.name().to_owned(), count))
            .collect()
    }
}

/// What was taken out of a member before it came here.
pub(super) struct Redacted(pub(super) BTreeMap<String, u64>);

impl Redactor for Redacted {
    fn take(&mut self, piece: &[u8], out: &mut Vec<u8>) {
        out.extend_from_slice(piece);
    }

    fn finish(&mut self, _out: &mut Vec<u8>) {}

    fn counts(&self) -> BTreeMap<String, u64> {
        self.0.clone()
    }
}
