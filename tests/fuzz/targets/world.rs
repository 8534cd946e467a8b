//! Names of every kind, and worlds in which they were seen, are absent, or were not seen.

use std::time::Duration;

use heeler_core::expr::{Names, World};
use heeler_core::syntax::{Span, Spanned};
use heeler_core::value::{Bytes, DurationSpan, Kind, Share, Unseen, Value, Version, Why};

/// The one look that there is.
const LOOK: &str = "t";

fn fields() -> [(&'static str, Kind, Value); 10] {
    let version = Version {
        major: 1,
        minor: 33,
        patch: 3,
    };
    let inner = [("port", Kind::Integer, "")];
    [
        ("on", Kind::Bool, Value::Bool(true)),
        ("count", Kind::Integer, Value::Integer(i64::MAX)),
        ("rate", Kind::Number, Value::Number(-0.5)),
        ("share", Kind::Share, Value::Share(Share(0.25))),
        (
            "age",
            Kind::Duration,
            Value::Duration(DurationSpan(Duration::MAX)),
        ),
        ("memory", Kind::Bytes, Value::Bytes(Bytes(u64::MAX))),
        ("version", Kind::Version, Value::Version(version)),
        ("name", Kind::Text, Value::text("ü".repeat(20_000))),
        (
            "names",
            Kind::List(Box::new(Kind::Text)),
            Value::List(vec![Value::text("a"), Value::Absent]),
        ),
        (
            "top",
            Kind::record(inner),
            Value::record([("port", Value::Integer(443))]),
        ),
    ]
}

/// The kinds of everything that can be named.
pub(crate) fn names() -> Names {
    let mut names = Names::new();
    names.insert(
        LOOK,
        Kind::record(fields().map(|(name, kind, _)| (name, kind, ""))),
    );
    names
}

/// Everything seen, everything absent, and nothing seen.
pub(crate) fn worlds() -> [World; 3] {
    let lost = Unseen {
        look: LOOK.into(),
        why: Why::Truncated,
    };
    let seen = Value::record(fields().map(|(name, _, value)| (name, value)));
    let absent = Value::record(fields().map(|(name, _, _)| (name, Value::Absent)));
    [seen, absent, Value::Unseen(vec![lost])].map(|value| World::from_iter([(LOOK, value)]))
}

/// The text as a whole scalar.
pub(crate) fn scalar(text: &str) -> Spanned<String> {
    Spanned::new(text.to_string(), Span::new(0, text.len()))
}

/// Whether a value is of a kind. One that is missing is of every kind.
pub fn fits(value: &Value, kind: &Kind) -> bool {
    match (value, kind) {
        (Value::Absent | Value::Unseen(_), _)
        | (Value::Bool(_), Kind::Bool)
        | (Value::Integer(_), Kind::Integer)
        | (Value::Number(_), Kind::Number)
        | (Value::Share(_), Kind::Share)
        | (Value::Duration(_), Kind::Duration)
        | (Value::Bytes(_), Kind::Bytes)
        | (Value::Version(_), Kind::Version)
        | (Value::Text(_), Kind::Text) => true,
        (Value::List(items), Kind::List(of)) => items.iter().all(|item| fits(item, of)),
        (Value::Record(fields), Kind::Record(kinds)) => fields.iter().all(|(name, value)| {
            kinds
                .get(name)
                .is_some_and(|field| fits(value, &field.kind))
        }),
        _ => false,
    }
}
