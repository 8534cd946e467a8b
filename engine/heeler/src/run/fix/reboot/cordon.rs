//! The cordon of a reboot, with a mark that says whose it is. A node that was cordoned before stays so.

use std::time::Duration;

use heeler_core::event::{ChangePlan, NodeTarget, PinnedObject, Reached, RunId};
use heeler_core::guard::{self, Sent};
use heeler_core::plan::{self as scripts, Mark, Undone, drain};
use serde_json::Value as Json;
use tokio::time::Instant;

use super::super::cluster;
use crate::run::session::Session;
use crate::world::port::ObjectRef;

/// How long uncordoning is tried while the API server does not answer.
const PERSISTENCE: Duration = Duration::from_secs(120);
/// Between two attempts.
const PAUSE: Duration = Duration::from_secs(3);

/// The Node object of a target, and what pins it.
///
/// # Errors
/// In words, where it can't be read.
pub(super) async fn node(
    session: &Session,
    target: &NodeTarget,
) -> Result<(PinnedObject, Json), String> {
    let cluster = session.cluster.as_deref();
    let cluster = cluster.ok_or("there is no kubeconfig, so the node can't be drained")?;
    let name = target.node.as_deref();
    let name = name.ok_or("the node's name in Kubernetes is not known, so it can't be drained")?;
    let reference = ObjectRef::node(name);
    let node = cluster.get(&reference).await;
    let node = node.map_err(|error| error.what())?;
    let node = node.ok_or_else(|| format!("there is no node {name}"))?;
    let version = scripts::version(&node).ok_or_else(|| format!("node {name} has no uid"))?;
    let pinned = PinnedObject {
        api: reference.api,
        resource: reference.resource,
        namespace: None,
        name: reference.name,
        uid: version.uid,
    };
    Ok((pinned, node))
}

/// Somebody else's reboot of the node, by its mark.
pub(super) fn other_mark(node: &Json, run: RunId) -> Option<Mark<'_>> {
    scripts::marked(node).filter(|mark| mark.lock() != Some(run.lock()))
}

/// Cordons the node, unless it is cordoned.
pub(super) async fn cordon(
    session: &Session,
    target: &NodeTarget,
    pinned: &PinnedObject,
) -> Reached {
    let run = session.recorder.run();
    match node(session, target).await {
        Err(why) => return Reached::Refused(why),
        Ok((_, node)) => {
            if let Some(mark) = other_mark(&node, run) {
                return Reached::Refused(format!("it carries the mark of another reboot: {mark}"));
            }
            if drain::is_cordoned(&node) {
                return Reached::Idle("it was cordoned before, and stays so".to_owned());
            }
        }
    }
    let change = change(session, target, (pinned, run));
    match cluster::apply(session, &[change]).await {
        Sent::Answered(Ok(_)) => Reached::Done("no new pod is placed there".to_owned()),
        Sent::Answered(Err(fault)) => Reached::Refused(fault.to_string()),
        Sent::NotTaken(why) => Reached::Refused(why),
        Sent::Unknown(why) => Reached::Partly(why),
    }
}

/// Uncordons the node that this run has cordoned, where that is still its cordon.
pub(super) async fn uncordon(
    session: &mut Session,
    target: &NodeTarget,
    (pinned, run): (&PinnedObject, RunId),
) -> Reached {
    session.shrug_off_interruption();
    let began = Instant::now();
    loop {
        let by = marked_by(session, target, run).await;
        let back = guard::back(&scripts::cordon(&target.instance, pinned, run, &by));
        let mut progress = cluster::Progress::default();
        let back = std::slice::from_ref(&back);
        let (sent, hopeless) = cluster::undo(session, back, &mut progress).await;
        let why = match sent {
            Sent::Answered(Ok(undone)) => match undone.first() {
                Some(Undone::Back(_) | Undone::WasBack(_)) => {
                    return Reached::Done("new pods are placed there again".to_owned());
                }
                Some(Undone::Gone) => return Reached::Idle("the node is gone".to_owned()),
                Some(Undone::Failed { text, .. }) => return Reached::Refused(text.clone()),
                Some(end @ (Undone::Moved(_) | Undone::Theirs { .. })) => {
                    let whose = match end {
                        Undone::Theirs { whose, .. } => Some(whose.as_str()),
                        _ => None,
                    };
                    match seen_to(session, target, (pinned, run), whose).await {
                        Ok(reached) => return reached,
                        Err(why) => why,
                    }
                }
                // No node has a switch for it.
                Some(Undone::ByNode(_)) | None => {
                    "the API server did not say what became of it".to_owned()
                }
            },
            Sent::Answered(Err(fault)) => fault.to_string(),
            Sent::NotTaken(why) | Sent::Unknown(why) => why,
        };
        if hopeless || began.elapsed() + PAUSE >= PERSISTENCE {
            return Reached::Partly(why);
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// Somebody else has seen to the cordon; `whose` says who has set it anew. What is left of this run is
/// its mark, which would keep the next reboot away.
///
/// # Errors
/// Why that is not known, or not done; asking again may help.
async fn seen_to(
    session: &Session,
    target: &NodeTarget,
    (pinned, run): (&PinnedObject, RunId),
    whose: Option<&str>,
) -> Result<Reached, String> {
    let (_, node) = node(session, target).await?;
    match (own_mark(&node, run), drain::is_cordoned(&node)) {
        (Some(_), true) if whose.is_none() => {
            Err("its cordon is another one than this run has made".to_owned())
        }
        (Some(own), cordoned) => {
            let mark = guard::back(&scripts::mark(&target.instance, pinned, run, own.by()));
            let progress = &mut cluster::Progress::default();
            let (sent, _) = cluster::undo(session, std::slice::from_ref(&mark), progress).await;
            if !matches!(&sent, Sent::Answered(Ok(ends)) if matches!(ends[..], [Undone::Back(_) | Undone::WasBack(_)]))
            {
                return Err(
                    "somebody else has seen to its cordon, and its mark could not be removed"
                        .to_owned(),
                );
            }
            Ok(Reached::Idle(match whose.filter(|_| cordoned) {
                Some(whose) => format!("it stays cordoned, as {whose}"),
                None => "somebody else has uncordoned it".to_owned(),
            }))
        }
        (None, true) if let Some(setter) = scripts::set_since(&node, &scripts::closed_path()) => {
            Ok(Reached::Idle(format!("it stays cordoned, as {setter}")))
        }
        (None, true) => Ok(Reached::Partly(
            "its mark was removed or is another's, and it is still cordoned: `kubectl uncordon` it if \
             nobody wants that"
                .to_owned(),
        )),
        (None, false) => Ok(Reached::Idle(
            "somebody else has seen to its cordon".to_owned(),
        )),
    }
}

/// The mark of this run.
fn own_mark(node: &Json, run: RunId) -> Option<Mark<'_>> {
    scripts::marked(node).filter(|mark| mark.lock() == Some(run.lock()))
}

/// Who has marked the node for this run: whoever takes that back may go by another name. Where it
/// can't be read it is whoever asks.
async fn marked_by(session: &Session, target: &NodeTarget, run: RunId) -> String {
    let node = node(session, target).await.ok();
    let own = node.as_ref().and_then(|(_, node)| own_mark(node, run));
    own.map_or(session.place.caller.as_str(), |mark| mark.by())
        .to_owned()
}

/// The cordon of a run as a change.
pub(super) fn change(
    session: &Session,
    target: &NodeTarget,
    (pinned, run): (&PinnedObject, RunId),
) -> ChangePlan {
    scripts::cordon(&target.instance, pinned, run, &session.place.caller)
}
