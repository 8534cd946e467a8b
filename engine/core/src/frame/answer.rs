//! One node's whole answer.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::held::Held;
use super::reply::{Place, Reply};
use crate::value::Why;

/// Everything that one command brought back from one node.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// Who answered.
    pub ident: Ident,
    /// A change that is under way on the node, or was when nobody ended it.
    pub held: Option<Held>,
    /// What became of each look, by its name.
    pub replies: BTreeMap<String, Result<Reply, Why>>,
    /// Which rungs were tried for each look, and why they gave nothing.
    pub traces: BTreeMap<String, Vec<LookTrace>>,
}

impl Answer {
    /// What became of a look. One that the answer does not name was stopped on the node with all
    /// that ran beside it.
    pub fn reply(&self, look: &str) -> Result<&Reply, Why> {
        match self.replies.get(look) {
            Some(Ok(reply)) => Ok(reply),
            Some(Err(why)) => Err(why.clone()),
            None => Err(Why::NoAnswer("the look was not finished".into())),
        }
    }

    /// The rungs that were tried for a look.
    pub fn trace(&self, look: &str) -> &[LookTrace] {
        self.traces.get(look).map_or(&[], Vec::as_slice)
    }
}

/// What became of a rung of a look's ladder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LookTrace {
    /// Where; `None` is the Kubernetes API.
    pub place: Option<Place>,
    /// `None`: it answered. Else why not.
    pub why_not: Option<String>,
}

/// Who answered, in the node's own words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ident {
    /// The kernel's boot id.
    pub boot_id: String,
    /// `settings.kubernetes.cluster-name`; `None` where the node did not say.
    pub cluster: Option<String>,
    /// `VERSION_ID` of `/etc/bottlerocket-release`; empty where there is none.
    pub os_version: String,
    /// The number of CPUs; 0 where it could not be told.
    pub cpus: u32,
    /// Whole seconds since the node started.
    pub uptime_s: u64,
}
