//! What a node answered to the looks of runbooks, kept as it came, so that a runbook of another day can be
//! judged by it without asking anybody.
//!
//! An answer is kept under a digest of its question: everything that decides it (the places, the scripts,
//! their limits; the object of the Kubernetes API). A look of today whose question has another digest was
//! not asked then, and is *unseen*: nothing is guessed. Secrets are taken out before anything is kept, and
//! a value that is one of the tokens in their place is unseen too.
//!
//! Whoever records and whoever judges go through a runbook with the same [`Course`]: wave by wave, its
//! looks are filled from what is kept. The one asks the node between two waves, the other does not.

mod course;
mod question;
mod spared;
#[cfg(test)]
mod tests;
mod wire;

use std::collections::BTreeMap;
use std::net::IpAddr;

use jiff::Timestamp;
use serde_json::Value as Json;

pub use course::{Course, Wave};
pub use question::{Question, QuestionId};
pub use spared::Spared;
pub use wire::{Unreadable, VERSION};

use crate::action::Source;
use crate::event::{NodeTarget, Where};
use crate::frame::{Ident, LookTrace, Reply};
use crate::plan::Part;
use crate::runbook::LookStep;
use crate::value::{Value, Why};
use spared::{TOKEN, veiled};

/// Answers of one node, of one moment.
#[derive(Debug, Clone, PartialEq)]
pub struct Recording {
    /// Whose answers they are.
    pub about: About,
    /// What the node said of itself; `None`: it said nothing.
    pub ident: Option<Ident>,
    /// Names of pods and services behind addresses, as they were then.
    pub names: BTreeMap<IpAddr, String>,
    /// What was said where names could not be looked up.
    pub unnamed: Option<String>,
    /// The end of it is missing: there may have been more answers.
    pub cut: bool,
    answers: BTreeMap<QuestionId, Recorded>,
}

/// Whose answers they are.
#[derive(Debug, Clone, PartialEq)]
pub struct About {
    /// When the node was asked.
    pub at: Timestamp,
    /// The version of whoever asked.
    pub heeler: String,
    /// Where, and as whom.
    pub place: Where,
    /// The node.
    pub target: NodeTarget,
}

/// What came of one question.
#[derive(Debug, Clone, PartialEq)]
pub struct Recorded {
    /// Which looks had it, for people: `conntrack-exhaustion: table`.
    pub looks: Vec<String>,
    /// The answer, or why there was none.
    pub outcome: Outcome,
    /// Which rungs were tried, and why they gave nothing.
    pub trace: Vec<LookTrace>,
    /// How many secrets were taken out of it, by kind.
    pub redacted: BTreeMap<String, u64>,
}

/// The answer to one question.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// What the node's script printed.
    Reply(Reply),
    /// An object of the Kubernetes API; `None`: the API said that there is none.
    Object(Option<Json>),
    /// There was no answer.
    Unseen(Why),
}

impl Recording {
    /// Nothing was asked yet.
    pub fn new(about: About) -> Self {
        Recording {
            about,
            ident: None,
            names: BTreeMap::new(),
            unnamed: None,
            cut: false,
            answers: BTreeMap::new(),
        }
    }

    /// Keeps an answer. A question is asked once: a second answer to it is not kept.
    pub fn keep(&mut self, question: QuestionId, recorded: Recorded) {
        self.answers.entry(question).or_insert(recorded);
    }

    /// Whether a question was answered.
    pub fn has(&self, question: &QuestionId) -> bool {
        self.answers.contains_key(question)
    }

    /// How many questions were answered.
    pub fn len(&self) -> usize {
        self.answers.len()
    }

    /// Whether nothing was answered at all.
    pub fn is_empty(&self) -> bool {
        self.answers.is_empty()
    }

    /// What was taken out of all answers, by kind.
    pub fn redacted(&self) -> BTreeMap<String, u64> {
        let mut all = BTreeMap::new();
        for (kind, count) in self.answers.values().flat_map(|one| &one.redacted) {
            let sum: &mut u64 = all.entry(kind.clone()).or_default();
            *sum = sum.saturating_add(*count);
        }
        all
    }

    /// The moment of it, as people write it.
    pub fn moment(&self) -> String {
        self.about.at.strftime("%Y-%m-%d %H:%M:%S UTC").to_string()
    }

    /// What one question of a look comes to, and which rungs were tried for it.
    fn answer(&self, step: &LookStep, part: &Part) -> (Result<Value, Why>, Vec<LookTrace>) {
        let Ok(source) = &part.source else {
            return (Err(Why::NotAsked), Vec::new());
        };
        let Some(recorded) = self.answers.get(&QuestionId::of(source)) else {
            return (Err(Why::NotRecorded(self.moment())), Vec::new());
        };
        let value = match (&recorded.outcome, source) {
            (Outcome::Unseen(why), _) => Err(why.clone()),
            (Outcome::Object(object), Source::Kube(_)) => step.look.read_object(object.as_ref()),
            (Outcome::Reply(reply), Source::Node(rungs)) => match rungs.get(reply.rung) {
                Some(rung) if rung.place == reply.place => {
                    let reply = Reply {
                        look: part.name.clone(),
                        ..reply.clone()
                    };
                    step.look.read(&reply, &part.target)
                }
                _ => Err(Why::Garbled("the question has no such rung".into())),
            },
            _ => Err(Why::Garbled("it is the answer to another question".into())),
        };
        let value = match recorded.redacted.is_empty() {
            true => value,
            false => match value {
                Ok(value) => Ok(veiled(value, &step.name)),
                // A token is no number.
                Err(Why::Garbled(text)) if text.contains(TOKEN) => Err(Why::TakenOut),
                Err(why) => Err(why),
            },
        };
        (value, recorded.trace.clone())
    }
}
