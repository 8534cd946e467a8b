//! Carries out the changes of an approved plan. On the node it is one command that locks it, arms the
//! switch, checks the boot, the present values and the time, sets, and reads back.

use heeler_core::event::{Direction, Event};
use heeler_core::guard::{self, Sent};
use heeler_core::plan::{self as scripts, ChangeFault};

use super::cluster::drain;
use super::plan::Planned;
use super::{Order, Stop, cluster, one_way, reboot, undo};
use crate::failure::Failure;
use crate::run::ask::{self, EXPIRY};
use crate::run::session::Session;
use crate::run::settle;
use crate::world::port::Ran;

/// Applies the plan. Answers with what stood in the way, where there was something: what was done
/// all the same is recorded.
///
/// # Errors
/// Failures that leave nothing changed.
pub(super) async fn apply(
    session: &mut Session,
    order: &Order<'_>,
    planned: &Planned,
) -> Result<Option<String>, Stop> {
    if order.consent.is_some() && order.rule.evictions().is_none() {
        // Of several nodes each comes to its end: who interrupts now begins no other one. What nothing
        // takes back stops where it is.
        session.shrug_off_interruption();
    }
    session.recorder.record_all(beginning(planned)).await?;
    if let Some(rules) = order.rule.reboot() {
        return Ok(reboot::go(session, (order, planned), rules).await);
    }
    if let Some(evictions) = order.rule.evictions() {
        let node = order.target.node.clone().unwrap_or_default();
        let all = (planned.plan.changes.as_slice(), evictions);
        return Ok(drain::evict(session, &node, all).await.trouble);
    }
    let mut sent = send(session, order, planned).await;
    if let (Sent::Answered(Err(ChangeFault::Held(held))), _) = &sent
        && held.is_stale(&planned.boot.0, planned.uptime())
        && settle::settle(session, &order.target, held).await?
    {
        sent = send(session, order, planned).await;
    }
    let (mut sent, trouble) = sent;
    if planned.plan.one_way {
        sent = one_way::recall(session, (order, planned), sent).await;
    }
    let outcome = guard::after_apply(&planned.plan.changes, sent);
    session.recorder.record_all_anyway(outcome.events).await;
    match trouble {
        Some(failure) => Err(Stop::Failed(failure)),
        None => Ok(outcome.trouble),
    }
}

/// The node is about to be locked, its switch armed, and the changes made.
fn beginning(planned: &Planned) -> Vec<Event> {
    let pins = planned.plan.pins.iter();
    let armed = planned.plan.switch.iter();
    let arming = armed.flat_map(|armed| {
        pins.clone().map(|(instance, _)| Event::SwitchArming {
            instance: instance.clone(),
            armed: *armed,
        })
    });
    arming
        .chain(guard::started(&planned.plan.changes, Direction::Apply))
        .collect()
}

/// Sends the command; beside it what ends the run, where the node has surely not got it.
async fn send(
    session: &mut Session,
    order: &Order<'_>,
    planned: &Planned,
) -> (Sent<Vec<String>>, Option<Failure>) {
    if cluster::carries(&planned.plan.changes) {
        return (cluster::apply(session, &planned.plan.changes).await, None);
    }
    let steps = undo::steps(order.rule, &planned.plan.changes);
    let hold = planned.hold(session, order);
    let expires = planned.uptime().saturating_add(EXPIRY.as_secs());
    let patience = scripts::patience(steps.iter().map(|step| step.change));
    let asked = ask::ask_one(session, "apply", &order.target, patience, |nonce| {
        scripts::change(&hold, expires, &steps, nonce)
    })
    .await;
    match asked {
        Ok((Ok(answer), _)) => {
            let applied = scripts::applied(&answer, steps.len());
            (Sent::Answered(applied), None)
        }
        Ok((Err(silence), trouble)) if silence.ran == Ran::No => {
            (Sent::NotTaken(silence.text), trouble)
        }
        Ok((Err(silence), _)) => (Sent::Unknown(silence.text), None),
        Err(failure) => (Sent::Unknown(failure.what), None),
    }
}
