//! Known dangers that no plan of a change shows: how a script is written, the linter, a look at the
//! node or a refusal meets them.

use super::Versions;

/// A known danger that no plan shows.
#[derive(Debug)]
pub struct Elsewhere {
    /// Kebab-case, as the file's name, and stable.
    pub name: &'static str,
    /// What happens, in one line.
    pub title: &'static str,
    /// Where it is so.
    pub versions: Versions,
    /// What it concerns.
    pub concerns: &'static str,
    /// What tells it or rules it out.
    pub found_by: &'static str,
    /// What heeler does, or a person has to do.
    pub safe_way: &'static str,
    /// Where it was read.
    pub source: &'static str,
    /// What shows that it is as said here.
    pub shown_by: &'static [Test],
}

/// A test that exists, by the name under which it can be run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Test {
    /// A unit test of this crate.
    Core(&'static str),
    /// A case of the integration suite, which has a whole node.
    Suite(&'static str),
}
