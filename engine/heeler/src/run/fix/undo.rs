//! Takes a fix back: the recorded values, on the recorded boot, and only where the value that the
//! fix has set is still there. Each change is judged by itself.

use std::time::Duration;

use heeler_core::action::Place;
use heeler_core::event::{ChangePlan, Direction, Event, Exit, NodeTarget, RunId};
use heeler_core::frame::Held;
use heeler_core::guard::{self, Caller, Sent};
use heeler_core::plan::{self as scripts, ChangeFault, Claimant, Hold, Step};
use heeler_core::runbook::FixRule;
use tokio::time::Instant;

use super::plan::Planned;
use super::{Order, cluster};
use crate::failure::Failure;
use crate::run::ask;
use crate::run::session::Session;
use crate::run::settle;
use crate::world::equivalent::{Flags, start_session};

/// How long an undo is tried when its end stays unknown, or nobody answers. The script compares
/// before it sets, so that sending it again asks the world instead of repeating a step blindly.
const PERSISTENCE: Duration = Duration::from_secs(120);
/// Between two attempts: an SSM agent that was killed is back within seconds.
const PAUSE: Duration = Duration::from_secs(3);

/// What is taken back.
pub struct Undo<'a> {
    /// The fix, for the changes' scripts.
    pub rule: &'a FixRule,
    /// The node.
    pub target: &'a NodeTarget,
    /// The way back: `from` is what the fix has set, `to` what was there before.
    pub back: Vec<ChangePlan>,
    /// The fix's own run, and the boot that it was pinned to.
    pub hold: Hold,
    /// Who wants it.
    pub caller: Caller,
    /// It is written down that the change was made.
    pub knows_it_began: bool,
}

impl<'a> Undo<'a> {
    /// The way back of a plan that is being carried out.
    pub(super) fn of_plan(
        session: &Session,
        order: &'a Order<'_>,
        planned: &Planned,
        caller: Caller,
    ) -> Self {
        Undo {
            rule: order.rule,
            target: &order.target,
            back: guard::way_back(&planned.plan.changes),
            hold: planned.hold(session, order),
            caller,
            knows_it_began: true,
        }
    }
}

/// The steps that carry out changes of a fix.
pub(super) fn steps<'a>(rule: &'a FixRule, changes: &'a [ChangePlan]) -> Vec<Step<'a>> {
    changes
        .iter()
        .filter_map(|planned| {
            let change = rule
                .node_changes()
                .find(|change| change.subject() == planned.subject)?;
            Some(Step {
                change,
                from: &planned.from,
                to: &planned.to,
                back: planned.back(),
            })
        })
        .collect()
}

/// Takes the changes back, and records how that ended. While a change stands, taking it back comes
/// before the journal: one that can't be written does not stop it.
///
/// # Errors
/// Why its end is not known: then it stays in doubt, and the node takes it back by itself where
/// its switch is armed.
pub async fn undo(session: &mut Session, undo: &Undo<'_>, reason: &str) -> Result<Exit, String> {
    if cluster::carries(&undo.back) {
        return undo_in_cluster(session, &undo.back, (undo.caller, reason)).await;
    }
    begin(session, &undo.back).await;
    let steps = steps(undo.rule, &undo.back);
    let patience = scripts::undo_patience(steps.iter().map(|step| step.change));
    let by = Claimant {
        run: session.recorder.run(),
        knows_it_began: undo.knows_it_began,
    };
    let (began, mut settled) = (Instant::now(), false);
    loop {
        let asked = ask::ask_one(session, "revert", undo.target, patience, |nonce| {
            scripts::undo(&undo.hold, &by, &steps, nonce)
        })
        .await;
        if let Ok((Ok(answer), _)) = &asked
            && let Err(ChangeFault::Held(held)) = scripts::undone(answer, steps.len())
            && held.is_stale(&answer.ident.boot_id, answer.ident.uptime_s)
            && settled_once(session, undo, &held, &mut settled).await
        {
            continue;
        }
        let (sent, hopeless) = match asked {
            Ok((Ok(answer), _)) => (Sent::Answered(scripts::undone(&answer, steps.len())), false),
            Ok((Err(silence), trouble)) => {
                let hopeless = trouble.is_some_and(|trouble| !trouble.is_passing());
                (Sent::Unknown(silence.text), hopeless)
            }
            Err(failure) => (Sent::Unknown(failure.what), true),
        };
        let by_hand = |left: &[ChangePlan]| by_hand(session, (undo.rule, undo.target), left);
        let outcome = guard::after_undo(&undo.back, (undo.caller, reason), sent, by_hand);
        session.recorder.record_all_anyway(outcome.events).await;
        let Some(why) = outcome.trouble else {
            return Ok(ended(session));
        };
        if hopeless || began.elapsed() + PAUSE >= PERSISTENCE {
            return Err(why);
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// The same where the Kubernetes API has the values: all that it takes is in the plan.
///
/// # Errors
/// Why its end is not known.
pub async fn undo_in_cluster(
    session: &mut Session,
    back: &[ChangePlan],
    (caller, reason): (Caller, &str),
) -> Result<Exit, String> {
    begin(session, back).await;
    let (began, mut progress) = (Instant::now(), cluster::Progress::default());
    loop {
        let (sent, hopeless) = cluster::undo(session, back, &mut progress).await;
        let by_hand = |left: &[ChangePlan]| cluster::by_hand(session, left);
        let outcome = guard::after_undo(back, (caller, reason), sent, by_hand);
        session.recorder.record_all_anyway(outcome.events).await;
        let Some(why) = outcome.trouble else {
            return Ok(ended(session));
        };
        if hopeless || began.elapsed() + PAUSE >= PERSISTENCE {
            // The ends that are known are kept; the others stay in doubt.
            let known = guard::undone_so_far(back, &progress.ended);
            session.recorder.record_all_anyway(known).await;
            return Err(why);
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// It is about to be taken back, whoever interrupts and whether the journal can be written or not.
async fn begin(session: &mut Session, back: &[ChangePlan]) {
    session.shrug_off_interruption();
    session.recorder.go_on_anyway();
    let started = guard::started(back, Direction::Revert);
    session.recorder.record_all_anyway(started).await;
}

/// Ends the lock of somebody whose switch is lost; what stands in the way is tried once.
async fn settled_once(
    session: &mut Session,
    undo: &Undo<'_>,
    held: &Held,
    settled: &mut bool,
) -> bool {
    let first = !std::mem::replace(settled, true);
    first
        && settle::settle(session, undo.target, held)
            .await
            .unwrap_or(false)
}

/// How the undo ended, by what was recorded last.
fn ended(session: &Session) -> Exit {
    match session.recorder.records().last().map(|last| &last.event) {
        Some(Event::FixReverted { .. }) => Exit::Reverted,
        Some(Event::FixRefused { .. }) => Exit::Refused,
        _ => Exit::Stuck,
    }
}

/// The code of a fix whose end is not known.
pub const IN_DOUBT: &str = "in-doubt";

/// Why a change of this run that may stand can't be ended from here.
pub fn in_doubt(run: RunId, rule: &FixRule, why: &str) -> Failure {
    if rule.is_of_cluster() {
        return in_doubt_in_cluster(run, why);
    }
    Failure::failed(
        IN_DOUBT,
        format!("what stands on the node is not known: {why}"),
        format!("run {run}"),
        format!(
            "unless it is kept the node takes the change back by itself, {} s after it was made; \
             `heeler revert {run}` asks the node, and takes back what is there",
            rule.undo_after.as_secs(),
        ),
    )
}

/// The same of a change in the Kubernetes API.
pub fn in_doubt_in_cluster(run: RunId, why: &str) -> Failure {
    Failure::failed(
        IN_DOUBT,
        format!("what stands in the Kubernetes API is not known: {why}"),
        format!("run {run}"),
        format!(
            "nothing takes the change back by itself: `heeler revert {run}` asks the API server, \
             and takes back what is there"
        ),
    )
}

/// The commands that a person has to give instead, in order.
pub(super) fn by_hand(
    session: &Session,
    (rule, target): (&FixRule, &NodeTarget),
    left: &[ChangePlan],
) -> Vec<String> {
    let flags = Flags::of(&session.aws, session.place.context.as_deref());
    let mut commands = vec![start_session(&flags, &target.instance)];
    let mut places = rule.node_changes().map(|change| change.place());
    if places.any(|place| place != Place::Control) {
        commands.push("enter-admin-container".to_owned());
    }
    commands.extend(left.iter().filter_map(|planned| {
        let mut changes = rule.node_changes();
        let change = changes.find(|change| change.subject() == planned.subject)?;
        Some(change.by_hand(&planned.to))
    }));
    commands
}
