//! The plan for each of several nodes, by a run of its own.

use heeler_core::event::{Event, RampStep, Record};

use super::Agreed;
use super::ended::told_of;
use crate::failure::Failure;
use crate::run::fix::proof::NOT_NEEDED;
use crate::run::fix::{self, Earlier, Order};
use crate::run::session::Session;

/// A node for which there is a plan.
pub(super) struct Prepared<'o, 'a> {
    /// The fix of the node.
    pub(super) order: &'o Order<'a>,
    /// Its plan.
    pub(super) earlier: Earlier,
}

/// What is recorded of a node that was planned for, and the node where it takes part.
pub(super) type Preparation<'o, 'a> = Result<(Vec<Event>, Option<Prepared<'o, 'a>>), Failure>;

/// Plans the fix for one node.
pub(super) async fn prepare<'o, 'a>(
    session: &Session,
    order: &'o Order<'a>,
) -> Preparation<'o, 'a> {
    let mut own = session.of_node("plan", &order.target).await?;
    own.cancel = session.cancel.clone();
    let planning = Order {
        plan_only: true,
        ..order.clone()
    };
    let outcome = Box::pin(fix::fix(&mut own, &planning, &mut Agreed)).await;
    own.recorder.conclude(outcome).await;
    let (instance, run) = (order.target.instance.clone(), own.recorder.run());
    let (records, commands) = (own.recorder.records(), own.recorder.commands());
    let mut told = told_of(records);
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
        told.push(Event::Ramp(step));
        return Ok((told, None));
    };
    let step = RampStep::Planned {
        instance,
        run,
        commands,
    };
    told.push(Event::Ramp(step));
    let earlier = Earlier {
        run,
        planned_at,
        plan,
        tokens: Vec::new(),
    };
    Ok((told, Some(Prepared { order, earlier })))
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
