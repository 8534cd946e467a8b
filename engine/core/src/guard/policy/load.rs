//! What is under way, and why it leaves no room for more.

use std::fmt;

use jiff::Timestamp;

/// What a share is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum GroupKind {
    /// A node group.
    NodeGroup,
    /// An availability zone.
    Zone,
    /// A workload, by the nodes that it has pods on.
    Workload,
}

impl GroupKind {
    /// All of them.
    pub const ALL: [GroupKind; 3] = [GroupKind::NodeGroup, GroupKind::Zone, GroupKind::Workload];

    /// The key of its limit.
    pub(super) fn key(self) -> &'static str {
        match self {
            GroupKind::NodeGroup => "share-of-node-group",
            GroupKind::Zone => "share-of-zone",
            GroupKind::Workload => "share-of-workload",
        }
    }
}

impl fmt::Display for GroupKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            GroupKind::NodeGroup => "node group",
            GroupKind::Zone => "zone",
            GroupKind::Workload => "workload",
        })
    }
}

/// A group that a node is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Group<'a> {
    /// What it is.
    pub kind: GroupKind,
    /// Its name.
    pub name: &'a str,
    /// How many nodes it has, and how many of them are being changed; `None`: that can't be told.
    pub nodes: Option<GroupNodes>,
}

/// The nodes of a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GroupNodes {
    /// All of them.
    pub all: u32,
    /// Those that are being changed.
    pub changing: u32,
}

/// What is under way before one more node is changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Load<'a> {
    /// Nodes that are being changed by anybody; `None`: that can't be told.
    pub changing: Option<u32>,
    /// When fixes were started by anybody, for at least the last hour, without this one; `None`:
    /// that can't be told.
    pub started: Option<&'a [Timestamp]>,
    /// The groups of the node. Where one of a kind is missing it is in none.
    pub groups: &'a [Group<'a>],
    /// Nodes that this fix is changing.
    pub own_changing: u32,
    /// Nodes on which this fix was verified.
    pub own_verified: u32,
}

/// Why one more node can't be changed now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Full {
    /// As many nodes are being changed as may be.
    Nodes {
        /// The limit.
        most: u32,
    },
    /// The same in a group.
    Group {
        /// What it is.
        kind: GroupKind,
        /// Its name.
        name: String,
        /// The limit, in nodes.
        most: u32,
    },
    /// As many fixes were started within an hour as may be.
    Fixes {
        /// The limit.
        most: u32,
        /// When the next one may be.
        next: Timestamp,
    },
    /// The first node has not been verified.
    Canary,
}

impl fmt::Display for Full {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Full::Nodes { most: 1 } => {
                f.write_str("a node is being changed, and one at a time may be")
            }
            Full::Nodes { most } => write!(f, "{most} nodes are being changed, and no more may be"),
            Full::Group { kind, name, most } => {
                let are = if *most == 1 { "node is" } else { "nodes are" };
                write!(
                    f,
                    "{most} {are} being changed in the {kind} {name}, and no more may be"
                )
            }
            Full::Fixes { most, next } => {
                let were = if *most == 1 { "fix was" } else { "fixes were" };
                write!(
                    f,
                    "{most} {were} started within an hour, and no more may be until {next}"
                )
            }
            Full::Canary => f.write_str("the first node has not been verified yet"),
        }
    }
}
