//! What comes next in a fix. Everything that decides is here; whoever carries it out writes down
//! what became of it, and asks again.

use std::time::Duration;

use super::stage::{End, Sample, Stage};

/// Between two samples of a verification, at most: often enough to see a short hold end, rare
/// enough not to be a load itself.
const LONGEST_PAUSE: Duration = Duration::from_secs(3);
/// The same at least.
const SHORTEST_PAUSE: Duration = Duration::from_millis(250);

/// When a fix has worked, and how long is waited for that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terms {
    /// How long the condition must hold.
    pub hold: Duration,
    /// How long is waited for it: never longer than the switch leaves the change alone.
    pub within: Duration,
    /// Nothing can take the change back.
    pub one_way: bool,
}

/// What is to be seen beside the events.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sight {
    /// Somebody wants to stop.
    pub interrupted: bool,
    /// Why the journal can't be written any more.
    pub unwritten: Option<String>,
    /// Why the last step has no certain end, or why it can't go on.
    pub trouble: Option<String>,
}

/// The next step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next {
    /// Refuse: nothing was changed.
    Refuse(String),
    /// Lock the node, arm the switch, carry the change out.
    Apply,
    /// Look at the condition, after a pause.
    Sample(Duration),
    /// Keep the change: disarm the switch.
    Keep,
    /// Take the change back.
    TakeBack(String),
    /// Nothing can take the change back: end its lock, and say what stands.
    GiveUp(String),
    /// Nothing more can be done from here: the node takes it back by itself, or somebody must ask
    /// it later.
    Leave(String),
    /// It has ended.
    End(End),
}

/// What comes next.
pub fn next(stage: &Stage, terms: &Terms, sight: &Sight) -> Next {
    match wanted(stage, terms, sight) {
        Next::TakeBack(why) if terms.one_way => Next::GiveUp(why),
        next => next,
    }
}

/// The same, if everything could be taken back.
fn wanted(stage: &Stage, terms: &Terms, sight: &Sight) -> Next {
    let trouble = |what: &str| sight.trouble.clone().unwrap_or_else(|| what.to_owned());
    match stage {
        Stage::Ended(end) => Next::End(*end),
        Stage::Proposed | Stage::Planned { .. } => Next::Refuse(trouble("nobody has approved it")),
        Stage::Approved { .. } => match (&sight.unwritten, sight.interrupted) {
            (Some(why), _) => Next::Refuse(unwritten(why)),
            (None, true) => Next::Refuse("it was interrupted before it began".to_owned()),
            (None, false) => Next::Apply,
        },
        Stage::Applying {
            changes, failed, ..
        } if failed == changes => Next::Refuse(trouble("the node did not take it")),
        Stage::Applying { .. } => {
            Next::TakeBack(trouble("the change was sent, and its end is not known"))
        }
        Stage::Applied { sample } => verify(*sample, terms, sight),
        Stage::Keeping => match &sight.trouble {
            Some(why) => Next::Leave(why.clone()),
            None => Next::Keep,
        },
        Stage::Undoing => Next::Leave(trouble("the undo was sent, and its end is not known")),
    }
}

/// The verification of a change that stands: what ends it is asked before what prolongs it.
fn verify(sample: Option<Sample>, terms: &Terms, sight: &Sight) -> Next {
    if sight.interrupted {
        return Next::TakeBack("the verification was interrupted".to_owned());
    }
    if let Some(why) = &sight.unwritten {
        return Next::TakeBack(unwritten(why));
    }
    if let Some(why) = &sight.trouble {
        return Next::TakeBack(why.clone());
    }
    let Some(sample) = sample else {
        return Next::Sample(Duration::ZERO);
    };
    let held = Duration::from_millis(sample.held_ms);
    if sample.holds == Some(true) && held >= terms.hold {
        return Next::Keep;
    }
    let pause = (terms.hold / 2).clamp(SHORTEST_PAUSE, LONGEST_PAUSE);
    if Duration::from_millis(sample.after_ms).saturating_add(pause) >= terms.within {
        return Next::TakeBack(format!(
            "it did not hold for {} s within {} s",
            terms.hold.as_secs(),
            terms.within.as_secs()
        ));
    }
    Next::Sample(pause)
}

fn unwritten(why: &str) -> String {
    format!("the journal can't be written: {why}")
}
