//! An API server with the pods of one node, and what goes wrong there.

use heeler_core::plan::drain::Eviction;
use serde_json::{Value as Json, json};

use crate::chance::Chance;

/// A pod of the node.
pub(super) struct Pod {
    pub(super) uid: String,
    /// When it ends, in milliseconds, once it was told to go.
    pub(super) ends: Option<u64>,
    /// It was evicted, by whoever is tried here.
    pub(super) evicted: bool,
}

/// The API server and the node, and what goes wrong there, in how many of a hundred cases.
pub(super) struct Server {
    pub(super) pods: Vec<Pod>,
    pub(super) now_ms: u64,
    pub(super) cordoned: bool,
    /// An answer is lost, and the request perhaps with it.
    pub(super) silent: u64,
    /// A budget lets none go.
    pub(super) holding: u64,
    /// An eviction is refused for good.
    pub(super) refusing: u64,
    /// A pod comes, goes, or the node is uncordoned.
    pub(super) meddling: u64,
    /// A pod takes longer than anybody waits.
    pub(super) lasting: u64,
}

impl Server {
    /// One with these pods, where nothing goes wrong.
    pub(super) fn quiet(pods: Vec<Pod>) -> Server {
        Server {
            pods,
            now_ms: 0,
            cordoned: true,
            silent: 0,
            holding: 0,
            refusing: 0,
            meddling: 0,
            lasting: 0,
        }
    }

    pub(super) fn pod(uid: &str) -> Pod {
        Pod {
            uid: uid.to_owned(),
            ends: None,
            evicted: false,
        }
    }

    pub(super) fn pass(&mut self, chance: &mut Chance, millis: u64) {
        self.now_ms += millis;
        if chance.percent(self.meddling) {
            match chance.below(3) {
                0 => self.pods.push(Self::pod("new")),
                1 => drop(self.pods.pop()),
                _ => self.cordoned = false,
            }
        }
        let now = self.now_ms;
        self.pods
            .retain(|pod| pod.ends.is_none_or(|ends| ends > now));
    }

    pub(super) fn list(&self) -> Vec<Json> {
        let each = self.pods.iter().map(|pod| {
            let mut metadata = json!({"namespace": "shop", "name": pod.uid, "uid": pod.uid,
                "ownerReferences": [{"kind": "ReplicaSet", "apiVersion": "apps/v1", "name": "web",
                    "controller": true}]});
            if pod.ends.is_some() {
                metadata["deletionTimestamp"] = json!("2026-01-01T00:00:00Z");
            }
            json!({ "metadata": metadata, "status": {"phase": "Running"} })
        });
        each.collect()
    }

    pub(super) fn evict(&mut self, chance: &mut Chance, uid: &str) -> Eviction {
        let (now, slow) = (self.now_ms, chance.percent(self.lasting));
        let lost = chance.percent(self.silent);
        if chance.percent(self.holding) {
            return Eviction::NotNow("a budget".to_owned());
        }
        if chance.percent(self.refusing) {
            return Eviction::Refused("no".to_owned());
        }
        let takes = if slow { 100_000 } else { chance.below(5_000) };
        let pod = self.pods.iter_mut().find(|pod| pod.uid == uid);
        if let (Some(pod), true) = (pod, !lost || chance.percent(50)) {
            pod.evicted = true;
            pod.ends.get_or_insert(now + takes);
        }
        match lost {
            true => Eviction::Unknown("no answer".to_owned()),
            false => Eviction::Taken,
        }
    }
}
