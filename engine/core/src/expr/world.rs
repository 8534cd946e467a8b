//! What expressions can name, dynamically: values.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::ast::EACH;
use crate::value::Value;

/// The values of everything that an expression can name. A name without a value counts as a look
/// that was not asked. A copy is cheap: the values are shared.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct World {
    values: Arc<BTreeMap<String, Value>>,
    each: Option<Item>,
    nodes: Arc<[World]>,
}

/// The item of a list that is gone over.
#[derive(Debug, Clone, PartialEq)]
struct Item {
    value: Value,
    /// The look that the list is of: what is missing of the item is missing of it.
    of: String,
}

impl World {
    /// A world in which nothing was seen.
    pub fn new() -> World {
        World::default()
    }

    /// Adds a value; a later value of the same name replaces the earlier one.
    pub fn insert(&mut self, name: impl Into<String>, value: Value) {
        Arc::make_mut(&mut self.values).insert(name.into(), value);
    }

    /// The value of a name.
    pub fn get(&self, name: &str) -> Option<&Value> {
        match &self.each {
            Some(item) if name == EACH => Some(&item.value),
            _ => self.values.get(name),
        }
    }

    /// The same world with an item of a list as `each`. `of` is the look that is named where
    /// something of the item is missing.
    pub fn with_each(&self, value: Value, of: &str) -> World {
        let item = Item {
            value,
            of: of.to_string(),
        };
        World {
            each: Some(item),
            ..self.clone()
        }
    }

    /// The world of a whole run: functions over nodes go over these.
    pub fn with_nodes(self, nodes: impl IntoIterator<Item = World>) -> World {
        World {
            nodes: nodes.into_iter().collect(),
            ..self
        }
    }

    /// The worlds of the run's nodes, each with the item that is gone over here.
    pub(super) fn nodes(&self) -> impl Iterator<Item = World> {
        self.nodes.iter().map(|node| World {
            each: self.each.clone(),
            ..node.clone()
        })
    }

    /// The look that is blamed where something of a name is missing.
    pub(super) fn blamed<'w>(&'w self, name: &'w str) -> &'w str {
        match &self.each {
            Some(item) if name == EACH => &item.of,
            _ => name,
        }
    }
}

impl<K: Into<String>> FromIterator<(K, Value)> for World {
    fn from_iter<I: IntoIterator<Item = (K, Value)>>(values: I) -> World {
        let named = values.into_iter().map(|(name, value)| (name.into(), value));
        World {
            values: Arc::new(named.collect()),
            ..World::default()
        }
    }
}
