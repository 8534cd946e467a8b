//! Logs that are followed.

use std::time::Duration;

use anyhow::{Result, ensure};
use heeler_tests::kubelet::Reach;
use nix::sys::signal::Signal;

use super::stage::{NODE, Stage, number, second};
use super::workload::{OTHER, pod, workload};
use crate::harness::{Context, Running};

const SOON: Duration = Duration::from_secs(15);

/// The next lines are these.
fn expect(running: &mut Running<'_>, lines: std::ops::Range<i64>, before: &str) -> Result<()> {
    for number in lines {
        let line = running.line(SOON)?;
        ensure!(
            line.trim_end() == format!("{before}line {number}"),
            "{line:?} and not line {number}"
        );
    }
    Ok(())
}

pub(super) fn goes_on(context: &Context) -> Result<()> {
    let stage = Stage::open(context, &["app"])?;
    let mut log = stage.log("app")?;
    number(&mut log, 0..10)?;
    let mut running = stage.logs(&["--follow"])?.start()?;
    expect(&mut running, 0..10, "")?;
    number(&mut log, 10..12)?;
    expect(&mut running, 10..12, "")?;
    // Twice between two looks.
    for part in 0..2 {
        number(&mut log, 12 + part * 5..17 + part * 5)?;
        log.rotate(second(20 + part))?;
    }
    number(&mut log, 22..25)?;
    expect(&mut running, 12..25, "")?;
    log.restart()?;
    number(&mut log, 25..30)?;
    expect(&mut running, 25..30, "")?;
    running.signal(Signal::SIGINT)?;
    let ended = running.finish(SOON)?.expect_exit(0)?;
    ensure!(!ended.stderr.contains("PARTIAL"), "{ended}");
    Ok(())
}

pub(super) fn new_pod(context: &Context) -> Result<()> {
    let stage = Stage::open(context, &["app"])?;
    let owner = workload("apps/v1", "StatefulSet", "db");
    let (first, mut log) = pod(&stage.kubelet, ("db-0", NODE), &owner)?;
    number(&mut log, 0..3)?;
    stage.kube.add_all([owner.clone(), first])?;
    let mut running = stage
        .heeler(&["logs", "shop/sts/db", "--follow"])?
        .start()?;
    expect(&mut running, 0..3, "[shop/db-0/app] ")?;
    let (second, mut other) = pod(&stage.kubelet, ("db-1", NODE), &owner)?;
    stage.kube.add(second)?;
    number(&mut other, 3..6)?;
    expect(&mut running, 3..6, "[shop/db-1/app] ")?;
    // One that says nothing holds nobody back.
    number(&mut log, 6..8)?;
    expect(&mut running, 6..8, "[shop/db-0/app] ")?;
    running.signal(Signal::SIGINT)?;
    running.finish(SOON)?.expect_exit(0)?;
    Ok(())
}

/// Longer than whoever only reads would wait.
pub(super) fn long_away(context: &Context) -> Result<()> {
    let stage = Stage::open(context, &["app"])?;
    let mut log = stage.log("app")?;
    number(&mut log, 0..3)?;
    let mut running = stage.logs(&["--follow"])?.start()?;
    expect(&mut running, 0..3, "")?;
    let faults = stage.kubelet.faults();
    faults.set_reach(Reach::Refused)?;
    std::thread::sleep(Duration::from_secs(13));
    number(&mut log, 3..5)?;
    log.rotate(second(5))?;
    number(&mut log, 5..7)?;
    faults.set_reach(Reach::Open)?;
    expect(&mut running, 3..7, "")?;
    running.signal(Signal::SIGINT)?;
    let ended = running.finish(SOON)?.expect_exit(0)?;
    ensure!(
        ended.stderr.matches("is asked again").count() == 1,
        "{ended}"
    );
    Ok(())
}

/// A node that stops in the middle of an answer holds the others back for a moment, and what it has comes later.
pub(super) fn silent_node(context: &Context) -> Result<()> {
    let stage = Stage::open(context, &["app"])?;
    let other = stage.node(OTHER, "i-0bbc1234def567890")?;
    let owner = workload("apps/v1", "StatefulSet", "db");
    let (first, mut log) = pod(&stage.kubelet, ("db-0", NODE), &owner)?;
    let (second, mut silent) = pod(&other, ("db-1", OTHER), &owner)?;
    number(&mut log, 0..3)?;
    number(&mut silent, 3..1_000)?;
    number(&mut log, 2_000..2_001)?;
    stage.kube.add_all([owner.clone(), first, second])?;
    // It is waited for for 30 s.
    other.faults().stall_next(7_000);
    let mut running = stage
        .heeler(&["logs", "shop/sts/db", "--follow"])?
        .start()?;
    expect(&mut running, 0..3, "[shop/db-0/app] ")?;
    let (mut line, mut next) = (running.line(SOON)?, 3);
    while line.starts_with("[shop/db-1/app]") {
        next += 1;
        line = running.line(SOON)?;
    }
    ensure!(line.trim_end() == "[shop/db-0/app] line 2000", "{line:?}");
    ensure!(next < 1_000, "it did not stop");
    std::thread::sleep(Duration::from_secs(20));
    expect(&mut running, next..1_000, "[shop/db-1/app] ")?;
    running.signal(Signal::SIGINT)?;
    running.finish(SOON)?.expect_exit(0)?;
    Ok(())
}
