//! Has it worked? The runbook's own looks again, until the condition has held for as long as the
//! fix wants, compared first with last: what grows between two samples counts.

use std::time::Duration;

use heeler_core::event::{BootId, Event};
use heeler_core::find::{Hold, View};
use heeler_core::plan;
use tokio::time::Instant;

use super::Order;
use super::plan::Planned;
use crate::failure::Failure;
use crate::run::round::{self, Round};
use crate::run::session::Session;

/// The samples of a change that was made.
pub(super) struct Verification<'a> {
    order: &'a Order<'a>,
    /// The boot that the node has to be on: any other one ends the verification.
    boot: BootId,
    looks: Vec<String>,
    applied: Instant,
    hold: Hold,
}

impl<'a> Verification<'a> {
    /// Nothing was seen yet.
    pub(super) fn new(order: &'a Order<'a>, planned: &Planned) -> Self {
        Verification {
            order,
            boot: planned.boot.clone(),
            looks: needed(order),
            applied: Instant::now(),
            hold: Hold::default(),
        }
    }

    /// The change was made just now; with another `boot` where it was a reboot.
    pub(super) fn begin(&mut self, boot: Option<BootId>) {
        self.applied = Instant::now();
        if let Some(boot) = boot {
            self.boot = boot;
        }
    }

    /// How long ago the change was made.
    pub(super) fn elapsed(&self) -> Duration {
        self.applied.elapsed()
    }

    /// Looks after a pause, and records what was seen. Answers with what ends the verification.
    pub(super) async fn sample(
        &mut self,
        session: &mut Session,
        pause: Duration,
    ) -> Option<String> {
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = session.cancel.cancelled() => return None,
        }
        let view = match look(session, self.order, &self.boot, &self.looks).await {
            Ok(view) => view,
            Err(failure) => return Some(failure.what),
        };
        let at = self.elapsed();
        let sampled = self.hold.sample(
            (self.order.runbook, &self.order.rule.verify),
            self.order.inputs,
            session.recorder.run(),
            view,
            at,
        );
        let seen = Event::VerifySample {
            after_ms: millis(at),
            held_ms: millis(sampled.held),
            holds: sampled.holds,
            says: sampled.says,
        };
        session.recorder.record_anyway(seen).await;
        None
    }
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
async fn look(
    session: &mut Session,
    order: &Order<'_>,
    boot: &BootId,
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
        .is_none_or(|ident| ident.boot_id == boot.0);
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
