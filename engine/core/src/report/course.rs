//! The course of a fix: a small state machine, read from what was recorded.

use super::ramp::RampCourse;
use crate::event::{Armed, Direction, FixPlan, InstanceId, Reboot, Signed};

/// Everything that is recorded about the fix, or the revert, of a run.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct FixCourse {
    /// The plan, with the digest that an approval binds to.
    pub plan: Option<FixPlan>,
    /// The approval.
    pub approval: Option<Approval>,
    /// The refusal; nothing was changed.
    pub refusal: Option<Refusal>,
    /// The switch that was about to be armed.
    pub armed: Option<Armed>,
    /// It was about to be kept.
    pub keeping: Option<InstanceId>,
    /// The changes, in the order in which they were started.
    pub changes: Vec<ChangeCourse>,
    /// The samples of the verification.
    pub samples: Vec<Sample>,
    /// How it ended.
    pub end: Option<FixEnd>,
    /// How it went from node to node, where it is about several.
    pub ramp: RampCourse,
    /// How it went from step to step, where it is a reboot.
    pub reboot: Reboot,
}

/// Who approved what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Approval {
    /// The digest that was approved.
    pub digest: String,
    /// The caller's short name.
    pub by: String,
    /// `prompt`, `digest`, `token`, `policy` or `ramp`.
    pub how: String,
    /// The signatures of other people.
    pub signed: Vec<Signed>,
}

/// Why a fix was not started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Why.
    pub reason: String,
    /// What can be done instead, one line each.
    pub ways: Vec<String>,
    /// A stable code, where there is one.
    pub code: Option<String>,
}

/// One change on one node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeCourse {
    /// Which node.
    pub instance: InstanceId,
    /// What.
    pub subject: String,
    /// The value before.
    pub from: String,
    /// The wanted value.
    pub to: String,
    /// There or back.
    pub direction: Direction,
    /// What became of it.
    pub outcome: Outcome,
}

/// What became of a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It was started and has no recorded end: the node must be asked.
    InDoubt,
    /// The node read this value back.
    Applied(String),
    /// The node had this value already; nothing was set.
    Found(String),
    /// The node did not take it.
    Failed(String),
}

impl Outcome {
    /// Whether the node has the wanted value.
    pub(super) fn stands(&self) -> bool {
        matches!(self, Outcome::Applied(_) | Outcome::Found(_))
    }
}

/// One look at the condition of a fix.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sample {
    /// Milliseconds since the change.
    pub after_ms: u64,
    /// Milliseconds for which the condition has held.
    pub held_ms: u64,
    /// True, false or not seen.
    pub holds: Option<bool>,
    /// The numbers behind it.
    pub says: String,
}

/// How a fix ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FixEnd {
    /// It works and stays.
    Kept {
        /// Milliseconds from the change to the verdict.
        after_ms: u64,
    },
    /// It was taken back.
    Reverted {
        /// Why.
        reason: String,
    },
    /// It could not be taken back.
    Stuck {
        /// Why.
        reason: String,
        /// The commands that are left to do by hand.
        commands: Vec<String>,
    },
}

/// Where a fix stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FixState {
    /// A plan is there, and nothing else.
    Planned,
    /// Refused; nothing was changed.
    Refused,
    /// Approved; nothing was changed yet.
    Approved,
    /// A change was started and has no recorded end.
    InDoubt,
    /// The change stands on the node, and nobody has said yet whether it helps.
    Applied,
    /// The node did not take the change.
    NotApplied,
    /// It works and stays.
    Kept,
    /// It stays on some of several nodes only.
    Partly,
    /// It was taken back.
    Reverted,
    /// It could not be taken back.
    Stuck,
}

impl FixState {
    /// The word for programs, kebab-case.
    pub fn word(self) -> &'static str {
        match self {
            FixState::Planned => "planned",
            FixState::Refused => "refused",
            FixState::Approved => "approved",
            FixState::InDoubt => "in-doubt",
            FixState::Applied => "applied",
            FixState::NotApplied => "not-applied",
            FixState::Kept => "kept",
            FixState::Partly => "partly",
            FixState::Reverted => "reverted",
            FixState::Stuck => "stuck",
        }
    }
}

impl FixCourse {
    /// Whether each change of a way back was set again, and not only seen to be back.
    pub fn was_set_back(&self) -> bool {
        let mut back = self
            .changes
            .iter()
            .filter(|course| course.direction == Direction::Revert);
        back.all(|course| matches!(course.outcome, Outcome::Applied(_)))
    }

    /// Whether nothing can take it back.
    pub fn is_one_way(&self) -> bool {
        self.plan.as_ref().is_some_and(|plan| plan.one_way)
    }

    /// Where the fix stands; `None` where nothing is recorded about one.
    pub fn state(&self) -> Option<FixState> {
        match &self.end {
            Some(FixEnd::Stuck { .. }) => return Some(FixState::Stuck),
            Some(FixEnd::Kept { .. }) => return Some(FixState::Kept),
            Some(FixEnd::Reverted { .. }) => return Some(FixState::Reverted),
            None => {}
        }
        if let Some(state) = self.ramp.state() {
            return Some(state);
        }
        if self
            .changes
            .iter()
            .any(|change| change.outcome == Outcome::InDoubt)
        {
            return Some(FixState::InDoubt);
        }
        if self.keeping.is_some() {
            return Some(FixState::InDoubt);
        }
        if let Some(state) = self.state_of_changes() {
            return Some(state);
        }
        if self.refusal.is_some() {
            return Some(FixState::Refused);
        }
        let approved = self.approval.as_ref().map(|_| FixState::Approved);
        approved.or(self.plan.as_ref().map(|_| FixState::Planned))
    }

    /// What the changes alone say: all back, some there, or none taken.
    fn state_of_changes(&self) -> Option<FixState> {
        if self.changes.is_empty() {
            return None;
        }
        let standing = |change: &&ChangeCourse| {
            change.direction == Direction::Apply && matches!(change.outcome, Outcome::Applied(_))
        };
        if self
            .changes
            .iter()
            .filter(standing)
            .any(|change| !self.taken_back(change))
        {
            return Some(FixState::Applied);
        }
        let back = |change: &ChangeCourse| {
            change.direction == Direction::Revert && change.outcome.stands()
        };
        let reverts = self.changes.iter().any(back);
        Some(if reverts {
            FixState::Reverted
        } else {
            FixState::NotApplied
        })
    }

    /// Whether its subject was read back with the old value afterwards.
    pub(super) fn taken_back(&self, applied: &ChangeCourse) -> bool {
        self.changes.iter().any(|change| {
            change.direction == Direction::Revert
                && change.outcome.stands()
                && (&change.instance, &change.subject) == (&applied.instance, &applied.subject)
        })
    }

    /// Takes the recorded end of a change; without a recorded start there is nothing to end.
    pub(super) fn finish(
        &mut self,
        instance: &InstanceId,
        subject: &str,
        direction: Direction,
        outcome: Outcome,
    ) {
        let started = self.changes.iter_mut().rev().find(|change| {
            change.instance == *instance
                && change.subject == subject
                && change.direction == direction
                && change.outcome == Outcome::InDoubt
        });
        if let Some(change) = started {
            change.outcome = outcome;
        }
    }
}
