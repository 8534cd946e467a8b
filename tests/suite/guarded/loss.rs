//! What a node loses while a change stands there: its switch, the way to the account, or all that
//! a restart takes along.

use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use heeler_tests::fault::Faults;
use heeler_tests::node::{Place, UnitKind};

use super::course;
use super::fixture::{Fixture, Switch};
use super::kill;
use super::ward::{SOON, Ward};
use crate::harness::{Context, Finished};

/// After the time of the switch: when its lock counts as left over at the latest, for a change that
/// takes long.
const LEFT_OVER: Duration = Duration::from_secs(75);
/// Between two that come by.
const PAUSE: Duration = Duration::from_secs(2);

/// Long enough to take the switch away before its time.
const AFTER: Duration = Duration::from_secs(12);
const LONGER: (&str, &str) = ("undo-unless-kept: ", "undo-unless-kept: 12s # ");

/// Applies the fix and is killed: the change stands, and its switch is armed.
fn applied(ward: &Ward<'_>) -> Result<String> {
    let digest = ward.digest("-i cured=false")?;
    let applied = |events: &[String]| events.iter().any(|event| event == "change-applied");
    let killed = kill::after(ward, (&digest, "-i cured=false"), applied)?;
    killed.context("the fix has come to its end")?;
    ward.latest()
}

pub(crate) fn switch(context: &Context, fixture: &'static Fixture) -> Result<()> {
    let ward = Ward::with(context, fixture, &[LONGER])?;
    let run = applied(&ward)?;
    lose_switch(&ward)?;
    let lost = Instant::now();
    ward.expect_value(fixture.new)?;
    // Whoever comes before its time leaves it alone, and says that it is there.
    let early = look(&ward)?;
    early.expect_stdout("is under way; the node takes it back by itself")?;
    sleep(AFTER.saturating_sub(lost.elapsed()));
    ward.expect_value(fixture.new)?;
    ensure!(ward.is_locked()?, "the lock is gone with its switch");
    while look(&ward)?.expect_stdout("it was taken back").is_err() {
        ensure!(lost.elapsed() < AFTER + LEFT_OVER, "nobody settles it");
        sleep(PAUSE);
    }
    ward.expect_clean(fixture.old)?;
    let settled = ward.take_back(&run)?;
    settled.expect_stdout("nothing changed")?;
    Ok(())
}

fn look(ward: &Ward<'_>) -> Result<Finished> {
    let node = &ward.node()?.config().name;
    let words = format!("run {} --node {node}", ward.fixture.name);
    let found = ward.heeler(&words)?.finish()?;
    ensure!(matches!(found.status.code(), Some(0 | 3)), "{found}");
    Ok(found)
}

fn lose_switch(ward: &Ward<'_>) -> Result<()> {
    let node = ward.node()?;
    if ward.fixture.switch == Switch::Control {
        // As a restart of the container does.
        let job = "kill -9 -- \"-$(cat /.bottlerocket/host-containers/current/heeler/lock/job.*)\"";
        ward.operator.on_node(Place::Control, &["sh", "-c", job])?;
        return Ok(());
    }
    let units = node.transient_units()?;
    let timers = units
        .iter()
        .filter(|unit| unit.name.kind == UnitKind::Timer);
    for timer in timers {
        node.lose_timer(&timer.name.stem)?;
    }
    Ok(())
}

/// The Kubernetes API is out of reach from the change on: a fix on a node needs it no more.
pub(crate) fn cluster(context: &Context, fixture: &'static Fixture) -> Result<()> {
    let ward = course::start(context, fixture)?;
    let aws = ward.operator.lab.aws();
    let approved = ward.approved("")?;
    aws.forget_calls();
    let fix = approved.start()?;
    sent(&ward)?;
    aws.faults().take_down("kubernetes");
    let ended = fix.finish(SOON)?;
    aws.faults().bring_up("kubernetes");
    ended.expect_exit(0)?;
    ward.expect_clean(fixture.new)?;
    ward.take_back(&ward.latest()?)?;
    Ok(())
}

/// Waits until the change was sent: its looks, the present value, the change; the next command
/// belongs to the verification.
fn sent(ward: &Ward<'_>) -> Result<()> {
    let give_up = Instant::now() + SOON;
    while ward.operator.lab.aws().count("SendCommand") < 4 {
        ensure!(Instant::now() < give_up, "the change was never sent");
        sleep(Duration::from_millis(10));
    }
    Ok(())
}

pub(crate) fn restart(context: &Context, fixture: &'static Fixture) -> Result<()> {
    let ward = Ward::with(context, fixture, &[LONGER])?;
    let run = applied(&ward)?;
    ward.operator.lab.reboot(ward.node()?)?;
    if fixture.is_lost_by_restarts() {
        ward.expect_value(fixture.old)?;
        ensure!(ward.is_locked()?, "the record is gone with the restart");
        look(&ward)?.expect_stdout("a restart had undone it")?;
    } else {
        ward.wait_for(fixture.new)?;
        look(&ward)?.expect_stdout("it was taken back")?;
    }
    ward.expect_clean(fixture.old)?;
    let revert = ward.heeler(&format!("revert {run}"))?.finish()?;
    revert.expect_stdout("nothing changed")?;
    ward.expect_clean(fixture.old)?;
    Ok(())
}

/// SSM is out of reach: whoever sent the change can't even look.
pub(crate) fn way(context: &Context, fixture: &'static Fixture) -> Result<()> {
    without(
        context,
        fixture,
        |faults, _| faults.take_down("ssm"),
        |faults, _| {
            faults.bring_up("ssm");
        },
    )
}

/// The node's agent is cut off from SSM, which takes commands for it all the same.
pub(crate) fn agent(context: &Context, fixture: &'static Fixture) -> Result<()> {
    without(context, fixture, Faults::cut_off, Faults::reconnect)
}

/// Something is out of reach as soon as the change was sent, until the node has taken it back.
fn without(
    context: &Context,
    fixture: &'static Fixture,
    cut: fn(&Faults, &str),
    mend: fn(&Faults, &str),
) -> Result<()> {
    let ward = Ward::start(context, fixture)?;
    let instance = ward.node()?.config().instance_id.clone();
    let aws = ward.operator.lab.aws();
    let approved = ward.approved("-i cured=false")?;
    aws.forget_calls();
    let fix = approved.start()?;
    sent(&ward)?;
    cut(aws.faults(), &instance);
    ward.expect_clean(fixture.old)?;
    mend(aws.faults(), &instance);
    let ended = fix.finish(Duration::from_secs(180))?.expect_exit(6)?;
    ended.expect_stdout("the node")?;
    ward.expect_clean(fixture.old)?;
    Ok(())
}
