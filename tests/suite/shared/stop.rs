//! The stop cord: while it is pulled no change starts, and whatever ends one goes on.

use std::fs;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use heeler_tests::latency::Latency;
use rusqlite::Connection;

use super::desk::Desk;
use crate::guarded::ward::SOON;
use crate::harness::{Context, Finished};

/// Time to pull the cord while the fix is verified.
const SLOWER: [(&str, &str); 2] = [
    ("undo-unless-kept: 3s", "undo-unless-kept: 30s"),
    ("for: 1s, within: 11s", "for: 6s, within: 25s"),
];

pub(super) fn cord(context: &Context) -> Result<()> {
    let desk = Desk::start(context)?;
    let ward = &desk.0;
    // Something to take back while changes are stopped.
    desk.fix("")?.expect_exit(0)?;
    let run = ward.latest()?;

    let stop = ward.operator.context.heeler(&ward.operator.around)?;
    let reason = "we lose orders, and don't know why";
    let stopped = stop.args(["stop", "--reason", reason]).expect_exit(0)?;
    stopped
        .expect_stdout("ops/alice has stopped all changes of this cluster at 20")?
        .expect_stdout(reason)?
        .expect_stdout("`heeler stop --release` lets changes start again")?;
    ensure!(desk.board("stop")?.contains("ops/alice"), "the cord hangs");
    // The first reason stays.
    let again = ward
        .operator
        .heeler("stop --reason other")?
        .expect_exit(0)?;
    again
        .expect_stdout("it is so already")?
        .expect_stdout(reason)?;

    // Whatever ends a change goes on, and so do looks and plans.
    ward.take_back(&run)?;
    ward.look(&ward.operator.around)?;
    let aws = ward.operator.lab.aws();
    let digest = ward.digest("")?;
    let plan = ward.heeler(&format!("plan {} adjust", ward.run))?;
    let plan = plan.expect_exit(0)?;
    plan.expect_stdout("ops/alice has stopped all changes")?
        .expect_stdout("nothing can be applied until `heeler stop --release`")?;
    aws.forget_calls();
    let refused = ward.fix(&digest, "")?.expect_exit(5)?;
    refused
        .expect_stdout("ops/alice has stopped all changes")?
        .expect_stdout(reason)?
        .expect_stdout("heeler stop --release")?
        .expect_stdout("nothing changed")?;
    ward.operator.expect_calls("SendCommand", 0)?;
    ensure!(desk.refused("")?.0 == "stopped", "another code");
    ward.expect_clean(ward.fixture.old)?;
    // Everybody is stopped, by whatever stands there.
    desk.write("stop", "Black Friday")?;
    let (code, said) = desk.refused("")?;
    ensure!(
        code == "stopped" && said.contains("Black Friday"),
        "{code}: {said}"
    );

    let released = ward.operator.heeler("stop --release")?.expect_exit(0)?;
    released.expect_stdout("changes may start again")?;
    ensure!(desk.board("stop")?.is_empty(), "the cord is pulled");
    let idle = ward.operator.heeler("stop --release")?.expect_exit(0)?;
    idle.expect_stdout("nobody had stopped them")?;
    let runs = ward.operator.heeler("runs")?.expect_exit(0)?;
    for end in ["  stop ", "  kept", "  planned"] {
        runs.expect_stdout(end)?;
    }
    desk.kept_and_taken_back("")?;
    Ok(())
}

pub(super) fn under_way(context: &Context) -> Result<()> {
    let desk = Desk::with(context, &SLOWER, 1)?;
    let ward = &desk.0;
    let fix = desk.fix("")?.start()?;
    ward.wait_for(ward.fixture.new)?;
    ward.operator.heeler("stop")?.expect_exit(0)?;
    fix.finish(SOON)?.expect_exit(0)?.expect_stdout("kept")?;
    ward.expect_value(ward.fixture.new)?;
    ensure!(desk.refused("-i to=50s")?.0 == "stopped", "another code");
    ward.take_back(&ward_fix(&desk)?)?;
    Ok(())
}

/// The run of the fix that was kept: the newest one of the journal that is about it.
fn ward_fix(desk: &Desk<'_>) -> Result<String> {
    let runs = desk
        .0
        .operator
        .heeler("runs --output json")?
        .expect_exit(0)?;
    let runs = runs.json()?;
    let mut rows = runs["runs"].as_array().into_iter().flatten();
    let kept = rows.find(|row| row["command"] == "fix" && row["exit"] == "clear");
    let id = kept.and_then(|row| row["run"].as_str());
    Ok(id.unwrap_or_default().to_owned())
}

pub(super) fn no_board(context: &Context) -> Result<()> {
    let desk = Desk::start(context)?;
    let ward = &desk.0;
    let kube = ward.operator.lab.kube();
    kube.remove("configmaps", "heeler", "heeler")?;
    let elsewhere = ward.operator.heeler("stop --region us-east-1")?;
    let elsewhere = elsewhere.expect_exit(1)?;
    elsewhere.expect_stdout("error[region-mismatch]: this is about us-east-1")?;
    let stop = || ward.operator.heeler("stop")?.expect_exit(1);
    let failed = stop()?;
    failed
        .expect_stdout("error[no-board]: there is no ConfigMap heeler/heeler")?
        .expect_stdout("\"Setting it up\" in docs/shared.md says how to make it")?;
    kube.faults().api_down()?;
    stop()?.expect_stdout("can't be reached")?;
    kube.faults().api_up()?;
    let fixed = desk.kept_and_taken_back("")?;
    fixed.expect_stdout("what others change, and whether changes are stopped, is not known")?;
    Ok(())
}

/// Neither the journal nor AWS keeps anybody from it.
pub(super) fn anyway(context: &Context) -> Result<()> {
    let desk = Desk::start(context)?;
    let operator = &desk.0.operator;
    let said = |ended: Finished, what: &str| -> Result<()> {
        ensure!(ended.stderr.contains(what), "no `{what}`\n{ended}");
        Ok(())
    };
    let slow = Latency::instant().call_cost(Duration::from_secs(20));
    operator.lab.aws().set_latency(slow);
    let began = Instant::now();
    operator.heeler("stop")?.expect_exit(0)?;
    ensure!(
        began.elapsed() < Duration::from_secs(10),
        "it waits for AWS"
    );
    ensure!(desk.board("stop")?.contains("ops/alice"), "who was it?");
    operator.heeler("stop --release")?.expect_exit(0)?;
    let access = operator.lab.kube().access();
    access.deny("alice", "create", "selfsubjectreviews");
    operator.heeler("stop")?.expect_exit(0)?;
    ensure!(desk.board("stop")?.contains("somebody"), "who was it?");
    operator.lab.aws().set_latency(Latency::instant());

    let file = operator.lab.state_folder().join("journal.sqlite");
    let journal = Connection::open(&file)?;
    journal.execute_batch(
        "CREATE TRIGGER full BEFORE INSERT ON record BEGIN SELECT RAISE(ABORT, 'no room is left'); END",
    )?;
    let released = operator.heeler("stop --release")?.expect_exit(0)?;
    ensure!(desk.board("stop")?.is_empty(), "the cord is pulled");
    said(released, "no room is left")?;
    drop(journal);
    fs::write(
        &file,
        "this is no journal, and long enough to be read as one".repeat(40),
    )?;
    let stopped = operator.heeler("stop")?.expect_exit(0)?;
    stopped.expect_stdout("has stopped all changes of this cluster")?;
    ensure!(
        desk.board("stop")?.contains("ops/alice"),
        "nobody pulled it"
    );
    said(stopped, "journal")
}
