//! Somebody sees to a reboot that was left unended: nothing of it can begin any more, and the cordon
//! that it has left is taken back where the node may have pods again.

use heeler_core::event::{Event, Exit, NodeTarget, Phase, PinnedObject, Reached, Reboot, RunId};
use heeler_core::guard::{self, Sent};
use heeler_core::plan as scripts;

use super::super::cluster;
use super::super::one_way::refuse;
use super::super::undo::Undo;
use super::node::Grip;
use super::{cordon, course, node};
use crate::run::session::Session;
use crate::run::settle;
use crate::world::equivalent::{Flags, console, describe, get};
use crate::world::port::ObjectRef;

/// Ends what was left of a reboot, and uncordons the node where that is what it has left.
pub(in super::super) async fn revert(session: &mut Session, undo: &Undo<'_>) -> Exit {
    let run = undo.hold.run;
    let known = session.recorder.journal().records(run).await;
    let known = known.unwrap_or_default();
    let reboot = Reboot::of(known.iter().map(|record| &record.event));
    let left = match reboot.left_cordoned() {
        Some(left) => left.clone(),
        None => {
            release(session, undo).await;
            let reason = "there is no way back from a reboot, and no cordon is left of it";
            return refuse(session, reason.to_owned(), Vec::new()).await;
        }
    };
    let by_hand = by_hand(session, undo.target, Some((&left, run)));
    if let Err(why) = is_over(session, undo).await {
        return refuse(session, why, by_hand).await;
    }
    let step = |reached| Event::Reboot {
        instance: undo.target.instance.clone(),
        phase: Phase::Uncordon,
        reached,
        node: None,
    };
    session.recorder.record_anyway(step(Reached::Begun)).await;
    let reached = cordon::uncordon(session, undo.target, (&left, run)).await;
    session.recorder.record_anyway(step(reached.clone())).await;
    let says = reached.says();
    match &reached {
        Reached::Done(_) | Reached::Idle(_) => {
            let reason =
                format!("a reboot has no way back; of the cordon that it has left: {says}");
            let event = Event::FixReverted { reason };
            session.recorder.record_anyway(event).await;
            Exit::Reverted
        }
        Reached::Begun | Reached::Refused(_) | Reached::Partly(_) => {
            let event = Event::FixStuck {
                reason: format!("the node is left cordoned: {says}"),
                commands: by_hand,
            };
            session.recorder.record_anyway(event).await;
            Exit::Stuck
        }
    }
}

/// Whether the node may have pods again: it was never asked to reboot, and can't be any more; or it is
/// ready on another boot.
async fn is_over(session: &mut Session, undo: &Undo<'_>) -> Result<(), String> {
    let grip = Grip::of_undo(undo);
    session.shrug_off_interruption();
    let stands = node::stands(session, (undo.target, &grip), true).await;
    let Some((answer, asked)) = stands else {
        return Err(
            "the node gives no answer, so whether it still goes down is not known; it is left cordoned"
                .to_owned(),
        );
    };
    if !asked {
        return Ok(());
    }
    let own = answer.ident.boot_id;
    if own == undo.hold.boot.0 {
        let uptime = answer.ident.uptime_s;
        return match answer.held {
            None => Ok(()),
            Some(held) if held.id != undo.hold.run.lock() => Err(format!(
                "a change of {} is under way on the node; it is left cordoned",
                held.by
            )),
            Some(held) if held.is_stale(&own, uptime) => {
                match settle::settle(session, undo.target, &held).await {
                    Ok(true) => Ok(()),
                    Ok(false) => Err("its lock could not be ended; it is left cordoned".to_owned()),
                    Err(failure) => Err(failure.what),
                }
            }
            Some(held) => Err(format!(
                "the node was asked to reboot, and has not gone down: its lock ends in {} s at the latest, \
                 and then this can be asked again; it is left cordoned",
                held.until_s.saturating_sub(uptime)
            )),
        };
    }
    let (_, node) = cordon::node(session, undo.target).await?;
    match scripts::ready_on(&node) == Some(own.as_str()) {
        true => Ok(()),
        false => Err("the node is up again, and not ready; it is left cordoned".to_owned()),
    }
}

/// Ends the lock of a reboot, unless the node may be about to go down.
pub(in super::super) async fn release(session: &mut Session, undo: &Undo<'_>) -> Sent<Vec<String>> {
    let grip = Grip::of_undo(undo);
    match node::let_go(session, (undo.target, &grip)).await {
        Sent::Answered(Ok(asked)) => {
            let says = if asked {
                "asked to reboot"
            } else {
                "not asked to reboot"
            };
            Sent::Answered(Ok(vec![says.to_owned()]))
        }
        Sent::Answered(Err(fault)) => Sent::Answered(Err(fault)),
        Sent::NotTaken(why) | Sent::Unknown(why) => Sent::Unknown(why),
    }
}

/// What a person does who goes on after this run's reboot.
pub(in super::super) fn by_hand_now(session: &Session, target: &NodeTarget) -> Vec<String> {
    let reboot = course(session);
    let run = session.recorder.run();
    by_hand(
        session,
        target,
        reboot.left_cordoned().map(|left| (left, run)),
    )
}

fn by_hand(
    session: &Session,
    target: &NodeTarget,
    left: Option<(&PinnedObject, RunId)>,
) -> Vec<String> {
    let flags = Flags::of(&session.aws, session.place.context.as_deref());
    let mut commands = vec![
        describe(&flags, std::slice::from_ref(&target.instance)),
        console(&flags, &target.instance),
    ];
    commands.extend(
        target
            .node
            .as_deref()
            .map(|name| get(&flags, &ObjectRef::node(name))),
    );
    if let Some((pinned, run)) = left {
        let back = guard::back(&cordon::change(session, target, (pinned, run)));
        commands.extend(cluster::by_hand(session, &[back]));
    }
    commands
}
