//! Values that are written down take the kind of what they are held against: `"2m"` beside a
//! duration is a duration.

use crate::syntax::{duration, quantity, respelled_duration};
use crate::value::{Bytes, DurationSpan, Kind, Share, Value, Version};

/// The written value as one of `kind`; `Err` says what is wrong with it.
pub(super) fn settle(written: &Value, kind: &Kind) -> Result<Value, String> {
    match (written, kind) {
        (Value::Text(text), Kind::Duration) => {
            duration(text).map(|span| Value::Duration(DurationSpan(span)))
        }
        (Value::Text(text), Kind::Version) => text.parse::<Version>().map(Value::Version),
        (Value::Text(text), Kind::Bytes) => quantity(text).map(|bytes| Value::Bytes(Bytes(bytes))),
        // A count is exact far beyond any that is written down.
        (Value::Integer(n), Kind::Number) => Ok(Value::Number(*n as f64)),
        (Value::Integer(n), Kind::Share) => Ok(Value::Share(Share(*n as f64))),
        (Value::Number(n), Kind::Share) => Ok(Value::Share(Share(*n))),
        _ => Ok(written.clone()),
    }
}

/// The right spelling of a literal that does not fit, where that is certain.
pub(super) fn respelled(written: &Value, kind: &Kind) -> Option<String> {
    let Value::Text(text) = written else {
        return None;
    };
    match kind {
        Kind::Duration => respelled_duration(text),
        Kind::Bytes => {
            let right = text.replace(' ', "");
            (right != *text && quantity(&right).is_ok()).then_some(right)
        }
        _ => None,
    }
}

/// The kind of a value that is written down, before it is settled.
pub(super) fn kind_of(written: &Value) -> Kind {
    match written {
        Value::Bool(_) => Kind::Bool,
        Value::Integer(_) => Kind::Integer,
        Value::Number(_) => Kind::Number,
        Value::Share(_) => Kind::Share,
        Value::Duration(_) => Kind::Duration,
        Value::Bytes(_) => Kind::Bytes,
        Value::Version(_) => Kind::Version,
        _ => Kind::Text,
    }
}
