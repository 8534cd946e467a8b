//! Why a fix in the Kubernetes API is not planned, though its finding holds.

use heeler_core::plan::Owner;

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
}

impl Barred {
    /// Stable, kebab-case.
    fn code(&self) -> &'static str {
        match self {
            Barred::NoRight(..) => "no-right",
            Barred::NoObject(_) => "no-object",
            Barred::Owned(..) => "owned-elsewhere",
            Barred::Altered(..) => "patch-altered",
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
        }
    }
}

impl From<Barred> for Stop {
    fn from(barred: Barred) -> Self {
        Stop::Refused(Refusal::coded(barred.code(), barred.what(), &barred.help()))
    }
}
