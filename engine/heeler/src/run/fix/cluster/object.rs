//! One object of a fix: what is there, and the patch that makes something else of it.

use std::fmt;
use std::time::Duration;

use heeler_core::action::ObjectFields;
use heeler_core::event::ChangePlan;
use heeler_core::plan::{self as scripts, Undone, Version};
use serde_json::Value as Json;
use tokio::time::sleep;

use crate::world::port::{ObjectRef, Write};
use crate::world::{CallError, Cause, Cluster};

/// How often a patch is made anew because something else of the object has moved: a node's status
/// does so by itself.
const TRIES: usize = 4;
/// Before the world is asked what became of a patch without an answer: the API server gives a
/// request up when its client is gone.
const PAUSE: Duration = Duration::from_secs(1);

/// An object, and the change of it: from one value of its fields to another.
#[derive(Debug, Clone)]
pub(super) struct Object {
    pub(super) reference: ObjectRef,
    uid: String,
    pub(super) from: ObjectFields,
    pub(super) to: ObjectFields,
}

/// Why a value was not set.
#[derive(Debug)]
pub(super) enum Trouble {
    /// There is no such object any more, or another one of that name.
    Gone(ObjectRef),
    /// Another value is there.
    Other(ObjectFields),
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
            Trouble::Gone(object) => write!(
                f,
                "{} {} is not there any more, or is another one; nothing was changed",
                object.resource,
                object.full_name()
            ),
            Trouble::Other(present) => write!(
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

impl Object {
    /// The object of a change; `None` where the node has its values.
    pub(super) fn of(change: &ChangePlan) -> Option<Self> {
        let pinned = change.object.as_ref()?;
        Some(Object {
            reference: ObjectRef {
                api: pinned.api.clone(),
                resource: pinned.resource.clone(),
                namespace: pinned.namespace.clone(),
                name: pinned.name.clone(),
            },
            uid: pinned.uid.clone(),
            from: ObjectFields::read(&change.from)?,
            to: ObjectFields::read(&change.to)?,
        })
    }

    /// What is there now.
    pub(super) async fn present(&self, cluster: &dyn Cluster) -> Result<ObjectFields, Trouble> {
        self.read(cluster).await.map(|(present, _)| present)
    }

    async fn read(&self, cluster: &dyn Cluster) -> Result<(ObjectFields, Version), Trouble> {
        let answer = cluster.get(&self.reference).await;
        let object = answer.map_err(Trouble::Refused)?;
        let same = object.and_then(|object| {
            let version = scripts::version(&object).filter(|version| version.uid == self.uid)?;
            Some((self.capture(&object), version))
        });
        same.ok_or_else(|| Trouble::Gone(self.reference.clone()))
    }

    fn capture(&self, object: &Json) -> ObjectFields {
        ObjectFields::capture(object, self.to.paths())
    }

    /// Sets the wanted value where the present one is that of the plan, and gives the value read back.
    /// A patch that found the object moved on changed nothing, and is made anew.
    pub(super) async fn set(&self, cluster: &dyn Cluster) -> Result<ObjectFields, Trouble> {
        for _ in 0..TRIES {
            let (present, version) = self.read(cluster).await?;
            if present != self.from {
                return Err(Trouble::Other(present));
            }
            let patch = scripts::bound_to(self.to.patch(), &version);
            match cluster.patch(&self.reference, &patch, Write::Real).await {
                Ok(_) => return self.read_back(cluster, None).await,
                Err(error) if matches!(error.cause, Cause::Conflict(_)) => {}
                Err(error) if is_refusal(&error) => return Err(Trouble::Refused(error)),
                Err(error) => return self.read_back(cluster, Some(&error)).await,
            }
        }
        Err(Trouble::Busy(self.reference.clone()))
    }

    /// The world is asked what became of a patch; `lost` is why it was not told.
    async fn read_back(
        &self,
        cluster: &dyn Cluster,
        lost: Option<&CallError>,
    ) -> Result<ObjectFields, Trouble> {
        if lost.is_some() {
            sleep(PAUSE).await;
        }
        let what = match self.present(cluster).await {
            Ok(present) if present == self.to => return Ok(present),
            Ok(present) => format!("it is `{present}` now"),
            Err(trouble) => trouble.to_string(),
        };
        Err(Trouble::Unknown(match lost {
            Some(error) => format!("{}; {what}", error.what()),
            None => format!("the API server took `{}`, and {what}", self.to),
        }))
    }

    /// Takes it back where the value of the fix is still there. Where it never came it is waited for a
    /// moment: a patch of a program that was killed may be on its way.
    ///
    /// # Errors
    /// Why its end is not known; asking again may tell.
    pub(super) async fn take_back(&self, cluster: &dyn Cluster) -> Result<Undone, String> {
        let first = self.set(cluster).await;
        let second = match &first {
            Err(Trouble::Other(value)) if *value == self.to => {
                sleep(PAUSE).await;
                self.set(cluster).await
            }
            _ => first,
        };
        match second {
            Ok(value) => Ok(Undone::Back(value.to_string())),
            Err(Trouble::Gone(_)) => Ok(Undone::Gone),
            Err(Trouble::Other(value)) if value == self.to => {
                Ok(Undone::WasBack(value.to_string()))
            }
            Err(Trouble::Other(value)) => Ok(Undone::Moved(value.to_string())),
            Err(Trouble::Refused(error)) if !error.is_passing() => Ok(Undone::Failed {
                present: self.from.to_string(),
                text: error.what(),
            }),
            Err(trouble) => Err(trouble.to_string()),
        }
    }
}

/// Nothing was changed, for certain.
fn is_refusal(error: &CallError) -> bool {
    !matches!(
        error.cause,
        Cause::TimedOut(_) | Cause::Unavailable(_) | Cause::Unreadable(_) | Cause::Tls(_)
    )
}

#[cfg(test)]
#[path = "object_tests.rs"]
mod tests;
