//! What is decided has a true reason, and what is told of a step is true of the node at that time.

use std::collections::BTreeMap;
use std::time::Duration;

use heeler_core::event::{ChangePlan, Direction, Event};
use heeler_core::frame::HeldState;
use heeler_core::guard::{Caller, Next, Outcome, Sample, Sent, Sight, Terms};
use heeler_core::plan::{ChangeFault, Undone};

use crate::node::Node;

/// What a run knows when it asks what comes next.
pub(crate) struct Known<'a> {
    pub(crate) terms: &'a Terms,
    pub(crate) sight: &'a Sight,
    pub(crate) sample: Option<Sample>,
    /// `None`: nothing was sent; else whether the node may have taken it.
    pub(crate) taken: Option<bool>,
}

/// A run refuses only what the node has not taken, takes back only what it may have, looks often
/// enough and never too long, and says why it ends.
pub(crate) fn of_next(next: &Next, known: &Known<'_>) -> Result<(), String> {
    match next {
        Next::Refuse(why) if known.taken != Some(true) => explained(why, known),
        Next::TakeBack(_) | Next::Leave(_) if known.terms.one_way => {
            Err("nothing can take it back".to_owned())
        }
        Next::GiveUp(_) if !known.terms.one_way => Err("it can be taken back".to_owned()),
        Next::TakeBack(why) | Next::GiveUp(why) | Next::Leave(why) if known.taken == Some(true) => {
            explained(why, known)
        }
        Next::Refuse(_) | Next::TakeBack(_) | Next::GiveUp(_) | Next::Leave(_) => {
            Err(format!("{next:?}, and taken is {:?}", known.taken))
        }
        Next::Sample(pause) => in_time(*pause, known),
        Next::Apply if known.sight.unwritten.is_some() || known.sight.interrupted => {
            Err("it began all the same".to_owned())
        }
        _ => Ok(()),
    }
}

fn explained(why: &str, known: &Known<'_>) -> Result<(), String> {
    let sight = known.sight;
    let told = |text: &Option<String>| text.as_ref().is_some_and(|text| why.contains(text));
    let failed = why.contains("did not hold") && known.sample.is_some_and(|s| hopeless(s, known));
    let stopped = why.contains("interrupted") && sight.interrupted;
    match told(&sight.unwritten) || told(&sight.trouble) || failed || stopped {
        true => Ok(()),
        false => Err(format!("`{why}` is not why: {sight:?}, {:?}", known.sample)),
    }
}

/// It has not held for long enough, and the next sample would be too late.
fn hopeless(sample: Sample, known: &Known<'_>) -> bool {
    let held =
        sample.holds == Some(true) && Duration::from_millis(sample.held_ms) >= known.terms.hold;
    let pause = known
        .terms
        .hold
        .clamp(Duration::from_millis(500), Duration::from_secs(6))
        / 2;
    !held && Duration::from_millis(sample.after_ms) + pause >= known.terms.within
}

fn in_time(pause: Duration, known: &Known<'_>) -> Result<(), String> {
    let Some(sample) = known.sample else {
        return match pause.is_zero() {
            true => Ok(()),
            false => Err("the first look came late".to_owned()),
        };
    };
    let longest = known.terms.hold / 2;
    let shortest = Duration::from_millis(250);
    if pause < shortest || (pause > longest && pause > shortest) || pause > Duration::from_secs(3) {
        return Err(format!(
            "a pause of {pause:?} in a hold of {:?}",
            known.terms.hold
        ));
    }
    if Duration::from_millis(sample.after_ms) + pause > known.terms.within {
        return Err("it looks after its time".to_owned());
    }
    Ok(())
}

/// An undo that was sent.
pub(crate) struct Taking<'a> {
    pub(crate) node: &'a Node,
    /// The values before it was sent.
    pub(crate) before: &'a BTreeMap<String, String>,
    pub(crate) back: &'a [ChangePlan],
    pub(crate) caller: Caller,
    pub(crate) sent: &'a Sent<Vec<Undone>>,
}

/// What is told of an undo; the commands left to a person are the subjects.
pub(crate) fn of_undo(taking: &Taking<'_>, outcome: &Outcome) -> Result<(), String> {
    let wrong = |what: &str| Err(format!("{what}: {:?} became {outcome:?}", taking.sent));
    let Some(end) = end(taking.back, outcome)? else {
        let certain = matches!(
            taking.sent,
            Sent::Answered(Ok(_))
                | Sent::Answered(Err(ChangeFault::NodeUndid
                    | ChangeFault::NeverBegan
                    | ChangeFault::OtherBoot))
        );
        return match certain {
            true => wrong("it has an end"),
            false => Ok(()),
        };
    };
    let answer = match taking.sent {
        Sent::Answered(Err(ChangeFault::InDoubt(_))) | Sent::NotTaken(_) | Sent::Unknown(_) => {
            return wrong("nobody knows its end");
        }
        Sent::Answered(answer) => answer,
    };
    let value = |change: &ChangePlan| taking.node.value(&change.subject);
    let subjects = |which: &dyn Fn(&&ChangePlan) -> bool| -> Vec<String> {
        let chosen = taking.back.iter().filter(|change| which(change));
        chosen.map(|change| change.subject.clone()).collect()
    };
    let is_back = |change: &ChangePlan| {
        value(change) == change.to || change.back.as_deref() == Some(value(change))
    };
    let not_back = subjects(&|change| !is_back(change));
    let undoing = taking.node.lock.as_ref().map(|lock| lock.held.state) == Some(HeldState::Undoing);
    let restarted = matches!(answer, Err(ChangeFault::OtherBoot));
    let failed = outcome.events.iter().filter_map(|event| match event {
        Event::ChangeFailed {
            subject,
            direction: Direction::Revert,
            ..
        } => Some(subject),
        _ => None,
    });
    let failed: Vec<&String> = failed.collect();
    let untouched = |event: &Event| match event {
        Event::ChangeApplied { subject, value, .. } => taking
            .back
            .iter()
            .filter(|change| change.subject == *subject)
            .all(|change| *value == *change.back.as_ref().unwrap_or(&change.to)),
        _ => true,
    };
    let never = matches!(answer, Err(ChangeFault::NeverBegan));
    let unmade = outcome
        .events
        .iter()
        .filter(|event| is_unmade(event))
        .count();
    let own = taking.caller == Caller::Fix && never;
    if unmade != if own { taking.back.len() } else { 0 } {
        return wrong("whether it was ever made");
    }
    match end {
        Event::FixReverted { .. } if never && !outcome.events.iter().all(untouched) => {
            wrong("it was never set")
        }
        Event::FixReverted { reason } if restarted => {
            match taking.caller == Caller::Fix
                && reason.contains("restarted")
                && !reason.contains("nothing was changed")
            {
                true => Ok(()),
                false => wrong("a restart has undone it"),
            }
        }
        Event::FixReverted { reason } if matches!(answer, Ok(undone) if by_node(undone)) => {
            // What is there now is told where it is not the old value, and only there.
            let is_told = |change: &&ChangePlan| {
                let told = reason.contains(&format!("{} is `{}`", change.subject, value(change)));
                let has_failed = failed.contains(&&change.subject);
                (told, has_failed) == (!is_back(change), !is_back(change))
            };
            match taking.back.iter().all(|change| is_told(&change))
                && reason.contains("on the node")
            {
                true => Ok(()),
                false => wrong("the node has taken it back"),
            }
        }
        _ if matches!(answer, Ok(undone) if by_node(undone)) => wrong("nothing is left of it"),
        Event::FixReverted { .. } if !failed.is_empty() => wrong("something is left"),
        Event::FixReverted { .. } if answer.is_ok() && !not_back.is_empty() => wrong("not back"),
        Event::FixStuck { commands, .. }
            if answer.is_err()
                || !commands.iter().eq(failed)
                || !not_back.iter().all(|subject| commands.contains(subject)) =>
        {
            wrong("other work is left")
        }
        Event::FixStuck { .. }
            if taking.caller == Caller::Person
                && !undoing
                && not_back.len() == taking.back.len() =>
        {
            wrong("nothing was done")
        }
        Event::FixRefused { ways, .. } => {
            let still = subjects(&|change| value(change) == change.from);
            let untouched = taking.node.values == *taking.before && !(answer.is_ok() && undoing);
            let way_left = match restarted {
                true => ways.is_empty(),
                false => !ways.is_empty() && still.iter().all(|subject| ways.contains(subject)),
            };
            let over = matches!(
                answer,
                Err(ChangeFault::NodeUndid | ChangeFault::NeverBegan)
            );
            match taking.caller == Caller::Person && untouched && way_left && !over {
                true => Ok(()),
                false => wrong("it is not refused"),
            }
        }
        Event::FixKept { .. } => wrong("nothing was kept"),
        _ => Ok(()),
    }
}

/// Whether the node's switch has taken all of it back.
fn by_node(undone: &[Undone]) -> bool {
    undone.iter().all(|end| matches!(end, Undone::ByNode(_)))
}

/// What is told of keeping; `stands`: the values are those of the change.
pub(crate) fn of_keep(
    changes: &[ChangePlan],
    stands: bool,
    sent: &Sent<()>,
    outcome: &Outcome,
) -> Result<(), String> {
    let back: Vec<ChangePlan> = changes.iter().rev().map(heeler_core::guard::back).collect();
    let told = match outcome.events.last() {
        Some(Event::FixKept { .. }) => outcome.events.last(),
        // Of values that nobody has read none is told.
        last @ Some(Event::FixReverted { .. })
            if matches!(sent, Sent::Answered(Err(ChangeFault::NodeUndid)))
                && outcome.events.len() == 1 =>
        {
            last
        }
        _ => end(&back, outcome)?,
    };
    match (sent, told) {
        (_, Some(Event::FixKept { .. })) if !stands => Err("what is gone was kept".to_owned()),
        (Sent::Answered(Ok(())), Some(Event::FixKept { .. }))
        | (
            Sent::Answered(Err(ChangeFault::NodeUndid | ChangeFault::OtherBoot)),
            Some(Event::FixReverted { .. }),
        ) => Ok(()),
        (Sent::Answered(Ok(()) | Err(ChangeFault::NodeUndid | ChangeFault::OtherBoot)), _)
        | (_, Some(_)) => Err(format!("{sent:?} became {outcome:?}")),
        (_, None) => Ok(()),
    }
}

/// Whether it says that a change was never made.
fn is_unmade(event: &Event) -> bool {
    let apply = Direction::Apply;
    matches!(event, Event::ChangeFailed { direction, .. } if *direction == apply)
}

/// The end that is told, with what became of each change; without one, why it is not known.
fn end<'o>(back: &[ChangePlan], outcome: &'o Outcome) -> Result<Option<&'o Event>, String> {
    let Some((last, each)) = outcome.events.split_last() else {
        return match outcome.trouble.as_deref() {
            None | Some("") => Err("an undo is in doubt, and nobody is told why".to_owned()),
            Some(_) => Ok(None),
        };
    };
    let each = each.iter().filter(|event| !is_unmade(event));
    let told = each.map(|event| match event {
        Event::ChangeApplied {
            subject,
            value,
            direction: Direction::Revert,
            ..
        } => back
            .iter()
            .filter(|change| change.subject == *subject)
            .any(|change| change.to == *value || change.back.as_ref() == Some(value))
            .then_some(subject),
        Event::ChangeFailed {
            subject,
            direction: Direction::Revert,
            ..
        } => Some(subject),
        _ => None,
    });
    match told.eq(back.iter().map(|change| Some(&change.subject))) && outcome.trouble.is_none() {
        true => Ok(Some(last)),
        false => Err(format!("each change has an end: {outcome:?}")),
    }
}
