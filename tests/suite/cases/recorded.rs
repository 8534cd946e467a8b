//! Runs that become cases, and runs that are judged again.

use std::fs;
use std::path::PathBuf;

use anyhow::{Result, ensure};

use super::folder;
use crate::bad_input::stage::{INSTANCE, NODE, POD, QUICK, Stage};
use crate::harness::{Case, Context};

/// The area's cases.
pub(crate) const CASES: &[Case] = &[
    Case::new("cases::a_run_becomes_a_case_that_holds", &[], recorded),
    Case::new("cases::names_can_be_kept", &[], kept),
    Case::new("cases::no_file_is_written_over", &[], exists),
    Case::new("cases::a_run_is_judged_again", &[], judged_again),
    Case::new("cases::a_run_that_saw_nothing_is_no_case", &[], nothing),
];

/// What must not be left of whose world it was.
const PRIVATE: [&str; 8] = [
    "10.0.1",
    "ip-10",
    INSTANCE,
    "111122223333",
    "prod-eu",
    "alice",
    "shop",
    "checkout",
];

fn run(stage: &Stage<'_>) -> Result<String> {
    stage.quick(&["--pod", POD])?.expect_exit(0)?;
    let run = stage.latest()?;
    stage.aws.forget_calls();
    stage.kube.forget_calls();
    Ok(run)
}

fn recorded(context: &Context) -> Result<()> {
    let stage = Stage::open(context)?;
    let run = run(&stage)?;
    let ended = stage
        .heeler(&["record", &run, "--as", "linux"])?
        .expect_exit(0)?;
    let file = folder(&stage).join("linux.yaml");
    ended.expect_stdout(&format!("heeler test {}\n", file.display()))?;
    let text = fs::read_to_string(&file)?;
    for private in PRIVATE {
        ensure!(!text.contains(private), "`{private}` in\n{text}");
    }
    for token in [
        "name: node-1",
        "instance: i-00000000000000001",
        "pod: namespace-1/name-1",
    ] {
        ensure!(text.contains(token), "no `{token}` in\n{text}");
    }
    ensure!(text.contains("system: {name: Linux}"), "{text}");
    let test = stage
        .heeler(&["test", &file.display().to_string()])?
        .expect_exit(0)?;
    test.expect_stdout("1 case holds, and ")?;
    stage.expect_silence()
}

fn kept(context: &Context) -> Result<()> {
    let stage = Stage::open(context)?;
    let run = run(&stage)?;
    let into = stage.around.folder().join("elsewhere");
    let into = into.display().to_string();
    let arguments = [
        "record",
        &run,
        "--into",
        &into,
        "--keep-names",
        "--output",
        "json",
    ];
    let json = stage.heeler(&arguments)?.expect_exit(0)?.json()?;
    let file: PathBuf = json["file"].as_str().unwrap_or_default().into();
    ensure!(json["case"] == format!("run-{run}"), "{json:#}");
    let text = fs::read_to_string(&file)?;
    ensure!(
        text.contains(&format!("pod: {POD}")) && !text.contains(NODE),
        "{text}"
    );
    Ok(())
}

fn exists(context: &Context) -> Result<()> {
    let stage = Stage::open(context)?;
    let run = run(&stage)?;
    let file = super::put(&stage, "linux.yaml", "mine")?;
    let again = ["record", &run, "--as", "linux"];
    let ended = stage.heeler(&again)?.expect_exit(1)?;
    ended.expect_stderr("error[case-exists]")?;
    ensure!(fs::read_to_string(&file)? == "mine", "it was written over");
    let ended = stage
        .heeler(&["record", &run, "--as", "../linux"])?
        .expect_exit(2)?;
    ended.expect_stderr("error[bad-name]")?;
    let ended = stage.heeler(&["record", "nobody"])?.expect_exit(1)?;
    ended.expect_stderr("error[unknown-run]")?;
    Ok(())
}

fn judged_again(context: &Context) -> Result<()> {
    let stage = Stage::open(context)?;
    let run = run(&stage)?;
    let same = format!("run {run}: quick, with the same runbook: everything is as it was then");
    let ended = stage.heeler(&["replay", &run])?.expect_exit(0)?;
    ended.expect_stdout(&same)?;
    stage.write_runbook("quick", &QUICK.replace("!= \"Linux\"", "== \"Linux\""))?;
    let ended = stage.heeler(&["replay", &run])?.expect_exit(1)?;
    let differs = format!(
        "run {run}: quick, the runbook has changed since: not everything is as it was then
    {NODE}: other-system
      then      ruled out
      now       holds: it is Linux
      because   system.name == \"Linux\": true (system.name Linux)
"
    );
    ensure!(ended.stdout.starts_with(&differs), "{differs}\n{ended}");
    let json = ["replay", &run, "--output", "json"];
    let json = stage.heeler(&json)?.expect_exit(1)?.json()?;
    ensure!(
        json["differences"][0]["now"] == "holds: it is Linux",
        "{json:#}"
    );
    stage.expect_silence()
}

fn nothing(context: &Context) -> Result<()> {
    let stage = Stage::open(context)?;
    stage.quick(&["--pod", "shop/nobody"])?.expect_exit(1)?;
    let run = stage.latest()?;
    for command in ["record", "replay"] {
        let ended = stage.heeler(&[command, &run])?.expect_exit(1)?;
        ended.expect_stderr("error[unusable-run]")?;
        ended.expect_stderr("has seen nothing")?;
    }
    ensure!(!folder(&stage).exists(), "a case was written");
    Ok(())
}
