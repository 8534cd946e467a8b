//! A run that is stopped from outside: by Ctrl-C, by a second one, or by a kill. The node's command
//! is cancelled where there is still somebody to do it, and the journal says how far it came.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use nix::sys::signal::Signal;

use super::answers::{slow, started};
use super::stage::{INSTANCE, NODE, POD, QUICK, Stage, unanswered};
use crate::harness::{Case, Context, Finished};

/// The area's cases.
pub(crate) const CASES: &[Case] = &[
    Case::new("bad_input::ctrl_c_cancels_the_command", &[], ctrl_c),
    Case::new(
        "bad_input::ctrl_c_before_any_command_sends_none",
        &[],
        early,
    ),
    Case::new("bad_input::a_second_ctrl_c_ends_at_once", &[], twice),
    Case::new(
        "bad_input::a_killed_run_is_known_not_to_have_ended",
        &[],
        killed,
    ),
];

const SOON: Duration = Duration::from_secs(20);
const HEAD: &str = "prod-eu 111122223333 eu-west-1 as ops/alice
ip-10-0-1-23.eu-west-1.compute.internal → i-0abc1234def567890  Bottlerocket 1.49.0, 2 CPUs";

fn ctrl_c(context: &Context) -> Result<()> {
    let stage = Stage::open(context)?;
    slow(&stage, Duration::from_secs(60))?;
    let run = stage.quick(&["--node", NODE])?.start()?;
    started(&stage)?;
    run.signal(Signal::SIGINT)?;
    let ended = run.finish(SOON)?.expect_exit(130)?;
    let why = "interrupted while nodes were working; their commands were cancelled";
    let error = format!(
        "error[interrupted]: {why}\n  --> this terminal\n  help: run the command again when you are ready\n"
    );
    let screen = unanswered(why, &error, "1 command");
    ended.expect_screen(&format!("{screen}, interrupted"))?;
    stage.expect_repeated(&ended)?;
    ensure!(
        stage.aws.count("CancelCommand") == 1,
        "it was not cancelled"
    );
    let status = stage.aws.commands()[0].invocations[0].status;
    ensure!(status.starts_with("Cancel"), "its invocation is {status}");
    listed_as(&stage, "interrupted")
}

fn early(context: &Context) -> Result<()> {
    let stage = Stage::open(context)?;
    let hold = stage.kube.faults().hold("/pods/");
    let run = stage.quick(&["--pod", POD])?.start()?;
    while hold.caught() == 0 {
        std::thread::sleep(Duration::from_millis(10));
    }
    run.signal(Signal::SIGINT)?;
    let ended = run.finish(SOON)?.expect_exit(130)?;
    ended.expect_screen(
        "error[interrupted]: interrupted before a node was asked
  --> this terminal
  help: run the command again when you are ready
DURATION, no command, nothing changed, interrupted",
    )?;
    stage.expect_repeated(&ended)?;
    stage.expect_no_command()
}

fn twice(context: &Context) -> Result<()> {
    let stage = Stage::open(context)?;
    slow(&stage, Duration::from_secs(60))?;
    // The cancellation hangs, so that only the second signal can end it.
    let hold = stage.aws.faults().hold(
        "CancelCommand",
        heeler_tests::fault::HoldPoint::BeforeExecuting,
    );
    let run = stage.quick(&["--node", NODE])?.start()?;
    started(&stage)?;
    run.signal(Signal::SIGINT)?;
    context.block_on(hold.reached());
    run.signal(Signal::SIGINT)?;
    let ended = run.finish(SOON)?.expect_exit(130)?;
    ended.expect_stderr(
        "stopped at once: nothing was changed; a look that was begun on a node ends there by itself, \
         and `heeler runs` names the run",
    )?;
    hold.release();
    did_not_end(&stage)
}

fn killed(context: &Context) -> Result<()> {
    let stage = Stage::open(context)?;
    slow(&stage, Duration::from_secs(60))?;
    let run = stage.quick(&["--node", NODE])?.start()?;
    started(&stage)?;
    run.kill()?;
    did_not_end(&stage)?;
    // The journal takes the next run, and keeps this one.
    stage.write_runbook("quick", QUICK)?;
    slow(&stage, Duration::ZERO)?;
    stage.quick(&["--instance", INSTANCE])?.expect_exit(0)?;
    let runs = runs(&stage)?.json()?;
    let exits: Vec<_> = runs["runs"]
        .as_array()
        .context("runs")?
        .iter()
        .map(|run| run["exit"].clone())
        .collect();
    ensure!(
        exits == ["clear".into(), serde_json::Value::Null],
        "{runs:#}"
    );
    Ok(())
}

/// `runs` and `report` say that the latest run has no end.
fn did_not_end(stage: &Stage<'_>) -> Result<()> {
    listed_as(stage, "did not end")?;
    let id = stage.latest()?;
    let report = stage.heeler(&["report", &id])?.expect_exit(1)?;
    report.expect_screen(&format!(
        "{HEAD}\nthis run did not end: its last record is of TIME UTC"
    ))?;
    let json = stage
        .heeler(&["report", &id, "--output", "json"])?
        .expect_exit(1)?
        .json()?;
    ensure!(json["format"] == 1, "{json:#}");
    Ok(())
}

fn listed_as(stage: &Stage<'_>, end: &str) -> Result<()> {
    let runs = stage.heeler(&["runs"])?.expect_exit(0)?;
    let line = runs.stdout.lines().next().context("no run")?;
    let expected = format!("  run quick  {NODE}  {end}");
    ensure!(line.ends_with(&expected), "{line}\ninstead of …{expected}");
    Ok(())
}

fn runs(stage: &Stage<'_>) -> Result<Finished> {
    stage.heeler(&["runs", "--output", "json"])?.expect_exit(0)
}
