//! What was started and has no recorded end. The world must be asked about it, never assumed.

use super::course::{ChangeCourse, Outcome};
use super::model::{CommandCourse, CommandFate, Report};
use crate::event::InstanceId;

/// Something that may or may not have happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doubt<'a> {
    /// `SendCommand` was about to be called.
    Command(&'a CommandCourse),
    /// A change was about to be made on a node.
    Change(&'a ChangeCourse),
    /// A change was about to be kept.
    Keep(&'a InstanceId),
    /// A fix was about to begin on one of several nodes.
    Node(&'a InstanceId),
}

impl Report {
    /// Everything in doubt, commands first.
    pub fn doubts(&self) -> Vec<Doubt<'_>> {
        let commands = self
            .commands
            .iter()
            .filter(|c| c.fate == CommandFate::Intended);
        let changes = self
            .fix
            .changes
            .iter()
            // The node was asked since, and had the old value.
            .filter(|c| c.outcome == Outcome::InDoubt && !self.fix.taken_back(c));
        let keeping = self.fix.keeping.iter().filter(|_| self.fix.end.is_none());
        commands
            .map(Doubt::Command)
            .chain(changes.map(Doubt::Change))
            .chain(keeping.map(Doubt::Keep))
            .chain(self.fix.ramp.open().map(|node| Doubt::Node(&node.instance)))
            .collect()
    }
}
