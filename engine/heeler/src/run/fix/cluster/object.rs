//! One object of a fix: what is there, and the patches that make something else of it.

use std::collections::BTreeSet;
use std::time::Duration;

use heeler_core::action::{FieldPath, ObjectFields};
use heeler_core::event::ChangePlan;
use heeler_core::plan::{self as scripts, Undone, Version};
use serde_json::Value as Json;
use tokio::time::sleep;

use super::trouble::{Trouble, is_refusal};
use crate::world::port::{ObjectRef, Write};
use crate::world::{CallError, Cause, Cluster};

/// How often a patch is made anew because something else of the object has moved: a node's status
/// does so by itself.
const TRIES: usize = 4;
/// Before the world is asked what became of a patch without an answer: the API server gives a
/// request up when its client is gone.
const PAUSE: Duration = Duration::from_secs(1);

/// An object, and the changes of it, which are made by one patch.
#[derive(Debug, Clone)]
pub(super) struct Object {
    pub(super) reference: ObjectRef,
    uid: String,
    /// In the order of the plan.
    pub(super) steps: Vec<Step>,
}

/// One change of an object: from one value of a field to another.
#[derive(Debug, Clone)]
pub(super) struct Step {
    from: ObjectFields,
    to: ObjectFields,
}

/// What is there, in one state of the object.
struct Seen {
    object: Json,
    version: Version,
}

impl Object {
    /// The objects of changes: neighbours of the same object are one. `None` where the node has one
    /// of the values.
    pub(super) fn all(changes: &[ChangePlan]) -> Option<Vec<Self>> {
        let objects = changes.chunk_by(|one, next| one.object == next.object);
        objects.map(Object::of).collect()
    }

    /// The object of changes that are all about the same one.
    fn of(changes: &[ChangePlan]) -> Option<Self> {
        let pinned = changes.first()?.object.as_ref()?;
        Some(Object {
            reference: ObjectRef {
                api: pinned.api.clone(),
                resource: pinned.resource.clone(),
                namespace: pinned.namespace.clone(),
                name: pinned.name.clone(),
            },
            uid: pinned.uid.clone(),
            steps: changes.iter().map(Step::of).collect::<Option<_>>()?,
        })
    }

    /// What is there after a patch that failed: the values of the plan, unless another one was read.
    pub(super) fn left_by(&self, trouble: &Trouble) -> ObjectFields {
        match trouble {
            Trouble::Other(_, present) => present.clone(),
            _ => ObjectFields::together(self.steps.iter().map(|step| &step.from)),
        }
    }

    /// The patch that makes all of its changes.
    pub(super) fn patch(&self) -> Json {
        patch(&self.steps.iter().collect::<Vec<_>>())
    }

    async fn read(&self, cluster: &dyn Cluster) -> Result<Seen, Trouble> {
        let answer = cluster.get(&self.reference).await;
        let object = answer.map_err(Trouble::Refused)?;
        let version = object.as_ref().and_then(scripts::version);
        match (object, version) {
            (Some(object), Some(version)) if version.uid == self.uid => {
                Ok(Seen { object, version })
            }
            (other, _) => Err(Trouble::Gone(self.reference.clone(), other)),
        }
    }

    /// The same, where each step finds the value of the plan.
    async fn as_planned(&self, cluster: &dyn Cluster) -> Result<Seen, Trouble> {
        let seen = self.read(cluster).await?;
        for (index, step) in self.steps.iter().enumerate() {
            let present = step.present(&seen);
            if present != step.from {
                return Err(Trouble::Other(index, present));
            }
        }
        Ok(seen)
    }

    /// Whether each step finds the value of the plan.
    pub(super) async fn check(&self, cluster: &dyn Cluster) -> Result<(), Trouble> {
        self.as_planned(cluster).await.map(drop)
    }

    /// Sets the wanted values where the present ones are those of the plan, and gives the values read
    /// back, one for each step. A patch that found the object moved on changed nothing, and is made
    /// anew.
    pub(super) async fn set(&self, cluster: &dyn Cluster) -> Result<Vec<String>, Trouble> {
        let steps: Vec<&Step> = self.steps.iter().collect();
        for _ in 0..TRIES {
            let seen = self.as_planned(cluster).await?;
            if let Some(values) = self.send(cluster, &steps, &seen).await? {
                return Ok(values);
            }
        }
        Err(Trouble::Busy(self.reference.clone()))
    }

    /// Sends the patch of some steps, for this state of the object only, and gives the values read
    /// back; `None`: the object has moved on, and nothing was changed.
    async fn send(
        &self,
        cluster: &dyn Cluster,
        steps: &[&Step],
        seen: &Seen,
    ) -> Result<Option<Vec<String>>, Trouble> {
        let patch = scripts::bound_to(patch(steps), &seen.version);
        let sent = cluster.patch(&self.reference, &patch, Write::Real).await;
        let read = match sent {
            Ok(_) => self.read_back(cluster, steps, None).await,
            Err(error) if matches!(error.cause, Cause::Conflict(_)) => return Ok(None),
            Err(error) if is_refusal(&error) => return Err(Trouble::Refused(error)),
            Err(error) => self.read_back(cluster, steps, Some(&error)).await,
        };
        read.map(Some)
    }

    /// The world is asked what became of a patch; `lost` is why it was not told.
    async fn read_back(
        &self,
        cluster: &dyn Cluster,
        steps: &[&Step],
        lost: Option<&CallError>,
    ) -> Result<Vec<String>, Trouble> {
        if lost.is_some() {
            sleep(PAUSE).await;
        }
        let what = match self.read(cluster).await {
            Ok(seen) => {
                let other = steps.iter().find(|step| step.present(&seen) != step.to);
                match other {
                    None => return Ok(steps.iter().map(|step| step.to.to_string()).collect()),
                    Some(step) => format!("it is `{}` now", step.present(&seen)),
                }
            }
            Err(trouble) => trouble.to_string(),
        };
        Err(Trouble::Unknown(match lost {
            Some(error) => format!("{}; {what}", error.what()),
            None => format!("the API server took `{}`, and {what}", patch(steps)),
        }))
    }

    /// Takes each step back of which the value of the fix is still there, and still the fix's. Where
    /// nothing of it ever came it is waited for a moment: a patch of a program that was killed may be
    /// on its way. `unheard` are the steps of which a patch was sent, and its end never heard: where
    /// the old value is found it was that patch.
    ///
    /// # Errors
    /// Why its end is not known; asking again may tell.
    pub(super) async fn take_back(
        &self,
        cluster: &dyn Cluster,
        unheard: &mut BTreeSet<usize>,
    ) -> Result<Vec<Undone>, String> {
        let mut has_waited = false;
        for _ in 0..TRIES {
            let seen = match self.read(cluster).await {
                Ok(seen) => seen,
                Err(Trouble::Gone(_, other)) => {
                    let end = |step: &Step| step.gone(other.as_ref());
                    return Ok(self.steps.iter().map(end).collect());
                }
                Err(Trouble::Refused(error)) if !error.is_passing() => {
                    let failed = Undone::Failed {
                        present: None,
                        text: error.what(),
                    };
                    return Ok(vec![failed; self.steps.len()]);
                }
                Err(trouble) => return Err(trouble.to_string()),
            };
            let end = |(index, step): (usize, &Step)| match step.stands(&seen) {
                Some(Undone::WasBack(value)) if unheard.contains(&index) => {
                    Some(Undone::Back(value))
                }
                end => end,
            };
            let stands: Vec<Option<Undone>> = self.steps.iter().enumerate().map(end).collect();
            let left = self.steps.iter().enumerate().zip(&stands);
            let (numbers, left): (Vec<usize>, Vec<&Step>) = left
                .filter_map(|(step, end)| end.is_none().then_some(step))
                .unzip();
            let was_back = |end: &Option<Undone>| matches!(end, Some(Undone::WasBack(_)));
            if left.is_empty() && !has_waited && stands.iter().any(was_back) {
                has_waited = true;
                sleep(PAUSE).await;
                continue;
            }
            if left.is_empty() {
                return Ok(stands.into_iter().flatten().collect());
            }
            let ends: Vec<Undone> = match self.send(cluster, &left, &seen).await {
                Ok(Some(values)) => values.into_iter().map(Undone::Back).collect(),
                Ok(None) => continue,
                Err(Trouble::Refused(error)) if !error.is_passing() => {
                    let failed = |step: &&Step| Undone::Failed {
                        present: Some(step.from.shown()),
                        text: error.what(),
                    };
                    left.iter().map(failed).collect()
                }
                Err(trouble) => {
                    if let Trouble::Unknown(_) = trouble {
                        unheard.extend(numbers);
                    }
                    return Err(trouble.to_string());
                }
            };
            let mut ends = ends.into_iter();
            let each = stands.into_iter();
            return Ok(each.filter_map(|end| end.or_else(|| ends.next())).collect());
        }
        Err(Trouble::Busy(self.reference.clone()).to_string())
    }
}

impl Step {
    fn of(change: &ChangePlan) -> Option<Self> {
        Some(Step {
            from: ObjectFields::read(&change.from)?,
            to: ObjectFields::read(&change.to)?,
        })
    }

    fn present(&self, seen: &Seen) -> ObjectFields {
        ObjectFields::capture(&seen.object, self.to.paths())
    }

    /// What is left of it where its object is gone: another one of that name may have the value.
    fn gone(&self, other: Option<&Json>) -> Undone {
        let present = other.map(|other| ObjectFields::capture(other, self.from.paths()));
        match present.filter(|present| *present == self.from) {
            Some(present) => Undone::Theirs {
                present: present.shown(),
                whose: "in another object of the same name, which was made since".to_owned(),
            },
            None => Undone::Gone,
        }
    }

    /// Why there is nothing to take back; `None`: the value of the fix stands there as the fix has
    /// set it.
    fn stands(&self, seen: &Seen) -> Option<Undone> {
        let present = self.present(seen);
        if present == self.to {
            return Some(Undone::WasBack(present.to_string()));
        }
        if present != self.from {
            return Some(Undone::Moved(present.shown()));
        }
        let setter = |path: &FieldPath| scripts::set_since(&seen.object, path);
        let setter = self.from.paths().find_map(setter)?;
        Some(Undone::Theirs {
            present: present.shown(),
            whose: setter.to_string(),
        })
    }
}

/// The patch that makes these changes.
fn patch(steps: &[&Step]) -> Json {
    ObjectFields::together(steps.iter().map(|step| &step.to)).patch()
}

#[cfg(test)]
#[path = "object_tests.rs"]
mod tests;
