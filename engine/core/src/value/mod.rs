//! What a look can answer: values with units, and the two ways of having no value.
//!
//! *Absent* is an answer (the node was asked and has no such key). *Unseen* is not: nobody could
//! look, and the reasons travel with the value so that a verdict can name them.

mod kind;
mod number;
mod unseen;

pub use kind::{Field, Kind};
pub use number::{Bytes, Share, Span as DurationSpan, Version};
pub use unseen::{Unseen, Why};

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// A typed value of the runbook language.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Value {
    /// True or false.
    Bool(bool),
    /// A whole number without a unit.
    Integer(i64),
    /// A number with a fraction, such as a rate per second.
    Number(f64),
    /// A part of a whole, 0 to 1; people read it in percent.
    Share(Share),
    /// A length of time.
    Duration(DurationSpan),
    /// An amount of memory or disk.
    Bytes(Bytes),
    /// A version such as 1.33.3.
    Version(Version),
    /// Text.
    Text(String),
    /// Values of one kind, in the order in which they were answered.
    List(Vec<Value>),
    /// Named values.
    Record(BTreeMap<String, Value>),
    /// Answered: there is no such thing.
    Absent,
    /// Not answered, and why.
    Unseen(Vec<Unseen>),
}

impl Value {
    /// A record of named values.
    pub fn record<K: Into<String>>(fields: impl IntoIterator<Item = (K, Value)>) -> Value {
        Value::Record(fields.into_iter().map(|(k, v)| (k.into(), v)).collect())
    }

    /// Text.
    pub fn text(text: impl Into<String>) -> Value {
        Value::Text(text.into())
    }

    /// The value as programs write it, without units, grouping or rounding: seconds, bytes, a share
    /// from 0 to 1. `None` for what is no single value.
    pub fn plain(&self) -> Option<String> {
        Some(match self {
            Value::Bool(holds) => holds.to_string(),
            Value::Integer(number) => number.to_string(),
            Value::Number(number) => number.to_string(),
            Value::Share(share) => share.0.to_string(),
            Value::Duration(span) => span.0.as_secs_f64().to_string(),
            Value::Bytes(bytes) => bytes.0.to_string(),
            Value::Version(version) => version.to_string(),
            Value::Text(text) => text.clone(),
            Value::List(_) | Value::Record(_) | Value::Absent | Value::Unseen(_) => return None,
        })
    }

    /// The value of a field; `None` where this is no record or has no such field.
    pub fn get(&self, name: &str) -> Option<&Value> {
        match self {
            Value::Record(fields) => fields.get(name),
            _ => None,
        }
    }
}

impl std::fmt::Display for Value {
    /// For people: rounded, grouped, with units. Unseen and absent values say so.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Value::Bool(true) => f.write_str("yes"),
            Value::Bool(false) => f.write_str("no"),
            Value::Integer(n) => f.write_str(&number::grouped(*n)),
            Value::Number(n) => f.write_str(&number::rounded(*n)),
            Value::Share(share) => share.fmt(f),
            Value::Duration(span) => span.fmt(f),
            Value::Bytes(bytes) => bytes.fmt(f),
            Value::Version(version) => version.fmt(f),
            Value::Text(text) => f.write_str(text),
            Value::List(items) => {
                let texts: Vec<String> = items.iter().map(ToString::to_string).collect();
                f.write_str(&texts.join(", "))
            }
            Value::Record(fields) => {
                let texts: Vec<String> = fields.iter().map(|(k, v)| format!("{k} {v}")).collect();
                f.write_str(&texts.join(", "))
            }
            Value::Absent => f.write_str("absent"),
            Value::Unseen(_) => f.write_str("not seen"),
        }
    }
}
