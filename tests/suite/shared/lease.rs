//! The Lease of a node: the early refusal, and how long it lasts.

use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::desk::Desk;
use crate::guarded::ward::SOON;
use crate::harness::Context;

/// Time to look at the Lease while the fix is verified.
const SLOWER: [(&str, &str); 2] = [
    ("undo-unless-kept: 3s", "undo-unless-kept: 30s"),
    ("for: 1s, within: 11s", "for: 6s, within: 25s"),
];

pub(super) fn taken(context: &Context) -> Result<()> {
    let desk = Desk::start(context)?;
    let ward = &desk.0;
    let instance = desk.instance()?;
    desk.other_holds(&instance, Timestamp::now())?;
    let (code, said) = desk.refused("")?;
    ensure!(code == "node-taken", "{code}: {said}");
    for words in [&instance, "of ops/carol", "until "] {
        ensure!(said.contains(words), "no `{words}` in: {said}");
    }
    ward.expect_clean(ward.fixture.old)?;
    let lease = desk.lease(&instance).context("her Lease is gone")?;
    ensure!(holder(&lease).contains("ops/carol"), "{lease}");
    // What has ended by itself is taken over.
    desk.other_holds(&instance, Timestamp::now() - SignedDuration::from_secs(61))?;
    desk.kept_and_taken_back("")?;
    ensure!(desk.lease(&instance).is_none(), "a Lease is left");
    // One that says nothing of its end is nobody's.
    desk.other_holds(&instance, Timestamp::now())?;
    let kube = ward.operator.lab.kube();
    kube.edit("leases", "heeler", &format!("node-{instance}"), |lease| {
        lease["spec"]["renewTime"] = Value::Null;
    })?;
    desk.kept_and_taken_back("")?;
    ensure!(desk.lease(&instance).is_none(), "a Lease is left");
    Ok(())
}

pub(super) fn renewed(context: &Context) -> Result<()> {
    let desk = Desk::with(context, &SLOWER, 1)?;
    let ward = &desk.0;
    let instance = desk.instance()?;
    let fix = desk.fix("")?.start()?;
    ward.wait_for(ward.fixture.new)?;
    let lease = desk.lease(&instance).context("there is no Lease")?;
    let run = holder(&lease)
        .split(' ')
        .next()
        .unwrap_or_default()
        .to_owned();
    ensure!(holder(&lease) == format!("{run} ops/alice"), "{lease}");
    ensure!(desk.board("started")?.contains(&run), "it does not count");
    // Until its undo, a minute for the command that arms it, and 30 s more.
    ensure!(lease["spec"]["leaseDurationSeconds"] == 120, "{lease}");
    fix.finish(SOON)?.expect_exit(0)?;
    ensure!(
        desk.lease(&instance).is_none(),
        "the Lease outlives its fix"
    );
    ward.take_back(&ward.latest()?)?;

    // A program that is killed has its Lease until it ends, or until somebody takes the fix back.
    let fix = desk.fix("")?.start()?;
    ward.wait_for(ward.fixture.new)?;
    let run = ward.latest()?;
    fix.kill()?;
    ensure!(desk.lease(&instance).is_some(), "the Lease ends too early");
    ward.heeler(&format!("revert {run}"))?.expect_exit(6)?;
    ensure!(desk.lease(&instance).is_none(), "a Lease is left");

    // It counts from when the node was told to change.
    let fix = desk.fix("")?.start()?;
    let give_up = Instant::now() + SOON;
    let renewed = |lease: &Value| lease["spec"]["renewTime"] != lease["spec"]["acquireTime"];
    while !desk.lease(&instance).as_ref().is_some_and(renewed) {
        ensure!(Instant::now() < give_up, "nobody renews it");
        sleep(Duration::from_millis(200));
    }
    fix.finish(SOON)?.expect_exit(0)?;
    ensure!(desk.lease(&instance).is_none(), "a Lease is left");
    desk.0.take_back(&desk.0.latest()?)?;
    Ok(())
}

fn holder(lease: &Value) -> &str {
    lease["spec"]["holderIdentity"].as_str().unwrap_or_default()
}
