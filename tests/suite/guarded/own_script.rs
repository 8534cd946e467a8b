//! Scripts of the runbook's own that take long, and that fail half-way.

use std::fs;
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};

use super::course::LONGER;
use super::fixture::OWN_SCRIPT;
use super::kill;
use super::ward::{SOON, Ward};
use crate::harness::Context;

const SCRIPT: &str = "script: echo busy >/.bottlerocket/host-containers/current/mode";
const REVERT: &str = "revert: echo idle >/.bottlerocket/host-containers/current/mode";
/// Longer than any other change needs to be taken back, and written down.
const SLOW_REVERT: &str = "revert: cd /.bottlerocket/host-containers/current; echo begun >>log; sleep 9; \
                           echo idle >mode; echo ended >>log";
/// It has done what it should, and goes on.
const GOES_ON: &str = "script: cd /.bottlerocket/host-containers/current; echo busy >mode; sleep 5; \
                       echo ended >>log";
const LOGGED_REVERT: &str = "revert: cd /.bottlerocket/host-containers/current; echo reverted >>log; \
                             echo idle >mode";
/// Something is done that `present` does not show.
const HALF: &str = "script: touch /.bottlerocket/host-containers/current/half; exit 3";

/// What the scripts have written down.
fn log(ward: &Ward<'_>) -> Result<String> {
    let file = ward.node()?.data_dir().join("host-containers/control/log");
    let text = fs::read_to_string(file).unwrap_or_default();
    Ok(text.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// The node and a person take the same change back, and one of them does.
pub(super) fn one_at_a_time(context: &Context) -> Result<()> {
    let ward = Ward::with(context, &OWN_SCRIPT, &[(REVERT, SLOW_REVERT)])?;
    let digest = ward.digest("-i cured=false")?;
    let applied = |events: &[String]| events.iter().any(|event| event == "change-applied");
    kill::after(&ward, (&digest, "-i cured=false"), applied)?.killed()?;
    let run = ward.latest()?;
    let began = Instant::now();
    while log(&ward)? != "begun" {
        ensure!(began.elapsed() < SOON, "the node does not begin");
        sleep(Duration::from_millis(20));
    }
    let back = ward.heeler(&format!("revert {run}"))?.expect_exit(6)?;
    back.expect_stdout("taken back")?;
    ward.expect_clean(OWN_SCRIPT.old)?;
    let log = log(&ward)?;
    ensure!(log == "begun ended", "{log}");
    Ok(())
}

/// Whatever kills a command kills the process group of it, here while its script runs, and nobody
/// is told. The switch is not of that group, and waits for a script that goes on all the same.
pub(super) fn group_killed(context: &Context) -> Result<()> {
    let ward = Ward::with(
        context,
        &OWN_SCRIPT,
        &[(SCRIPT, GOES_ON), (REVERT, LOGGED_REVERT)],
    )?;
    let fix = ward.approved("")?.start()?;
    ward.wait_for(OWN_SCRIPT.new)?;
    let instance = &ward.node()?.config().instance_id;
    ward.operator.lab.aws().faults().kill_agent(instance);
    fix.kill()?;
    ward.expect_clean(OWN_SCRIPT.old)?;
    let log = log(&ward)?;
    ensure!(log == "ended reverted", "{log}");
    let run = ward.latest()?;
    let (state, shown) = ward.report(&run, 1)?;
    ensure!(state == "in-doubt", "{state}: {shown}");
    ward.take_back(&run)?.expect_stdout("nothing changed")?;
    Ok(())
}

/// What was begun and can't be seen is left to a person, and no other change starts before that.
pub(super) fn half_way(context: &Context) -> Result<()> {
    let ward = Ward::with(context, &OWN_SCRIPT, &[LONGER, (SCRIPT, HALF)])?;
    let stuck = ward.approved("")?.expect_exit(7)?;
    stuck
        .expect_stdout("nobody saw the script end well; it may have done a part")?
        .expect_stdout("echo idle >/.bottlerocket/host-containers/current/mode")?;
    let run = ward.latest()?;
    let (state, shown) = ward.report(&run, 7)?;
    ensure!(state == "stuck", "{shown}");
    ensure!(ward.is_locked()?, "its lock is gone");
    let again = ward.heeler(&format!("revert {run}"))?.expect_exit(7)?;
    again.expect_stdout("it may have done a part")?;
    // A person has seen to it.
    let marks: Vec<_> = fs::read_dir(ward.lock()?)?
        .flatten()
        .filter(|entry| entry.file_name().to_string_lossy().starts_with("begun."))
        .collect();
    let [mark] = marks.as_slice() else {
        anyhow::bail!("{marks:?}")
    };
    let named = mark.file_name();
    again.expect_stdout(&format!("lock/{}", named.to_string_lossy()))?;
    fs::remove_file(mark.path())?;
    ward.take_back(&run)?;
    Ok(())
}
