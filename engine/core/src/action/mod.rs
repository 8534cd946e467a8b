//! Actions: the kinds of look and change that a runbook can name. One file per action; the file's
//! name is the action's name, its section in the reference and the prefix of its diagnostics.
//!
//! An action describes; it never performs. A node look yields scripts for the places that can
//! answer it, from the least privileged on, and reads the reply into a typed value. A Kubernetes
//! look yields the request. Who sends them is not known here.

mod answer;
mod change;
mod conntrack_counters;
mod conntrack_entries;
mod cordon;
mod disk;
mod dmesg;
mod document;
mod drain;
mod ethtool;
mod fields;
mod fits;
mod growth;
mod host_container;
mod impact;
mod journal;
mod kube;
mod memory;
mod parameters;
mod patch;
mod quote;
mod reboot;
mod restart;
mod run;
mod scalar;
mod script;
mod settings;
mod socket_counters;
mod sysctl;
#[cfg(test)]
pub(crate) mod tests;
mod text;
mod uncordon;
mod written;

use std::net::IpAddr;
use std::time::Duration;

pub use change::{Carried, Change, ClusterChange, KernelParameter, NodeChange};
pub use drain::Evictions;
pub use fields::{FieldPath, ObjectFields, shown as shown_field};
pub use fits::Fits;
pub use impact::Impact;
pub use quote::shell_quote;
pub use reboot::{RebootRules, Standing, others, surroundings};
pub use script::{Misplaced, misplaced};
pub use text::{Filling, LookText};

pub use crate::frame::Place;
use crate::frame::Reply;
use crate::syntax::{Faults, Shape, Tree};
use crate::value::{Kind, Value, Why};

/// Where the admin container sees the host's root file system. Nothing there has a shell: programs
/// run by `chroot` with their arguments. Source: host-ctr, `withSuperpowered`.
const HOST_ROOT: &str = "/.bottlerocket/rootfs";

/// All actions, by name.
pub fn all() -> &'static [&'static dyn Action] {
    &[
        &conntrack_counters::ConntrackCounters,
        &conntrack_entries::ConntrackEntries,
        &cordon::Cordon,
        &disk::Disk,
        &dmesg::Dmesg,
        &drain::Drain,
        &ethtool::Ethtool,
        &host_container::HostContainer,
        &journal::Journal,
        &kube::Kube,
        &memory::Memory,
        &patch::Patch,
        &reboot::Reboot,
        &restart::Restart,
        &run::Run,
        &settings::Settings,
        &socket_counters::SocketCounters,
        &sysctl::Sysctl,
        &uncordon::Uncordon,
    ]
}

/// A kind of look or change, found by its name in the runbook.
pub trait Action: Send + Sync {
    /// The kebab-case name, as written in runbooks.
    fn name(&self) -> &'static str;
    /// One sentence for the reference.
    fn summary(&self) -> &'static str;
    /// What the parameters of a look are; `None`: it can't look. The reader is held to it.
    fn look_shape(&self) -> Option<Shape> {
        None
    }
    /// What the parameters of a change are; `None`: it can't change anything.
    fn change_shape(&self) -> Option<Shape> {
        None
    }
    /// Reads the parameters of a look. Faults are collected; `None` when there was one.
    /// An action that can't look reports that as a fault.
    fn look(&self, parameters: &Tree, faults: &mut Faults) -> Option<Box<dyn Look>>;
    /// Reads the parameters of a change, likewise. Most actions can't change anything.
    fn change(&self, parameters: &Tree, faults: &mut Faults) -> Option<Box<dyn Change>> {
        let title = format!("`{}` only looks; it can't change anything", self.name());
        faults.error("not-a-change", parameters.span(), title);
        None
    }
}

/// One look of a runbook, with its parameters read.
pub trait Look: Send + Sync + std::fmt::Debug {
    /// The record that an answer has, field by field.
    fn kind(&self) -> Kind;
    /// What it can do at worst.
    fn impact(&self) -> Impact {
        Impact::Read
    }
    /// The texts of its parameters that hold `{{ }}`; [`Target::texts`] has them filled in.
    fn texts(&self) -> &[LookText] {
        &[]
    }
    /// The time that it takes at least, however fast the node is: that between two readings.
    fn least(&self) -> Duration {
        Duration::ZERO
    }
    /// Where the answer comes from.
    fn source(&self, target: &Target) -> Result<Source, Why>;
    /// The names of the values that a reply lists in this order without them; none where it says itself what is
    /// what. A secret is known by its name.
    fn listed(&self) -> Vec<&str> {
        Vec::new()
    }
    /// Turns a node's reply into the value. A reply that can't be read is unseen, never a guess.
    fn read(&self, reply: &Reply, target: &Target) -> Result<Value, Why>;
    /// Turns the JSON documents of a Kubernetes look into the value.
    fn read_object(&self, _object: Option<&serde_json::Value>) -> Result<Value, Why> {
        Err(Why::Garbled("this look reads no Kubernetes object".into()))
    }
    /// Addresses in the value that people would rather read as pods and services.
    fn addresses(&self, _value: &Value) -> Vec<IpAddr> {
        Vec::new()
    }
    /// Puts names beside the addresses of [`Look::addresses`].
    fn name_addresses(&self, value: Value, _names: &[(IpAddr, String)]) -> Value {
        value
    }
    /// The value over the time between two answers of this look: what grew between the first and
    /// the last, however often it was asked in between. `None` where nothing in it grows: then the
    /// last answer stands.
    fn between(&self, _first: &Value, _last: &Value, _elapsed: Duration) -> Option<Value> {
        None
    }
}

/// What a look may know about the node that it is asked of.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Target {
    /// The node's name in Kubernetes, where it is known.
    pub node: Option<String>,
    /// The pod that the run is about, when it is about one.
    pub pod: Option<PodFacts>,
    /// The texts of [`Look::texts`], filled in, in their order; none of them before the run knows
    /// the values.
    pub texts: Vec<String>,
}

/// A pod as far as looks need it.
#[derive(Debug, Clone, PartialEq)]
pub struct PodFacts {
    /// Namespace.
    pub namespace: String,
    /// Name.
    pub name: String,
    /// The pod's uid: a part of its processes' control group's name.
    pub uid: String,
    /// Whether it uses the node's own network.
    pub host_network: bool,
}

/// Where a look's answer comes from.
#[derive(Debug, Clone, PartialEq)]
pub enum Source {
    /// The node itself: the first rung that can answer does. A rung of the control container behind
    /// those of the admin container is for when that container gives nothing.
    Node(Vec<Rung>),
    /// The Kubernetes API.
    Kube(KubeGet),
}

/// One way of answering a look on the node.
#[derive(Debug, Clone, PartialEq)]
pub struct Rung {
    /// Where the script runs.
    pub place: Place,
    /// A POSIX condition that takes no time and says whether this rung can answer. It is evaluated
    /// where the script is started: in the admin container for the host's programs. `None`: it can
    /// be tried without asking.
    pub only_where: Option<String>,
    /// What is missing when this rung can't answer, in one line: `/proc/net/nf_conntrack`.
    pub needs: &'static str,
    /// POSIX sh. Prints the answer on stdout; the exit code counts, and 69 says that this rung
    /// can't answer here after all. Uses only programs that the place has, and never reads stdin.
    pub script: String,
    /// The script's own time limit on the node.
    pub limit: Duration,
    /// More bytes of stdout than this are cut, and the reply says so.
    pub most_bytes: usize,
}

/// One GET of the Kubernetes API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KubeGet {
    /// API path prefix: `api/v1` or `apis/apps/v1`.
    pub api: String,
    /// Plural resource: `nodes`, `configmaps`.
    pub resource: String,
    /// Namespace; `None` for cluster-wide resources.
    pub namespace: Option<String>,
    /// Name of the object; `None` is the target's node.
    pub name: Option<String>,
}
