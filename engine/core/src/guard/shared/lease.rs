//! The Lease of a node that is being changed (`coordination.k8s.io/v1`).

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use uuid::Uuid;

use super::NAMESPACE;
use crate::event::{InstanceId, RunId};

/// What the names of these Leases begin with; the instance id follows.
const PREFIX: &str = "node-";
/// How much longer than until its undo a change is taken to be under way: the undo itself takes a
/// moment, and so does the command that arms it.
const MARGIN: Duration = Duration::from_secs(30);

/// A node that somebody changes, or is about to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NodeLease {
    /// The node.
    pub instance: InstanceId,
    /// The run.
    pub run: RunId,
    /// Who: a short name.
    pub by: String,
    /// When it was taken, by the API server's clock.
    pub acquired: Timestamp,
    /// When its holder was last heard of.
    pub renewed: Timestamp,
    /// How long it lasts from then on, in whole seconds.
    pub lasts: Duration,
    /// The resource version that it was read with; `None`: it was not written yet.
    version: Option<String>,
}

impl NodeLease {
    /// A Lease for a change that takes itself back after `undo_after`.
    pub fn new(
        instance: InstanceId,
        (run, by): (RunId, &str),
        undo_after: Duration,
        now: Timestamp,
    ) -> Self {
        NodeLease {
            instance,
            run,
            by: by.to_owned(),
            acquired: now,
            renewed: now,
            lasts: Duration::from_secs(undo_after.saturating_add(MARGIN).as_secs()),
            version: None,
        }
    }

    /// Reads a Lease. `None`: it is no node's, or nobody holds it, or it lacks what makes it end.
    pub fn read(object: &Value) -> Option<Self> {
        let text = |pointer| text(object, pointer);
        let instance = text("/metadata/name")?.strip_prefix(PREFIX)?;
        let (run, by) = text("/spec/holderIdentity")?.split_once(' ')?;
        let renewed: Timestamp = text("/spec/renewTime")?.parse().ok()?;
        let seconds = object.pointer("/spec/leaseDurationSeconds")?.as_u64()?;
        Some(NodeLease {
            instance: instance.parse().ok()?,
            run: RunId::new(run.parse::<Uuid>().ok()?),
            by: by.to_owned(),
            acquired: text("/spec/acquireTime")
                .and_then(|time| time.parse().ok())
                .unwrap_or(renewed),
            renewed,
            lasts: Duration::from_secs(seconds),
            version: text("/metadata/resourceVersion").map(str::to_owned),
        })
    }

    /// The same Lease, to be written in place of the one of its name among these objects, whatever
    /// that says.
    pub fn in_place_among(self, objects: &[Value]) -> Self {
        let name = self.name();
        let is_same = |object: &&Value| text(object, "/metadata/name") == Some(&name);
        let present = objects.iter().find(is_same);
        NodeLease {
            version: present
                .and_then(|object| text(object, "/metadata/resourceVersion"))
                .map(str::to_owned),
            ..self
        }
    }

    /// The same Lease, whose holder is heard of now.
    pub fn renewed(&self, now: Timestamp) -> Self {
        NodeLease {
            renewed: now,
            ..self.clone()
        }
    }

    /// When it ends if its holder is not heard of again.
    pub fn until(&self) -> Timestamp {
        let lasts = SignedDuration::try_from(self.lasts).unwrap_or(SignedDuration::MAX);
        self.renewed.checked_add(lasts).unwrap_or(Timestamp::MAX)
    }

    /// Whether it has not ended.
    pub fn is_live(&self, now: Timestamp) -> bool {
        self.until() > now
    }

    /// Whether it is this very change's.
    pub fn is_of(&self, run: RunId, instance: &InstanceId) -> bool {
        (self.run, &self.instance) == (run, instance)
    }

    /// Its name.
    pub fn name(&self) -> String {
        format!("{PREFIX}{}", self.instance)
    }

    /// The Lease as it is written.
    pub fn object(&self) -> Value {
        let mut object = json!({
            "apiVersion": "coordination.k8s.io/v1",
            "kind": "Lease",
            "metadata": { "name": self.name(), "namespace": NAMESPACE },
            "spec": {
                "holderIdentity": format!("{} {}", self.run.uuid(), self.by),
                "leaseDurationSeconds": self.lasts.as_secs(),
                "acquireTime": micro_time(self.acquired),
                "renewTime": micro_time(self.renewed),
            },
        });
        if let (Some(version), Some(metadata)) = (
            &self.version,
            object
                .pointer_mut("/metadata")
                .and_then(Value::as_object_mut),
        ) {
            metadata.insert("resourceVersion".to_owned(), json!(version));
        }
        object
    }
}

fn text<'o>(object: &'o Value, pointer: &str) -> Option<&'o str> {
    object.pointer(pointer)?.as_str()
}

/// Six decimals, no more and no less (Kubernetes' `MicroTime`).
fn micro_time(at: Timestamp) -> String {
    format!("{at:.6}")
}
