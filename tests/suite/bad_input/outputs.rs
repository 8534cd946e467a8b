//! What programs and careful people read: JSON for every way in which a run can end, a plan that
//! asks no node, and commands that work when they are pasted.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use heeler_tests::aws::EXPIRED_ACCESS_KEY;
use heeler_tests::scene::Lab;

use super::answers::started;
use super::puppet::Puppet;
use super::stage::{INSTANCE, NODE, POD, QUICK, Stage};
use crate::harness::{Case, Context, Need, Surroundings};

/// The area's cases.
pub(crate) const CASES: &[Case] = &[
    Case::new("bad_input::json_tells_every_outcome", &[], json),
    Case::new("bad_input::a_plan_asks_no_node", &[], plan),
    Case::new(
        "bad_input::a_plan_names_what_can_not_be_asked",
        &[],
        blocked,
    ),
    Case::new(
        "bad_input::printed_commands_work_when_pasted",
        &[Need::Nodes, Need::AwsClients, Need::Kubectl],
        pasted,
    ),
];

fn json(context: &Context) -> Result<()> {
    let stage = Stage::open(context)?;
    let expect = |arguments: &[&str],
                  key: Option<&str>,
                  code: i32,
                  exit: &str,
                  failure: Option<&str>|
     -> Result<()> {
        let run = stage.quick(&[arguments, &["--output", "json"]].concat())?;
        let run = key
            .into_iter()
            .fold(run, |run, key| run.env("AWS_ACCESS_KEY_ID", key));
        let ended = run.expect_exit(code)?;
        let report = ended.json()?;
        ensure!(report["format"] == 1, "{ended}");
        ensure!(report["ending"]["code"] == code, "{ended}");
        ensure!(report["ending"]["exit"] == exit, "{ended}");
        let codes: Vec<&str> = report["failures"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|failure| failure["code"].as_str())
            .collect();
        ensure!(codes == Vec::from_iter(failure), "{codes:?}\n{ended}");
        let again = stage
            .heeler(&["report", &stage.latest()?, "--output", "json"])?
            .expect_exit(code)?;
        ensure!(
            again.json()? == report,
            "the report says something else\n{again}"
        );
        Ok(())
    };
    expect(&["--pod", POD], None, 0, "clear", None)?;
    let ill = QUICK.replace("!= \"Linux\"", "== \"Linux\"");
    stage.write_runbook("quick", &ill)?;
    expect(&["--node", NODE], None, 3, "found", None)?;
    stage.write_runbook("quick", &QUICK.replace("{ name: kernel.ostype }", "{ name: kernel.ostype }\n  absent:\n    label: another look\n    sysctl: { name: kernel.nothing }").replace("system.name !=", "absent.name !="))?;
    expect(&["--node", NODE], None, 4, "not-seen", None)?;
    stage.write_runbook("quick", QUICK)?;
    expect(&["--pod", "shop/nope"], None, 1, "failed", Some("no-pod"))?;
    expect(
        &["--node", NODE],
        Some(EXPIRED_ACCESS_KEY),
        1,
        "failed",
        Some("expired-credentials"),
    )?;
    let agent = Puppet::new()?.cluster("staging").agent();
    stage
        .aws
        .change(INSTANCE, |instance| instance.agent = agent)?;
    expect(&["--node", NODE], None, 1, "failed", Some("wrong-cluster"))?;
    stage.aws.faults().forge_stdout(INSTANCE, 1, |_| Vec::new());
    expect(&["--node", NODE], None, 1, "failed", None)?;
    interrupted(context)
}

fn interrupted(context: &Context) -> Result<()> {
    let stage = Stage::open(context)?;
    super::answers::slow(&stage, std::time::Duration::from_secs(60))?;
    let run = stage
        .quick(&["--node", NODE, "--output", "json"])?
        .start()?;
    started(&stage)?;
    run.signal(nix::sys::signal::Signal::SIGINT)?;
    let ended = run
        .finish(std::time::Duration::from_secs(20))?
        .expect_exit(130)?;
    let report = ended.json()?;
    ensure!(
        report["format"] == 1 && report["ending"]["exit"] == "interrupted",
        "{ended}"
    );
    let runs = stage
        .heeler(&["runs", "--output", "json"])?
        .expect_exit(0)?
        .json()?;
    ensure!(
        runs["format"] == 1 && runs["runs"][0]["code"] == 130,
        "{runs:#}"
    );
    for command in [
        ["list", "--output=json"].as_slice(),
        &["show", "quick", "--output=json"],
    ] {
        let listed = stage.heeler(command)?.expect_exit(0)?.json()?;
        ensure!(listed["format"] == 1, "{listed:#}");
    }
    Ok(())
}

fn plan(context: &Context) -> Result<()> {
    let stage = Stage::open(context)?;
    let planned = stage.quick(&["--pod", POD, "--plan"])?.expect_exit(0)?;
    planned.expect_screen(&format!(
        "prod-eu 111122223333 eu-west-1 as ops/alice
{POD} → {NODE} → {INSTANCE}
quick would look at
  the system's name  control container
impact: read
1 command at most; only a plan, nothing was sent to a node"
    ))?;
    let json = stage
        .quick(&["--pod", POD, "--plan", "--output", "json"])?
        .expect_exit(0)?
        .json()?;
    ensure!(json["format"] == 1, "{json:#}");
    ensure!(json["targets"][0]["instance"] == INSTANCE, "{json:#}");
    stage.quick(&["--pod", POD, "--commands"])?.expect_exit(0)?;
    stage.expect_no_command()?;
    stage.expect_no_run()?;
    let refused = stage
        .quick(&["--pod", "shop/nope", "--plan"])?
        .expect_exit(1)?;
    refused.expect_stderr("error[no-pod]: there is no pod shop/nope, nor one that begins so\n")?;
    ensure!(refused.stdout.is_empty(), "{refused}");
    Ok(())
}

fn blocked(context: &Context) -> Result<()> {
    let stage = Stage::open(context)?;
    stage
        .aws
        .change(INSTANCE, |instance| instance.registration = None)?;
    let planned = stage.quick(&["--node", NODE, "--plan"])?.expect_exit(0)?;
    planned.expect_stdout(&format!("can't be asked: {INSTANCE}: SSM does not know {INSTANCE}: its agent has never registered here; "))?;
    let json = stage
        .quick(&["--node", NODE, "--plan", "--output", "json"])?
        .expect_exit(0)?
        .json()?;
    ensure!(json["blocked"][0]["code"] == "not-registered", "{json:#}");
    stage.expect_no_command()
}

fn pasted(context: &Context) -> Result<()> {
    let lab = Lab::start(context.plan().instant().admin(true).nodes(2))?;
    let around = Surroundings::in_lab(&lab)?;
    let nodes: Vec<&str> = lab
        .nodes()
        .iter()
        .map(|node| node.config().name.as_str())
        .collect();
    let run = [
        "run",
        "conntrack-exhaustion",
        "--node",
        nodes[0],
        "--node",
        nodes[1],
        "--commands",
    ];
    let printed = context.heeler(&around)?.args(run).expect_exit(0)?;
    ensure!(lab.aws().commands().is_empty(), "a command was sent");
    let pasted = paste(context, &around, &printed.stdout)?;
    let sent = lab.aws().commands();
    ensure!(
        sent.len() == 2,
        "{} commands were sent\n{pasted}",
        sent.len()
    );
    let succeeded = sent
        .iter()
        .flat_map(|sent| &sent.invocations)
        .all(|one| one.status == "Success");
    ensure!(succeeded, "{sent:#?}");
    for part in [
        "\"Account\": \"111122223333\"",
        "\"Reservations\"",
        "heeler1 ",
        "\"kind\": \"DaemonSet\"",
        "\"kind\": \"ConfigMap\"",
    ] {
        let found = pasted.contains(part) || pasted.contains(&part.replace("\": \"", "\":\""));
        ensure!(found, "no {part} in\n{pasted}");
    }
    let frames = pasted.matches("heeler1-end ").count();
    ensure!(frames == 2, "{frames} whole answers\n{pasted}");
    Ok(())
}

/// What a shell prints that is given the text as its input, and stops at the first failure.
fn paste(context: &Context, around: &Surroundings, text: &str) -> Result<String> {
    let python = context
        .python(around)?
        .args(["-c", "import sys; print(sys.executable)"]);
    let python = python.expect_exit(0)?.stdout;
    let programs = around.folder().join("programs");
    fs::create_dir_all(&programs)?;
    let aws = programs.join("aws");
    fs::write(
        &aws,
        format!("#!/bin/sh\nexec {} -m awscli \"$@\"\n", python.trim()),
    )?;
    fs::set_permissions(&aws, fs::Permissions::from_mode(0o755))?;
    let path = std::env::var("PATH").context("there is a search path")?;
    let mut shell = Command::new("sh");
    shell
        .env_clear()
        .envs(around.variables().iter().map(|(name, value)| (name, value)));
    shell
        .env("PATH", format!("{}:{path}", programs.display()))
        .env("AWS_PAGER", "");
    let output = shell.args(["-e", "-c", text]).output()?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(
        output.status.success(),
        "{}\n{said}\n--- of\n{text}",
        output.status
    );
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
