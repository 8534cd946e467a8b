//! What is taken out, what is not, and that pieces make no difference.

mod found;
mod hostile;
mod lines;
mod pieces;
mod samples;
mod tokens;
mod untouched;

use super::{RedactionKey, Redactor, Tally};

fn key() -> RedactionKey {
    RedactionKey::new([7; 32])
}

/// The redacted text, and what was taken out of it.
fn redact(text: &[u8]) -> (Vec<u8>, Tally) {
    let mut redactor = Redactor::new(key());
    let mut out = Vec::new();
    redactor.push(text, &mut out);
    redactor.finish(&mut out);
    (out, redactor.tally().clone())
}

fn redacted(text: &str) -> String {
    String::from_utf8(redact(text.as_bytes()).0).unwrap()
}
