//! What is really asked, and the digest under which its answer is kept.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use serde_json::json;
use sha2::{Digest as _, Sha256};

use crate::action::{Impact, Rung, Source};
use crate::plan::Part;
use crate::runbook::LookStep;

/// Hexadecimal digits of an id.
const DIGITS: usize = 64;

/// The digest of a question.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct QuestionId(String);

impl QuestionId {
    /// The digest of everything that decides the answer.
    pub fn of(source: &Source) -> Self {
        let asked = match source {
            Source::Node(rungs) => {
                let rungs: Vec<_> = rungs.iter().map(rung).collect();
                json!(["node", rungs])
            }
            Source::Kube(get) => {
                json!(["kubernetes", get.api, get.resource, get.namespace, get.name])
            }
        };
        let digest = Sha256::digest(asked.to_string().as_bytes());
        QuestionId(digest.iter().map(|byte| format!("{byte:02x}")).collect())
    }
}

fn rung(rung: &Rung) -> serde_json::Value {
    let limit = u64::try_from(rung.limit.as_millis()).unwrap_or(u64::MAX);
    json!([
        rung.place,
        rung.only_where,
        rung.script,
        limit,
        rung.most_bytes
    ])
}

impl fmt::Display for QuestionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for QuestionId {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        QuestionId::try_from(text.to_owned())
    }
}

impl TryFrom<String> for QuestionId {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        match text.len() == DIGITS && text.bytes().all(is_digit) {
            true => Ok(QuestionId(text)),
            false => Err(format!(
                "a question's digest has {DIGITS} hexadecimal digits"
            )),
        }
    }
}

impl From<QuestionId> for String {
    fn from(id: QuestionId) -> String {
        id.0
    }
}

/// A question that may be asked for a recording.
#[derive(Debug, Clone, PartialEq)]
pub struct Question {
    /// Its digest.
    pub id: QuestionId,
    /// The look, for people.
    pub look: String,
    /// What is asked.
    pub source: Source,
    /// The names of the values that its answer lists without them.
    pub listed: Vec<String>,
}

impl Question {
    /// The question of a part of a look, or why it is none for a recording: only what reads is asked, and
    /// no object that is nothing but a secret.
    ///
    /// # Errors
    /// Why it is not asked; `None`: nobody knows yet what it would be.
    pub fn of(step: &LookStep, part: &Part) -> Result<Self, Option<String>> {
        let Ok(source) = &part.source else {
            return Err(None);
        };
        if step.look.impact() != Impact::Read {
            return Err(Some("it runs a script of the runbook's own".to_owned()));
        }
        match source {
            Source::Kube(get) if get.resource == "secrets" => {
                Err(Some("a Secret is never put into a bundle".to_owned()))
            }
            source => Ok(Question {
                id: QuestionId::of(source),
                look: step.name.clone(),
                source: source.clone(),
                listed: step.look.listed().into_iter().map(str::to_owned).collect(),
            }),
        }
    }
}
