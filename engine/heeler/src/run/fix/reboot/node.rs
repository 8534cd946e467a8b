//! What a reboot asks of the node itself: its lock, to go down, and the end of the lock.

use std::time::Duration;

use heeler_core::event::{ChangePlan, NodeTarget, Reached};
use heeler_core::frame::{Answer, Nonce};
use heeler_core::guard::Sent;
use heeler_core::plan::{self as scripts, ChangeFault, Hold, PlanFault, Step};
use heeler_core::runbook::FixRule;

use super::super::Order;
use super::super::plan::Planned;
use super::super::undo::{self, Undo};
use crate::run::ask::{self, EXPIRY, Silence};
use crate::run::session::Session;
use crate::run::settle;
use crate::world::port::Ran;

/// How long the node may take to carry out one of these; a node that goes down answers no more.
const PATIENCE: Duration = Duration::from_secs(20);
/// How often the node is asked what became of something.
const TRIES: u32 = 3;
/// Between two attempts.
const PAUSE: Duration = Duration::from_secs(3);

/// The lock of a reboot, with what its scripts are made of.
pub(super) struct Grip<'a> {
    rule: &'a FixRule,
    changes: Vec<ChangePlan>,
    pub(super) hold: Hold,
}

impl<'a> Grip<'a> {
    /// Of a plan that is being carried out.
    pub(super) fn of_plan(session: &Session, order: &Order<'a>, planned: &Planned) -> Self {
        Grip {
            rule: order.rule,
            changes: planned.plan.changes.clone(),
            hold: planned.hold(session, order),
        }
    }

    /// Of a run that somebody sees to.
    pub(super) fn of_undo(undo: &Undo<'a>) -> Self {
        Grip {
            rule: undo.rule,
            changes: undo.back.clone(),
            hold: undo.hold.clone(),
        }
    }

    fn script(
        &self,
        make: impl FnOnce(&Step<'_>) -> Result<String, PlanFault>,
    ) -> Result<String, PlanFault> {
        let steps = undo::steps(self.rule, &self.changes);
        steps.first().map_or(Err(PlanFault::NothingToChange), make)
    }
}

/// Locks the node.
pub(super) async fn seize(
    session: &mut Session,
    (target, grip): (&NodeTarget, &Grip<'_>),
    planned: &Planned,
) -> Reached {
    let expires = planned.uptime().saturating_add(EXPIRY.as_secs());
    let script =
        |nonce: &Nonce| grip.script(|step| scripts::seize(&grip.hold, expires, step, nonce));
    let mut asked = one(session, "lock", target, script).await;
    if let Ok(answer) = &asked
        && let Err(ChangeFault::Held(held)) = scripts::seized(answer)
        && held.is_stale(&answer.ident.boot_id, answer.ident.uptime_s)
        && settle::settle(session, target, &held)
            .await
            .unwrap_or(false)
    {
        asked = one(session, "lock", target, script).await;
    }
    let why = match asked.map(|answer| scripts::seized(&answer)) {
        Ok(Ok(())) => return locked(),
        Ok(Err(ChangeFault::InDoubt(why))) => why.to_string(),
        Ok(Err(fault)) => return Reached::Refused(fault.to_string()),
        Err(silence) if silence.ran == Ran::No => return Reached::Refused(silence.text),
        Err(silence) => silence.text,
    };
    match stands(session, (target, grip), false).await {
        Some((answer, _)) if is_ours(&answer, grip) => locked(),
        _ => Reached::Partly(format!("whether the node is locked is not known: {why}")),
    }
}

fn locked() -> Reached {
    Reached::Done("nobody else changes it meanwhile".to_owned())
}

fn is_ours(answer: &Answer, grip: &Grip<'_>) -> bool {
    let held = answer.held.as_ref();
    held.is_some_and(|held| held.id == grip.hold.run.lock() && held.boot == answer.ident.boot_id)
}

/// Asks the node to go down. Mostly its answer goes with it.
pub(super) async fn ask(
    session: &mut Session,
    (target, grip): (&NodeTarget, &Grip<'_>),
    planned: &Planned,
) -> Reached {
    let expires = planned.uptime().saturating_add(EXPIRY.as_secs());
    let script =
        |nonce: &Nonce| grip.script(|step| scripts::go_down(&grip.hold, expires, step, nonce));
    let asked = one(session, "reboot", target, script).await;
    match asked.map(|answer| scripts::gone_down(&answer)) {
        Ok(Ok(())) => Reached::Done("the host was asked to".to_owned()),
        Ok(Err(ChangeFault::Stopped { text, .. })) => {
            Reached::Partly(format!("the host was asked to, and said: {text}"))
        }
        // The agent may have run the command once more, after the reboot.
        Ok(Err(fault @ (ChangeFault::OtherBoot | ChangeFault::InDoubt(_)))) => {
            Reached::Partly(fault.to_string())
        }
        Ok(Err(fault)) => Reached::Refused(fault.to_string()),
        Err(silence) if silence.ran == Ran::No => Reached::Refused(silence.text),
        Err(silence) => Reached::Partly(format!("no answer came: {}", silence.text)),
    }
}

/// What the node says of itself, and whether it was asked to go down. With `end` its lock is ended,
/// unless it may be about to. `None`: no answer.
pub(super) async fn stands(
    session: &mut Session,
    (target, grip): (&NodeTarget, &Grip<'_>),
    end: bool,
) -> Option<(Answer, bool)> {
    let script = |nonce: &Nonce| grip.script(|step| scripts::let_go(&grip.hold, end, step, nonce));
    let answer = one(session, "ask", target, script).await.ok()?;
    let asked = scripts::was_asked(&answer).ok()?;
    Some((answer, asked))
}

/// Ends the lock, and gives whether the node was asked to go down.
pub(super) async fn let_go(
    session: &mut Session,
    (target, grip): (&NodeTarget, &Grip<'_>),
) -> Sent<bool> {
    session.shrug_off_interruption();
    for attempt in 1..=TRIES {
        if let Some((_, asked)) = stands(session, (target, grip), true).await {
            return Sent::Answered(Ok(asked));
        }
        if attempt < TRIES {
            tokio::time::sleep(PAUSE).await;
        }
    }
    Sent::Unknown("the node did not answer".to_owned())
}

async fn one(
    session: &mut Session,
    purpose: &str,
    target: &NodeTarget,
    script: impl FnOnce(&Nonce) -> Result<String, PlanFault>,
) -> Result<Answer, Silence> {
    match ask::ask_one(session, purpose, target, PATIENCE, script).await {
        Ok((answer, _)) => answer,
        Err(failure) => Err(Silence {
            text: failure.what,
            ran: Ran::Unknown,
            passing: false,
        }),
    }
}
