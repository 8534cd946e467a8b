//! `heeler` is killed while its change is on the way: nobody knows whether it was carried out, so
//! the report says just that, and `heeler revert` asks the node.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use heeler_tests::fault::{Fault, Hold, HoldPoint};

use super::repair::{AFTER, BEFORE, Repair};
use crate::harness::Context;

/// Commands of a fix before the one that changes something: its looks, and the present value.
const BEFORE_THE_CHANGE: u32 = 2;
/// How long the change may take to be sent.
const SENT: Duration = Duration::from_secs(60);

pub(super) fn before(context: &Context) -> Result<()> {
    let repair = Repair::start(context)?;
    let fix = killed(&repair, HoldPoint::BeforeExecuting, BEFORE)?;
    let settled = repair.heeler(&format!("revert {fix}"))?.expect_exit(6)?;
    settled
        .expect_stdout("it never began")?
        .expect_stdout("nothing changed")?;
    repair.operator.expect_time_wait(BEFORE)
}

pub(super) fn after(context: &Context) -> Result<()> {
    let repair = Repair::start(context)?;
    let fix = killed(&repair, HoldPoint::BeforeReplying, AFTER)?;
    let settled = repair.heeler(&format!("revert {fix}"))?.expect_exit(6)?;
    settled.expect_stdout("taken back")?;
    repair.operator.expect_time_wait(BEFORE)
}

/// Kills the fix while `SendCommand` of its change stands still at `point`, when the node has
/// this time-out. Gives the run that is in doubt.
fn killed(repair: &Repair<'_>, point: HoldPoint, seconds: u64) -> Result<String> {
    let approved = repair.approved()?;
    let faults = repair.operator.lab.aws().faults();
    faults.inject(
        "SendCommand",
        Fault::Delay(Duration::ZERO),
        BEFORE_THE_CHANGE,
    );
    let hold = faults.hold("SendCommand", point);
    let fix = approved.start()?;
    wait(repair, &hold)?;
    repair.wait_for(seconds)?;
    fix.kill()?;
    drop(hold);
    let run = repair.latest()?;
    let said = repair
        .operator
        .heeler(&format!("report {run}"))?
        .expect_exit(1)?;
    said.expect_stdout("in doubt")?
        .expect_stdout(&format!("heeler revert {run}"))?;
    let report = repair.report(&run, 1)?;
    ensure!(report.text("/fix/state")? == "in-doubt", "{}", report.ended);
    let runs = repair.operator.heeler("runs")?.expect_exit(0)?;
    runs.expect_stdout("did not end")?;
    repair.operator.expect_time_wait(seconds)?;
    Ok(run)
}

fn wait(repair: &Repair<'_>, hold: &Hold) -> Result<()> {
    let context = repair.operator.context;
    let reached = context.block_on(async { tokio::time::timeout(SENT, hold.reached()).await });
    reached.context("the change was never sent")
}
