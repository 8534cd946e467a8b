//! What expressions can name: statically its kinds, dynamically its values.

use std::collections::BTreeMap;

use crate::value::{Kind, Value};

/// The kinds of everything that an expression can name.
#[derive(Debug, Clone, Default)]
pub struct Names {
    kinds: BTreeMap<String, Option<Kind>>,
}

impl Names {
    /// Without any names.
    pub fn new() -> Names {
        Names::default()
    }

    /// Adds a name; a later kind of the same name replaces the earlier one.
    pub fn insert(&mut self, name: impl Into<String>, kind: Kind) {
        self.kinds.insert(name.into(), Some(kind));
    }

    /// Adds a name whose own definition is faulty: what uses it is not blamed for that.
    pub fn insert_faulty(&mut self, name: impl Into<String>) {
        self.kinds.insert(name.into(), None);
    }

    /// The kind of a name; `None` where its own definition is faulty.
    pub(super) fn get(&self, name: &str) -> Option<Option<&Kind>> {
        self.kinds.get(name).map(Option::as_ref)
    }

    /// All names, sorted.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.kinds.keys().map(String::as_str)
    }
}

/// The values of everything that an expression can name. A name without a value counts as a look
/// that was not asked.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct World {
    values: BTreeMap<String, Value>,
}

impl World {
    /// A world in which nothing was seen.
    pub fn new() -> World {
        World::default()
    }

    /// Adds a value; a later value of the same name replaces the earlier one.
    pub fn insert(&mut self, name: impl Into<String>, value: Value) {
        self.values.insert(name.into(), value);
    }

    /// The value of a name.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.values.get(name)
    }
}

impl<K: Into<String>> FromIterator<(K, Value)> for World {
    fn from_iter<I: IntoIterator<Item = (K, Value)>>(values: I) -> World {
        World {
            values: values
                .into_iter()
                .map(|(name, value)| (name.into(), value))
                .collect(),
        }
    }
}
