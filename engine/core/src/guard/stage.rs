//! How far a fix has come, as its events tell it.
//!
//! It is stored nowhere else: a journal that was cut off after any record still says what stands,
//! and whoever reads it goes on from there.

use crate::event::{Direction, Event};

/// How far a fix has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stage {
    /// Nothing is known of it but that it was asked for.
    Proposed,
    /// There is a plan.
    Planned {
        /// How many values it changes.
        changes: usize,
    },
    /// The plan was approved.
    Approved {
        /// How many values it changes.
        changes: usize,
    },
    /// The change was sent, and not all of its ends are recorded.
    Applying {
        /// How many values it changes.
        changes: usize,
        /// How many were read back.
        applied: usize,
        /// For how many nothing was done: they were not taken, or not needed any more.
        failed: usize,
    },
    /// All values were read back.
    Applied {
        /// The latest sample of the verification.
        sample: Option<Sample>,
    },
    /// It was about to be kept, and the end of that is not recorded.
    Keeping,
    /// It was about to be taken back, and the end of that is not recorded.
    Undoing,
    /// It has come to an end.
    Ended(End),
}

/// How a fix ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// Refused; nothing was changed.
    Refused,
    /// It works and stays.
    Kept,
    /// It was taken back.
    Reverted,
    /// It could not be taken back; or nothing could take it back, and it was not seen to work.
    Stuck,
}

/// What a sample of the verification came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sample {
    /// Milliseconds since the change.
    pub after_ms: u64,
    /// Milliseconds for which the condition has held.
    pub held_ms: u64,
    /// Whether it holds; `None`: not seen.
    pub holds: Option<bool>,
}

impl Stage {
    /// The stage after these events.
    pub fn of<'e>(events: impl IntoIterator<Item = &'e Event>) -> Self {
        events.into_iter().fold(Stage::Proposed, Stage::after)
    }

    /// The stage after one more event.
    fn after(self, event: &Event) -> Self {
        match (self, event) {
            // What has ended stays so: what comes later is another run's.
            (ended @ Stage::Ended(_), _) => ended,
            (_, Event::FixRefused { .. }) => Stage::Ended(End::Refused),
            (_, Event::FixKept { .. }) => Stage::Ended(End::Kept),
            (_, Event::FixReverted { .. }) => Stage::Ended(End::Reverted),
            (_, Event::FixStuck { .. }) => Stage::Ended(End::Stuck),
            (Stage::Proposed, Event::FixPlanned(plan)) => Stage::Planned {
                changes: plan.changes.len(),
            },
            (Stage::Planned { changes }, Event::FixApproved { .. }) => Stage::Approved { changes },
            (Stage::Approved { changes }, event) if starts(event, Direction::Apply) => {
                Stage::Applying {
                    changes,
                    applied: 0,
                    failed: 0,
                }
            }
            (Stage::Applied { .. }, Event::VerifySample { .. }) => Stage::Applied {
                sample: sample(event),
            },
            (Stage::Applied { .. }, Event::KeepStarted { .. }) => Stage::Keeping,
            (_, event) if starts(event, Direction::Revert) => Stage::Undoing,
            (stage @ Stage::Applying { .. }, event) => stage.counting(event),
            (stage, _) => stage,
        }
    }

    fn counting(self, event: &Event) -> Self {
        let Stage::Applying {
            changes,
            mut applied,
            mut failed,
        } = self
        else {
            return self;
        };
        match event {
            Event::ChangeApplied {
                direction: Direction::Apply,
                found,
                ..
            } => {
                applied += 1;
                failed += usize::from(*found);
            }
            Event::ChangeFailed {
                direction: Direction::Apply,
                ..
            } => failed += 1,
            _ => {}
        }
        if applied == changes {
            return Stage::Applied { sample: None };
        }
        Stage::Applying {
            changes,
            applied,
            failed,
        }
    }
}

/// Whether an event says that a change is about to be sent in this direction.
fn starts(event: &Event, wanted: Direction) -> bool {
    match event {
        Event::ChangeStarted { direction, .. } => *direction == wanted,
        Event::SwitchArming { .. } => wanted == Direction::Apply,
        _ => false,
    }
}

fn sample(event: &Event) -> Option<Sample> {
    match event {
        Event::VerifySample {
            after_ms,
            held_ms,
            holds,
            ..
        } => Some(Sample {
            after_ms: *after_ms,
            held_ms: *held_ms,
            holds: *holds,
        }),
        _ => None,
    }
}
