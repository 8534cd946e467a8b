//! What a finding came to.

use serde::{Deserialize, Serialize};

use crate::value::Unseen;

/// A finding's verdict, with its text where it holds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Verdict {
    /// It holds.
    Holds(FindingText),
    /// It does not hold.
    RuledOut,
    /// It could not be told, and what is missing.
    NotSeen(Vec<Unseen>),
}

/// A finding in words.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FindingText {
    /// One line.
    pub says: String,
    /// Further lines.
    pub details: Vec<String>,
    /// Why it matters.
    pub because: Option<String>,
    /// The cure that lasts.
    pub lasting: Option<String>,
}
