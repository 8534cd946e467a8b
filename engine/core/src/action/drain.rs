//! Draining the target's node: its pods are evicted, as far as their disruption budgets let them go.
//! Nothing takes that back. The node has to be cordoned before: a cordon has a way back of its own,
//! and only where no new pod comes do the pods of the plan stay those of the node.

use std::time::Duration;

use super::{Action, Carried, Change, Look, parameters};
use crate::syntax::{Faults, Fields, Key, Shape, Span, Tree};
use crate::value::Value;

/// Whether pods that no controller makes anew are evicted.
pub(super) const UNCONTROLLED: Key = Key::or(
    "pods-without-controller",
    Shape::Boolean,
    "false",
    "Whether pods that no controller makes anew are evicted as well: otherwise one of them is in the way",
);
/// Whether pods with data in an `emptyDir` are evicted.
pub(super) const EMPTY_DIR: Key = Key::or(
    "empty-dir-data",
    Shape::Boolean,
    "false",
    "Whether pods with an `emptyDir` are evicted as well, whose data is lost: otherwise one of them is in the way",
);
/// How long is waited for all of them: `kubectl drain` waits for ever.
pub(super) const WITHIN: Key = Key::or(
    "within",
    Shape::Duration(Some(("1s", "6h"))),
    "10m",
    "How long is waited for all pods to be gone; a budget that lets none go is asked again and again as long",
);
/// The keys of a `drain`, wherever it stands.
pub(super) const KEYS: &[Key] = &[UNCONTROLLED, EMPTY_DIR, WITHIN];
const LOOKED_AT: &str = "read the node with a `kube` look at `nodes`";
/// What becomes of a pod.
const GONE: &str = "gone";

#[derive(Debug)]
pub(super) struct Drain;

impl Action for Drain {
    fn name(&self) -> &'static str {
        "drain"
    }

    fn summary(&self) -> &'static str {
        "Evicts the pods of the target's node, which must be cordoned"
    }

    fn change_shape(&self) -> Option<Shape> {
        Some(Shape::Keys(KEYS))
    }

    fn look(&self, parameters: &Tree, faults: &mut Faults) -> Option<Box<dyn Look>> {
        parameters::only_changes(self.name(), LOOKED_AT, parameters, faults)
    }

    fn change(&self, parameters: &Tree, faults: &mut Faults) -> Option<Box<dyn Change>> {
        let fields = Fields::read(parameters, "a `drain` change", KEYS, faults)?;
        let evictions = Evictions::read(&fields, faults)?;
        let span = parameters.span();
        Some(Box::new(DrainChange { evictions, span }))
    }
}

/// Which pods of a node are evicted, and how long they may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Evictions {
    /// Pods that no controller makes anew go as well; otherwise nothing is evicted where there is
    /// one.
    pub pods_without_controller: bool,
    /// Pods with data in an `emptyDir` go as well; otherwise nothing is evicted where there is one.
    pub empty_dir_data: bool,
    /// How long is waited for all of them to be gone.
    pub within: Duration,
}

/// What is meant where nothing is said: the defaults of its three keys.
impl Default for Evictions {
    fn default() -> Self {
        Evictions {
            pods_without_controller: false,
            empty_dir_data: false,
            within: Duration::from_secs(600),
        }
    }
}

impl Evictions {
    /// Reads [`UNCONTROLLED`], [`EMPTY_DIR`] and [`WITHIN`].
    pub(super) fn read(fields: &Fields<'_>, faults: &mut Faults) -> Option<Self> {
        let mut flag = |key: &Key| match fields.get(key.name) {
            Some(tree) => tree.expect_bool(&format!("`{}`", key.name), faults),
            None => Some(false),
        };
        let (uncontrolled, empty_dir) = (flag(&UNCONTROLLED), flag(&EMPTY_DIR));
        let within = fields.duration(WITHIN.name, faults);
        Some(Evictions {
            pods_without_controller: uncontrolled?,
            empty_dir_data: empty_dir?,
            within: within?,
        })
    }
}

#[derive(Debug)]
struct DrainChange {
    evictions: Evictions,
    span: Span,
}

impl Change for DrainChange {
    fn subject(&self) -> String {
        "pods of the node".to_owned()
    }

    fn span(&self) -> Span {
        self.span
    }

    fn has_way_back(&self) -> bool {
        false
    }

    fn wanted(&self, _: &[Value]) -> Result<String, String> {
        Ok(GONE.to_owned())
    }

    fn display(&self, value: &str) -> String {
        value.to_owned()
    }

    fn carried(&self) -> Carried<'_> {
        Carried::Evictions(&self.evictions)
    }
}
