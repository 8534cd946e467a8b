//! The single nodes of a fix on several: each is planned, and later fixed, by a run of its own, with
//! its own records, lock, switch and verification.

use std::time::Duration;

use futures::stream::{FuturesUnordered, StreamExt as _};
use heeler_core::event::{Event, Exit, FixPlan, InstanceId, NodeEnd, RampStep, Record, RunId};
use heeler_core::guard::{self, End, Reason, Stage, Tally, Turn};
use heeler_core::value::DurationSpan;
use tokio_util::sync::CancellationToken;

use super::Consent;
use crate::failure::Failure;
use crate::run::fix::plan::NOT_NEEDED;
use crate::run::fix::{self, Approval, Approver, Beside, Earlier, Order, Stop};
use crate::run::session::Session;

/// The note that somebody wants to stop.
const STOPPING: &str = "stopping";

/// A node for which there is a plan.
pub(super) struct Prepared<'o, 'a> {
    /// The fix of the node.
    pub(super) order: &'o Order<'a>,
    /// Its plan.
    pub(super) earlier: Earlier,
}

/// What is recorded of a node that was planned for, and the node where it takes part.
pub(super) type Preparation<'o, 'a> = Result<(RampStep, Option<Prepared<'o, 'a>>), Failure>;

/// Plans the fix for one node.
pub(super) async fn prepare<'o, 'a>(
    session: &Session,
    order: &'o Order<'a>,
) -> Preparation<'o, 'a> {
    let mut own = session.of_node("plan", &order.target).await?;
    own.cancel = session.cancel.clone();
    let planning = Order {
        plan_only: true,
        earlier: None,
        ..order.clone()
    };
    let outcome = Box::pin(fix::fix(&mut own, &planning, &mut Agreed)).await;
    own.recorder.conclude(outcome).await;
    let (instance, run) = (order.target.instance.clone(), own.recorder.run());
    let (records, commands) = (own.recorder.records(), own.recorder.commands());
    let planned = records.iter().find_map(|record| match &record.event {
        Event::FixPlanned(plan) => Some((record.at, plan.clone())),
        _ => None,
    });
    let Some((planned_at, plan)) = planned else {
        let (reason, failed) = left_out(records);
        let step = RampStep::LeftOut {
            instance,
            run,
            commands,
            reason,
            failed,
        };
        return Ok((step, None));
    };
    let step = RampStep::Planned {
        instance,
        run,
        commands,
    };
    let earlier = Earlier {
        run,
        planned_at,
        plan,
        tokens: Vec::new(),
    };
    Ok((step, Some(Prepared { order, earlier })))
}

/// Why there is no plan, and whether it can't be told that there need be none.
fn left_out(records: &[Record]) -> (String, bool) {
    let mut events = records.iter().rev().map(|record| &record.event);
    let why = events.find_map(|event| match event {
        Event::FixRefused { reason, code, .. } => {
            Some((reason.clone(), code.as_deref() != Some(NOT_NEEDED)))
        }
        Event::Failure { what, .. } => Some((what.clone(), true)),
        _ => None,
    });
    why.unwrap_or_else(|| ("no plan could be made".to_owned(), true))
}

/// Who was asked before.
struct Agreed;

impl Approver for Agreed {
    fn approve(&mut self, _: &[Record], _: &FixPlan) -> Approval {
        Approval::Withheld("the plan of all nodes is approved, not that of one".to_owned())
    }
}

/// What became of the fix on one node.
struct Ended {
    instance: InstanceId,
    run: RunId,
    commands: u32,
    end: NodeEnd,
    says: String,
}

/// Begins with one node after the other, until there is none, or it must not go on.
pub(super) async fn go(
    session: &mut Session,
    prepared: &[Prepared<'_, '_>],
    consent: &Consent,
) -> Result<Exit, Stop> {
    let limits = prepared.first().map(|node| node.order.policy.limits());
    let limits = limits.cloned().unwrap_or_default();
    let mut waiting = prepared.iter();
    let mut tally = Tally {
        waiting: u32::try_from(prepared.len()).unwrap_or(u32::MAX),
        ..Tally::default()
    };
    let mut under_way = FuturesUnordered::new();
    let mut trouble: Option<Failure> = None;
    let mut ends = Vec::new();
    let reason = loop {
        trouble = trouble.or_else(|| session.recorder.broken().cloned());
        let halted = trouble.is_some() || session.cancel.is_cancelled();
        match guard::turn(&tally, &limits, halted) {
            Turn::End(reason) => break reason,
            Turn::Begin => {
                tally.waiting = tally.waiting.saturating_sub(1);
                let Some(node) = waiting.next() else {
                    continue;
                };
                match begin(session, node).await {
                    Ok(own) => {
                        let beside = Beside {
                            changing: tally.under_way,
                            verified: tally.kept,
                        };
                        tally.under_way = tally.under_way.saturating_add(1);
                        under_way.push(carry_out(own, node, (consent, beside)));
                    }
                    Err(failure) => {
                        tally.waiting = tally.waiting.saturating_add(1);
                        trouble = Some(failure);
                    }
                }
            }
            Turn::Wait => {
                let Some(ended) = next(session, &mut under_way).await else {
                    continue;
                };
                tally.under_way = tally.under_way.saturating_sub(1);
                count(&mut tally, ended.end);
                ends.push(ended.end);
                session
                    .recorder
                    .record_anyway(Event::Ramp(step(ended)))
                    .await;
            }
        }
    };
    if let Some(reason) = reason.says() {
        let stopped = Event::Ramp(RampStep::Stopped { reason });
        session.recorder.record_anyway(stopped).await;
    }
    match trouble {
        Some(failure) => Err(Stop::Failed(failure)),
        None => Ok(exit(session, &ends, reason)),
    }
}

/// Opens the run of a node, and writes down that it begins; nothing was sent yet.
async fn begin(session: &mut Session, node: &Prepared<'_, '_>) -> Result<Session, Failure> {
    let own = session.of_node("fix", &node.order.target).await?;
    let begun = Event::Ramp(RampStep::Begun {
        instance: node.order.target.instance.clone(),
        run: own.recorder.run(),
    });
    session.recorder.record(begun).await?;
    Ok(own)
}

/// The fix of one node, to its end: nobody's interruption reaches it but the end of the process.
async fn carry_out(
    mut own: Session,
    node: &Prepared<'_, '_>,
    (consent, beside): (&Consent, Beside),
) -> Ended {
    own.cancel = CancellationToken::new();
    let order = Order {
        earlier: Some(&node.earlier),
        consent: Some(consent),
        beside,
        ..node.order.clone()
    };
    let outcome = Box::pin(fix::fix(&mut own, &order, &mut Agreed)).await;
    own.recorder.conclude(outcome).await;
    let (end, says) = end(own.recorder.records());
    Ended {
        instance: order.target.instance.clone(),
        run: own.recorder.run(),
        commands: own.recorder.commands(),
        end,
        says,
    }
}

/// The next node that has come to its end; `None`: somebody wants to stop, and was answered.
async fn next<F: Future<Output = Ended>>(
    session: &mut Session,
    under_way: &mut FuturesUnordered<F>,
) -> Option<Ended> {
    if session.recorder.has_noted(STOPPING) {
        return under_way.next().await;
    }
    let cancel = session.cancel.clone();
    tokio::select! {
        ended = under_way.next() => return ended,
        () = cancel.cancelled() => {}
    }
    let stopping = Event::Noted {
        code: STOPPING.to_owned(),
        text:
            "no other node is begun, and what is under way comes to its end; who interrupts once \
               more leaves it to the nodes, which take back what was not kept"
                .to_owned(),
    };
    session.recorder.record_anyway(stopping).await;
    None
}

fn count(tally: &mut Tally, end: NodeEnd) {
    let counter = match end {
        NodeEnd::Kept => &mut tally.kept,
        NodeEnd::Refused | NodeEnd::Failed | NodeEnd::Reverted => &mut tally.failed,
        NodeEnd::InDoubt | NodeEnd::Stuck => &mut tally.lost,
    };
    *counter = counter.saturating_add(1);
}

fn step(ended: Ended) -> RampStep {
    RampStep::Ended {
        instance: ended.instance,
        run: ended.run,
        commands: ended.commands,
        end: ended.end,
        says: ended.says,
    }
}

/// How the fix of a node has ended, by its records.
fn end(records: &[Record]) -> (NodeEnd, String) {
    let stage = Stage::of(records.iter().map(|record| &record.event));
    let events = records.iter().rev().map(|record| &record.event);
    let says = events.clone().find_map(|event| match event {
        Event::FixKept { after_ms } => {
            let after = DurationSpan(Duration::from_millis(*after_ms));
            Some(format!("it works, {after} after the change"))
        }
        Event::FixReverted { reason } | Event::FixStuck { reason, .. } => Some(reason.clone()),
        Event::FixRefused { reason, .. } => Some(reason.clone()),
        Event::Failure { what, .. } => Some(what.clone()),
        _ => None,
    });
    let end = match stage {
        Stage::Ended(End::Kept) => NodeEnd::Kept,
        Stage::Ended(End::Reverted) => NodeEnd::Reverted,
        Stage::Ended(End::Stuck) => NodeEnd::Stuck,
        Stage::Ended(End::Refused) => NodeEnd::Refused,
        Stage::Proposed | Stage::Planned { .. } | Stage::Approved { .. } => NodeEnd::Failed,
        Stage::Applying { .. } | Stage::Applied { .. } | Stage::Keeping | Stage::Undoing => {
            NodeEnd::InDoubt
        }
    };
    (end, says.unwrap_or_else(|| "without a word".to_owned()))
}

/// The worst of all nodes, as the reference orders exit statuses; who stopped it while all went well
/// is told so.
fn exit(session: &Session, ends: &[NodeEnd], reason: Reason) -> Exit {
    let of = |end: &NodeEnd| match end {
        NodeEnd::Kept => Exit::Clear,
        NodeEnd::Refused => Exit::Refused,
        NodeEnd::Failed | NodeEnd::InDoubt => Exit::Failed,
        NodeEnd::Reverted => Exit::Reverted,
        NodeEnd::Stuck => Exit::Stuck,
    };
    let mut all: Vec<Exit> = ends.iter().map(of).collect();
    let unplanned = session.recorder.records().iter().any(|record| {
        matches!(
            record.event,
            Event::Ramp(RampStep::LeftOut { failed: true, .. }) | Event::Failure { .. }
        )
    });
    all.extend(unplanned.then_some(Exit::Failed));
    let worst = Exit::ALL.into_iter().find(|exit| all.contains(exit));
    match (worst, reason) {
        (None | Some(Exit::Clear), Reason::Halted) => Exit::Interrupted,
        (worst, _) => worst.unwrap_or(Exit::Clear),
    }
}
