//! How the fix of one of several nodes has ended, by the records of its run, and how that of all.

use std::time::Duration;

use heeler_core::event::{Event, Exit, InstanceId, NodeEnd, RampStep, Record, RunId};
use heeler_core::guard::{End, Stage, Tally};
use heeler_core::value::DurationSpan;

use crate::run::fix::proof::NOT_NEEDED;
use crate::run::session::Session;
use crate::run::shared;

/// What became of the fix on one node.
pub(super) struct Ended {
    pub(super) instance: InstanceId,
    pub(super) run: RunId,
    pub(super) commands: u32,
    pub(super) end: NodeEnd,
    pub(super) says: String,
    pub(super) had: Had,
    /// What its records say that all have to know.
    pub(super) told: Vec<Event>,
}

/// What a node has had of the fix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Had {
    /// Its turn: however that has ended, it counts.
    Turn,
    /// No room: others, or this very fix, were changing as much as may be.
    NoRoom,
    /// No need any more: another node's fix has cured it, or has set the same.
    NoNeed,
}

impl Had {
    fn of(records: &[Record]) -> Self {
        let refused = records.iter().find_map(|record| match &record.event {
            Event::FixRefused { code, .. } => code.as_deref(),
            _ => None,
        });
        match refused {
            Some(NOT_NEEDED) => Had::NoNeed,
            Some(code) if shared::is_for_want_of_room(code) => Had::NoRoom,
            _ => Had::Turn,
        }
    }
}

impl Ended {
    /// Of a run that has come to its end.
    pub(super) fn of(own: &Session, instance: &InstanceId, exit: Exit) -> Self {
        let records = own.recorder.records();
        let (end, says) = match (end(records), exit) {
            // Whoever interrupts before the change finds nothing changed.
            ((NodeEnd::Failed, says), Exit::Interrupted) => (NodeEnd::Refused, says),
            (ended, _) => ended,
        };
        Ended {
            instance: instance.clone(),
            run: own.recorder.run(),
            commands: own.recorder.commands(),
            end,
            says,
            had: Had::of(records),
            told: told_of(records),
        }
    }

    pub(super) fn count(&self, tally: &mut Tally) {
        let counter = match (self.end, self.had) {
            (NodeEnd::Kept, _) => &mut tally.kept,
            (NodeEnd::Refused, Had::NoRoom) => &mut tally.waiting,
            (NodeEnd::Refused, Had::NoNeed) => return,
            (NodeEnd::Refused | NodeEnd::Failed | NodeEnd::Reverted, _) => &mut tally.failed,
            (NodeEnd::InDoubt | NodeEnd::Stuck, _) => &mut tally.lost,
        };
        *counter = counter.saturating_add(1);
    }

    /// What is recorded of it.
    pub(super) fn events(self) -> Vec<Event> {
        let mut events = self.told;
        events.push(Event::Ramp(match self.had {
            Had::NoNeed => RampStep::LeftOut {
                instance: self.instance,
                run: self.run,
                commands: self.commands,
                reason: self.says,
                failed: false,
            },
            Had::Turn | Had::NoRoom => RampStep::Ended {
                instance: self.instance,
                run: self.run,
                commands: self.commands,
                end: self.end,
                says: self.says,
            },
        }));
        events
    }
}

/// What is said once for all nodes: what somebody had left there, and that nobody knows of others.
pub(super) fn told_of(records: &[Record]) -> Vec<Event> {
    let events = records.iter().map(|record| &record.event);
    let worth = events.filter(|event| match event {
        Event::LockSettled { .. } => true,
        Event::Noted { code, .. } => code == shared::UNKNOWN,
        _ => false,
    });
    worth.cloned().collect()
}

/// How the fix of a node has ended.
fn end(records: &[Record]) -> (NodeEnd, String) {
    let stage = Stage::of(records.iter().map(|record| &record.event));
    let mut events = records.iter().rev().map(|record| &record.event);
    let says = events.find_map(|event| match event {
        Event::FixKept { after_ms } => {
            let after = DurationSpan(Duration::from_millis(*after_ms));
            Some(format!("it works, {after} after the change"))
        }
        Event::FixReverted { reason }
        | Event::FixStuck { reason, .. }
        | Event::FixRefused { reason, .. } => Some(reason.clone()),
        Event::Failure { what, .. } => Some(what.clone()),
        _ => None,
    });
    let end = match stage {
        Stage::Ended(End::Kept) => NodeEnd::Kept,
        Stage::Ended(End::Reverted) => NodeEnd::Reverted,
        Stage::Ended(End::Stuck) => NodeEnd::Stuck,
        Stage::Ended(End::Refused) => NodeEnd::Refused,
        Stage::Proposed | Stage::Planned { .. } | Stage::Approved { .. } => NodeEnd::Failed,
        Stage::Applying {
            changes, failed, ..
        } if failed == changes => NodeEnd::Failed,
        Stage::Applying { .. } | Stage::Applied { .. } | Stage::Keeping | Stage::Undoing => {
            NodeEnd::InDoubt
        }
    };
    (end, says.unwrap_or_else(|| "without a word".to_owned()))
}

/// The worst of all nodes, as the reference orders exit statuses; who stopped it while all went well
/// is told so.
pub(super) fn exit(session: &Session, ends: &[NodeEnd]) -> Exit {
    let of = |end: &NodeEnd| match end {
        NodeEnd::Kept => Exit::Clear,
        NodeEnd::Refused => Exit::Refused,
        NodeEnd::Failed | NodeEnd::InDoubt => Exit::Failed,
        NodeEnd::Reverted => Exit::Reverted,
        NodeEnd::Stuck => Exit::Stuck,
    };
    let mut all: Vec<Exit> = ends.iter().map(of).collect();
    let mut stopped = false;
    for record in session.recorder.records() {
        match &record.event {
            Event::Ramp(RampStep::LeftOut { failed: true, .. }) | Event::Failure { .. } => {
                all.push(Exit::Failed);
            }
            Event::Ramp(RampStep::Stopped { .. }) => stopped = true,
            _ => {}
        }
    }
    let worst = Exit::ALL.into_iter().find(|exit| all.contains(exit));
    match worst.unwrap_or(Exit::Clear) {
        Exit::Clear | Exit::Refused if session.cancel.is_cancelled() && stopped => {
            Exit::Interrupted
        }
        // What has no room now can be tried again.
        Exit::Clear if stopped => Exit::Refused,
        worst => worst,
    }
}
