//! What a node loses while a change stands there: its switch, the way to the account, or all that
//! a restart takes along.

use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use heeler_tests::fault::Faults;
use heeler_tests::node::{Place, UnitKind};

use super::course;
use super::fixture::{Fixture, KERNEL_SETTING, OWN_SCRIPT, Switch};
use super::kill;
use super::ward::{SOON, Ward};
use crate::harness::{Context, Finished, Surroundings};

/// After the time of the switch: when its lock counts as left over at the latest, for a change that
/// takes long.
const LEFT_OVER: Duration = Duration::from_secs(75);
/// The time of the switch, less what the change itself took.
const SHORTEST: Duration = Duration::from_secs(8);
/// Between two that come by.
const PAUSE: Duration = Duration::from_secs(2);

/// Long enough to take the switch away before its time.
const AFTER: Duration = Duration::from_secs(12);
const LONGER: (&str, &str) = ("undo-unless-kept: ", "undo-unless-kept: 12s # ");

/// Applies the fix and is killed: the change stands, and its switch is armed.
fn applied(ward: &Ward<'_>) -> Result<String> {
    let digest = ward.digest("-i cured=false")?;
    let applied = |events: &[String]| events.iter().any(|event| event == "change-applied");
    kill::after(ward, (&digest, "-i cured=false"), applied)?.killed()?;
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

/// Another operator's fix meets the lock that was left over, and is planned over what was there
/// before both.
pub(crate) fn taken_over(context: &Context, fixture: &'static Fixture) -> Result<()> {
    // What was absent is taken back to a value of its own: it takes another plan then.
    if fixture.name == KERNEL_SETTING.name {
        return Ok(());
    }
    let ward = Ward::with(context, fixture, &[LONGER])?;
    let bob = ward.operator.lab.colleague("bob")?;
    let bobs = Surroundings::of_person(&bob)?;
    let about = ward.look(&bobs)?;
    // It is good for the original value alone.
    let digest = ward.digest_for(&bobs, &about, "")?;
    let run = applied(&ward)?;
    lose_switch(&ward)?;
    let lost = Instant::now();
    let fix = format!("fix {about} adjust --yes {digest}");
    let kept = loop {
        let ended = ward.program(&bobs, &fix)?.finish()?;
        if ended.status.success() {
            break ended;
        }
        let early = ended.expect_exit(5)?;
        early.expect_stdout("nothing changed")?;
        ward.expect_value(fixture.new)?;
        ensure!(ward.is_locked()?, "the lock is gone with its switch");
        ensure!(lost.elapsed() < AFTER + LEFT_OVER, "nobody settles it");
        sleep(PAUSE);
    };
    ensure!(lost.elapsed() > SHORTEST, "it did not wait for the switch");
    kept.expect_stdout("by ops/alice was left there unended: it was taken back")?
        .expect_stdout("kept ")?;
    ward.expect_clean(fixture.new)?;
    // Hers has ended: what stands there now is his, equal as it is.
    let hers = ward.heeler(&format!("revert {run}"))?.finish()?;
    hers.expect_stdout("nothing changed")?;
    ward.expect_clean(fixture.new)?;
    let his = ward.latest_of(&bobs)?;
    let back = ward.program(&bobs, &format!("revert {his}"))?;
    back.expect_exit(6)?.expect_stdout("taken back")?;
    ward.expect_clean(fixture.old)
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

/// The node restarts while the program looks whether the fix helps.
pub(crate) fn restart_beside(context: &Context, fixture: &'static Fixture) -> Result<()> {
    let ward = course::start(context, fixture)?;
    let approved = ward.approved("-i cured=false")?;
    let journal = ward.journal()?;
    let known = journal.count()?;
    let fix = approved.start()?;
    let give_up = Instant::now() + SOON;
    let applied = |events: Vec<String>| events.iter().any(|event| event == "change-applied");
    while !applied(journal.events_after(known)?) {
        ensure!(Instant::now() < give_up, "it is never applied");
        sleep(Duration::from_millis(10));
    }
    ward.operator.lab.reboot(ward.node()?)?;
    let ended = fix.finish(Duration::from_secs(180))?.expect_exit(6)?;
    ward.expect_clean(fixture.old)?;
    let (state, shown) = ward.report(&ward.latest()?, 6)?;
    ensure!(state == "reverted", "{shown}\n{ended}");
    Ok(())
}

/// The node restarts once the change is kept, which outlives that or does not, as the plan says.
pub(crate) fn restart_after(context: &Context, fixture: &'static Fixture) -> Result<()> {
    let ward = course::start(context, fixture)?;
    let plan = ward
        .heeler(&format!("plan {} adjust", ward.run))?
        .expect_exit(0)?;
    let stays = !fixture.is_lost_by_restarts();
    let says = match fixture.name == OWN_SCRIPT.name {
        // What a script does there nobody else knows, and the plan says that.
        true => plan.stdout.contains("only it knows"),
        false => plan.stdout.contains("stays after a restart of the node") == stays,
    };
    ensure!(says, "{plan}");
    ward.approved("")?.expect_exit(0)?;
    let run = ward.latest()?;
    ward.operator.lab.reboot(ward.node()?)?;
    ward.wait_for(if stays { fixture.new } else { fixture.old })?;
    look(&ward)?;
    let revert = ward.heeler(&format!("revert {run}"))?.finish()?;
    ensure!(matches!(revert.status.code(), Some(5 | 6)), "{revert}");
    ward.expect_clean(fixture.old)
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
