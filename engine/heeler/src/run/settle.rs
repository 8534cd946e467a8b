//! A lock that nobody ended: its switch was forgotten by a restart, or did not come. Whoever has to
//! do with the node next ends it.

use heeler_core::event::{Event, NodeTarget};
use heeler_core::find::View;
use heeler_core::frame::Held;
use heeler_core::plan::{self as scripts, Settled, drain};

use super::ask;
use super::session::Session;
use crate::failure::Failure;
use crate::world::port::ObjectRef;

/// The note that a change is under way.
const UNDER_WAY: &str = "change-under-way";
/// The note that a node was cordoned for a reboot.
const CORDONED: &str = "cordoned-for-reboot";
/// The note that a lock could not be ended.
const UNSETTLED: &str = "lock-unsettled";

/// Ends the locks that were found while looking and whose switches are lost, and says of the others
/// that they are there. Answers with whether a change was taken back.
///
/// # Errors
/// The journal's own failures.
pub async fn settle_found(session: &mut Session, views: &[View]) -> Result<bool, Failure> {
    let mut settled = false;
    for view in views.iter().filter(|view| view.barred.is_none()) {
        let (Some(held), Some(ident)) = (&view.held, &view.ident) else {
            continue;
        };
        if note_cordon(session, &view.target, held).await? {
            // Whoever has cordoned it may still wait for it; and without its lock nobody would be
            // told of the cordon.
            continue;
        }
        if held.is_stale(&ident.boot_id, ident.uptime_s) {
            settled |= settle(session, &view.target, held).await?;
            continue;
        }
        let run: String = held.id.to_string().chars().take(5).collect();
        let end = match held.switch {
            Some(_) => "the node takes it back by itself unless it is kept",
            None => "nothing can take it back, and its lock ends by itself",
        };
        let text = format!(
            "{}: a change of run {run} by {} is under way; {end}",
            view.target.name(),
            held.by
        );
        session.note(UNDER_WAY, text).await?;
    }
    Ok(settled)
}

/// Tells of a node that the lock's run has cordoned for a reboot: whoever runs heeler there may be gone,
/// and nobody else would uncordon it. Answers with whether it is one.
async fn note_cordon(
    session: &mut Session,
    target: &NodeTarget,
    held: &Held,
) -> Result<bool, Failure> {
    let (Some(cluster), Some(name)) = (session.cluster.clone(), &target.node) else {
        return Ok(false);
    };
    // Where it can't be read, nothing is said of it; the lock is told in any case.
    let Ok(Some(node)) = cluster.get(&ObjectRef::node(name)).await else {
        return Ok(false);
    };
    let letters = held.id.to_string();
    let is_its = |mark: &str| mark.split(' ').next() == Some(letters.as_str());
    if !scripts::marked(&node).is_some_and(is_its) || !drain::is_cordoned(&node) {
        return Ok(false);
    }
    let run: String = letters.chars().take(5).collect();
    let text = format!(
        "{name} was cordoned for a reboot by run {run} of {}; if nobody sees to that any more: `heeler revert \
         {run}` where that run's journal is, or `kubectl uncordon {name}` and `kubectl annotate node {name} {}-`",
        held.by,
        scripts::MARK
    );
    session.note(CORDONED, text).await?;
    Ok(true)
}

/// Ends a lock, if its switch is lost. Answers with whether it has ended.
///
/// # Errors
/// The journal's own failures.
pub async fn settle(
    session: &mut Session,
    target: &NodeTarget,
    held: &Held,
) -> Result<bool, Failure> {
    let asked = ask::ask_one(session, "settle", target, scripts::settling(), |nonce| {
        scripts::settle(held, nonce)
    })
    .await?;
    let why = match asked {
        (Ok(answer), _) => match scripts::settled(&answer) {
            Ok(Settled::Stuck(text)) => text,
            Ok(settled) => {
                let event = Event::LockSettled {
                    instance: target.instance.clone(),
                    lock: held.id.to_string(),
                    by: held.by.clone(),
                    says: settled.to_string(),
                };
                session.recorder.record(event).await?;
                return Ok(true);
            }
            Err(fault) => fault.to_string(),
        },
        (Err(silence), _) => silence.text,
    };
    let text = format!(
        "{}: a change by {} was left there unended, and could not be ended: {why}",
        target.name(),
        held.by
    );
    session.note(UNSETTLED, text).await?;
    Ok(false)
}
