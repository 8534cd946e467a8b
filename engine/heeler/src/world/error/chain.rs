//! An error and all its sources, as text. The clients below wrap one another's types, which are
//! not ours to name, so what really happened is read off their words.

use std::error::Error;

/// The texts of an error and its sources, the outermost first.
pub(crate) struct Chain(Vec<String>);

impl Chain {
    /// Follows the sources.
    pub(crate) fn of(error: &(dyn Error + 'static)) -> Self {
        let mut texts = Vec::new();
        let mut next = Some(error);
        while let Some(error) = next {
            texts.push(error.to_string());
            next = error.source();
        }
        Chain(texts)
    }

    /// The innermost text: what happened.
    pub(crate) fn root(&self) -> String {
        let text = self.0.last().map(String::as_str).unwrap_or_default();
        text.lines().map(str::trim).collect::<Vec<_>>().join("; ")
    }

    /// All of it.
    pub(crate) fn whole(&self) -> String {
        self.0.join(": ")
    }

    /// Whether any link holds one of these words, in lower case.
    pub(crate) fn mentions(&self, words: &[&str]) -> bool {
        let lower = self.whole().to_lowercase();
        words.iter().any(|word| lower.contains(word))
    }

    /// Trust could not be established.
    pub(crate) fn is_tls(&self) -> bool {
        self.mentions(&["certificate", "invalid peer", "fatal alert", "handshake"])
    }

    /// No connection was made, so that nothing can have been sent.
    pub(crate) fn is_unconnected(&self) -> bool {
        self.mentions(&[
            "(connect)",
            "connect timeout",
            "connection refused",
            "dns error",
            "tcp connect",
        ])
    }
}
