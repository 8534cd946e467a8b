//! The second belt against secrets in the journal and on the screen. The first is that callers leave
//! them out.

use std::fmt;

use heeler_core::action::shell_quote;
use heeler_core::event::Event;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Map, Value as Json};

/// What stands in place of a secret.
const MARK: &str = "[secret]";

/// Replaces the values of secret inputs wherever they turn up in text. It knows them as they are, as
/// JSON escapes them, which is how they look inside a quoted document, and both between the quotes of
/// a shell; it can't know what somebody made of them, such as base64.
#[derive(Clone, Default)]
pub struct Redactor {
    needles: Vec<SecretString>,
}

impl Redactor {
    /// Knows these secrets. Empty ones are no secrets.
    pub fn new(secrets: impl IntoIterator<Item = String>) -> Self {
        let mut needles: Vec<String> = secrets
            .into_iter()
            .flat_map(|secret| [escaped(&secret), secret])
            .flat_map(|secret| [quoted(&secret), secret])
            .collect();
        needles.retain(|needle| !needle.is_empty());
        // The longest first, so that a secret that is part of another leaves nothing of it behind.
        needles.sort_by_key(|needle| std::cmp::Reverse(needle.len()));
        needles.dedup();
        Redactor {
            needles: needles.into_iter().map(SecretString::from).collect(),
        }
    }

    /// The same event without secrets. One that is nothing without them stays as it is: the journal
    /// refuses it.
    pub fn event(&self, event: Event) -> Event {
        if self.needles.is_empty() {
            return event;
        }
        let json = serde_json::to_value(&event).map(|json| self.redact(json));
        json.and_then(serde_json::from_value).unwrap_or(event)
    }

    /// The same JSON without secrets, in names as well as in values.
    pub(super) fn redact(&self, json: Json) -> Json {
        if self.needles.is_empty() {
            return json;
        }
        match json {
            Json::String(text) => Json::String(self.text(text)),
            Json::Array(items) => items.into_iter().map(|item| self.redact(item)).collect(),
            Json::Object(fields) => Json::Object(self.object(fields)),
            other => other,
        }
    }

    /// Two names that become the same are kept apart: nothing is lost.
    fn object(&self, fields: Map<String, Json>) -> Map<String, Json> {
        let mut out = Map::new();
        for (name, value) in fields {
            let mut name = self.text(name);
            while out.contains_key(&name) {
                name.push('\'');
            }
            out.insert(name, self.redact(value));
        }
        out
    }

    fn text(&self, text: String) -> String {
        self.needles.iter().fold(text, |text, needle| {
            let needle = needle.expose_secret();
            if text.contains(needle) {
                text.replace(needle, MARK)
            } else {
                text
            }
        })
    }
}

impl fmt::Debug for Redactor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Redactor({} needles)", self.needles.len())
    }
}

/// The text as it stands between the quotes of a shell.
fn quoted(text: &str) -> String {
    inner(&shell_quote(text))
}

/// The text as JSON writes it between its quotes.
fn escaped(text: &str) -> String {
    inner(&Json::from(text).to_string())
}

/// What is between the quotes.
fn inner(quoted: &str) -> String {
    let end = quoted.len().saturating_sub(1);
    quoted.get(1..end).unwrap_or_default().to_owned()
}
