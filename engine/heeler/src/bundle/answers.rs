//! Answers on their way into a bundle: without secrets, within limits, and what is missing of them.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use heeler_core::frame::{Answer, Ident, LookTrace, Reply};
use heeler_core::plan::Ask;
use heeler_core::recording::{Outcome, Question, QuestionId, Recorded, Recording, Spared, Wave};
use heeler_core::redact::RedactionKey;
use heeler_core::value::Why;
use serde_json::Value as Json;

use super::looks::{Book, Looked};

/// So many questions are asked.
const MOST_QUESTIONS: usize = 256;
/// Bytes of one object of the Kubernetes API.
const MOST_OBJECT: usize = 512 << 10;
/// Bytes of all answers.
const MOST_BYTES: usize = 4 << 20;
/// Looks that are named where something is missing.
const NAMED: usize = 5;

/// A question that nobody has answered yet.
#[derive(Debug)]
pub(super) struct Open {
    /// The question.
    pub(super) question: Question,
    /// The looks that have it: `conntrack-exhaustion: table`.
    looks: Vec<String>,
}

/// What is kept.
pub(super) struct Kept<'k> {
    recording: Recording,
    key: &'k RedactionKey,
    asked: BTreeSet<QuestionId>,
    bytes: usize,
    /// Any of it was answered.
    is_answered: bool,
    /// Looks without an answer, by the reason.
    missing: BTreeMap<String, Vec<String>>,
}

impl<'k> Kept<'k> {
    pub(super) fn new(recording: Recording, key: &'k RedactionKey) -> Self {
        Kept {
            recording,
            key,
            asked: BTreeSet::new(),
            bytes: 0,
            is_answered: false,
            missing: BTreeMap::new(),
        }
    }

    pub(super) fn recording(&self) -> &Recording {
        &self.recording
    }

    /// What these waves ask, each question once, and none that was asked before.
    pub(super) fn open(&mut self, books: &[Book], waves: &[Option<Wave<'_>>]) -> Vec<Open> {
        let mut open: BTreeMap<QuestionId, Open> = BTreeMap::new();
        let asks = books.iter().zip(waves).flat_map(|(book, wave)| {
            let wave = wave.iter().flatten();
            wave.map(move |(step, ask)| (book, *step, ask))
        });
        for (book, step, ask) in asks {
            let look = format!("{}: {}", book.runbook.name, step.name);
            // What the runbook itself does not want to know now is not missing.
            if let Ask::Not(reasons) = ask
                && book.is_named
                && let Some(unseen) = reasons.iter().find(|one| one.why != Why::NotAsked)
            {
                self.without(&look, &unseen.why.to_string());
            }
            for part in ask.parts() {
                match Question::of(step, part) {
                    Ok(question) if self.asked.contains(&question.id) => {}
                    Ok(question) => {
                        let id = question.id.clone();
                        let looks = Vec::new();
                        let one = open.entry(id).or_insert(Open { question, looks });
                        if !one.looks.contains(&look) {
                            one.looks.push(look.clone());
                        }
                    }
                    Err(why) if book.is_named => {
                        let unseen = part.source.as_ref().err().and_then(|all| all.first());
                        let why = why.or_else(|| Some(unseen?.why.to_string()));
                        self.without(&look, &why.unwrap_or_default());
                    }
                    Err(_) => {}
                }
            }
        }
        let mut room = MOST_QUESTIONS.saturating_sub(self.asked.len());
        let mut admitted = Vec::new();
        for (id, one) in open {
            self.asked.insert(id);
            if room == 0 {
                self.miss(&one, &format!("more than {MOST_QUESTIONS} questions"));
                continue;
            }
            room -= 1;
            admitted.push(one);
        }
        admitted
    }

    /// A question was not asked.
    pub(super) fn miss(&mut self, open: &Open, why: &str) {
        open.looks.iter().for_each(|look| self.without(look, why));
    }

    /// A question was asked, and has no answer: whoever judges the bundle is told why. `text` tells it here.
    pub(super) fn unanswered(&mut self, open: &Open, text: &str, why: Why) {
        self.miss(open, text);
        let recorded = Recorded {
            looks: open.looks.clone(),
            outcome: Outcome::Unseen(why),
            trace: Vec::new(),
            redacted: BTreeMap::new(),
        };
        if let Ok(recorded) = Spared::of(recorded, &[], self.key) {
            self.recording.keep(open.question.id.clone(), recorded);
        }
    }

    fn without(&mut self, look: &str, why: &str) {
        let looks = self.missing.entry(why.to_owned()).or_default();
        if !looks.iter().any(|known| known == look) {
            looks.push(look.to_owned());
        }
    }

    /// What the Kubernetes API answered.
    pub(super) fn object(&mut self, open: Open, object: Result<Option<Json>, Why>) {
        let size = match &object {
            Ok(object) => object.as_ref().map_or(0, |object| object.to_string().len()),
            Err(_) => 0,
        };
        if size > MOST_OBJECT {
            let text = format!("the object has more than {MOST_OBJECT} bytes");
            return self.unanswered(&open, &text, Why::Truncated);
        }
        let trace = LookTrace {
            place: None,
            why_not: object.as_ref().err().map(ToString::to_string),
        };
        let outcome = object.map_or_else(Outcome::Unseen, Outcome::Object);
        self.keep(open, outcome, vec![trace], size);
    }

    /// What the node says that it is. What was said first is said.
    pub(super) fn ident(&mut self, ident: &Ident) {
        let known = &mut self.recording.ident;
        known.get_or_insert_with(|| ident.clone());
    }

    /// What the node answered to the look of this name.
    pub(super) fn reply(&mut self, open: Open, name: &str, answer: &Answer) {
        self.ident(&answer.ident);
        let (outcome, size) = match answer.reply(name) {
            // Nothing is known of it: that is no answer.
            Err(Why::NoAnswer(text)) => {
                return self.unanswered(&open, &text, Why::NoAnswer(text.clone()));
            }
            Err(why) => (Outcome::Unseen(why), 0),
            Ok(reply) => {
                let size = reply.stdout.len().saturating_add(reply.stderr.len());
                let look = String::new();
                let reply = reply.clone();
                (Outcome::Reply(Reply { look, ..reply }), size)
            }
        };
        self.keep(open, outcome, answer.trace(name).to_vec(), size);
    }

    fn keep(&mut self, open: Open, outcome: Outcome, trace: Vec<LookTrace>, size: usize) {
        if self.bytes.saturating_add(size) > MOST_BYTES {
            let text = format!("all answers together have more than {MOST_BYTES} bytes");
            return self.unanswered(&open, &text, Why::Truncated);
        }
        let recorded = Recorded {
            looks: open.looks.clone(),
            outcome,
            trace,
            redacted: BTreeMap::new(),
        };
        match Spared::of(recorded, &open.question.listed, self.key) {
            Err(text) => self.unanswered(&open, &text, Why::Garbled(text.clone())),
            Ok(recorded) => {
                self.is_answered = true;
                self.bytes = self.bytes.saturating_add(size);
                self.recording.keep(open.question.id, recorded);
            }
        }
    }

    /// Names of addresses.
    pub(super) fn names(&mut self, known: Vec<(IpAddr, String)>) {
        self.recording.names.extend(known);
    }

    /// Why some addresses have no name. What was said first is said.
    pub(super) fn unnamed(&mut self, why: &str) {
        let unnamed = &mut self.recording.unnamed;
        unnamed.get_or_insert_with(|| why.to_owned());
    }

    /// All of it.
    pub(super) fn looked(self) -> Looked {
        let missing = self.missing.into_iter().map(|(why, looks)| {
            let named = looks.get(..NAMED).unwrap_or(&looks).join(", ");
            let more = match looks.len().saturating_sub(NAMED) {
                0 => String::new(),
                more => format!(" and {more} more"),
            };
            (format!("the answers to {named}{more}"), why)
        });
        Looked {
            missing: missing.collect(),
            redacted: self.recording.redacted(),
            member: self.is_answered.then(|| self.recording.write()),
        }
    }
}

#[cfg(test)]
#[path = "answers_tests.rs"]
mod tests;
