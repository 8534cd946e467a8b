//! What expressions can name, statically: kinds, and what differs from node to node.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::ast::EACH;
use crate::value::Kind;

/// The kinds of everything that an expression can name. A copy is cheap: the kinds are shared.
#[derive(Debug, Clone, Default)]
pub struct Names {
    known: Arc<BTreeMap<String, Name>>,
    over_nodes: bool,
    incomplete: bool,
}

#[derive(Debug, Clone)]
struct Name {
    /// `None`: its own definition is faulty.
    kind: Option<Kind>,
    per_node: bool,
}

impl Names {
    /// Without any names.
    pub fn new() -> Names {
        Names::default()
    }

    /// Adds a name that is the same in the whole run; a later one of the same name replaces it.
    pub fn insert(&mut self, name: impl Into<String>, kind: Kind) {
        self.add(name, Some(kind), false);
    }

    /// Adds a name whose value differs from node to node.
    pub fn insert_per_node(&mut self, name: impl Into<String>, kind: Kind) {
        self.add(name, Some(kind), true);
    }

    /// Adds a name whose own definition is faulty: what uses it is not blamed for that.
    pub fn insert_faulty(&mut self, name: impl Into<String>) {
        self.add(name, None, false);
    }

    /// There are more names, but what defines them can't be read: what names something that is not
    /// known is not blamed.
    pub fn incomplete(&mut self) {
        self.incomplete = true;
    }

    /// Whether all names are known.
    pub(super) fn is_complete(&self) -> bool {
        !self.incomplete
    }

    fn add(&mut self, name: impl Into<String>, kind: Option<Kind>, per_node: bool) {
        Arc::make_mut(&mut self.known).insert(name.into(), Name { kind, per_node });
    }

    /// The same names, and `each`: the item of the list that `for-each` goes over. `None`: that list
    /// is faulty, and what uses `each` is not blamed for it.
    pub fn with_each(&self, item: Option<Kind>) -> Names {
        let mut names = self.clone();
        names.add(EACH, item, false);
        names
    }

    /// The same names where `any`, `all`, `count`, `share` and `max` may go over the nodes of the
    /// run. Without this they go over lists only.
    pub fn over_nodes(&self) -> Names {
        Names {
            over_nodes: true,
            ..self.clone()
        }
    }

    /// Whether functions may go over the nodes of the run.
    pub(super) fn may_go_over_nodes(&self) -> bool {
        self.over_nodes
    }

    /// The kind of a name; `None` where its own definition is faulty.
    pub(super) fn get(&self, name: &str) -> Option<Option<&Kind>> {
        self.known.get(name).map(|name| name.kind.as_ref())
    }

    /// Whether the value of a name differs from node to node.
    pub fn is_per_node(&self, name: &str) -> bool {
        self.known.get(name).is_some_and(|name| name.per_node)
    }

    /// Whether the definition of a name is faulty.
    pub(super) fn is_faulty(&self, name: &str) -> bool {
        match self.known.get(name) {
            Some(name) => name.kind.is_none(),
            None => self.incomplete,
        }
    }

    /// All names, sorted.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.known.keys().map(String::as_str)
    }
}
