//! What a key of a map hangs on: other keys of the same map. The readers say each of these in words
//! of its own; the schema and the reference are made of this.

use std::fmt;

use super::shape::Shape;

/// How a key hangs on the others.
#[derive(Debug, Clone, Copy)]
pub enum Rule {
    /// It stands there, and nowhere else.
    Only(Where),
    /// There it has to be.
    Needed(Where),
    /// There its value looks like this.
    Takes(Where, &'static Shape),
}

/// In which maps.
#[derive(Debug, Clone, Copy)]
pub enum Where {
    /// Where another key is one of these words.
    Is(&'static str, &'static [&'static str]),
    /// Where another key is none of these words.
    IsNot(&'static str, &'static [&'static str]),
    /// Where another key is there.
    Beside(&'static str),
    /// Where another key is not there.
    Without(&'static str),
}

impl fmt::Display for Where {
    /// As a continuation of "needed" or "only".
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Where::Is(key, words) => write!(f, "where `{key}` is {}", either(words)),
            Where::IsNot(key, words) => write!(f, "where `{key}` is not {}", either(words)),
            Where::Beside(key) => write!(f, "beside `{key}`"),
            Where::Without(key) => write!(f, "without `{key}`"),
        }
    }
}

/// `a`, `b` or `c`.
fn either(words: &[&str]) -> String {
    let words: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    match words.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, others)) => format!("{} or {last}", others.join(", ")),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::Where;

    #[test]
    fn places_are_said_in_words() {
        for (place, said) in [
            (Where::Is("at", &["host"]), "where `at` is `host`"),
            (
                Where::Is("type", &["integer", "duration", "quantity"]),
                "where `type` is `integer`, `duration` or `quantity`",
            ),
            (
                Where::IsNot("get", &["nodes"]),
                "where `get` is not `nodes`",
            ),
            (Where::Beside("use"), "beside `use`"),
            (Where::Without("use"), "without `use`"),
        ] {
            assert_eq!(place.to_string(), said);
        }
    }
}
