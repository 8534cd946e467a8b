//! A lock that nobody ended: its switch was forgotten by a restart, or did not come. Whoever has to
//! do with the node next ends it.

use heeler_core::event::{Event, NodeTarget};
use heeler_core::find::View;
use heeler_core::frame::Held;
use heeler_core::plan::{self as scripts, Settled};

use super::ask;
use super::session::Session;
use crate::failure::Failure;
use crate::world::port::ObjectRef;
use crate::world::resolve::{Note, cordoned};

/// The note that a change is under way.
const UNDER_WAY: &str = "change-under-way";
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
        if let Some(Note { code, text }) = for_reboot(session, &view.target, held).await {
            // Whoever has cordoned the node may still wait for it.
            session.note(code, text).await?;
            continue;
        }
        if held.is_stale(&ident.boot_id, ident.uptime_s) {
            settled |= settle(session, &view.target, held).await?;
            continue;
        }
        let run = held.id.short();
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

/// What is told of a node that the lock's run has cordoned for a reboot. Where that can't be read, it is
/// taken for any other lock.
async fn for_reboot(session: &Session, target: &NodeTarget, held: &Held) -> Option<Note> {
    let (cluster, name) = (session.cluster.as_deref()?, target.node.as_deref()?);
    let node = cluster.get(&ObjectRef::node(name)).await.ok()??;
    let is_its = scripts::marked(&node)?.lock().as_ref() == Some(&held.id);
    cordoned(name, &node).filter(|_| is_its)
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
