//! What stands against a change that could begin otherwise.

use std::fmt;

use super::cord::Cord;
use super::lease::NodeLease;
use crate::guard::policy::Full;

/// Why a change does not begin now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Hindrance {
    /// The stop cord is pulled.
    Stopped(Cord),
    /// Somebody else changes the node.
    Taken(Box<NodeLease>),
    /// A limit is reached.
    Full(Full),
    /// Others were faster each time that the board was to be written.
    Busy,
    /// The cluster could be asked when the plan was made, and can't be any more: why.
    Silent(String),
}

impl Hindrance {
    /// Stable, kebab-case.
    pub fn code(&self) -> &'static str {
        match self {
            Hindrance::Stopped(_) => "stopped",
            Hindrance::Taken(_) => "node-taken",
            Hindrance::Full(_) => "policy-limit",
            Hindrance::Busy => "board-busy",
            Hindrance::Silent(_) => "others-silent",
        }
    }

    /// What to do.
    pub fn help(&self) -> &'static str {
        match self {
            Hindrance::Stopped(_) => {
                "ask them; when changes may start again: `heeler stop --release`"
            }
            Hindrance::Taken(_) => {
                "ask them, or wait until then: by then it has ended, or is theirs to look after"
            }
            Hindrance::Full(_) => "wait until it is done",
            Hindrance::Busy => "try again",
            Hindrance::Silent(_) => "make a new plan: it says which limits nobody can keep",
        }
    }
}

impl fmt::Display for Hindrance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Hindrance::Stopped(cord) => cord.fmt(f),
            Hindrance::Taken(lease) => write!(
                f,
                "{} is being changed by run {} of {}, until {} at most if nobody hears of them",
                lease.instance,
                lease.run,
                lease.by,
                lease.until().strftime("%H:%M:%S UTC")
            ),
            Hindrance::Full(full) => full.fmt(f),
            Hindrance::Busy => {
                f.write_str("others write to the cluster's board all the time, and were faster")
            }
            Hindrance::Silent(why) => write!(
                f,
                "the cluster can't be asked any more, so what others do is not known: {why}"
            ),
        }
    }
}
