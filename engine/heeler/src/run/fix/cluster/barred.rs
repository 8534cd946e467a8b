//! Why a fix in the Kubernetes API is not planned, though its finding holds.

use heeler_core::plan::Owner;
use heeler_core::plan::drain::Bar;

use super::super::{Refusal, Stop};
use crate::world::port::ObjectRef;

/// What stands in the way. The objects are named for people: `services shop/web`.
pub(super) enum Barred {
    /// The caller may not do this.
    NoRight(&'static str, ObjectRef),
    /// There is no such object.
    NoObject(String),
    /// A program keeps the object as it is.
    Owned(String, Owner),
    /// The API server would make this of the patch.
    Altered(String, String),
    /// The node takes new pods.
    NotCordoned(String),
    /// These pods are not for this runbook to evict.
    InTheWay(Vec<(String, Bar)>),
    /// The API server will never evict this pod.
    Irremovable(String, String),
}

impl Barred {
    /// Stable, kebab-case.
    fn code(&self) -> &'static str {
        match self {
            Barred::NoRight(..) => "no-right",
            Barred::NoObject(_) => "no-object",
            Barred::Owned(..) => "owned-elsewhere",
            Barred::Altered(..) => "patch-altered",
            Barred::NotCordoned(_) => "not-cordoned",
            Barred::InTheWay(_) => "pods-in-the-way",
            Barred::Irremovable(..) => "never-evicted",
        }
    }

    fn what(&self) -> String {
        match self {
            Barred::NoRight(verb, object) => {
                format!(
                    "you may not {verb} {} {}",
                    object.resource,
                    object.full_name()
                )
            }
            Barred::NoObject(object) => format!("there is no {object}"),
            Barred::Owned(object, owner) => format!("{object}: {owner}, and would set it again"),
            Barred::Altered(object, made) => {
                format!("{object}: the API server would set {made} instead")
            }
            Barred::NotCordoned(node) => {
                format!("{node} is not cordoned: new pods could come as others go")
            }
            Barred::InTheWay(pods) => {
                let each = pods.iter().map(|(name, bar)| format!("{name}: {bar}"));
                let each: Vec<String> = each.collect();
                format!(
                    "there are pods that this fix may not evict: {}",
                    each.join("; ")
                )
            }
            Barred::Irremovable(pod, why) => format!("{pod} can't be evicted: {why}"),
        }
    }

    fn help(&self) -> String {
        match self {
            Barred::NoRight(verb, object) => {
                format!(
                    "ask for an RBAC role with the verb {verb} on {}",
                    object.resource
                )
            }
            Barred::NoObject(_) => "look again: it may have been removed since".to_owned(),
            Barred::Owned(_, owner) => format!("change it where {} reads it", owner.program),
            Barred::Altered(..) => {
                "find out which webhook or default does it, and set what it takes".to_owned()
            }
            Barred::NotCordoned(_) => {
                "cordon it first, by a fix that can be taken back or by `kubectl cordon`".to_owned()
            }
            Barred::InTheWay(_) => {
                "move them yourself, or let the runbook say `pods-without-controller: true` or \
                 `empty-dir-data: true`"
                    .to_owned()
            }
            Barred::Irremovable(..) => "see to that pod first".to_owned(),
        }
    }
}

impl From<Barred> for Stop {
    fn from(barred: Barred) -> Self {
        Stop::Refused(Refusal::coded(barred.code(), barred.what(), &barred.help()))
    }
}
