//! Each command of a fix fails in turn, or is carried out and its reply is lost, so that whoever
//! sent it asks or sends again. However that ends: what the program says is what the node has.

use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use heeler_tests::fault::Fault;

use super::course::start;
use super::fixture::Fixture;
use super::ward::{SOON, Ward};
use crate::harness::Context;

/// More commands than any fix has.
const MOST: u32 = 60;
/// What goes wrong with a command.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Wrong {
    /// SSM has an error of its own, and does not take it.
    Failed,
    /// SSM has carried it out, and its reply is lost.
    Repeated,
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

/// Of a fix with these inputs; gives the number of commands tried.
pub(crate) fn each(
    context: &Context,
    fixture: &'static Fixture,
    (wrong, inputs): (Wrong, &str),
) -> Result<usize> {
    let ward = start(context, fixture)?;
    for number in 1..MOST {
        let one = one(&ward, inputs, (number, wrong));
        if !one.with_context(|| format!("command {number} {inputs}, {wrong:?}"))? {
            return Ok(usize::try_from(number)? - 1);
        }
    }
    bail!("the fix has no end")
}

/// Whether the fix had so many commands. The node has its old value again when this returns.
fn one(ward: &Ward<'_>, inputs: &str, (number, wrong): (u32, Wrong)) -> Result<bool> {
    let aws = ward.operator.lab.aws();
    let digest = ward.digest(inputs)?;
    aws.forget_calls();
    aws.faults()
        .inject("SendCommand", Fault::Delay(Duration::ZERO), number - 1);
    aws.faults().inject("SendCommand", wrong.fault(), 1);
    let fix = ward.fix(&digest, inputs)?.start()?;
    let ended = fix.finish(SOON * 3)?;
    let had = aws.count("SendCommand") >= usize::try_from(number)?;
    aws.faults().clear("SendCommand");
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
    if settled.value == new {
        ward.take_back(&ward.latest()?)?;
    }
    ward.expect_clean(old)?;
    Ok(had)
}
