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
    /// The finding of this name holds, and stands for it.
    Superseded(String),
}

/// A look that speaks for a finding that holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Evidence {
    /// The look's name.
    pub look: String,
    /// How strongly.
    pub strength: Strength,
}

/// How strongly a look speaks for a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Strength {
    /// What it has answered shows that the finding holds.
    Proves,
    /// It would answer the same for other reasons, too.
    Suggests,
}

impl Strength {
    /// The word that is written for it.
    pub fn word(self) -> &'static str {
        match self {
            Strength::Proves => "proves",
            Strength::Suggests => "suggests",
        }
    }
}

impl Evidence {
    /// Whether nothing among this proves anything.
    pub fn only_suggests(evidence: &[Evidence]) -> bool {
        let suggests = |one: &Evidence| one.strength == Strength::Suggests;
        !evidence.is_empty() && evidence.iter().all(suggests)
    }
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
