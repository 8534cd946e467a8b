//! The objects, their versions, and the history that watches read.

use std::collections::{BTreeMap, VecDeque};

use serde_json::{Value, json};
use tokio::sync::watch;

use crate::kube::budget;

/// How many changes a watch can look back.
const HISTORY: usize = 10_000;

/// An object's place. Keys sort as lists do: by namespace, then name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Key {
    /// The plural name; both forms of events share one.
    pub(crate) plural: String,
    pub(crate) namespace: String,
    pub(crate) name: String,
}

impl Key {
    pub(crate) fn new(plural: &str, namespace: &str, name: &str) -> Self {
        Self {
            plural: plural.to_owned(),
            namespace: namespace.to_owned(),
            name: name.to_owned(),
        }
    }
}

/// One write: the object before and after it; `after` of a deletion is `None`.
#[derive(Debug, Clone)]
pub(crate) struct Change {
    pub(crate) version: u64,
    pub(crate) key: Key,
    pub(crate) before: Option<Value>,
    pub(crate) after: Option<Value>,
}

/// All objects of the lab's cluster.
#[derive(Debug)]
pub(crate) struct Store {
    objects: BTreeMap<Key, Value>,
    version: u64,
    history: VecDeque<Change>,
    oldest: u64,
    changed: watch::Sender<u64>,
}

impl Default for Store {
    fn default() -> Self {
        let version = 1000;
        Self {
            objects: BTreeMap::new(),
            version,
            history: VecDeque::new(),
            oldest: version,
            changed: watch::Sender::new(version),
        }
    }
}

impl Store {
    /// The version of the last write.
    pub(crate) fn version(&self) -> u64 {
        self.version
    }

    pub(crate) fn get(&self, key: &Key) -> Option<&Value> {
        self.objects.get(key)
    }

    /// The objects of a resource, of one namespace or of all (`""`).
    pub(crate) fn of<'a>(
        &'a self,
        plural: &'a str,
        namespace: &'a str,
    ) -> impl Iterator<Item = (&'a Key, &'a Value)> {
        self.objects.iter().filter(move |(key, _)| {
            key.plural == plural && (namespace.is_empty() || key.namespace == namespace)
        })
    }

    /// Writes an object under a new version, and returns it as stored. Budgets follow.
    pub(crate) fn put(&mut self, key: Key, object: Value) -> Value {
        let of_pods = key.plural == "pods" || key.plural == "poddisruptionbudgets";
        let stored = self.write(key, object);
        if of_pods {
            budget::refresh(self);
        }
        stored
    }

    /// Writes an object, and nothing that follows from it.
    pub(crate) fn write(&mut self, key: Key, mut object: Value) -> Value {
        self.version += 1;
        object["metadata"]["resourceVersion"] = json!(self.version.to_string());
        let before = self.objects.insert(key.clone(), object.clone());
        self.record(key, before, Some(object.clone()));
        object
    }

    /// Removes an object, then everything that it owns.
    pub(crate) fn delete(&mut self, key: &Key, orphan_dependents: bool) -> Option<Value> {
        let mut removed = self.objects.remove(key)?;
        self.version += 1;
        removed["metadata"]["resourceVersion"] = json!(self.version.to_string());
        self.record(key.clone(), Some(removed.clone()), None);
        if !orphan_dependents {
            for dependent in self.dependents(key, &removed) {
                self.delete(&dependent, false);
            }
        }
        if key.plural == "pods" {
            budget::refresh(self);
        }
        Some(removed)
    }

    fn dependents(&self, owner: &Key, object: &Value) -> Vec<Key> {
        let uid = &object["metadata"]["uid"];
        let owned = |dependent: &Value| {
            let owners = dependent["metadata"]["ownerReferences"].as_array();
            owners.is_some_and(|owners| owners.iter().any(|owner| &owner["uid"] == uid))
        };
        let within = |key: &Key| owner.plural == "namespaces" && key.namespace == owner.name;
        let dependents = self
            .objects
            .iter()
            .filter(|(key, object)| within(key) || owned(object));
        dependents.map(|(key, _)| key.clone()).collect()
    }

    fn record(&mut self, key: Key, before: Option<Value>, after: Option<Value>) {
        self.history.push_back(Change {
            version: self.version,
            key,
            before,
            after,
        });
        if self.history.len() > HISTORY
            && let Some(forgotten) = self.history.pop_front()
        {
            self.oldest = forgotten.version;
        }
        self.changed.send_replace(self.version);
    }

    /// The changes after a version; `None` when some of them are forgotten.
    pub(crate) fn since(&self, version: u64) -> Option<Vec<Change>> {
        if version < self.oldest {
            return None;
        }
        let start = self
            .history
            .partition_point(|change| change.version <= version);
        Some(self.history.range(start..).cloned().collect())
    }

    /// Whether a list as of this version can still be continued.
    pub(crate) fn remembers(&self, version: u64) -> bool {
        version >= self.oldest
    }

    /// Forgets the history: every earlier version is too old from now on.
    pub(crate) fn compact(&mut self) {
        self.history.clear();
        self.version += 1;
        self.oldest = self.version;
        self.changed.send_replace(self.version);
    }

    /// Wakes up at every write.
    pub(crate) fn subscribe(&self) -> watch::Receiver<u64> {
        self.changed.subscribe()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deletion_takes_the_owned_objects_along() {
        let mut store = Store::default();
        let owner = Key::new("deployments", "shop", "web");
        store.put(
            owner.clone(),
            json!({"metadata": {"name": "web", "uid": "u1"}}),
        );
        let pod = Key::new("pods", "shop", "web-1");
        let owned =
            json!({"metadata": {"name": "web-1", "uid": "u2", "ownerReferences": [{"uid": "u1"}]}});
        store.put(pod.clone(), owned.clone());
        store.delete(&owner, true);
        assert!(store.get(&pod).is_some());
        store.put(
            owner.clone(),
            json!({"metadata": {"name": "web", "uid": "u1"}}),
        );
        store.delete(&owner, false);
        assert!(store.get(&pod).is_none());
    }

    #[test]
    fn history_reaches_back_to_the_compaction() {
        let mut store = Store::default();
        let start = store.version();
        store.put(Key::new("pods", "shop", "a"), json!({"metadata": {}}));
        assert_eq!(store.since(start).map(|changes| changes.len()), Some(1));
        store.compact();
        assert!(store.since(start).is_none());
        assert_eq!(
            store.since(store.version()).map(|changes| changes.len()),
            Some(0)
        );
    }
}
