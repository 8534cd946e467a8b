//! Answers without their secrets, and values that are nothing but the token in a secret's place.

use std::collections::BTreeMap;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value as Json;

use super::{Outcome, Recorded};
use crate::frame::Reply;
use crate::redact::{RedactionKey, Redactor};
use crate::value::{Unseen, Value, Why};

/// How every token begins.
pub(super) const TOKEN: &str = "[redacted:";

/// Takes secrets out of one answer, and counts them.
#[derive(Debug)]
pub struct Spared<'k> {
    key: &'k RedactionKey,
    counts: BTreeMap<String, u64>,
}

impl<'k> Spared<'k> {
    /// The answer without secrets; `listed` are the names of the values that it lists without them.
    ///
    /// # Errors
    /// In words, where it makes no sense without them.
    pub fn of(
        recorded: Recorded,
        listed: &[String],
        key: &'k RedactionKey,
    ) -> Result<Recorded, String> {
        let mut spared = Spared {
            key,
            counts: BTreeMap::new(),
        };
        let outcome = match recorded.outcome {
            Outcome::Reply(reply) => Outcome::Reply(Reply {
                before: spared.json(reply.before)?,
                stdout: spared.printed(&reply.stdout, listed)?,
                stderr: spared.bytes(&reply.stderr),
                ..reply
            }),
            Outcome::Object(object) => Outcome::Object(spared.json(object)?),
            Outcome::Unseen(why) => Outcome::Unseen(spared.json(why)?),
        };
        Ok(Recorded {
            outcome,
            trace: spared.json(recorded.trace)?,
            redacted: spared.counts,
            ..recorded
        })
    }

    fn bytes(&mut self, bytes: &[u8]) -> Vec<u8> {
        let mut redactor = Redactor::new(self.key.clone());
        let mut out = Vec::new();
        redactor.push(bytes, &mut out);
        redactor.finish(&mut out);
        for (kind, count) in redactor.tally().kinds() {
            *self.counts.entry(kind.name().to_owned()).or_default() += count;
        }
        out
    }

    /// What a script printed.
    fn printed(&mut self, stdout: &[u8], listed: &[String]) -> Result<Vec<u8>, String> {
        if listed.is_empty() {
            return Ok(self.bytes(stdout));
        }
        let values: Option<Vec<Json>> = serde_json::from_slice(stdout).ok();
        let Some(values) = values.filter(|values| values.len() == listed.len()) else {
            // It is cut, or no answer: nobody knows what in it has which name, and nothing reads it.
            return Ok(Vec::new());
        };
        let named = listed.iter().zip(values.clone());
        let spared: Result<Vec<Json>, String> =
            named.map(|(name, value)| self.named(name, value)).collect();
        let spared = spared?;
        Ok(match spared == values {
            true => self.bytes(stdout),
            false => self.bytes(Json::from(spared).to_string().as_bytes()),
        })
    }

    /// A value under its name, or what is in it under names of its own.
    fn named(&mut self, name: &str, value: Json) -> Result<Json, String> {
        let text = match value {
            Json::Null | Json::Bool(_) => return Ok(value),
            Json::Array(items) => {
                let items = items.into_iter().map(|item| self.named(name, item));
                return items.collect();
            }
            Json::Object(fields) => {
                let fields = fields.into_iter().map(|(name, field)| {
                    let field = self.named(&name, field)?;
                    Ok((name, field))
                });
                return fields.collect();
            }
            Json::String(ref text) => text.clone(),
            Json::Number(ref number) => number.to_string(),
        };
        let spared = self.json(BTreeMap::from([(name.to_owned(), text.clone())]))?;
        let spared = spared.into_values().next().unwrap_or_default();
        Ok(match spared == text {
            true => value,
            false => Json::from(spared),
        })
    }

    /// What is written as JSON: names and values are seen beside each other then.
    fn json<T: Serialize + DeserializeOwned>(&mut self, of: T) -> Result<T, String> {
        let lost = |_| "without its secrets it makes no sense".to_owned();
        let text = serde_json::to_string_pretty(&of).map_err(lost)?;
        serde_json::from_slice(&self.bytes(text.as_bytes())).map_err(lost)
    }
}

/// A value that was read from an answer out of which something was taken. A token is not what was there,
/// and what is absent may be what was taken: both are unseen.
pub(super) fn veiled(value: Value, look: &str) -> Value {
    match value {
        Value::Text(text) if text.contains(TOKEN) => taken_out(look),
        Value::Absent => taken_out(look),
        Value::List(items) => {
            Value::List(items.into_iter().map(|item| veiled(item, look)).collect())
        }
        Value::Record(fields) => Value::Record(
            fields
                .into_iter()
                .map(|(name, field)| (name, veiled(field, look)))
                .collect(),
        ),
        other => other,
    }
}

fn taken_out(look: &str) -> Value {
    Value::Unseen(vec![Unseen {
        look: look.to_owned(),
        why: Why::TakenOut,
    }])
}
