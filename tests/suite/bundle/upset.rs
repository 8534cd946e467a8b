//! What goes wrong while a bundle is made.

use std::process::Stdio;
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use heeler_tests::node::{LogdogUpset, Place, UnitState};
use nix::sys::signal::Signal;

use super::make::{ask, bundle, expect_clean, file, open};
use crate::guarded::kill::until;
use crate::harness::Context;
use crate::logdog::stage::Stage;
use crate::logs::Small;

const SOON: Duration = Duration::from_secs(60);

pub(super) fn fails(context: &Context) -> Result<()> {
    let stage = open(context, |plan| plan)?;
    let words = "Error creating the tarball file: Structure needs cleaning (os error 117)";
    stage
        .node()?
        .upset_logdog(Some(LogdogUpset::Fails(words.to_owned())))?;
    let path = file(&stage, "a.tar.gz");
    let made = bundle(&stage, &path, &["--no-pod-logs"])?.expect_exit(1)?;
    made.expect_stderr(
        "missing: some of what logdog says: logdog ended with 1: Error creating the tarball",
    )?;
    expect_clean(&stage)?;
    let shown = ask(&stage, &["show", &path.display().to_string()])?.expect_exit(0)?;
    shown.expect_stdout("node/sysctl")?;
    Ok(())
}

pub(super) fn busy(context: &Context) -> Result<()> {
    let stage = open(context, |plan| plan)?;
    let node = stage.node()?;
    node.upset_logdog(Some(LogdogUpset::Hangs))?;
    let mut other = node.std_command(Place::Host, &["logdog"]);
    let mut other = other.stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
    until(SOON, || {
        Ok(!stage.run(Place::Host, "pgrep -x logdog")?.out.is_empty())
    })
    .context("no logdog")?;
    let path = file(&stage, "a.tar.gz");
    let made = bundle(&stage, &path, &["--no-pod-logs"])?.expect_exit(1)?;
    made.expect_stderr("a logdog of somebody else is running")?;
    ensure!(other.try_wait()?.is_none(), "it was ended");
    other.kill()?;
    other.wait()?;
    let left = stage
        .run(Place::Host, "ls -A /var/log/support")?
        .expect(0, "")?;
    ensure!(left.out.is_empty(), "left on the node: {:?}", left.out);
    Ok(())
}

pub(super) fn two(context: &Context) -> Result<()> {
    let stage = open(context, |plan| plan)?;
    stage
        .node()?
        .upset_logdog(Some(LogdogUpset::Slow { milliseconds: 200 }))?;
    let (a, b) = (file(&stage, "a.tar.gz"), file(&stage, "b.tar.gz"));
    let first = bundle(&stage, &a, &["--no-pod-logs"])?.start()?;
    until(SOON, || {
        Ok(!stage.run(Place::Host, "pgrep -x logdog")?.out.is_empty())
    })
    .context("no logdog")?;
    let second = bundle(&stage, &b, &["--no-pod-logs"])?.expect_exit(1)?;
    second.expect_stderr("logs are being put together there already: ")?;
    first.finish(SOON)?.expect_exit(0)?;
    expect_clean(&stage)
}

pub(super) fn hangs(context: &Context) -> Result<()> {
    let stage = open(context, |plan| plan)?;
    stage.node()?.upset_logdog(Some(LogdogUpset::Hangs))?;
    let path = file(&stage, "a.tar.gz");
    let running = bundle(&stage, &path, &["--no-pod-logs"])?.start()?;
    until(SOON, || {
        Ok(!stage.run(Place::Host, "pgrep -x logdog")?.out.is_empty())
    })
    .context("no logdog")?;
    running.signal(Signal::SIGINT)?;
    running.finish(SOON)?.expect_exit(130)?;
    expect_clean(&stage)
}

pub(super) fn full_there(context: &Context) -> Result<()> {
    let stage = Stage::open(context, |plan| {
        plan.each_node(|node| node.support_bytes = Some(64 << 10))
    })?;
    let made = bundle(&stage, &file(&stage, "a.tar.gz"), &["--no-pod-logs"])?.expect_exit(1)?;
    made.expect_stderr("logdog needs about 64 MiB on the disk")?;
    expect_clean(&stage)
}

pub(super) fn cut(context: &Context) -> Result<()> {
    let stage = open(context, |plan| plan)?;
    let name = stage.node()?.config().name.clone();
    let kubelet = stage.lab.kube().kubelet(&name).context("no kubelet")?;
    kubelet.faults().cut_next(&[100, 2_000, 1]);
    let path = file(&stage, "a.tar.gz");
    bundle(&stage, &path, &["--no-pod-logs"])?.expect_exit(0)?;
    ask(&stage, &["show", &path.display().to_string()])?.expect_exit(0)?;
    expect_clean(&stage)
}

pub(super) fn replaced(context: &Context) -> Result<()> {
    let stage = open(context, |plan| plan)?;
    let path = file(&stage, "a.tar.gz");
    let held = stage.lab.kube().faults().hold("logdog.tar.gz");
    let running = bundle(&stage, &path, &["--no-pod-logs"])?.start()?;
    until(SOON, || Ok(held.caught() > 0)).context("the tarball was not asked for")?;
    let folder = std::fs::read_dir(stage.support("heeler")?)?
        .next()
        .context("no capture")??
        .path();
    let tarball = folder.join("logdog.tar.gz");
    let mut bytes = std::fs::read(&tarball)?;
    // Another one of the same length.
    let middle = bytes.len() / 2;
    bytes[middle] ^= 0xff;
    std::fs::write(&tarball, bytes)?;
    held.release();
    let made = running.finish(SOON)?.expect_exit(1)?;
    made.expect_stderr("not all of it came, or it was changed on its way")?;
    let shown = ask(&stage, &["show", &path.display().to_string()])?.expect_exit(1)?;
    shown.expect_stdout("changed on its way")?;
    expect_clean(&stage)
}

pub(super) fn full_here(context: &Context) -> Result<()> {
    let stage = open(context, |plan| plan)?;
    let folder = file(&stage, "small");
    std::fs::create_dir(&folder)?;
    let _small = Small::mount(&folder, "16k")?;
    let made = bundle(&stage, &folder.join("a.tar.gz"), &["--no-pod-logs"])?.expect_exit(1)?;
    made.expect_stdout("the disk is full where")?;
    ensure!(
        std::fs::read_dir(&folder)?.next().is_none(),
        "something is left here"
    );
    expect_clean(&stage)
}

/// Heeler is killed while logdog works: the node's own timer has what removes it all.
pub(super) fn killed(context: &Context) -> Result<()> {
    let stage = open(context, |plan| plan)?;
    stage
        .node()?
        .upset_logdog(Some(LogdogUpset::Slow { milliseconds: 200 }))?;
    let running = bundle(&stage, &file(&stage, "a.tar.gz"), &["--no-pod-logs"])?.start()?;
    until(SOON, || {
        Ok(!stage.run(Place::Host, "pgrep -x logdog")?.out.is_empty())
    })
    .context("no logdog")?;
    running.kill()?;
    until(SOON, || {
        Ok(stage.run(Place::Host, "pgrep -x logdog")?.out.is_empty())
    })
    .context("it never ends")?;
    sleep(Duration::from_millis(500));
    let left = stage
        .run(Place::Host, "ls /var/log/support/heeler")?
        .expect(0, "")?;
    let id = left.out.trim().to_owned();
    let waits = |name: String| format!("heeler-bundle-{id}.timer") == name;
    let units = stage.node()?.transient_units()?;
    let is_armed = units
        .iter()
        .any(|unit| waits(unit.name.to_string()) && unit.state == UnitState::Active);
    ensure!(is_armed, "no timer waits for {id}: {units:?}");
    // What it starts when its time comes; a folder of somebody else's stays.
    let (own, other) = (
        "/var/log/support/heeler",
        "/var/log/support/heeler/another/file",
    );
    let sweep = format!(
        "find {own} {own}.{id} -depth ( -path {own}/{id}* -o -path {own}.{id}* -o -path {own} ) -delete"
    );
    stage
        .run(Place::Host, "mkdir -p /var/log/support/heeler/another/file")?
        .expect(0, "")?;
    stage.run(Place::Host, &sweep)?;
    stage
        .run(Place::Host, &format!("ls {other}"))?
        .expect(0, "")?;
    stage
        .run(Place::Host, "rm -r /var/log/support/heeler/another")?
        .expect(0, "")?;
    stage.run(Place::Host, &sweep)?;
    let end = Instant::now() + SOON;
    while !stage
        .run(Place::Host, "ls -A /var/log/support")?
        .out
        .is_empty()
    {
        ensure!(Instant::now() < end, "it does not remove it");
        sleep(Duration::from_millis(100));
    }
    Ok(())
}

/// What is no capture stays, and so does a capture of somebody else whose time is not over.
pub(super) fn foreign(context: &Context) -> Result<()> {
    let stage = open(context, |plan| plan)?;
    stage
        .run(
            Place::Host,
            "mkdir -p /var/log/support/heeler/mine/precious",
        )?
        .expect(0, "")?;
    let path = file(&stage, "a.tar.gz");
    let made = bundle(&stage, &path, &["--no-pod-logs"])?.expect_exit(1)?;
    made.expect_stderr("/var/log/support/heeler holds something that is no capture")?;
    stage
        .run(Place::Host, "ls /var/log/support/heeler/mine/precious")?
        .expect(0, "")?;
    stage
        .run(Place::Host, "rm -r /var/log/support/heeler")?
        .expect(0, "")?;
    // One of before a restart, of which nothing takes it back any more.
    stage
        .run(Place::Host, "mkdir -p /var/log/support/heeler/old")?
        .expect(0, "")?;
    let owner = stage.support("heeler/old/owner")?;
    std::fs::write(owner, "old another-boot 99999999\n")?;
    let path = file(&stage, "b.tar.gz");
    bundle(&stage, &path, &["--no-pod-logs"])?.expect_exit(0)?;
    expect_clean(&stage)
}
