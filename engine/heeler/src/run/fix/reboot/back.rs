//! Waiting for a node that goes down: it is back when Kubernetes says that it is ready on another boot,
//! and the node itself says the same.

use std::time::Duration;

use heeler_core::event::{BootId, Reached};
use heeler_core::plan as scripts;
use heeler_core::value::DurationSpan;
use tokio::time::Instant;

use super::node::{self, Grip};
use super::{Trip, cordon};
use crate::run::ask::EXPIRY;
use crate::run::session::Session;

/// Between two looks at the Node object.
const PAUSE: Duration = Duration::from_secs(2);
/// A node that was not asked by now can't be any more, whatever is on its way.
const SETTLED: Duration = EXPIRY.saturating_add(Duration::from_secs(15));

/// What was seen of a node last.
#[derive(Default)]
struct Seen {
    kubernetes: String,
    node: String,
    /// It was still on the boot before.
    is_up: bool,
}

/// Waits until the node is ready on another boot, and gives that.
pub(super) async fn wait(
    session: &mut Session,
    trip: &Trip<'_>,
    grip: &Grip<'_>,
) -> (Reached, Option<BootId>) {
    let began = Instant::now();
    let within = trip.rules.back_within;
    let (mut seen, mut doubted) = (Seen::default(), true);
    loop {
        let ready = ready(session, trip, &mut seen).await;
        let is_other = ready
            .as_ref()
            .is_some_and(|boot| *boot != trip.planned.boot);
        let asks = is_other || (ready.is_some() && doubted && began.elapsed() > SETTLED);
        if asks {
            let stands = node::stands(session, (trip.target(), grip), false).await;
            match stands {
                None => "it gives no answer".clone_into(&mut seen.node),
                Some((answer, asked)) => {
                    let own = BootId(answer.ident.boot_id);
                    seen.is_up = own == trip.planned.boot;
                    seen.node = format!("it says that it is on boot {}", own.0);
                    if is_other && ready.as_ref() == Some(&own) {
                        let says = format!("it is ready on boot {}", own.0);
                        return (Reached::Done(says), Some(own));
                    }
                    if own == trip.planned.boot && !asked {
                        return (never_asked(session, (trip, grip)).await, None);
                    }
                    doubted &= own != trip.planned.boot;
                }
            }
        }
        if session.cancel.is_cancelled() {
            return (
                Reached::Refused(seen.told("nobody waits for it any more")),
                None,
            );
        }
        if began.elapsed() >= within {
            let within = DurationSpan(within);
            let late = match seen.is_up {
                true => format!("it was asked to, and has not gone down within {within}"),
                false => format!("it did not come back within {within}"),
            };
            return (Reached::Refused(seen.told(&late)), None);
        }
        tokio::select! {
            () = tokio::time::sleep(PAUSE) => {}
            () = session.cancel.cancelled() => {}
        }
    }
}

/// The boot on which Kubernetes says that the node is ready.
async fn ready(session: &Session, trip: &Trip<'_>, seen: &mut Seen) -> Option<BootId> {
    let (pinned, node) = match cordon::node(session, trip.target()).await {
        Ok(found) => found,
        Err(why) => {
            seen.kubernetes = why;
            return None;
        }
    };
    if pinned.uid != trip.node.uid {
        "another node has its name".clone_into(&mut seen.kubernetes);
        return None;
    }
    let ready = scripts::ready_on(&node).map(|boot| BootId(boot.to_owned()));
    seen.kubernetes = match &ready {
        None => "it is not ready".to_owned(),
        Some(boot) if *boot == trip.planned.boot => "it is ready on the boot before".to_owned(),
        Some(boot) => format!("it is ready on boot {}", boot.0),
    };
    ready
}

/// The command never came, and can't any more once the lock has ended.
async fn never_asked(session: &mut Session, (trip, grip): (&Trip<'_>, &Grip<'_>)) -> Reached {
    match node::stands(session, (trip.target(), grip), true).await {
        Some((_, false)) => {
            Reached::Idle("the command to reboot never came to the node".to_owned())
        }
        _ => Reached::Refused("whether the node was asked to reboot is not known".to_owned()),
    }
}

impl Seen {
    fn told(&self, why: &str) -> String {
        let mut told = format!("{why}; as Kubernetes says, {}", self.kubernetes);
        if !self.node.is_empty() {
            told.push_str(&format!("; asked itself, {}", self.node));
        }
        told
    }
}
