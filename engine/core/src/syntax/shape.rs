//! What the values of keys look like, as data: readers, the JSON Schema and the reference are all
//! made of it.

use std::fmt;

use super::rule::Rule;
use super::spelling::Spelling;

/// A key of a map, and what its value is.
#[derive(Debug, Clone, Copy)]
pub struct Key {
    /// As it is written.
    pub name: &'static str,
    /// What its value looks like.
    pub shape: Shape,
    /// Whether it has to be there.
    pub need: Need,
    /// One sentence for the reference and for editors, without its full stop.
    pub help: &'static str,
    /// How it hangs on the other keys of its map.
    pub rules: &'static [Rule],
}

/// Whether a key has to be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// It has to be.
    Required,
    /// It may be left out.
    Optional,
    /// The same as this, where it is left out.
    Or(&'static str),
}

/// A word of a closed set, and what it means.
pub type Word = (&'static str, &'static str);

/// What a value looks like.
#[derive(Debug, Clone, Copy)]
pub enum Shape {
    /// Text, taken as it is written.
    Text,
    /// Text in which `{{ }}` stands for a value.
    Template,
    /// An expression that is true or false, without `{{ }}`.
    Condition,
    /// An expression that gives a list, without `{{ }}`.
    ListExpression,
    /// Text that is spelt in one way.
    Spelt(Spelling),
    /// The same, or text in which `{{ }}` stands for a value.
    Filled(Spelling),
    /// One of these words.
    Word(fn() -> Vec<Word>),
    /// `true` or `false`.
    Boolean,
    /// A whole number within limits, both of which are accepted.
    Integer {
        /// The smallest.
        least: i64,
        /// The largest.
        most: i64,
    },
    /// A length of time; with limits as they would be written, both of which are accepted.
    Duration(Option<(&'static str, &'static str)>),
    /// A list.
    List {
        /// What each item looks like.
        of: &'static Shape,
        /// The smallest number of items.
        least: usize,
    },
    /// One value, or a list of such.
    OneOrMore(&'static Shape),
    /// One value, or a map of such by names of the author's own, inside one another.
    Nested {
        /// What each value looks like.
        of: &'static Shape,
        /// How the names are spelt.
        names: Spelling,
        /// How many names may stand inside one another.
        depth: usize,
    },
    /// A map with known keys.
    Keys(&'static [Key]),
    /// A map with names of the author's own.
    Entries(&'static Entries),
    /// A map with known keys, and exactly one entry that is named as an action and has its
    /// parameters.
    Step {
        /// The known keys.
        keys: &'static [Key],
        /// What the action is for.
        role: Role,
        /// One of these keys, which stands in the place of an action.
        instead: Option<&'static str>,
    },
    /// A shape that has a name, by which the schema refers to it.
    Named(&'static str, &'static Shape),
}

/// What an action is named for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// To look.
    Look,
    /// To change something.
    Change,
}

/// A map with names of the author's own.
#[derive(Debug, Clone, Copy)]
pub struct Entries {
    /// How the names are spelt.
    pub names: Spelling,
    /// Names that mean something else already.
    pub taken: fn() -> Vec<&'static str>,
    /// What each value looks like.
    pub value: &'static Shape,
    /// The smallest number of entries.
    pub least: usize,
    /// The largest number of entries.
    pub most: Option<usize>,
    /// A known key, spelt unlike the names, that may stand beside them.
    pub beside: Option<&'static Key>,
}

impl Entries {
    /// Any number of entries, with all names that are spelt right.
    pub const fn of(names: Spelling, value: &'static Shape) -> Entries {
        Entries {
            names,
            taken: Vec::new,
            value,
            least: 0,
            most: None,
            beside: None,
        }
    }
}

impl Key {
    /// A key that has to be there.
    pub const fn required(name: &'static str, shape: Shape, help: &'static str) -> Key {
        Key {
            name,
            shape,
            need: Need::Required,
            help,
            rules: &[],
        }
    }

    /// A key that may be left out.
    pub const fn optional(name: &'static str, shape: Shape, help: &'static str) -> Key {
        Key {
            need: Need::Optional,
            ..Key::required(name, shape, help)
        }
    }

    /// A key that has a default, as it would be written.
    pub const fn or(
        name: &'static str,
        shape: Shape,
        default: &'static str,
        help: &'static str,
    ) -> Key {
        Key {
            need: Need::Or(default),
            ..Key::required(name, shape, help)
        }
    }

    /// The same key, which hangs on others.
    pub const fn ruled(self, rules: &'static [Rule]) -> Key {
        Key { rules, ..self }
    }
}

impl fmt::Display for Shape {
    /// As a continuation of "write" or "takes".
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = |keys: &[Key]| {
            let names: Vec<&str> = keys.iter().map(|key| key.name).collect();
            names.join(", ")
        };
        match self {
            Shape::Text => f.write_str("text"),
            Shape::Template => f.write_str("text that may hold `{{ }}`"),
            Shape::Condition => f.write_str("an expression that is true or false"),
            Shape::ListExpression => f.write_str("an expression that gives a list"),
            Shape::Filled(spelling) => write!(f, "{spelling}; or text that holds `{{{{ }}}}`"),
            Shape::Spelt(spelling @ (Spelling::Snake | Spelling::Kebab)) => {
                write!(f, "a name in {spelling}")
            }
            Shape::Spelt(spelling) => spelling.fmt(f),
            Shape::Word(words) => {
                let words: Vec<&str> = words().into_iter().map(|(word, _)| word).collect();
                match words.as_slice() {
                    [one] => f.write_str(one),
                    many => write!(f, "one of {}", many.join(", ")),
                }
            }
            Shape::Boolean => f.write_str("true or false"),
            Shape::Integer { least, most } => write!(f, "a whole number from {least} to {most}"),
            Shape::Duration(None) => f.write_str("a duration"),
            Shape::Duration(Some((least, most))) => {
                write!(f, "a duration from {least} to {most}")
            }
            Shape::List { of, .. } => write!(f, "a list, each item {of}"),
            Shape::OneOrMore(of) => write!(f, "{of}, or a list of such"),
            Shape::Nested { of, names, depth } => write!(
                f,
                "{of}, or a map of such by names of {names}, {depth} inside one another at most"
            ),
            Shape::Keys(keys) => write!(f, "a map of {}", names(keys)),
            Shape::Entries(entries) => match entries.names {
                Spelling::Snake | Spelling::Kebab => {
                    write!(f, "a map by names in {}", entries.names)
                }
                other => write!(f, "a map by names of {other}"),
            },
            Shape::Step { keys: [], .. } => f.write_str("a map of exactly one action"),
            Shape::Step { keys, .. } => {
                write!(f, "a map of exactly one action, and {}", names(keys))
            }
            Shape::Named(_, shape) => shape.fmt(f),
        }
    }
}
