//! What a change of a fix says of itself, wherever it is carried out: on the node, or by the
//! Kubernetes API.

use std::time::Duration;

use super::{Evictions, FieldPath, Fits, Impact, KubeGet, RebootRules};
use crate::frame::Place;
use crate::hazard::Touched;
use crate::syntax::{Span, Spanned};
use crate::value::Value;

/// One change of a fix, with its parameters read.
pub trait Change: Send + Sync + std::fmt::Debug {
    /// What is changed, in a few words: the key of a sysctl. No two changes of a fix have the same.
    fn subject(&self) -> String;
    /// Where it stands in the runbook.
    fn span(&self) -> Span;
    /// What it can do at worst. What is read before it is set, and can be set back, is reversible.
    fn impact(&self) -> Impact {
        match self.has_way_back() {
            true => Impact::Reversible,
            false => Impact::Disruptive,
        }
    }
    /// Whether it can be taken back. What can't ends in a state that its section of the reference
    /// describes, and `from` and `to` of such a change are what is compared with and what is told.
    fn has_way_back(&self) -> bool {
        true
    }
    /// The texts that may hold `{{ }}`, as the runbook has them.
    fn texts(&self) -> Vec<&Spanned<String>> {
        Vec::new()
    }
    /// The value that the change sets, as the node or the object has it, on one line: `1m` becomes
    /// `60` for a sysctl in seconds. `values` are those of [`Change::texts`], in their order.
    ///
    /// # Errors
    /// In words, when a value is not acceptable, unseen or absent.
    fn wanted(&self, values: &[Value]) -> Result<String, String>;
    /// The texts of what the way back sets, where it can't be the present value.
    fn back_texts(&self) -> Vec<&Spanned<String>> {
        Vec::new()
    }
    /// The value that the way back sets, where `from` is there now. `values` are those of
    /// [`Change::back_texts`].
    ///
    /// # Errors
    /// In words, when there is no way back from what is there now.
    fn back(&self, from: &str, _values: &[Value]) -> Result<String, String> {
        Ok(from.to_owned())
    }
    /// How a person reads a value of it: `120` as `120 s`.
    fn display(&self, value: &str) -> String;
    /// By whom it is carried out.
    fn carried(&self) -> Carried<'_>;
}

/// By whom a change is carried out.
#[derive(Debug, Clone, Copy)]
pub enum Carried<'c> {
    /// The node, which also takes it back if nobody keeps it.
    Node(&'c (dyn NodeChange + 'static)),
    /// The Kubernetes API. Nothing on the node takes it back.
    Cluster(&'c (dyn ClusterChange + 'static)),
    /// The Kubernetes API, pod by pod of the target's node. Nothing takes it back.
    Evictions(&'c Evictions),
}

/// A change that scripts on the node carry out.
pub trait NodeChange: Change {
    /// Where it is carried out.
    fn place(&self) -> Place;
    /// How long reading, setting or taking back may take on the node at worst.
    fn limit(&self) -> Duration {
        Duration::from_secs(10)
    }
    /// How long all of it may take at worst, with what heeler does between the node's scripts.
    fn lasts(&self) -> Duration {
        self.limit()
    }
    /// How the node is rebooted, where that is the change: heeler goes through its steps one by one.
    fn reboot(&self) -> Option<&RebootRules> {
        None
    }
    /// What of the node only one change of a fix may restart: a second one would find it in the
    /// middle of the restart.
    fn restarts(&self) -> Option<&'static str> {
        None
    }
    /// A script that prints the present value.
    fn present(&self) -> String;
    /// A script that prints the names of the node's services that the change acts on, on one line.
    /// `None`: it acts on no service.
    fn services(&self) -> Option<String> {
        None
    }
    /// What else it does to a node that has answered these services, one line each.
    fn effects(&self, _services: &[String]) -> Vec<String> {
        Vec::new()
    }
    /// What it sets where `from` is there now, as far as a known danger may come of it.
    fn touches(&self, _from: &str, _to: &str) -> Vec<Touched> {
        Vec::new()
    }
    /// A script that sets `to` if the present value is `from`, and prints the value read back.
    /// Exit code 65: the present value is another one, nothing was changed. What has a
    /// [`NodeChange::mark`] it runs as the arguments of `alone`.
    fn apply(&self, from: &str, to: &str) -> String;
    /// A script that sets `from` again where setting another value has just left a third one, and prints
    /// what is there then. `None`: a value is taken as it is, or not at all.
    fn withdraw(&self, _from: &str) -> Option<String> {
        None
    }
    /// A script that ends well where the node is as the value says: what prints the value may know only
    /// what was asked for. `None`: the value is all there is.
    fn holds(&self, _to: &str) -> Option<String> {
        None
    }
    /// Where carrying it out may leave more than the present value shows: the name under which it is
    /// kept beside the lock that it has begun, letters and digits.
    fn mark(&self) -> Option<String> {
        None
    }
    /// The kernel parameter that it sets, where it sets one: the host can take that back without
    /// a shell.
    fn kernel_parameter(&self) -> Option<KernelParameter> {
        None
    }
    /// What has to be so before `to` is set where `from` is there. Whoever sets it waits for that for
    /// [`Fits::PATIENCE`], which is part of [`NodeChange::limit`], and otherwise leaves it.
    fn fits(&self, _from: &str, _to: &str) -> Option<Fits> {
        None
    }
    /// The command for a person at a root prompt of the container where it is carried out.
    fn by_hand(&self, to: &str) -> String;
    /// Ways that are open when the admin container is off, one line each.
    fn without_admin(&self, to: &str) -> Vec<String>;
}

/// A change of fields of one Kubernetes object. Its values are [`super::ObjectFields`], from which
/// everything else follows: what is read, the patch, and the patch of the way back.
pub trait ClusterChange: Change {
    /// The object. `values` are those of [`Change::texts`], in their order.
    ///
    /// # Errors
    /// In words, when a value is no part of an object's name, unseen or absent.
    fn object(&self, values: &[Value]) -> Result<KubeGet, String>;
    /// The fields that it sets.
    fn paths(&self) -> Vec<FieldPath>;
    /// What else it does, and what it leaves alone, one line each.
    fn effects(&self) -> Vec<String> {
        Vec::new()
    }
}

/// A parameter of the kernel, as the host's programs know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KernelParameter {
    /// Its name for `sysctl`.
    pub name: String,
    /// Its file.
    pub file: String,
}
