//! Keeps a change that has worked: its switch is disarmed, unless it has been faster.

use std::time::Duration;

use heeler_core::event::Event;
use heeler_core::guard::{self, Sent};
use heeler_core::plan as scripts;
use tokio::time::Instant;

use super::plan::Planned;
use super::{Order, one_way};
use crate::run::ask;
use crate::run::session::Session;

/// Between two attempts; keeping may be sent again, as what is kept stays kept.
const PAUSE: Duration = Duration::from_secs(2);

/// Keeps the change, `after` this time. Answers with why its end is not known, where it is not.
pub(super) async fn keep(
    session: &mut Session,
    order: &Order<'_>,
    planned: &Planned,
    after: Duration,
) -> Option<String> {
    let changes = &planned.plan.changes;
    let Some(armed) = planned.plan.switch else {
        if planned.plan.one_way {
            one_way::keep(session, order, planned, after).await;
            return None;
        }
        // Nothing on the node waits for it.
        let outcome = guard::after_keep(changes, Sent::Answered(Ok(())), after);
        session.recorder.record_all_anyway(outcome.events).await;
        return outcome.trouble;
    };
    let started = Event::KeepStarted {
        instance: order.target.instance.clone(),
    };
    if let Err(failure) = session.recorder.record(started).await {
        return Some(failure.what);
    }
    let hold = planned.hold(session, order);
    let patience = scripts::patience([]);
    let began = Instant::now();
    loop {
        let asked = ask::ask_one(session, "keep", &order.target, patience, |nonce| {
            scripts::keep(armed.switch, &hold, nonce)
        })
        .await;
        let (sent, hopeless) = match asked {
            Ok((Ok(answer), _)) => (Sent::Answered(scripts::kept(&answer)), false),
            Ok((Err(silence), trouble)) => {
                let hopeless = trouble.is_some_and(|trouble| !trouble.is_passing());
                (Sent::Unknown(silence.text), hopeless)
            }
            Err(failure) => (Sent::Unknown(failure.what), true),
        };
        let outcome = guard::after_keep(changes, sent, after);
        session.recorder.record_all_anyway(outcome.events).await;
        // Once its time has come the switch has decided.
        let left = order.rule.undo_after.saturating_sub(after);
        if outcome.trouble.is_none() || hopeless || began.elapsed() + PAUSE >= left {
            return outcome.trouble;
        }
        tokio::time::sleep(PAUSE).await;
    }
}
