//! Each request of a fix fails in turn, or is carried out and its reply is lost, so that whoever sent
//! it asks or sends again. However that ends: what the program says is what there is.

use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use heeler_tests::fault::Fault;

use super::course::start;
use super::fixture::Fixture;
use super::ward::{SOON, Ward};
use crate::harness::{Context, Finished, Program};
use crate::operator::Operator;

/// More requests than any fix has.
const MOST: usize = 100;

/// What goes wrong with a request.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Wrong {
    /// Who is asked has an error of its own, and does not take it.
    Failed,
    /// It is carried out, and its reply is lost.
    Repeated,
}

/// Whom a fix asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asked {
    /// SSM, by `SendCommand`.
    Ssm,
    /// The Kubernetes API, by any request.
    Kubernetes,
}

impl Wrong {
    fn fault(self) -> Fault {
        match self {
            Wrong::Failed => Fault::ServerError {
                status: 500,
                executed: false,
            },
            Wrong::Repeated => Fault::Drop { executed: true },
        }
    }
}

impl Asked {
    /// Carries out a fix whose request of this number goes wrong. Gives whether it had so many, too.
    pub(super) fn going_wrong(
        self,
        operator: &Operator<'_>,
        fix: Program<'_>,
        (number, wrong): (usize, Wrong),
    ) -> Result<(Finished, bool)> {
        let (aws, kube) = (operator.lab.aws(), operator.lab.kube());
        aws.forget_calls();
        kube.forget_calls();
        let before = number - 1;
        match (self, wrong) {
            (Asked::Ssm, _) => {
                let passing = u32::try_from(before)?;
                let faults = aws.faults();
                faults.inject("SendCommand", Fault::Delay(Duration::ZERO), passing);
                faults.inject("SendCommand", wrong.fault(), 1);
            }
            (Asked::Kubernetes, Wrong::Failed) => kube.faults().fail_after(before, 500),
            (Asked::Kubernetes, Wrong::Repeated) => kube.faults().drop_after(before),
        }
        let ended = fix.limit(SOON * 3).finish()?;
        let had = match self {
            Asked::Ssm => aws.count("SendCommand"),
            Asked::Kubernetes => kube.calls().len(),
        };
        aws.faults().clear("SendCommand");
        kube.faults().clear();
        Ok((ended, had >= number))
    }
}

/// Once for each request, as long as the fix has so many; gives how many it has.
pub(super) fn in_turn(mut one: impl FnMut(usize) -> Result<bool>) -> Result<usize> {
    for number in 1..MOST {
        if !one(number).with_context(|| format!("request {number}"))? {
            return Ok(number - 1);
        }
    }
    bail!("the fix has no end")
}

/// Of a fix with these inputs; gives the number of commands tried.
pub(crate) fn each(
    context: &Context,
    fixture: &'static Fixture,
    (wrong, inputs): (Wrong, &str),
) -> Result<usize> {
    let ward = start(context, fixture)?;
    let tried = in_turn(|number| one(&ward, inputs, (number, wrong)));
    tried.with_context(|| format!("{inputs}, {wrong:?}"))
}

/// Whether the fix had so many commands. The node has its old value again when this returns.
fn one(ward: &Ward<'_>, inputs: &str, wrong: (usize, Wrong)) -> Result<bool> {
    let fix = ward.approved(inputs)?;
    let (ended, had) = Asked::Ssm.going_wrong(&ward.operator, fix, wrong)?;
    let settled = ward.settled()?;
    let (old, new) = (ward.fixture.old, ward.fixture.new);
    let code = ended.status.code();
    let true_word = match code {
        Some(0) => settled.value == new && inputs.is_empty(),
        Some(5 | 6) => settled.value == old,
        // What it does not know it calls in doubt, or never began.
        Some(1) => settled.value == old || ended.stdout.contains("in-doubt"),
        _ => false,
    };
    ensure!(true_word, "the node has `{}`\n{ended}", settled.value);
    // Where nothing goes wrong it is kept, or taken back where it does not help.
    let whole = if inputs.is_empty() { 0 } else { 6 };
    ensure!(had || code == Some(whole), "{ended}");
    if settled.value == new {
        ward.take_back(&ward.latest()?)?;
    }
    ward.expect_clean(old)?;
    Ok(had)
}
