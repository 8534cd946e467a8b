//! Has it worked? The runbook's own looks again, until the condition has held for as long as the
//! fix wants, compared first with last: what grows between two samples counts.

use std::time::Duration;

use heeler_core::event::{Event, Exit};
use heeler_core::find::{Hold, View};
use heeler_core::plan;
use tokio::time::Instant;

use super::Order;
use super::plan::Planned;
use super::undo::{self, Caller, Undo};
use crate::failure::Failure;
use crate::run::round::{self, Round};
use crate::run::session::Session;

/// Between two samples: often enough to see a short hold end, rare enough not to be a load itself.
const PAUSE: Duration = Duration::from_secs(3);

/// Waits for the condition; reverts when it does not come, or when the wait is interrupted.
pub(super) async fn verify(session: &mut Session, order: &Order<'_>, planned: &Planned) -> Exit {
    let rule = &order.rule.verify;
    let looks = needed(order);
    let applied = Instant::now();
    let mut hold = Hold::default();
    let reason = loop {
        if session.cancel.is_cancelled() {
            break "the verification was interrupted".to_owned();
        }
        let view = match sample(session, order, planned, &looks).await {
            Ok(view) => view,
            Err(failure) => break failure.what,
        };
        let at = applied.elapsed();
        let sampled = hold.sample(
            (order.runbook, rule),
            order.inputs,
            session.recorder.run(),
            view,
            at,
        );
        let after_ms = millis(at);
        let seen = Event::VerifySample {
            after_ms,
            held_ms: millis(sampled.held),
            holds: sampled.holds,
            says: sampled.says,
        };
        session.recorder.record_anyway(seen).await;
        if let Some(failure) = session.recorder.broken() {
            break format!("the journal can't be written: {}", failure.what);
        }
        if sampled.holds == Some(true) && sampled.held >= rule.hold {
            session
                .recorder
                .record_anyway(Event::FixKept { after_ms })
                .await;
            return Exit::Clear;
        }
        if applied.elapsed() + PAUSE >= rule.within {
            break format!(
                "`{}` did not hold for {} s within {} s",
                rule.that.text(),
                rule.hold.as_secs(),
                rule.within.as_secs()
            );
        }
        tokio::select! {
            () = tokio::time::sleep(PAUSE) => {}
            () = session.cancel.cancelled() => {}
        }
    };
    let undo = Undo::of_plan(order, planned, Caller::Fix);
    undo::undo(session, &undo, &reason).await
}

/// The looks that the condition names, and those that must be asked before them.
fn needed(order: &Order<'_>) -> Vec<String> {
    let roots = order.rule.verify.that.roots();
    plan::needed(
        &order.runbook.looks,
        roots.into_iter().map(|(root, _)| root),
    )
}

/// Looks once. What passes (a throttled call, a node that is slow) leaves the sample unseen; only
/// what can't get better ends the verification.
async fn sample(
    session: &mut Session,
    order: &Order<'_>,
    planned: &Planned,
    looks: &[String],
) -> Result<View, Failure> {
    let round = Round {
        runbook: order.runbook,
        inputs: order.inputs,
        purpose: "verify",
        only: Some(looks),
        unconfined: order.unconfined,
    };
    let mut views = vec![View::new(order.target.clone())];
    let trouble = round::look(session, &round, &mut views).await?;
    if let Some(failure) = trouble.filter(|failure| !failure.is_passing()) {
        return Err(failure);
    }
    let view = views
        .pop()
        .unwrap_or_else(|| View::new(order.target.clone()));
    let same_boot = view
        .ident
        .as_ref()
        .is_none_or(|ident| ident.boot_id == planned.boot.0);
    if same_boot {
        Ok(view)
    } else {
        Err(Failure::failed(
            "restarted",
            "the node was restarted while the fix was being verified",
            order.target.name(),
            "look again",
        ))
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
