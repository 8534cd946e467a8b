//! The kinds of value that the checker knows before anything has run.

use std::collections::BTreeMap;
use std::fmt;

/// The static type of a value. Every kind may also turn out absent or unseen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// True or false.
    Bool,
    /// A whole number.
    Integer,
    /// A number with a fraction.
    Number,
    /// A part of a whole, 0 to 1.
    Share,
    /// A length of time.
    Duration,
    /// An amount of memory or disk.
    Bytes,
    /// A version.
    Version,
    /// Text.
    Text,
    /// Values of one kind.
    List(Box<Kind>),
    /// Named values.
    Record(BTreeMap<String, Field>),
}

/// One field of a record, with the sentence that the reference prints for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// What it holds.
    pub kind: Kind,
    /// What it means, for people.
    pub help: &'static str,
}

impl Kind {
    /// A record from `(name, kind, help)` rows.
    pub fn record<K: Into<String>>(
        rows: impl IntoIterator<Item = (K, Kind, &'static str)>,
    ) -> Kind {
        Kind::Record(
            rows.into_iter()
                .map(|(name, kind, help)| (name.into(), Field { kind, help }))
                .collect(),
        )
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Kind::Bool => f.write_str("a boolean"),
            Kind::Integer => f.write_str("an integer"),
            Kind::Number => f.write_str("a number"),
            Kind::Share => f.write_str("a share"),
            Kind::Duration => f.write_str("a duration"),
            Kind::Bytes => f.write_str("a size in bytes"),
            Kind::Version => f.write_str("a version"),
            Kind::Text => f.write_str("text"),
            Kind::List(of) => write!(f, "a list of {of}"),
            Kind::Record(fields) => {
                let names: Vec<&str> = fields.keys().map(String::as_str).collect();
                write!(f, "a record of {}", names.join(", "))
            }
        }
    }
}
