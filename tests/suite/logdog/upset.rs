//! What goes wrong with `logdog` on purpose.

use std::process::Stdio;
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use heeler_tests::node::{LogdogUpset, Place};
use heeler_tests::scene::Plan;

use super::stage::{Stage, listed};
use crate::harness::Context;

/// Longer than `logdog` works on a busy machine.
const WORKED: Duration = Duration::from_secs(30);
const ENDED_BY_TIMEOUT: i32 = 124;

pub(super) fn hangs(context: &Context) -> Result<()> {
    let stage = Stage::open(context, |plan| plan)?;
    let node = stage.node()?;
    node.upset_logdog(Some(LogdogUpset::Hangs))?;
    let line = "timeout 1 logdog --output /var/log/support/a.tar.gz";
    stage.run(Place::Host, line)?.expect(ENDED_BY_TIMEOUT, "")?;
    ensure!(!stage.support("a.tar.gz")?.exists());
    let left = stage.run(Place::Host, "ls -A /tmp")?.expect(0, "")?;
    ensure!(left.out.starts_with(".tmp"), "it leaves {:?}", left.out);

    node.upset_logdog(Some(LogdogUpset::HangsInTarball))?;
    let line = "logdog --output /var/log/support/b.tar.gz";
    let mut running = node.std_command(Place::Host, &line.split(' ').collect::<Vec<_>>());
    let mut running = running
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    let (half, end) = (stage.support("b.tar.gz")?, Instant::now() + WORKED);
    while half.metadata().map_or(0, |half| half.len()) < 100 {
        ensure!(Instant::now() < end, "there is no half of it");
        sleep(Duration::from_millis(50));
    }
    ensure!(running.try_wait()?.is_none(), "it has ended");
    let told = listed(&half).err().map(|error| error.to_string());
    ensure!(
        told.as_ref()
            .is_some_and(|told| told.contains("unexpected end of file")),
        "GNU tar says {told:?} of the half"
    );
    running.kill()?;
    running.wait()?;

    node.upset_logdog(None)?;
    stage.run(Place::Host, line)?.expect(0, "")?;
    listed(&half).map(drop)
}

pub(super) fn fails(context: &Context) -> Result<()> {
    let stage = Stage::open(context, |plan| plan)?;
    let node = stage.node()?;
    let words = "Error creating the tarball file '/x': Structure needs cleaning (os error 117)";
    node.upset_logdog(Some(LogdogUpset::Fails(words.to_owned())))?;
    let failed = stage.run(Place::Host, "logdog")?.expect(1, words)?;
    ensure!(failed.out.contains("Running: settings settings.json"));
    ensure!(!stage.support("bottlerocket-logs.tar.gz")?.exists());
    let slow = LogdogUpset::Slow { milliseconds: 100 };
    node.upset_logdog(Some(slow))?;
    let begun = Instant::now();
    stage.run(Place::Host, "logdog")?.expect(0, "")?;
    // 21 requests.
    ensure!(begun.elapsed() > Duration::from_millis(2_100));
    listed(&stage.support("bottlerocket-logs.tar.gz")?).map(drop)
}

pub(super) fn missing(context: &Context) -> Result<()> {
    let stage = Stage::open(context, |plan| {
        plan.each_node(|node| node.has_logdog = false)
    })?;
    let gave = stage.run(Place::Admin, "sheltie logdog")?;
    let words = "nsenter: failed to execute logdog: No such file or directory";
    gave.expect(127, words).map(drop)
}

pub(super) fn full(context: &Context) -> Result<()> {
    let small = |plan: Plan| plan.each_node(|node| node.support_bytes = Some(4 << 10));
    let stage = Stage::open(context, small)?;
    let line = "logdog --output /var/log/support/a.tar.gz";
    // It holds the last of a tarball back, and this one is small: only its end meets the full disk.
    let gave = stage.run(Place::Host, line)?.expect(0, "")?;
    ensure!(
        gave.out
            .ends_with("logs are at: /var/log/support/a.tar.gz\n")
    );
    // What was written before the disk was full lies there, for the kubelet as well.
    let half = stage.fetch("/logs/support/a.tar.gz", "half")?;
    ensure!(half.metadata()?.len() == 4 << 10 && listed(&half).is_err());
    let seen = stage.run(Place::Control, "stat -c %s /.bottlerocket/support/a.tar.gz")?;
    ensure!(seen.expect(0, "")?.out == "4096\n");
    let touch = stage.run(Place::Control, "touch /.bottlerocket/support/x")?;
    touch.expect(1, "Read-only file system")?;

    let dump = stage.node()?.log_dir().join("kdump");
    std::fs::create_dir_all(&dump)?;
    let noise: Vec<u8> = std::iter::repeat_with(rand::random).take(1 << 20).collect();
    std::fs::write(dump.join("vmcore"), noise)?;
    let no_space = "No space left on device (os error 28)";
    let words = format!("Error writing to the tarball '/var/log/support/a.tar.gz': {no_space}");
    stage.run(Place::Host, line)?.expect(1, &words)?;

    let there = "env TMPDIR=/var/log/support logdog --output /tmp/a";
    let there = stage.run(Place::Host, there)?;
    // Its requests fail then, and the lines that would say so can't be written either.
    let words = "Error writing to the error file '/var/log/support/.tmp";
    there.expect(1, words)?.expect(1, no_space).map(drop)
}
