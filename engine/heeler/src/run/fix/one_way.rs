//! A fix that nothing can take back. Its end is asked for as long as it may still come; then its lock
//! is released, and what stands is said.

use std::time::Duration;

use heeler_core::event::{ChangePlan, Event, Exit};
use heeler_core::frame::Nonce;
use heeler_core::guard::{self, Sent};
use heeler_core::plan::{self as scripts, ChangeFault, PlanFault};
use tokio::time::Instant;

use super::cluster::drain;
use super::plan::Planned;
use super::undo::{self, Undo};
use super::{Order, Refusal, reboot};
use crate::run::ask;
use crate::run::session::Session;

/// How long the end of its lock is tried for; it ends by itself later.
const PERSISTENCE: Duration = Duration::from_secs(30);
/// Between two attempts, where the node answers.
const PAUSE: Duration = Duration::from_secs(3);
/// The same at last where nobody does: each attempt is a command that may be on its way.
const LONGEST_PAUSE: Duration = Duration::from_secs(20);

/// What became of a change, where the answer to it was lost: the node has written it down.
pub(super) async fn recall(
    session: &mut Session,
    (order, planned): (&Order<'_>, &Planned),
    sent: Sent<Vec<String>>,
) -> Sent<Vec<String>> {
    let doubted = |sent: &Sent<Vec<String>>| {
        matches!(
            sent,
            Sent::Unknown(_) | Sent::Answered(Err(ChangeFault::InDoubt(_) | ChangeFault::UnderWay))
        )
    };
    if !doubted(&sent) {
        return sent;
    }
    let undo = Undo::of_plan(session, order, planned, guard::Caller::Fix);
    let steps = undo::steps(order.rule, &planned.plan.changes);
    let patience = scripts::patience(steps.iter().map(|step| step.change));
    let script = |nonce: &Nonce| scripts::recall(&undo.hold, &steps, nonce);
    let asked = persist(session, &undo, (patience, steps.len()), script).await;
    match doubted(&asked) {
        true => sent,
        false => asked,
    }
}

/// Ends the lock of a fix that has worked, and says so.
pub(super) async fn keep(
    session: &mut Session,
    order: &Order<'_>,
    planned: &Planned,
    after: Duration,
) {
    let sent = match order.rule.is_of_cluster() {
        true => no_lock(),
        false => {
            let undo = Undo::of_plan(session, order, planned, guard::Caller::Fix);
            release(session, &undo, planned.plan.changes.len()).await
        }
    };
    let outcome = guard::after_release(&sent, after);
    session.recorder.record_all_anyway(outcome.events).await;
}

/// Ends the lock of a fix that was not seen to work, and says what stands. `applied`: it is written
/// down that all of it was carried out.
pub(super) async fn give_up(
    session: &mut Session,
    (order, planned): (&Order<'_>, &Planned),
    applied: bool,
    reason: &str,
) {
    let changes = &planned.plan.changes;
    let (rule, target) = (order.rule, &order.target);
    let outcome = match rule.is_of_cluster() {
        true => {
            let by_hand = || drain::by_hand(session, (rule, target));
            guard::after_give_up((changes, applied), reason, &no_lock(), by_hand)
        }
        false => {
            let undo = Undo::of_plan(session, order, planned, guard::Caller::Fix);
            let sent = release(session, &undo, changes.len()).await;
            let by_hand = || match rule.reboot() {
                Some(_) => reboot::by_hand_now(session, target),
                None => undo::by_hand(session, (rule, target), changes),
            };
            guard::after_give_up((changes, applied), reason, &sent, by_hand)
        }
    };
    session.recorder.record_all_anyway(outcome.events).await;
}

/// Answers somebody who wants it to be taken back, and ends what was left of its lock. `planned`: all
/// that the fix was to do, whatever came of it.
pub async fn no_way_back(session: &mut Session, undo: &Undo<'_>, planned: &[ChangePlan]) -> Exit {
    if undo.rule.is_of_cluster() {
        return drain::no_way_back(session, (undo.rule, undo.target), planned).await;
    }
    if undo.rule.reboot().is_some() {
        return reboot::revert(session, undo).await;
    }
    let sent = release(session, undo, undo.back.len()).await;
    let by_hand = || undo::by_hand(session, (undo.rule, undo.target), &undo.back);
    let (reason, by_hand) = guard::no_way_back(&undo.back, &sent, by_hand);
    refuse(session, reason, by_hand).await
}

/// Tells somebody that there is no way back, and the commands for a person who goes on.
pub(super) async fn refuse(session: &mut Session, reason: String, by_hand: Vec<String>) -> Exit {
    let help = "see how it stands, and go on from there";
    let refusal = Refusal::coded("no-way-back", reason, help);
    let refused = Event::FixRefused {
        reason: refusal.reason,
        ways: refusal.ways.into_iter().chain(by_hand).collect(),
        code: refusal.code.map(str::to_owned),
    };
    session.recorder.record_anyway(refused).await;
    Exit::Refused
}

/// What the Kubernetes API carries out holds no lock on the node.
fn no_lock() -> Sent<Vec<String>> {
    Sent::Answered(Ok(Vec::new()))
}

async fn release(session: &mut Session, undo: &Undo<'_>, changes: usize) -> Sent<Vec<String>> {
    session.shrug_off_interruption();
    if undo.rule.reboot().is_some() {
        return reboot::release(session, undo).await;
    }
    let steps = undo::steps(undo.rule, &undo.back);
    let script = |nonce: &Nonce| scripts::release(&undo.hold, &steps, nonce);
    persist(session, undo, (PERSISTENCE, changes), script).await
}

/// Asks until the node has said what the change came to, or for this time.
async fn persist(
    session: &mut Session,
    undo: &Undo<'_>,
    (time, changes): (Duration, usize),
    script: impl Fn(&Nonce) -> Result<String, PlanFault>,
) -> Sent<Vec<String>> {
    let (began, mut silence) = (Instant::now(), PAUSE);
    loop {
        let patience = scripts::patience([]);
        let asked = ask::ask_one(session, "end", undo.target, patience, &script).await;
        let (sent, hopeless) = match asked {
            Ok((Ok(answer), _)) => (Sent::Answered(scripts::applied(&answer, changes)), false),
            Ok((Err(silence), trouble)) => {
                let hopeless = trouble.is_some_and(|trouble| !trouble.is_passing());
                (Sent::Unknown(silence.text), hopeless)
            }
            Err(failure) => (Sent::Unknown(failure.what), true),
        };
        let again = matches!(
            sent,
            Sent::Unknown(_) | Sent::Answered(Err(ChangeFault::UnderWay))
        );
        let left = time.saturating_sub(began.elapsed());
        if !again || hopeless || left.is_zero() {
            return sent;
        }
        let pause = match sent {
            Sent::Unknown(_) => {
                let pause = silence;
                silence = LONGEST_PAUSE.min(silence * 2);
                pause
            }
            Sent::Answered(_) | Sent::NotTaken(_) => PAUSE,
        };
        // The last attempt is the one at the end.
        tokio::time::sleep(pause.min(left)).await;
    }
}
