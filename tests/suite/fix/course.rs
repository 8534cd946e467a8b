//! A fix that was approved: kept, or taken back.

use std::thread::sleep;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use nix::sys::signal::Signal;

use super::repair::{AFTER, BEFORE, Repair};
use crate::harness::Context;

/// How long the traffic is watched after the fix.
const WATCH: Duration = Duration::from_secs(3);

pub(super) fn kept(context: &Context) -> Result<()> {
    let repair = Repair::start(context)?;
    let lab = &repair.operator.lab;
    let kept = repair.approved()?.expect_exit(0)?;
    kept.expect_stdout("read back 10")?.expect_stdout("kept ")?;
    repair.operator.expect_time_wait(AFTER)?;
    // The load goes on, and now it gets through: the kernel and the clients say so.
    let (kernel, clients) = (lab.kernel_counters()?, lab.load()?.context("no load")?);
    sleep(WATCH);
    let (later, served) = (lab.kernel_counters()?, lab.load()?.context("no load")?);
    ensure!(
        later.drop == kernel.drop,
        "still dropping: {kernel:?}, then {later:?}"
    );
    ensure!(
        served.opened > clients.opened,
        "nobody gets through: {clients:?}, then {served:?}"
    );
    ensure!(
        served.failed == clients.failed,
        "some fail: {clients:?}, then {served:?}"
    );
    let fix = repair.latest()?;
    ensure!(
        repair.report(&fix, 0)?.text("/fix/state")? == "kept",
        "{kept}"
    );
    kept.expect_stdout(&format!("heeler revert {fix}"))?;
    take_back(&repair, &fix)
}

/// Back, and once more: the second time there is nothing left to take back, and nobody is asked.
fn take_back(repair: &Repair<'_>, fix: &str) -> Result<()> {
    let back = repair.heeler(&format!("revert {fix}"))?.expect_exit(6)?;
    back.expect_stdout("taken back")?;
    repair.operator.expect_time_wait(BEFORE)?;
    let asked = repair.operator.lab.aws().count("SendCommand");
    let again = repair.heeler(&format!("revert {fix}"))?;
    again
        .expect_exit(5)?
        .expect_error("error[nothing-stands]")?;
    let now = repair.operator.lab.aws().count("SendCommand");
    ensure!(now == asked, "the node was asked");
    repair.operator.expect_time_wait(BEFORE)
}

pub(super) fn taken_back(context: &Context) -> Result<()> {
    // Shorter, but not short enough for this load.
    let no_cure = [
        ("default: 10s", "default: 18s"),
        ("within: 60s", "within: 14s"),
    ];
    let repair = Repair::with(context, &no_cure)?;
    let ended = repair.approved()?.expect_exit(6)?;
    ended.expect_stdout("read back 18")?;
    ended.expect_stdout("did not hold for 3 s within 14 s")?;
    ended.expect_stdout("taken back")?;
    repair.operator.expect_time_wait(BEFORE)?;
    let report = repair.report(&repair.latest()?, 6)?;
    ensure!(report.text("/fix/state")? == "reverted", "{}", report.ended);
    Ok(())
}

pub(super) fn interrupted(context: &Context) -> Result<()> {
    let repair = Repair::start(context)?;
    let approved = repair.approved()?;
    repair.operator.lab.aws().forget_calls();
    let fix = approved.start()?;
    // Its looks, the present value, the change: the next command belongs to the verification.
    while repair.operator.lab.aws().count("SendCommand") < 4 {
        ensure!(fix.pid().is_some(), "the fix has ended by itself");
        sleep(Duration::from_millis(20));
    }
    repair.operator.expect_time_wait(AFTER)?;
    fix.signal(Signal::SIGINT)?;
    let ended = fix.finish(Duration::from_secs(30))?.expect_exit(6)?;
    ended
        .expect_stdout("interrupted")?
        .expect_stdout("taken back")?;
    repair.operator.expect_time_wait(BEFORE)
}
