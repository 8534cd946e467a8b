//! In which versions a danger is there.

use std::fmt;

use crate::value::Version;

/// In which versions a danger is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Versions {
    /// In all that are known.
    All,
    /// Of Bottlerocket.
    Os(Range),
    /// Of Kubernetes. No plan knows it: a node of any version may have the danger.
    Kubernetes(Range),
}

/// Some versions of all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Range {
    /// This one, and those after it.
    From(Version),
    /// Those before it.
    Before(Version),
}

impl Versions {
    /// Whether a node with this version of Bottlerocket may have the danger; one whose version can't
    /// be read may.
    pub(super) fn may_have(self, os_version: &str) -> bool {
        match (self, os_version.parse::<Version>()) {
            (Versions::Os(Range::From(first)), Ok(version)) => version >= first,
            (Versions::Os(Range::Before(first)), Ok(version)) => version < first,
            _ => true,
        }
    }
}

/// The version `major.minor.0`.
pub(super) const fn version(major: u64, minor: u64) -> Version {
    Version {
        major,
        minor,
        patch: 0,
    }
}

impl fmt::Display for Versions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Versions::All => f.write_str("all"),
            Versions::Os(range) => write!(f, "Bottlerocket {range}"),
            Versions::Kubernetes(range) => write!(f, "Kubernetes {range}"),
        }
    }
}

impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Range::From(first) => write!(f, "from {first} on"),
            Range::Before(first) => write!(f, "before {first}"),
        }
    }
}
