//! What a run says of itself at its end.

use heeler_core::event::ChangePlan;
use heeler_core::guard::{self, Caller, Sent};
use heeler_core::plan::ChangeFault;

use super::*;
use crate::journal::ClosedJournal;

fn change() -> ChangePlan {
    ChangePlan {
        instance: "i-0abc1234def567890".parse().unwrap(),
        subject: "vm.swappiness".to_owned(),
        from: "60".to_owned(),
        to: "10".to_owned(),
        diff: String::new(),
        back: None,
        effects: Vec::new(),
        object: None,
        commands: None,
    }
}

/// Whether a run in which this happens says that it has changed something.
async fn says_changed(happens: impl FnOnce(&[ChangePlan]) -> Vec<Vec<Event>>) -> bool {
    let run = RunId::new(Uuid::now_v7());
    let journal = Arc::new(ClosedJournal(JournalFault::NoPlace));
    let mut recorder = Recorder::new(run, journal, Box::new(Nobody));
    for events in happens(&[change()]) {
        recorder.record_all_anyway(events).await;
    }
    recorder.conclude(Ok(Exit::Clear)).await;
    match recorder.records().last().map(|last| &last.event) {
        Some(Event::RunEnded { changed, .. }) => *changed,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_change_that_was_made_stays_one_whoever_took_it_back() {
    let begun = |changes: &[ChangePlan]| guard::started(changes, Direction::Apply);
    let gone = |fault: ChangeFault, caller| {
        move |changes: &[ChangePlan]| {
            let back = guard::way_back(changes);
            let sent = Sent::Answered(Err(fault));
            guard::after_undo(&back, (caller, "asked"), sent, |_| Vec::new()).events
        }
    };
    let undone = gone(ChangeFault::NodeUndid, Caller::Fix);
    assert!(says_changed(|changes| vec![begun(changes), undone(changes)]).await);
    let never = gone(ChangeFault::NeverBegan, Caller::Fix);
    assert!(!says_changed(|changes| vec![begun(changes), never(changes)]).await);
    // Whoever comes later finds it done.
    let later = gone(ChangeFault::NodeUndid, Caller::Person);
    let asked = |changes: &[ChangePlan]| guard::started(changes, Direction::Revert);
    assert!(!says_changed(|changes| vec![asked(changes), later(changes)]).await);
    assert!(says_changed(|changes| vec![begun(changes)]).await);
    assert!(!says_changed(|_| Vec::new()).await);
    let step = |phase| Event::Reboot {
        instance: change().instance,
        phase,
        reached: Reached::Done(String::new()),
        node: None,
    };
    let (cordon, uncordon) = (step(Phase::Cordon), step(Phase::Uncordon));
    assert!(says_changed(|_| vec![vec![uncordon.clone()]]).await);
    assert!(!says_changed(|_| vec![vec![cordon, uncordon]]).await);
}
