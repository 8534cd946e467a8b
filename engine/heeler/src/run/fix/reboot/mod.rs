//! A reboot: lock, cordon, drain, reboot, wait, uncordon. What comes next is decided in
//! `heeler_core::guard`; each step is written down before it is taken, and what became of it after.
//! Where an answer is lost the world is asked: the boot id, the cordon's mark, the node's lock.

mod back;
mod cordon;
mod empty;
mod node;
mod plan;
mod revert;

use heeler_core::action::RebootRules;
use heeler_core::event::{
    BootId, ChangePlan, Direction, Event, NodeTarget, Phase, PinnedObject, Reached, Reboot,
};
use heeler_core::guard::{self, Move, Sent};

use self::node::Grip;
use super::Order;
use super::plan::Planned;
use crate::run::session::Session;

pub(super) use self::plan::{under_way, whole};
pub(super) use self::revert::{by_hand_now, release, revert};

/// A reboot that is being carried out.
struct Trip<'a> {
    order: &'a Order<'a>,
    planned: &'a Planned,
    rules: &'a RebootRules,
    /// The Node object.
    node: PinnedObject,
    /// The boot that it came back with.
    boot: Option<BootId>,
}

/// Carries the reboot out, and records what became of each change of its plan. Answers with what stood
/// in the way, where it has come to no good end.
pub(super) async fn go(
    session: &mut Session,
    (order, planned): (&Order<'_>, &Planned),
    rules: &RebootRules,
) -> Option<String> {
    let ended = match cordon::node(session, &order.target).await {
        Ok((node, _)) => {
            let trip = Trip {
                order,
                planned,
                rules,
                node,
                boot: None,
            };
            trip.go(session).await
        }
        Err(why) => Sent::NotTaken(why),
    };
    let open = open(session, &planned.plan.changes);
    let outcome = guard::after_apply(&open, ended);
    session.recorder.record_all_anyway(outcome.events).await;
    outcome.trouble
}

/// The changes of which no end is recorded.
fn open(session: &Session, changes: &[ChangePlan]) -> Vec<ChangePlan> {
    let ended = |wanted: &&ChangePlan| {
        let mut records = session.recorder.records().iter();
        !records.any(|record| match &record.event {
            Event::ChangeApplied { subject, .. } | Event::ChangeFailed { subject, .. } => {
                *subject == wanted.subject
            }
            _ => false,
        })
    };
    changes.iter().filter(ended).cloned().collect()
}

/// Why it has to stop, where it does.
fn stop(session: &Session) -> Option<String> {
    if session.cancel.is_cancelled() {
        return Some("it was interrupted".to_owned());
    }
    let broken = session.recorder.broken()?;
    Some(format!("the journal can't be written: {}", broken.what))
}

/// How far the reboot of this run has come.
fn course(session: &Session) -> Reboot {
    let records = session.recorder.records().iter();
    Reboot::of(records.map(|record| &record.event))
}

/// The boot that a reboot of this run has come back with.
pub(super) fn boot(session: &Session) -> Option<BootId> {
    let mut records = session.recorder.records().iter().rev();
    records.find_map(|record| match &record.event {
        Event::ChangeApplied {
            subject,
            value,
            direction: Direction::Apply,
            ..
        } if subject == RebootRules::SUBJECT => Some(BootId(value.clone())),
        _ => None,
    })
}

impl Trip<'_> {
    /// Takes one step after the other, and gives the id of the boot that the node is on then.
    async fn go(mut self, session: &mut Session) -> Sent<Vec<String>> {
        let mut stopped = None;
        loop {
            // The way home shrugs an interruption off, and is no way to go on.
            stopped = stopped.or_else(|| stop(session));
            match course(session).next(stopped.as_deref()) {
                Move::Take(phase) => {
                    let unwritten = self.step(session, phase).await;
                    stopped = stopped.or(unwritten);
                }
                Move::Rebooted => {
                    let boot = self.boot.map(|boot| boot.0);
                    return Sent::Answered(Ok(boot.into_iter().collect()));
                }
                Move::Untouched(why) => {
                    // What is on its way finds that it is not wanted.
                    let grip = Grip::of_plan(session, self.order, self.planned);
                    if let Sent::Unknown(_) = node::let_go(session, (self.target(), &grip)).await {
                        session.recorder.record_anyway(guard::lock_unseen()).await;
                    }
                    return Sent::NotTaken(format!("{why}; it was not rebooted"));
                }
                Move::Halfway(why) => return Sent::Unknown(why),
            }
        }
    }

    fn target(&self) -> &NodeTarget {
        &self.order.target
    }

    /// Takes a step. Answers with why it was not even begun: what can't be written down is not done,
    /// but for the way home.
    async fn step(&mut self, session: &mut Session, phase: Phase) -> Option<String> {
        let begun = self.event(phase, Reached::Begun);
        if matches!(phase, Phase::Return | Phase::Uncordon) {
            session.recorder.record_anyway(begun).await;
        } else if let Err(failure) = session.recorder.record(begun).await {
            return Some(failure.what);
        }
        let grip = Grip::of_plan(session, self.order, self.planned);
        let reached = match phase {
            Phase::Lock => node::seize(session, (self.target(), &grip), self.planned).await,
            Phase::Cordon => cordon::cordon(session, self.target(), &self.node).await,
            Phase::Drain => empty::drain(session, self).await,
            Phase::Reboot => node::ask(session, (self.target(), &grip), self.planned).await,
            Phase::Return => {
                let (reached, boot) = back::wait(session, self, &grip).await;
                self.boot = boot;
                reached
            }
            Phase::Uncordon => {
                let run = session.recorder.run();
                cordon::uncordon(session, self.target(), (&self.node, run)).await
            }
        };
        let ended = self.event(phase, reached);
        session.recorder.record_anyway(ended).await;
        None
    }

    fn event(&self, phase: Phase, reached: Reached) -> Event {
        let cordons = phase == Phase::Cordon && reached == Reached::Begun;
        Event::Reboot {
            instance: self.target().instance.clone(),
            phase,
            reached,
            node: cordons.then(|| self.node.clone()),
        }
    }
}
