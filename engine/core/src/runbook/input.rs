//! Values that the caller may give: what each one is, and reading what was given.

use std::collections::BTreeMap;
use std::fmt;

use regex::Regex;

use super::model::Runbook;
use crate::syntax::{duration, nearest, quantity};
use crate::value::{Bytes, DurationSpan, Kind, Value};

/// A value that the caller may give.
#[derive(Debug, Clone)]
pub struct Input {
    /// snake_case name.
    pub name: String,
    /// What may be given.
    pub accepts: InputType,
    /// What expressions see of it.
    pub kind: Kind,
    /// Never printed, journalled, or sent to a node. Only text can be secret.
    pub secret: bool,
    /// Taken when the caller gives none.
    pub default: Option<Value>,
    /// Smallest accepted value.
    pub minimum: Option<Value>,
    /// Largest accepted value.
    pub maximum: Option<Value>,
    /// What it is for.
    pub help: String,
}

/// What an input may be.
#[derive(Debug, Clone)]
pub enum InputType {
    /// Any text, or text that matches the regular expression from end to end.
    Text(Option<Regex>),
    /// A whole number.
    Integer,
    /// `true` or `false`.
    Boolean,
    /// A length of time: `60s`.
    Duration,
    /// An amount of memory or disk: `512Mi`.
    Quantity,
    /// One of these words.
    Enum(Vec<String>),
    /// Several values of one type.
    List(Box<InputType>),
    /// The name of a Kubernetes node.
    Node,
    /// A pod as `NAMESPACE/NAME`.
    Pod,
}

impl InputType {
    /// What expressions see of it.
    pub fn kind(&self) -> Kind {
        match self {
            InputType::Text(_) | InputType::Enum(_) | InputType::Node => Kind::Text,
            InputType::Integer => Kind::Integer,
            InputType::Boolean => Kind::Bool,
            InputType::Duration => Kind::Duration,
            InputType::Quantity => Kind::Bytes,
            InputType::List(item) => Kind::List(Box::new(item.kind())),
            InputType::Pod => Kind::record([
                ("namespace", Kind::Text, "the pod's namespace"),
                ("name", Kind::Text, "the pod's name"),
            ]),
        }
    }

    /// Reads a value as it is typed. `Err` says what is wrong with it.
    pub(super) fn read(&self, text: &str) -> Result<Value, String> {
        match self {
            InputType::Text(None) => Ok(Value::text(text)),
            InputType::Text(Some(pattern)) if pattern.is_match(text) => Ok(Value::text(text)),
            InputType::Text(Some(_)) if text.is_empty() => {
                Err(format!("an empty text does not match {self}"))
            }
            InputType::Text(Some(_)) => Err(format!("`{text}` does not match {self}")),
            InputType::Integer => text
                .parse()
                .map(Value::Integer)
                .map_err(|_| format!("`{text}` is no whole number that fits 64 bits")),
            InputType::Boolean => text
                .parse()
                .map(Value::Bool)
                .map_err(|_| format!("`{text}` is neither true nor false")),
            InputType::Duration => duration(text).map(|span| Value::Duration(DurationSpan(span))),
            InputType::Quantity => quantity(text).map(|bytes| Value::Bytes(Bytes(bytes))),
            InputType::Enum(words) => one_of(words, text),
            InputType::List(item) => {
                let items = text.split(',').filter(|_| !text.trim().is_empty());
                items_of(item, items.map(str::trim)).map_err(|(_, why)| why)
            }
            InputType::Node if is_subdomain(text) => Ok(Value::text(text)),
            InputType::Node => Err(format!(
                "`{text}` is no node's name; names have lower-case letters, digits, `-` and `.`"
            )),
            InputType::Pod => match text.split_once('/') {
                Some((namespace, name)) if is_label(namespace) && is_subdomain(name) => {
                    Ok(Value::record([
                        ("namespace", Value::text(namespace)),
                        ("name", Value::text(name)),
                    ]))
                }
                _ => Err(format!("`{text}` is no pod; write it as NAMESPACE/NAME")),
            },
        }
    }
}

impl fmt::Display for InputType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            InputType::Text(Some(pattern)) => {
                // As it was written, without what makes it match from end to end.
                let written = pattern.as_str();
                let written = written
                    .strip_prefix(r"\A(?:")
                    .and_then(|rest| rest.strip_suffix(r")\z"));
                write!(f, "`{}`", written.unwrap_or(pattern.as_str()))
            }
            InputType::Enum(words) => write!(f, "one of {}", words.join(", ")),
            InputType::List(item) => write!(f, "a list of {item}, separated by commas"),
            InputType::Node => f.write_str("the name of a node"),
            InputType::Pod => f.write_str("a pod, as NAMESPACE/NAME"),
            InputType::Quantity => f.write_str("a size such as 512Mi"),
            other => other.kind().fmt(f),
        }
    }
}

/// The items of a list; `Err` has the number of the item that is wrong, counted from 0.
pub(super) fn items_of<'t>(
    item: &InputType,
    texts: impl Iterator<Item = &'t str>,
) -> Result<Value, (usize, String)> {
    let read = texts.enumerate().map(|(index, text)| {
        if text.is_empty() {
            return Err((index, format!("item {} is empty", index + 1)));
        }
        item.read(text).map_err(|why| (index, why))
    });
    read.collect::<Result<Vec<Value>, _>>().map(Value::List)
}

fn one_of(words: &[String], text: &str) -> Result<Value, String> {
    if words.iter().any(|word| word == text) {
        return Ok(Value::text(text));
    }
    let near = match nearest(text, words.iter().map(String::as_str)) {
        Some(near) => format!("; did you mean `{near}`?"),
        None => String::new(),
    };
    Err(format!("`{text}` is none of {}{near}", words.join(", ")))
}

/// A label of RFC 1123: what Kubernetes takes for the name of a namespace.
fn is_label(text: &str) -> bool {
    let edge = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    text.len() <= 63
        && text.starts_with(edge)
        && text.ends_with(edge)
        && text.chars().all(|c| edge(c) || c == '-')
}

/// A subdomain of RFC 1123: what Kubernetes takes for the names of nodes and pods.
fn is_subdomain(text: &str) -> bool {
    text.len() <= 253 && text.split('.').all(is_label)
}

impl Input {
    /// Reads a value that the caller gave. `Err` says what is wrong with it and what is accepted;
    /// the text of a secret is not repeated.
    pub fn accept(&self, text: &str) -> Result<Value, String> {
        let accepted = self.accepts.read(text).and_then(|value| {
            self.within(&value)
                .map_err(|why| format!("`{text}` {why}"))?;
            Ok(value)
        });
        if self.secret {
            return accepted
                .map_err(|_| format!("the value of `{}` is not {}", self.name, self.accepts));
        }
        accepted
    }

    /// Whether a value of its kind is one of those that it takes. `Err` says what is wrong with it.
    pub fn within(&self, value: &Value) -> Result<(), String> {
        if let Value::Text(text) = value
            && self.accepts.read(text).is_err()
        {
            return Err(format!("is not {}", self.accepts));
        }
        match (&self.minimum, &self.maximum) {
            (Some(minimum), _) if is_below(value, minimum) => {
                Err(format!("is below the minimum of {minimum}"))
            }
            (_, Some(maximum)) if is_below(maximum, value) => {
                Err(format!("is above the maximum of {maximum}"))
            }
            _ => Ok(()),
        }
    }
}

/// Whether one limit is below another; only values of one kind have an order.
pub(super) fn is_below(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Integer(a), Value::Integer(b)) => a < b,
        (Value::Duration(a), Value::Duration(b)) => a < b,
        (Value::Bytes(a), Value::Bytes(b)) => a < b,
        _ => false,
    }
}

impl Runbook {
    /// The texts that must not be shown or stored, of the inputs that were given.
    pub fn secrets(&self, inputs: &BTreeMap<String, Value>) -> Vec<String> {
        let secret = self.inputs.iter().filter(|input| input.secret);
        secret
            .filter_map(|input| match inputs.get(&input.name) {
                Some(Value::Text(text)) => Some(text.clone()),
                _ => None,
            })
            .collect()
    }
}
