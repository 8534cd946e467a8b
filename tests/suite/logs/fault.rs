//! What goes wrong on the way, and what is told of it.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use heeler_tests::kube::Hold;
use heeler_tests::kubelet::Reach;
use heeler_tests::kubelet::pod_log::PodLog;
use nix::sys::signal::Signal;

use super::stage::{NODE, POD, Stage, number, numbered, second};
use crate::guarded::kill;
use crate::harness::Context;

/// A file is asked for by then.
const CAUGHT: Duration = Duration::from_secs(10);

/// Waits until a rotated file is asked for.
fn caught(held: &Hold) -> Result<()> {
    let asked = kill::until(CAUGHT, || Ok(held.caught() > 0));
    asked.context("no rotated file was asked for")
}

/// A log of two thousand lines, the older half of which was rotated away, and what holds it back.
fn held_back<'c>(context: &'c Context) -> Result<(Stage<'c>, PodLog, Hold)> {
    let stage = Stage::open(context, &["app"])?;
    let mut log = stage.log("app")?;
    number(&mut log, 0..1_000)?;
    log.rotate(second(1_000))?;
    number(&mut log, 1_000..2_000)?;
    let held = stage.kube.faults().hold("app/0.log.");
    Ok((stage, log, held))
}

/// The log is rotated three times between the listing and the reading.
pub(super) fn rotated(context: &Context) -> Result<()> {
    let (stage, mut log, held) = held_back(context)?;
    let reading = stage.logs(&[])?.start()?;
    caught(&held)?;
    for part in 2..4 {
        log.rotate(second(part * 1_000))?;
        number(&mut log, part * 1_000..(part + 1) * 1_000)?;
    }
    held.release();
    let ended = reading.finish(Duration::from_secs(60))?;
    let ended = ended.expect_exit(0)?;
    // What was written meanwhile comes or not, but nothing is missing before it.
    let lines = ended.stdout.lines().count().try_into()?;
    ensure!(
        lines >= 2_000 && ended.stdout == numbered(0..lines),
        "not whole, not once, or not in order\n{ended}"
    );
    ensure!(ended.stderr.is_empty(), "{}", ended.stderr);
    Ok(())
}

/// Who is interrupted has printed the beginning, and says so.
pub(super) fn interrupted(context: &Context) -> Result<()> {
    let (stage, _, held) = held_back(context)?;
    let reading = stage.logs(&["--output", "json"])?.start()?;
    caught(&held)?;
    reading.signal(Signal::SIGINT)?;
    let ended = reading.finish(Duration::from_secs(10))?;
    held.release();
    let ended = ended.expect_exit(130)?;
    ended.expect_stderr("error[interrupted]")?;
    ended.expect_stdout("\"all-read\":false")?;
    ended.expect_stdout("\"what\":\"interrupted\"")?;
    Ok(())
}

/// A log of a packed and a plain file, and one that is written to from line 9,000 on.
fn rotated_twice(stage: &Stage<'_>) -> Result<PodLog> {
    let mut log = stage.log("app")?;
    number(&mut log, 0..5_000)?;
    log.rotate(second(5_000))?;
    number(&mut log, 5_000..9_000)?;
    log.rotate(second(9_000))?;
    Ok(log)
}

pub(super) fn cut(context: &Context) -> Result<()> {
    let stage = Stage::open(context, &["app"])?;
    let mut log = rotated_twice(&stage)?;
    number(&mut log, 9_000..10_000)?;
    // The packed file, the plain one, and the one that is written to.
    stage.kubelet.faults().cut_next(&[100, 7_000, 1, 90_000, 3]);
    let ended = stage.logs(&[])?.expect_exit(0)?;
    ensure!(ended.stdout == numbered(0..10_000), "{}", ended.stderr);
    ensure!(ended.stderr.is_empty(), "{}", ended.stderr);
    Ok(())
}

/// One file is broken for good: the others come, and it is said what is missing.
pub(super) fn partial(context: &Context) -> Result<()> {
    let stage = Stage::open(context, &["app"])?;
    let mut log = stage.log("app")?;
    for part in 0..3 {
        number(&mut log, part * 100..(part + 1) * 100)?;
        log.rotate(second((part + 1) * 100))?;
    }
    number(&mut log, 300..310)?;
    let packed = log.folder().join("0.log.20261120-100320.gz");
    let bytes = std::fs::read(&packed)?;
    std::fs::write(&packed, bytes.get(..bytes.len() / 2).unwrap_or_default())?;
    let ended = stage.logs(&[])?.expect_exit(1)?;
    ensure!(ended.stdout.starts_with(&numbered(0..100)), "{ended}");
    ensure!(ended.stdout.ends_with(&numbered(200..310)), "{ended}");
    ended.expect_stderr("PARTIAL: not read")?;
    ended.expect_stderr("0.log.20261120-100320.gz")?;
    ended.expect_stderr("and 2026-11-20T10:03:20.000000000Z")?;
    let json = stage.logs(&["--output", "json"])?.expect_exit(1)?;
    json.expect_stdout("\"all-read\":false")?;
    Ok(())
}

/// 200, some bytes, and nothing more: the node proxy itself waits without an end.
pub(super) fn stall(context: &Context) -> Result<()> {
    let stage = Stage::open(context, &["app"])?;
    number(&mut stage.log("app")?, 0..5_000)?;
    stage.kubelet.faults().stall_next(7_000);
    let reading = stage.logs(&[])?.start()?;
    let ended = reading.finish(Duration::from_secs(90))?.expect_exit(0)?;
    ensure!(ended.stdout == numbered(0..5_000), "{}", ended.stderr);
    Ok(())
}

/// What has come is printed, and the rest is named.
pub(super) fn vanished(context: &Context) -> Result<()> {
    let stage = Stage::open(context, &["app"])?;
    let mut log = rotated_twice(&stage)?;
    number(&mut log, 9_000..9_100)?;
    // The packed file has come when the node goes.
    let held = stage.kube.faults().hold("app/0.log.20261120-123000");
    let reading = stage.logs(&[])?.start()?;
    caught(&held)?;
    stage.kubelet.faults().set_reach(Reach::Refused)?;
    held.release();
    let ended = reading.finish(Duration::from_secs(120))?.expect_exit(1)?;
    ensure!(
        ended.stdout.starts_with(&numbered(0..5_000)),
        "{}",
        ended.stderr
    );
    // The file that is written to had been opened.
    ended.expect_stderr(
        "PARTIAL: not read between 2026-11-20T11:23:19.000000000Z and 2026-11-20T12:30:00.000000000Z, 4000 lines by \
         their numbers: ",
    )?;
    ended.expect_stderr("connection refused")?;
    Ok(())
}

pub(super) fn forbidden(context: &Context) -> Result<()> {
    let stage = Stage::open(context, &["app"])?;
    number(&mut stage.log("app")?, 0..3)?;
    stage.kube.access().deny("alice", "get", "nodes/proxy");
    stage.kube.access().deny("alice", "get", "nodes/log");
    let ended = stage.logs(&[])?.expect_exit(1)?;
    ended.expect_stderr("error[forbidden]: not allowed: get nodes/proxy")?;
    ended.expect_stderr(NODE)?;
    let asked = stage
        .kube
        .calls()
        .into_iter()
        .filter(|call| call.path.contains("/proxy/"));
    ensure!(asked.count() == 0, "the node was asked all the same");
    Ok(())
}

/// The kubelet is started anew beneath it.
pub(super) fn away(context: &Context) -> Result<()> {
    let stage = Stage::open(context, &["app"])?;
    number(&mut stage.log("app")?, 0..1_000)?;
    let faults = stage.kubelet.faults();
    faults.set_reach(Reach::Refused)?;
    let reading = stage.logs(&[])?.start()?;
    std::thread::sleep(Duration::from_secs(3));
    faults.set_reach(Reach::Open)?;
    let ended = reading.finish(Duration::from_secs(60))?.expect_exit(0)?;
    ensure!(ended.stdout == numbered(0..1_000), "{ended}");
    ended.expect_stderr(&format!("note: {NODE} is asked again: "))?;
    Ok(())
}

pub(super) fn refused(context: &Context) -> Result<()> {
    let stage = Stage::open(context, &["app"])?;
    number(&mut stage.log("app")?, 0..3)?;
    let faults = stage.kubelet.faults();
    faults.set_log_handler(false);
    let ended = stage.logs(&[])?.expect_exit(1)?;
    ended.expect_stderr("HTTP 405: logs endpoint is disabled.")?;
    faults.set_log_handler(true);
    faults.set_reach(Reach::Refused)?;
    let ended = stage.logs(&[])?.expect_exit(1)?;
    ended.expect_stderr("connect: connection refused")?;
    ensure!(ended.stdout.is_empty(), "{ended}");
    Ok(())
}

pub(super) fn gone(context: &Context) -> Result<()> {
    let stage = Stage::open(context, &["app"])?;
    // Its folder went with it, and its object has not yet.
    let ended = stage.logs(&[])?.expect_exit(0)?;
    ended.expect_stderr("its folder is not on the node")?;
    let (space, name) = POD.split_once('/').unwrap_or_default();
    stage.kube.remove("pods", space, name)?;
    let ended = stage.logs(&[])?.expect_exit(1)?;
    ended.expect_stderr("error[no-pod]")?;
    Ok(())
}

pub(super) fn usage(context: &Context) -> Result<()> {
    let stage = Stage::open(context, &["app"])?;
    for (words, code) in [
        (["--grep", "("], "pattern-syntax"),
        (["--since", "yesterday"], "time-syntax"),
        (["--until", "3"], "time-syntax"),
    ] {
        let ended = stage.logs(&words)?.expect_exit(2)?;
        ended.expect_stderr(&format!("error[{code}]"))?;
    }
    let around = ["--since", "1h", "--until", "2h"];
    let ended = stage.logs(&around)?.expect_exit(2)?;
    ended.expect_stderr("--since is later than --until")?;
    let ended = stage.heeler(&["logs", "../x"])?.expect_exit(2)?;
    ended.expect_stderr("error[target-syntax]")?;
    ensure!(stage.kube.calls().is_empty(), "somebody was asked");
    let ended = stage.logs(&["--container", "db"])?.expect_exit(2)?;
    ended.expect_stderr("it has app")?;
    Ok(())
}

/// Who reads faster than a program writes sees a line that goes on.
pub(super) fn half(context: &Context) -> Result<()> {
    let stage = Stage::open(context, &["app"])?;
    let mut log = stage.log("app")?;
    number(&mut log, 0..3)?;
    log.raw(b"2026-11-20T10:00:03.000000000Z stdout F lin")?;
    let ended = stage.logs(&[])?.expect_exit(0)?;
    ensure!(ended.stdout == numbered(0..3) + "lin", "{ended}");
    let json = stage.logs(&["--output", "json"])?.expect_exit(0)?;
    json.expect_stdout("\"text\":\"lin\"")?;
    ensure!(
        json.stdout.matches("\"goes-on\":true").count() == 1,
        "{json}"
    );
    log.raw(b"e 3\n2026-11-20T10:00:0")?;
    let ended = stage.logs(&[])?.expect_exit(0)?;
    ensure!(ended.stdout == numbered(0..4), "{ended}");
    Ok(())
}
