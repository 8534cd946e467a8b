//! A fix that nobody hinders: kept where it helps, taken back where it does not, and not begun where
//! nothing would take it back.

use anyhow::{Result, ensure};

use super::fixture::{CONTAINER, Fixture, GREETING, KERNEL_SETTING, Switch};
use super::ward::Ward;
use crate::harness::Context;

/// Time for the program itself to keep the change, or to take it back, on a busy machine.
pub(crate) const LONGER: (&str, &str) = ("undo-unless-kept: 3s", "undo-unless-kept: 15s");

/// A node on which the program has time to keep a change, or to take it back itself.
pub(super) fn start<'c>(context: &'c Context, fixture: &'static Fixture) -> Result<Ward<'c>> {
    let shortest = fixture.undo_after.as_secs() == 3;
    Ward::with(context, fixture, if shortest { &[LONGER] } else { &[] })
}

pub(crate) fn kept(context: &Context, fixture: &'static Fixture) -> Result<()> {
    let ward = start(context, fixture)?;
    let kept = ward.approved("")?.expect_exit(0)?;
    kept.expect_stdout("kept ")?;
    // Before the time of the switch would have come.
    let traces = ward.traces()?;
    ensure!(traces.is_empty(), "it was kept, and there is {traces:?}");
    ward.expect_value(fixture.new)?;
    let run = ward.latest()?;
    let (state, shown) = ward.report(&run, 0)?;
    ensure!(state == "kept", "{shown}");
    // What is there already is not set again: no service restarts for it.
    let again = ward.heeler(&format!("plan {} adjust --output json", ward.run))?;
    let again = again.expect_exit(5)?;
    let refused = &again.json()?["fix"];
    let words = match [GREETING.name, CONTAINER.name].contains(&fixture.name) {
        true => "is ruled out",
        false => "there is nothing left to change",
    };
    let says = refused["refused"].as_str().unwrap_or_default();
    ensure!(
        refused["refused_code"] == "fix-not-needed" && says.contains(words),
        "{again}"
    );
    ward.take_back(&run)?.expect_stdout("taken back")?;
    Ok(())
}

pub(crate) fn taken_back(context: &Context, fixture: &'static Fixture) -> Result<()> {
    let ward = start(context, fixture)?;
    let back = ward.approved("-i cured=false")?.expect_exit(6)?;
    back.expect_stdout("it did not hold for 1 s within")?
        .expect_stdout("taken back")?;
    ward.expect_clean(fixture.old)?;
    let (state, shown) = ward.report(&ward.latest()?, 6)?;
    ensure!(state == "reverted", "{shown}");
    Ok(())
}

/// Nothing can be set any more where the node's settings were locked after the plan.
pub(crate) fn locked(context: &Context) -> Result<()> {
    for fixture in [&KERNEL_SETTING, &GREETING, &CONTAINER] {
        let ward = start(context, fixture)?;
        let approved = ward.approved("")?;
        ward.node()?.lock_settings()?;
        let failed = approved.expect_exit(6)?;
        failed
            .expect_stdout("the node's settings are locked: none can be changed any more")?
            .expect_stdout("the old value was there already")?;
        let traces = ward.traces()?;
        ensure!(traces.is_empty(), "it has failed, and there is {traces:?}");
        ward.expect_value(fixture.old)?;
        let (state, shown) = ward.report(&ward.latest()?, 6)?;
        ensure!(state == "reverted", "{state}: {shown}");
    }
    Ok(())
}

pub(crate) fn not_armed(context: &Context, fixture: &'static Fixture) -> Result<()> {
    // Nobody can refuse a job of the container's own.
    if fixture.switch == Switch::Control {
        return Ok(());
    }
    let ward = Ward::start(context, fixture)?;
    let approved = ward.approved("")?;
    ward.node()?.refuse_transient_units(true)?;
    let refused = approved.expect_exit(5)?;
    refused
        .expect_stdout("the node can't be made to take the change back by itself")?
        .expect_stdout("Access denied")?
        .expect_stdout("nothing changed")?;
    ward.expect_clean(fixture.old)?;
    let (state, shown) = ward.report(&ward.latest()?, 5)?;
    ensure!(
        ["not-applied", "refused"].contains(&state.as_str()),
        "{shown}"
    );
    Ok(())
}
