//! What became of a step, as the events that say so. Whoever has sent a command hands in what came
//! back; nothing is told that the node did not say.

use std::time::Duration;

use super::undone::judged;
use crate::event::{ChangePlan, Direction, Event};
use crate::plan::{ChangeFault, Undone};

/// Why nothing is left to take back after a restart.
const RESTARTED: &str = "the node has been restarted since, which undoes the change";

/// Why a way back has not begun.
const AT_IT: &str = "on the node the change is still being carried out, or taken back: \
                     try again in a few minutes";

/// What came back of a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sent<T> {
    /// The node answered.
    Answered(Result<T, ChangeFault>),
    /// It never reached the node, for this reason.
    NotTaken(String),
    /// Whether the node got it is not known.
    Unknown(String),
}

/// What is to be written down, and what stood in the way.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Outcome {
    /// The events, in order.
    pub events: Vec<Event>,
    /// What stood in the way; where the events don't say how the step ended, it is in doubt.
    pub trouble: Option<String>,
}

/// Who wants a change to be taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Caller {
    /// The fix itself, whose verification failed.
    Fix,
    /// A person, later: what has moved since makes it refuse.
    Person,
}

/// The way back of one change. Where it can't set what was there before the fix, its own `back` says
/// what that was.
pub fn back(change: &ChangePlan) -> ChangePlan {
    ChangePlan {
        instance: change.instance.clone(),
        subject: change.subject.clone(),
        from: change.to.clone(),
        to: change.back().to_owned(),
        diff: String::new(),
        back: change.back.as_ref().map(|_| change.from.clone()),
        effects: Vec::new(),
        object: change.object.clone(),
        commands: None,
    }
}

/// The way back of changes, the last one first.
pub fn way_back(changes: &[ChangePlan]) -> Vec<ChangePlan> {
    changes.iter().rev().map(back).collect()
}

/// After the change itself: the values that were read back.
pub fn after_apply(changes: &[ChangePlan], sent: Sent<Vec<String>>) -> Outcome {
    let not_taken = |text: String| Outcome {
        events: failed(changes, &text, Direction::Apply),
        trouble: Some(text),
    };
    let fault = match sent {
        Sent::Answered(Ok(values)) => {
            return Outcome {
                events: read_back(changes, &values, Direction::Apply),
                trouble: None,
            };
        }
        Sent::Answered(Err(fault)) => fault,
        Sent::NotTaken(text) => return not_taken(text),
        Sent::Unknown(text) => return in_doubt(text),
    };
    let text = fault.to_string();
    match fault {
        ChangeFault::InDoubt(_) | ChangeFault::UnderWay | ChangeFault::Removed => in_doubt(text),
        // It was begun, and the switch came before its end.
        ChangeFault::NodeUndid => by_node(text),
        // The step that failed may have left anything.
        ChangeFault::Stopped { done, .. } => Outcome {
            events: read_back(changes, &done, Direction::Apply),
            trouble: Some(text),
        },
        _ => not_taken(text),
    }
}

/// After keeping it, this long after the change.
pub fn after_keep(changes: &[ChangePlan], sent: Sent<()>, after: Duration) -> Outcome {
    match sent {
        Sent::Answered(Ok(())) => Outcome {
            events: vec![Event::FixKept {
                after_ms: u64::try_from(after.as_millis()).unwrap_or(u64::MAX),
            }],
            trouble: None,
        },
        Sent::Answered(Err(fault @ ChangeFault::NodeUndid)) => by_node(told(&fault)),
        Sent::Answered(Err(fault @ ChangeFault::OtherBoot)) => {
            anyway(&way_back(changes), &told(&fault))
        }
        Sent::Answered(Err(ChangeFault::UnderWay)) => {
            in_doubt("the node is taking it back, and has not come to the end of that".to_owned())
        }
        Sent::Answered(Err(fault)) => in_doubt(fault.to_string()),
        Sent::NotTaken(text) | Sent::Unknown(text) => in_doubt(text),
    }
}

/// After taking it back: each change is judged by itself. `by_hand` gives the commands that are
/// left to a person for what still stands.
pub fn after_undo(
    changes: &[ChangePlan],
    (caller, reason): (Caller, &str),
    sent: Sent<Vec<Undone>>,
    by_hand: impl FnOnce(&[ChangePlan]) -> Vec<String>,
) -> Outcome {
    let fault = match sent {
        Sent::Answered(Ok(undone)) => return judged(changes, &undone, (caller, reason), by_hand),
        Sent::Answered(Err(fault)) => fault,
        Sent::NotTaken(text) | Sent::Unknown(text) => return in_doubt(format!("{reason}; {text}")),
    };
    let text = told(&fault);
    match (fault, caller) {
        (ChangeFault::InDoubt(_) | ChangeFault::Removed, _) => {
            in_doubt(format!("{reason}; {text}"))
        }
        (ChangeFault::NeverBegan, caller) => {
            let first: Vec<ChangePlan> = changes.iter().map(untouched).collect();
            let mut outcome = anyway(&first, &format!("{reason}; {text}"));
            if caller == Caller::Fix {
                let never = failed(changes, &text, Direction::Apply);
                outcome.events.splice(..0, never);
            }
            outcome
        }
        (ChangeFault::NodeUndid, _) => {
            let mut outcome = by_node(format!("{reason}; {text}"));
            let unread = failed(changes, &text, Direction::Revert);
            outcome.events.splice(..0, unread);
            outcome
        }
        (ChangeFault::OtherBoot, Caller::Fix) => anyway(changes, &format!("{reason}; {text}")),
        (ChangeFault::OtherBoot | ChangeFault::NotYet, Caller::Person) => {
            refused(changes, text, Vec::new())
        }
        // The node did nothing, and what was changed may stand.
        (_, Caller::Person) => refused(changes, text, by_hand(changes)),
        (_, Caller::Fix) => in_doubt(format!("{reason}; {text}")),
    }
}

/// What a fault means for a change that was made.
fn told(fault: &ChangeFault) -> String {
    match fault {
        ChangeFault::OtherBoot => RESTARTED.to_owned(),
        ChangeFault::NotYet => AT_IT.to_owned(),
        fault => fault.to_string(),
    }
}

/// The way back where nothing was ever set.
fn untouched(back: &ChangePlan) -> ChangePlan {
    ChangePlan {
        to: back.back.clone().unwrap_or_else(|| back.to.clone()),
        ..back.clone()
    }
}

/// The node's switch has undone it. What is there now was not read.
fn by_node(reason: String) -> Outcome {
    Outcome {
        events: vec![Event::FixReverted { reason }],
        trouble: None,
    }
}

/// There is nothing to undo: it never began, or a restart has undone it.
fn anyway(changes: &[ChangePlan], reason: &str) -> Outcome {
    let mut events = found_back(changes);
    events.push(Event::FixReverted {
        reason: reason.to_owned(),
    });
    Outcome {
        events,
        trouble: None,
    }
}

fn refused(changes: &[ChangePlan], reason: String, ways: Vec<String>) -> Outcome {
    let mut events = failed(changes, &reason, Direction::Revert);
    events.push(Event::FixRefused {
        reason,
        ways,
        code: None,
    });
    Outcome {
        events,
        trouble: None,
    }
}

fn in_doubt(text: String) -> Outcome {
    Outcome {
        events: Vec::new(),
        trouble: Some(text),
    }
}

/// The events that say that changes are about to be sent, each from its present to its wanted
/// value.
pub fn started(changes: &[ChangePlan], direction: Direction) -> Vec<Event> {
    let started = |change: &ChangePlan| Event::ChangeStarted {
        instance: change.instance.clone(),
        subject: change.subject.clone(),
        from: change.from.clone(),
        to: change.to.clone(),
        direction,
    };
    changes.iter().map(started).collect()
}

pub(super) fn read_back(
    changes: &[ChangePlan],
    values: &[String],
    direction: Direction,
) -> Vec<Event> {
    let read = changes.iter().zip(values);
    read.map(|(change, value)| Event::ChangeApplied {
        instance: change.instance.clone(),
        subject: change.subject.clone(),
        value: value.clone(),
        direction,
        found: false,
    })
    .collect()
}

/// The old values were there before anything was set.
fn found_back(changes: &[ChangePlan]) -> Vec<Event> {
    let each = changes.iter();
    each.map(|change| found(change, &change.to)).collect()
}

/// This value was there before anything was set.
pub(super) fn found(change: &ChangePlan, value: &str) -> Event {
    Event::ChangeApplied {
        instance: change.instance.clone(),
        subject: change.subject.clone(),
        value: value.to_owned(),
        direction: Direction::Revert,
        found: true,
    }
}

pub(super) fn failed(changes: &[ChangePlan], error: &str, direction: Direction) -> Vec<Event> {
    let failed = |change: &ChangePlan| Event::ChangeFailed {
        instance: change.instance.clone(),
        subject: change.subject.clone(),
        error: error.to_owned(),
        direction,
    };
    changes.iter().map(failed).collect()
}
