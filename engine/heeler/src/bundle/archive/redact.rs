//! What takes secrets out of a member while it is stored.

use std::collections::BTreeMap;

/// Takes secrets out of one member, piece by piece, whatever the pieces are.
pub trait Redactor {
    /// Takes a piece, and gives what is ready of it and of those before it.
    fn take(&mut self, piece: &[u8], out: &mut Vec<u8>);

    /// No more comes: gives what was held back.
    fn finish(&mut self, out: &mut Vec<u8>);

    /// How many secrets of which kind it has taken out.
    fn counts(&self) -> BTreeMap<String, u64>;
}

/// A short text without what is taken out of it.
pub(super) fn redacted(text: &str, redactor: &mut dyn Redactor) -> String {
    let mut out = Vec::new();
    redactor.take(text.as_bytes(), &mut out);
    redactor.finish(&mut out);
    String::from_utf8_lossy(&out).into_owned()
}

/// Takes nothing out.
#[derive(Debug, Clone, Copy, Default)]
pub struct Plain;

impl Redactor for Plain {
    fn take(&mut self, piece: &[u8], out: &mut Vec<u8>) {
        out.extend_from_slice(piece);
    }

    fn finish(&mut self, _out: &mut Vec<u8>) {}

    fn counts(&self) -> BTreeMap<String, u64> {
        BTreeMap::new()
    }
}
