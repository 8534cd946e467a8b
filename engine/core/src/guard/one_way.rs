//! What is told of a fix that nothing can take back: it is kept where it was seen to work, and stuck
//! where it was not. Whether its lock has ended decides neither.

use std::time::Duration;

use super::outcome::{Outcome, Sent, failed};
use crate::event::{ChangePlan, Direction, Event};
use crate::plan::ChangeFault;

/// The note that a lock was not seen to end.
const UNSEEN: &str = "lock-unsettled";

/// Its lock was released `after` this time, and it has worked.
pub fn after_release(sent: &Sent<Vec<String>>, after: Duration) -> Outcome {
    let kept = Event::FixKept {
        after_ms: u64::try_from(after.as_millis()).unwrap_or(u64::MAX),
    };
    ending(sent, kept)
}

/// Its lock was released because of this `reason`, and it was not seen to work. `applied`: it is
/// written down that all of it was carried out. `by_hand` gives the commands for a person who goes
/// on.
pub fn after_give_up(
    (changes, applied): (&[ChangePlan], bool),
    reason: &str,
    sent: &Sent<Vec<String>>,
    by_hand: impl FnOnce() -> Vec<String>,
) -> Outcome {
    if let (Sent::Answered(Err(fault @ ChangeFault::NeverBegan)), false) = (sent, applied) {
        let text = fault.to_string();
        let mut events = failed(changes, &text, Direction::Apply);
        events.push(Event::FixRefused {
            reason: format!("{reason}; {text}"),
            ways: Vec::new(),
            code: None,
        });
        return Outcome {
            events,
            trouble: None,
        };
    }
    let stuck = Event::FixStuck {
        reason: format!("{reason}; nothing can take it back"),
        commands: by_hand(),
    };
    ending(sent, stuck)
}

/// What somebody is told who wants it to be taken back: why not, with what it came to, and the
/// commands for a person who goes on.
pub fn no_way_back(
    changes: &[ChangePlan],
    sent: &Sent<Vec<String>>,
    by_hand: impl FnOnce() -> Vec<String>,
) -> (String, Vec<String>) {
    let (came_to, ways) = match sent {
        Sent::Answered(Err(ChangeFault::NeverBegan)) => {
            ("it never began, and can't any more".to_owned(), Vec::new())
        }
        Sent::Answered(Ok(values)) => {
            let read = format!("it was carried out, and {} read back", values.join(", "));
            (read, by_hand())
        }
        Sent::Answered(Err(fault)) => (fault.to_string(), by_hand()),
        Sent::NotTaken(text) | Sent::Unknown(text) => (text.clone(), by_hand()),
    };
    let subjects: Vec<&str> = changes
        .iter()
        .map(|change| change.subject.as_str())
        .collect();
    let reason = format!(
        "there is no way back from {}: {came_to}",
        subjects.join(", ")
    );
    (reason, ways)
}

/// Its lock was not seen to end.
pub fn lock_unseen() -> Event {
    Event::Noted {
        code: UNSEEN.to_owned(),
        text:
            "its lock was not seen to end: it ends by itself, and until then nothing else can be \
               changed on the node"
                .to_owned(),
    }
}

fn ending(sent: &Sent<Vec<String>>, end: Event) -> Outcome {
    let ended = matches!(
        sent,
        Sent::Answered(
            Ok(_)
                | Err(ChangeFault::Stopped { .. } | ChangeFault::NeverBegan | ChangeFault::Removed)
        )
    );
    let unseen = (!ended).then(lock_unseen);
    Outcome {
        events: unseen.into_iter().chain([end]).collect(),
        trouble: None,
    }
}
