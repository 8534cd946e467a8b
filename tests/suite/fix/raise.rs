//! `raise-max`, on a table that is really full: it ends the drops at once, and is taken back only
//! where the table fits the old maximum.

use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};

use super::repair::{MAX, Repair};
use crate::harness::Context;

/// The maximum before the fix, in entries, and after it.
const MAXIMA: [u64; 2] = [MAX, 2 * MAX];
/// How long the traffic is watched after the fix.
const WATCH: Duration = Duration::from_secs(3);
/// Longer than entries live.
const EMPTIER: Duration = Duration::from_secs(45);

pub(super) fn kept(context: &Context) -> Result<()> {
    let repair = Repair::start(context)?;
    let kept = repair.approved_of("raise-max")?.expect_exit(0)?;
    kept.expect_stdout("the way back waits until the table fits")?
        .expect_stdout("kept ")?;
    let before = repair.operator.lab.kernel_counters()?;
    sleep(WATCH);
    let after = repair.operator.lab.kernel_counters()?;
    ensure!(after.drop == before.drop, "still dropping: {after:?}");
    expect_max(&repair, MAXIMA[1])
}

pub(super) fn stays(context: &Context) -> Result<()> {
    let never_holds = [
        (
            "that: traffic.drop.growth <= traffic.insert_failed.growth\n",
            "that: table.count < 100\n",
        ),
        ("within: 60s", "within: 14s"),
    ];
    let repair = Repair::with(context, &never_holds)?;
    let stuck = repair.approved_of("raise-max")?.expect_exit(7)?;
    stuck
        .expect_stdout("entries, more than 4096")?
        .expect_stdout("sysctl -w 'net.netfilter.nf_conntrack_max=4096'")?;
    expect_max(&repair, MAXIMA[1])?;
    let fix = repair.latest()?;
    repair.operator.set_time_wait(1)?;
    let give_up = Instant::now() + EMPTIER;
    while repair.operator.lab.kernel_counters()?.count >= MAXIMA[0] {
        ensure!(Instant::now() < give_up, "the table stays full");
        sleep(Duration::from_millis(200));
    }
    let back = repair.heeler(&format!("revert {fix}"))?.expect_exit(6)?;
    back.expect_stdout("taken back")?;
    expect_max(&repair, MAXIMA[0])
}

fn expect_max(repair: &Repair<'_>, max: u64) -> Result<()> {
    let now = repair.operator.lab.kernel_counters()?.max;
    ensure!(now == max, "nf_conntrack_max is {now}, not {max}");
    Ok(())
}
