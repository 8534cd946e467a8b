//! Values of a kind, and the same with parts that were not seen.

use std::time::Duration;

use heeler_core::value::{Bytes, DurationSpan, Kind, Share, Unseen, Value, Version, Why};

use super::choices::Choices;

/// A value that a look of this kind can answer: whole, or with parts that are absent.
pub(super) fn value(kind: &Kind, absent: bool, choices: &mut Choices<'_>) -> Value {
    if absent && choices.once_in(12) {
        return Value::Absent;
    }
    match kind {
        Kind::Bool => Value::Bool(choices.below(2) == 1),
        Kind::Integer => Value::Integer(choices.whole()),
        Kind::Number => Value::Number(match choices.below(8) {
            0 => *choices.pick(&[0.0, -0.0, f64::MAX, f64::MIN, f64::MIN_POSITIVE]),
            _ => choices.whole() as f64 / 4.0,
        }),
        Kind::Share => Value::Share(Share(choices.below(101) as f64 / 100.0)),
        Kind::Duration => Value::Duration(DurationSpan(match choices.below(16) {
            15 => Duration::MAX,
            _ => Duration::from_millis(choices.whole().unsigned_abs() % 1_000_000_000),
        })),
        Kind::Bytes => Value::Bytes(Bytes(choices.whole().unsigned_abs())),
        Kind::Version => Value::Version(Version {
            major: choices.below(3) as u64,
            minor: choices.below(40) as u64,
            patch: choices.below(4) as u64,
        }),
        Kind::Text => {
            Value::text(*choices.pick(&["", "a", "node-1", "ü {{ x }}", "$(id)\n'", "443"]))
        }
        Kind::List(of) => {
            let items = (0..choices.below(4)).map(|_| value(of, absent, choices));
            Value::List(items.collect())
        }
        Kind::Record(fields) => {
            let fields = fields.iter().filter_map(|(name, field)| {
                // A field that is not there at all is absent too.
                let dropped = absent && choices.once_in(64);
                (!dropped).then(|| (name.clone(), value(&field.kind, absent, choices)))
            });
            Value::record(fields.collect::<Vec<_>>())
        }
    }
}

/// The same value, of which parts were not seen.
pub(super) fn with_holes(value: &Value, look: &str, choices: &mut Choices<'_>) -> Value {
    if choices.once_in(6) {
        let why = match choices.below(4) {
            0 => Why::AdminOff,
            1 => Why::NotAsked,
            2 => Why::Truncated,
            _ => Why::TimedOut(5),
        };
        let look = look.to_string();
        return Value::Unseen(vec![Unseen { look, why }]);
    }
    match value {
        Value::Record(fields) => Value::record(
            fields
                .iter()
                .map(|(name, value)| (name.clone(), with_holes(value, look, choices)))
                .collect::<Vec<_>>(),
        ),
        Value::List(items) => {
            let mut items: Vec<Value> = items
                .iter()
                .map(|item| with_holes(item, look, choices))
                .collect();
            if !items.is_empty() && choices.once_in(6) {
                let kept = choices.below(items.len());
                let more = items.drain(kept..).len();
                let why = Why::LeftOut(more as u64);
                let look = look.to_string();
                items.push(Value::Unseen(vec![Unseen { look, why }]));
            }
            Value::List(items)
        }
        other => other.clone(),
    }
}
