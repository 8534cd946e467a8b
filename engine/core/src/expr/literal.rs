//! Values that are written down take the kind of what they are held against: `"2m"` beside a
//! duration is a duration.

use crate::syntax::{duration, respelled_duration};
use crate::value::{Bytes, DurationSpan, Kind, Share, Value, Version};

/// The written value as one of `kind`; `Err` says what is wrong with it.
pub(super) fn settle(written: &Value, kind: &Kind) -> Result<Value, String> {
    match (written, kind) {
        (Value::Text(text), Kind::Duration) => {
            duration(text).map(|span| Value::Duration(DurationSpan(span)))
        }
        (Value::Text(text), Kind::Version) => text.parse::<Version>().map(Value::Version),
        (Value::Text(text), Kind::Bytes) => bytes(text).map(|bytes| Value::Bytes(Bytes(bytes))),
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
        // Kubernetes writes binary sizes without the B; a decimal one is another amount.
        Kind::Bytes => {
            let right = format!("{}B", text.replace(' ', ""));
            (text.ends_with('i') && bytes(&right).is_ok()).then_some(right)
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

fn bytes(text: &str) -> Result<u64, String> {
    const UNITS: [(&str, u64); 5] = [
        ("KiB", 1 << 10),
        ("MiB", 1 << 20),
        ("GiB", 1 << 30),
        ("TiB", 1 << 40),
        ("B", 1),
    ];
    let read = UNITS.iter().find_map(|(unit, factor)| {
        let number: u64 = text.strip_suffix(unit)?.trim_end().parse().ok()?;
        number.checked_mul(*factor)
    });
    read.ok_or_else(|| format!("`{text}` is no size; write it as 512MiB or 2GiB"))
}
