//! Reading a node as what it has to be. Each reader says what it expected where it finds
//! something else.

use std::time::Duration;

use super::duration::duration;
use super::fault::Faults;
use super::limits::Limit;
use super::source::Spanned;
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
        if read.is_none() {
            self.wrong(what, "a whole number", faults);
        }
        read
    }

    /// A duration such as `60s`.
    pub fn expect_duration(&self, what: &str, faults: &mut Faults) -> Option<Duration> {
        let text = self.expect_text(what, faults)?;
        match duration(&text.value) {
            Ok(duration) => Some(duration),
            Err(why) => {
                faults
                    .error(
                        "not-a-duration",
                        text.span,
                        format!("{what} is no duration"),
                    )
                    .help(why);
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
