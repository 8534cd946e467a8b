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

impl Kind {
    /// How it is written and read, for the reference.
    pub fn help(&self) -> &'static str {
        match self {
            Kind::Bool => "`true` or `false`; people read yes and no",
            Kind::Integer => "exact; people read its digits in threes",
            Kind::Number => "people read one digit after the point, and none from 10 on",
            Kind::Share => "a part of a whole, written as `0.9`; people read percent",
            Kind::Duration => "written in quotes: `\"250ms\"`, `\"60s\"`, `\"1h30m\"`",
            Kind::Bytes => "an amount of memory or disk, written in quotes: `\"512MiB\"`",
            Kind::Version => {
                "up to three numbers, written in quotes: `\"1.33\"`; missing ones count as 0"
            }
            Kind::Text => "written in quotes",
            Kind::List(_) => "values of one kind",
            Kind::Record(_) => "named values, read as `look.name`; it can't be printed whole",
        }
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
