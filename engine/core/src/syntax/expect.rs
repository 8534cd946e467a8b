//! Reading a node as what it has to be. Each reader says what it expected where it finds
//! something else.

use std::time::Duration;

use super::duration::{duration, respelled_duration};
use super::fault::Faults;
use super::limits::Limit;
use super::source::{Span, Spanned};
use super::tree::{Entry, Tree};

impl Tree {
    /// Text, or a number or boolean as it is written.
    pub fn expect_text(&self, what: &str, faults: &mut Faults) -> Option<&Spanned<String>> {
        let text = self.as_text();
        if text.is_none() {
            self.wrong(what, "text", faults);
        }
        text
    }

    /// `true` or `false`.
    pub fn expect_bool(&self, what: &str, faults: &mut Faults) -> Option<bool> {
        match self {
            Tree::Bool(value, _) => Some(*value),
            Tree::Text(text) if older_boolean(&text.value).is_some() => {
                wrong_boolean(what, text, faults);
                None
            }
            _ => {
                self.wrong(what, "true or false", faults);
                None
            }
        }
    }

    /// A whole number.
    pub fn expect_integer(&self, what: &str, faults: &mut Faults) -> Option<i64> {
        let read = match self {
            Tree::Number(text) => text.value.parse().ok(),
            _ => None,
        };
        match self {
            _ if read.is_some() => {}
            Tree::Number(text) if text.value.chars().all(|c| c.is_ascii_digit()) => {
                let title = format!("{what} is larger than any number here can be");
                faults
                    .error("number-too-large", text.span, title)
                    .help(format!("the largest one is {}", i64::MAX));
            }
            _ => self.wrong(what, "a whole number", faults),
        }
        read
    }

    /// A duration such as `60s`.
    pub fn expect_duration(&self, what: &str, faults: &mut Faults) -> Option<Duration> {
        let text = self.expect_text(what, faults)?;
        match duration(&text.value) {
            Ok(duration) => Some(duration),
            Err(why) => {
                let title = format!("{what} is no duration");
                let patch = respelled_duration(&text.value)
                    .and_then(|right| faults.written(text, whole(text), &right));
                let fault = faults.error("not-a-duration", text.span, title).help(why);
                fault.patches.extend(patch);
                None
            }
        }
    }

    /// A list.
    pub fn expect_list(&self, what: &str, faults: &mut Faults) -> Option<&[Tree]> {
        let items = self.items();
        if items.is_none() {
            self.wrong(what, "a list", faults);
        }
        items
    }

    /// A map.
    pub fn expect_map(&self, what: &str, faults: &mut Faults) -> Option<&[Entry]> {
        let entries = self.entries();
        if entries.is_none() {
            self.wrong(what, "a map", faults);
        }
        entries
    }

    /// A map of no more entries than `limit` says; those beyond it are one fault, and not read.
    pub fn expect_few(&self, what: &str, limit: Limit, faults: &mut Faults) -> &[Entry] {
        let entries = self.expect_map(what, faults).unwrap_or_default();
        let (few, beyond) = entries
            .split_at_checked(limit.most)
            .unwrap_or((entries, &[]));
        if let Some(first) = beyond.first() {
            faults
                .error(
                    limit.code,
                    first.key.span,
                    format!("{what} has more than {} entries", limit.most),
                )
                .help("make two runbooks of it");
        }
        few
    }

    fn wrong(&self, what: &str, expected: &str, faults: &mut Faults) {
        let fault = faults.error(
            "wrong-type",
            self.span(),
            format!("{what} is {}, not {expected}", self.kind()),
        );
        fault.here(format!("expected {expected}"));
        // `a: {{ x }}` is a map in a map to YAML.
        let is_template = self.entries().is_some_and(|entries| {
            entries.len() == 1
                && entries
                    .iter()
                    .all(|entry| entry.value == Tree::Nothing(entry.value.span()))
        });
        if is_template && expected == "text" {
            fault.help("text that holds `{` or `: ` is written in quotes");
        }
    }
}

/// What YAML 1.1 takes for a boolean, and other tools still do.
pub fn older_boolean(word: &str) -> Option<bool> {
    let is = |known: &&str| word.eq_ignore_ascii_case(known);
    if ["yes", "on", "y"].iter().any(is) {
        Some(true)
    } else {
        ["no", "off", "n"].iter().any(is).then_some(false)
    }
}

/// Reports a boolean of YAML 1.1 where one has to be.
pub fn wrong_boolean(what: &str, text: &Spanned<String>, faults: &mut Faults) {
    let right =
        older_boolean(&text.value).map_or(
            "true or false",
            |value| {
                if value { "true" } else { "false" }
            },
        );
    let title = format!("{what} is text: `{}` is no boolean here", text.value);
    faults
        .error("yaml-boolean", text.span, title)
        .help(format!("write {right}"))
        .patch(text.span, right);
}

/// All of a scalar's value.
fn whole(text: &Spanned<String>) -> Span {
    Span::new(0, text.value.len())
}
