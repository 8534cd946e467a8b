//! Rebooting the target's node: cordon, drain, reboot, wait until it is ready, uncordon. Nothing takes
//! that back: it ends with a node that is there again, or with one that a person has to see to.

mod surroundings;

use std::time::Duration;

use super::drain::{self, Evictions};
use super::{Action, Carried, Change, Look, NodeChange, parameters};
use crate::frame::Place;
use crate::syntax::{Faults, Fields, Key, Shape, Span, Tree};
use crate::value::Value;

pub use surroundings::{Standing, others, surroundings};

/// What the change sets, for people: the value read back is the new boot's id.
const REBOOTED: &str = "rebooted";
/// Locking, cordoning and uncordoning, and the command itself.
const MARGIN: Duration = Duration::from_secs(180);

const KEYS: &[Key] = &[
    Key::optional(
        "drain",
        Shape::Keys(drain::KEYS),
        "Which of its pods are evicted first, and how long they may take",
    ),
    // Bottlerocket boots within a minute or two; instances without a hypervisor take minutes before that.
    Key::or(
        "back-within",
        Shape::Duration(Some(("1s", "2h"))),
        "10m",
        "How long it may take until the node is ready on another boot; then the fix is stuck, and the node stays cordoned",
    ),
];

#[derive(Debug)]
pub(super) struct Reboot;

impl Action for Reboot {
    fn name(&self) -> &'static str {
        "reboot"
    }

    fn summary(&self) -> &'static str {
        "Drains the target's node and reboots it"
    }

    fn change_shape(&self) -> Option<Shape> {
        Some(Shape::Keys(KEYS))
    }

    fn look(&self, parameters: &Tree, faults: &mut Faults) -> Option<Box<dyn Look>> {
        let help =
            "read with a `kube` look at `nodes` on which boot it is: `status.nodeInfo.bootID`";
        parameters::only_changes(self.name(), help, parameters, faults)
    }

    fn change(&self, parameters: &Tree, faults: &mut Faults) -> Option<Box<dyn Change>> {
        let fields = Fields::read(parameters, "a `reboot` change", KEYS, faults)?;
        let evictions = match fields.get("drain") {
            Some(tree) => {
                let fields = Fields::read(tree, "`drain`", drain::KEYS, faults);
                fields.and_then(|fields| Evictions::read(&fields, faults))
            }
            None => Some(Evictions::default()),
        };
        let back_within = fields.duration("back-within", faults);
        let rules = RebootRules {
            evictions: evictions?,
            back_within: back_within?,
        };
        Some(Box::new(RebootChange {
            rules,
            span: parameters.span(),
        }))
    }
}

/// How a node is rebooted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RebootRules {
    /// Which of its pods are evicted first, and how long they may take.
    pub evictions: Evictions,
    /// How long it may take until the node is ready on another boot.
    pub back_within: Duration,
}

impl RebootRules {
    /// What a reboot is about, in plans and records.
    pub const SUBJECT: &'static str = "reboot";
}

#[derive(Debug)]
struct RebootChange {
    rules: RebootRules,
    span: Span,
}

impl Change for RebootChange {
    fn subject(&self) -> String {
        RebootRules::SUBJECT.to_owned()
    }

    fn span(&self) -> Span {
        self.span
    }

    fn has_way_back(&self) -> bool {
        false
    }

    fn wanted(&self, _: &[Value]) -> Result<String, String> {
        Ok(REBOOTED.to_owned())
    }

    fn display(&self, value: &str) -> String {
        match Standing::read(value) {
            Some(_) => "running".to_owned(),
            None => value.to_owned(),
        }
    }

    fn carried(&self) -> Carried<'_> {
        Carried::Node(self)
    }
}

impl NodeChange for RebootChange {
    fn place(&self) -> Place {
        Place::Control
    }

    fn lasts(&self) -> Duration {
        MARGIN + self.rules.evictions.within + self.rules.back_within
    }

    fn reboot(&self) -> Option<&RebootRules> {
        Some(&self.rules)
    }

    /// The boot, and the version that was staged for the next one: what comes back with another one is
    /// another change. Source: bottlerocket-core-kit `sources/updater`, thar-be-updates.
    fn present(&self) -> String {
        "staged=$(apiclient raw -u /updates/status 2>/dev/null </dev/null) &&\n  \
         staged=$(printf %s \"$staged\" |\n    \
         jq -r 'select(.staging_partition.next_to_boot == true) | .staging_partition.image.version // empty' 2>/dev/null) || staged='?'\n\
         staged=$(printf %s \"$staged\" | tr -cd 'A-Za-z0-9.+?-' | head -c 40)\n\
         printf '%s %s\\n' \"$(cat /proc/sys/kernel/random/boot_id)\" \"${staged:--}\"\n"
            .to_owned()
    }

    fn apply(&self, _: &str, _: &str) -> String {
        "apiclient reboot </dev/null\n".to_owned()
    }

    fn by_hand(&self, _: &str) -> String {
        "cat /proc/sys/kernel/random/boot_id".to_owned()
    }

    fn without_admin(&self, _: &str) -> Vec<String> {
        Vec::new()
    }
}
