//! Why a value of an object was not set.

use std::fmt;

use heeler_core::action::ObjectFields;
use serde_json::Value as Json;

use crate::world::port::ObjectRef;
use crate::world::{CallError, Cause};

/// Why a value was not set.
#[derive(Debug)]
pub(super) enum Trouble {
    /// There is no such object any more, or this other one of that name.
    Gone(ObjectRef, Option<Json>),
    /// One of the steps, counted from 0, finds another value.
    Other(usize, ObjectFields),
    /// Somebody else keeps writing the object.
    Busy(ObjectRef),
    /// Nothing was changed, for this reason.
    Refused(CallError),
    /// Whether it was set is not known.
    Unknown(String),
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Trouble::Gone(object, _) => write!(
                f,
                "{} {} is not there any more, or is another one; nothing was changed",
                object.resource,
                object.full_name()
            ),
            Trouble::Other(_, present) => write!(
                f,
                "somebody has changed it meanwhile: it is `{present}`; nothing was changed: make a new plan"
            ),
            Trouble::Busy(object) => write!(
                f,
                "somebody changes {} {} all the time; nothing was changed: make a new plan",
                object.resource,
                object.full_name()
            ),
            Trouble::Refused(error) => write!(f, "{}; nothing was changed", error.what()),
            Trouble::Unknown(why) => f.write_str(why),
        }
    }
}

/// Nothing was changed, for certain.
pub(super) fn is_refusal(error: &CallError) -> bool {
    !matches!(
        error.cause,
        Cause::TimedOut(_) | Cause::Unavailable(_) | Cause::Unreadable(_) | Cause::Tls(_)
    )
}
