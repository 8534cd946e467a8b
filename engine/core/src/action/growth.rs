//! Counters that are read twice: how far they are, how much they grew, and how fast.

use std::collections::BTreeMap;
use std::time::Duration;

use super::answer::{Words, garbled};
use crate::value::{DurationSpan, Kind, Unseen, Value, Why};

/// The record that a counter is.
pub(super) fn counter_kind() -> Kind {
    Kind::record([
        (
            "total",
            Kind::Integer,
            "how often it has happened since the counter's start",
        ),
        (
            "growth",
            Kind::Integer,
            "how often it happened while it was watched",
        ),
        ("per_second", Kind::Number, "the same for each second"),
    ])
}

/// The record of an amount that goes up and down.
pub(super) fn gauge_kind() -> Kind {
    Kind::record([
        ("first", Kind::Integer, "the amount at the start"),
        ("last", Kind::Integer, "the amount at the end"),
        (
            "growth",
            Kind::Integer,
            "what was added; negative where it got less",
        ),
        ("per_second", Kind::Number, "the same for each second"),
    ])
}

/// A time between two readings, as the node's own clock measured it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Window(Duration);

impl Window {
    /// From two readings of `/proc/uptime`.
    pub(super) fn read(words: &mut Words<'_>) -> Result<Window, Why> {
        let (start, end): (f64, f64) = (words.number()?, words.number()?);
        match Duration::try_from_secs_f64(end - start) {
            Ok(length) if !length.is_zero() => Ok(Window(length)),
            _ => Err(garbled("its two readings are not one after the other")),
        }
    }

    /// For people and for comparisons.
    pub(super) fn value(self) -> Value {
        Value::Duration(DurationSpan(self.0))
    }

    /// A counter read at both ends.
    pub(super) fn counter(self, first: i64, last: i64) -> Result<Value, Why> {
        // A node can print what no kernel counts, and the difference need not fit then.
        let growth = last.checked_sub(first).filter(|growth| *growth >= 0);
        let growth = growth.ok_or_else(backwards)?;
        Ok(Value::record([
            ("total", Value::Integer(last)),
            ("growth", Value::Integer(growth)),
            ("per_second", self.per_second(growth)),
        ]))
    }

    /// The next two words as a counter; absent where the node has no such counter.
    pub(super) fn next_counter(self, words: &mut Words<'_>) -> Result<Value, Why> {
        match (words.number_if_any()?, words.number_if_any()?) {
            (Some(first), Some(last)) => self.counter(first, last),
            _ => Ok(Value::Absent),
        }
    }

    /// An amount read at both ends.
    pub(super) fn gauge(self, first: i64, last: i64) -> Value {
        let growth = last.saturating_sub(first);
        Value::record([
            ("first", Value::Integer(first)),
            ("last", Value::Integer(last)),
            ("growth", Value::Integer(growth)),
            ("per_second", self.per_second(growth)),
        ])
    }

    fn per_second(self, growth: i64) -> Value {
        Value::Number(growth as f64 / self.0.as_secs_f64())
    }
}

const ONE_END: &str = "it was not read at both ends of the time";

fn backwards() -> Why {
    garbled("a counter went backwards: it was reset, or the node was restarted")
}

/// The value over the time between two answers: everything in it that was read twice counts from
/// the end of the first answer to the end of the last one.
pub(super) fn between(look: &str, first: &Value, last: &Value, elapsed: Duration) -> Value {
    let unseen = |why| {
        Value::Unseen(vec![Unseen {
            look: look.to_owned(),
            why,
        }])
    };
    let (before, after) = match (first, last) {
        (Value::Record(before), Value::Record(after)) => (before, after),
        // What grew since then can't be told without then.
        (Value::Unseen(reasons), Value::Record(_)) => return Value::Unseen(reasons.clone()),
        (Value::Absent, Value::Record(_)) => return unseen(garbled(ONE_END)),
        _ => return last.clone(),
    };
    if elapsed.is_zero() {
        return unseen(garbled("no time lies between the two answers"));
    }
    let window = Window(elapsed);
    match (
        integers(before, after, "total"),
        integers(before, after, "last"),
    ) {
        (Some((from, to)), _) => window.counter(from, to).unwrap_or_else(unseen),
        (None, Some((from, to))) => window.gauge(from, to),
        (None, None) if before.get("name") != after.get("name") => {
            unseen(garbled("the two answers are about different pods"))
        }
        (None, None) if after.contains_key("growth") => lost(before, after)
            .cloned()
            .unwrap_or_else(|| unseen(garbled(ONE_END))),
        (None, None) => Value::record(after.iter().map(|(name, now)| {
            let value = match before.get(name) {
                _ if name == "over" => window.value(),
                Some(then) => between(look, then, now, elapsed),
                None => now.clone(),
            };
            (name, value)
        })),
    }
}

/// The reading of a counter that was not seen.
fn lost<'v>(
    before: &'v BTreeMap<String, Value>,
    after: &'v BTreeMap<String, Value>,
) -> Option<&'v Value> {
    let ends = ["total", "last"]
        .into_iter()
        .flat_map(|name| [before.get(name), after.get(name)]);
    ends.flatten()
        .find(|value| matches!(value, Value::Unseen(_)))
}

fn integers(
    before: &BTreeMap<String, Value>,
    after: &BTreeMap<String, Value>,
    name: &str,
) -> Option<(i64, i64)> {
    match (before.get(name)?, after.get(name)?) {
        (Value::Integer(from), Value::Integer(to)) => Some((*from, *to)),
        _ => None,
    }
}
