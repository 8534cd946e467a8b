//! Follows commands until each node has answered, failed, or used up its time.

use futures::future::join_all;
use heeler_core::event::InstanceId;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio_util::sync::CancellationToken;

use super::arrive::{Loss, arrive, lose};
use super::{Asked, Sent, world_failure};
use crate::failure::Failure;
use crate::run::session::Session;
use crate::world::CallError;
use crate::world::port::{Ran, Ssm};
use crate::world::watch::{Seen, Watch};

/// Something that one of the watches has seen, and who was still silent then.
struct Sight<'a> {
    sent: &'a Sent,
    seen: Result<Seen, CallError>,
    silent: Vec<InstanceId>,
}

/// Follows all commands at the same time.
pub(super) async fn collect(
    session: &mut Session,
    sent: Vec<Sent>,
    cancel: &CancellationToken,
    asked: &mut Asked,
) -> Result<(), Failure> {
    let ssm = session.aws.ssm.clone();
    let (sights, mut seen) = unbounded_channel();
    let side_by_side = u32::try_from(sent.len()).unwrap_or(u32::MAX);
    let watches = join_all(
        sent.iter()
            .map(|sent| watch(&*ssm, sent, side_by_side, cancel, sights.clone())),
    );
    drop(sights);
    let reader = async {
        while let Some(sight) = seen.recv().await {
            take(session, sight, asked).await?;
        }
        Ok(())
    };
    let (_, read) = futures::join!(watches, reader);
    read
}

/// Watches one command to its end, and reports everything on the way.
async fn watch<'a>(
    ssm: &dyn Ssm,
    sent: &'a Sent,
    side_by_side: u32,
    cancel: &CancellationToken,
    sights: UnboundedSender<Sight<'a>>,
) {
    let mut watch =
        Watch::new(ssm, &sent.command, sent.instances.clone(), sent.patience).beside(side_by_side);
    loop {
        let seen = watch.next(cancel).await;
        let more = matches!(seen, Ok(Seen::Ended(_)));
        if matches!(seen, Ok(Seen::Late(_) | Seen::Cancelled)) {
            // It may still be waiting for its turn on the node: nothing may start it later. SSM
            // promises nothing, so that its answer changes nothing either.
            let _ = ssm.cancel(&sent.command).await;
        }
        let silent = watch.waiting().cloned().collect();
        if sights.send(Sight { sent, seen, silent }).is_err() || !more {
            return;
        }
    }
}

async fn take(session: &mut Session, sight: Sight<'_>, asked: &mut Asked) -> Result<(), Failure> {
    let Sight { sent, seen, silent } = sight;
    let text = match seen {
        Ok(Seen::Ended(invocation)) => {
            return arrive(session, sent, invocation, &mut asked.answers).await;
        }
        Ok(Seen::AllEnded) => return Ok(()),
        Ok(Seen::Late(trouble)) => {
            let trouble = trouble
                .map(|error| format!(" ({})", error.what()))
                .unwrap_or_default();
            let seconds = sent.patience.as_secs();
            format!("no answer within {seconds} s{trouble}; the command was cancelled")
        }
        Ok(Seen::Cancelled) => {
            let text = "interrupted while nodes were working; their commands were cancelled";
            asked.trouble.get_or_insert(Failure::interrupted(text));
            text.to_owned()
        }
        Err(error) => {
            let text = error.what();
            asked.trouble.get_or_insert(world_failure(&error.into()));
            text
        }
    };
    let passing = asked.trouble.as_ref().is_none_or(Failure::is_passing);
    for instance in &silent {
        let loss = Loss {
            passing,
            ..sent.loss(instance, &text, Ran::Unknown)
        };
        lose(session, loss, &mut asked.answers).await?;
    }
    Ok(())
}
