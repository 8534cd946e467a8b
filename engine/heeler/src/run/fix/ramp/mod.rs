//! A fix on several nodes: planned for each, approved once for all of them, and then begun on one
//! after the other, as far as it helps. On each node it is a run of its own.

mod ended;
mod nodes;
mod prepare;

use std::num::NonZeroUsize;

use futures::stream::{self, StreamExt as _};
use heeler_core::event::{Event, Exit, FixPlan, NodeTarget, RampStep, Record, RunId};
use heeler_core::guard;

use self::prepare::{Preparation, Prepared, prepare};
use super::plan::{digest, ruling};
use super::sign::{self, Asked};
use super::{Approval, Approver, Order, Refusal, Stop, told};
use crate::failure::Failure;
use crate::run::govern::Matter;
use crate::run::session::Session;
use crate::run::shared;

/// Plans that are made at the same time: SSM counts the calls of a whole account.
const PLANNED_AT_ONCE: NonZeroUsize = NonZeroUsize::MIN.saturating_add(4);

/// Who was asked before.
struct Agreed;

impl Approver for Agreed {
    fn approve(&mut self, _: &[Record], _: &FixPlan) -> Approval {
        Approval::Withheld("the plan of all nodes is approved, not that of one".to_owned())
    }
}

/// What was agreed to for several nodes at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Consent {
    /// Who has agreed: short names.
    pub by: String,
    /// The run that is about all of them.
    pub run: RunId,
}

/// Carries a fix from node to node: one order for each, which are equal but for the node.
///
/// # Errors
/// Failures that leave nothing under way; what stands on a node is told of that node's own run.
pub async fn ramp(
    session: &mut Session,
    orders: &[Order<'_>],
    approver: &mut dyn Approver,
) -> Result<Exit, Failure> {
    let ended = advance(session, orders, approver).await;
    told(session, ended).await
}

async fn advance(
    session: &mut Session,
    orders: &[Order<'_>],
    approver: &mut dyn Approver,
) -> Result<Exit, Stop> {
    let first = orders.first().ok_or_else(|| nothing(0))?;
    if orders.len() > 1 && first.rule.reboot().is_some() {
        return Err(Stop::Refused(Refusal::coded(
            "pods-would-follow",
            "it cordons and empties one node after the other: pods of the first would come to the next, \
             whose plan does not show them"
                .to_owned(),
            "plan and fix them one by one, with --instance",
        )));
    }
    let all: Vec<NodeTarget> = orders.iter().map(|order| order.target.clone()).collect();
    on(first, session, &all).decide()?;
    sign::same_policy(first)?;
    shared::look(session, first.policy.limits(), first.plan_only).await?;
    session.recorder.record(paced(first)).await?;
    let prepared = plan_each(session, orders).await?;
    let left_out = orders.len().saturating_sub(prepared.len());
    let targets: Vec<NodeTarget> = prepared
        .iter()
        .map(|node| node.order.target.clone())
        .collect();
    if targets.is_empty() {
        return Err(nothing(left_out));
    }
    let plan = whole(session, first, &prepared, &targets)?;
    session
        .recorder
        .record(Event::FixPlanned(plan.clone()))
        .await?;
    if first.plan_only {
        return Ok(Exit::Clear);
    }
    session.recorder.pause();
    let matter = on(first, session, &targets);
    let needed = matter.decide()?.approval;
    let asked = Asked {
        matter,
        earlier: first.earlier,
        plan: &plan,
        needed,
    };
    let agreement = sign::approve(session, &asked, approver).await?;
    let consent = Consent {
        by: agreement.by.clone(),
        run: session.recorder.run(),
    };
    agreement.record(session, &plan).await?;
    nodes::go(session, &prepared, &consent).await
}

fn nothing(left_out: usize) -> Stop {
    Stop::Refused(Refusal::because(match left_out {
        0 => "there is no node to fix".to_owned(),
        1 => "the one node is left out".to_owned(),
        all => format!("all {all} nodes are left out"),
    }))
}

fn paced(order: &Order<'_>) -> Event {
    let limits = order.policy.limits();
    Event::Ramp(RampStep::Paced {
        at_once: limits.nodes_at_once(),
        canary_first: limits.canary_first(),
        max_errors: limits.max_errors(),
    })
}

/// What the policy is asked about, for these nodes together.
fn on<'a>(order: &'a Order<'_>, session: &'a Session, targets: &'a [NodeTarget]) -> Matter<'a> {
    Matter {
        targets,
        ..order.matter(session)
    }
}

/// The plans of all nodes that have something to be changed, each by a run of its own.
async fn plan_each<'o, 'a>(
    session: &mut Session,
    orders: &'o [Order<'a>],
) -> Result<Vec<Prepared<'o, 'a>>, Stop> {
    let asking: &Session = session;
    let preparations: Vec<Preparation<'o, 'a>> = stream::iter(orders)
        .map(|order| prepare(asking, order))
        .buffered(PLANNED_AT_ONCE.get())
        .collect()
        .await;
    let mut prepared = Vec::new();
    for preparation in preparations {
        let (told, node) = preparation?;
        session.recorder.record_all(told).await?;
        prepared.extend(node);
    }
    if session.cancel.is_cancelled() {
        let what = "interrupted before anything was changed";
        return Err(Stop::Failed(Failure::interrupted(what)));
    }
    Ok(prepared)
}

/// The plan for all of them, which is what is approved.
fn whole(
    session: &Session,
    order: &Order<'_>,
    prepared: &[Prepared<'_, '_>],
    targets: &[NodeTarget],
) -> Result<FixPlan, Stop> {
    let plans: Vec<FixPlan> = prepared
        .iter()
        .map(|node| node.earlier.plan.clone())
        .collect();
    let mut plan = guard::whole(&plans).map_err(|what| {
        Stop::Refused(Refusal::because(format!(
            "{what} differs from node to node: fix them one by one, with --instance"
        )))
    })?;
    let decision = on(order, session, targets).decide()?;
    plan.ruling = Some(ruling(order, &decision));
    plan.digest = digest(session, order, &plan);
    Ok(plan)
}
