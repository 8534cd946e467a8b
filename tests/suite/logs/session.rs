//! The way to a node's logs through Session Manager: with the API server down, and where it gives no way to the kubelet.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use heeler_tests::aws::SessionUpset;
use heeler_tests::kube::seed::{PodSeed, namespace};
use heeler_tests::kubelet::pod_log::PodLog;
use heeler_tests::scene::Plan;
use nix::sys::signal::Signal;
use serde_json::json;

use super::stage::{number, numbered, second, values};
use crate::guarded::kill::until;
use crate::harness::{Context, Finished};
use crate::logdog::stage::Stage;

const SOON: Duration = Duration::from_secs(60);
const NAMESPACE: &str = "pay";
const POD: &str = "pay/ledger-0";
const STREAMED: &str = "--through-session";

/// A lab whose node has a pod with a packed, a rotated and a present file.
fn open(context: &Context, change: impl FnOnce(Plan) -> Plan) -> Result<Stage<'_>> {
    let stage = Stage::open(context, change)?;
    let node = stage.node()?.config().name.clone();
    stage.lab.kube().add(namespace(NAMESPACE))?;
    let mut pod = PodSeed::running(NAMESPACE, "ledger-0", &node)
        .uid("u1")
        .build();
    pod["spec"]["containers"] = json!([{"name": "app", "image": "x"}]);
    pod["status"]["containerStatuses"] = json!([super::stage::status("app", 0)]);
    stage.lab.kube().add(pod)?;
    let mut log = log(&stage, "ledger-0", "u1")?;
    number(&mut log, 0..5_000)?;
    log.rotate(second(5_000))?;
    number(&mut log, 5_000..9_000)?;
    log.rotate(second(9_000))?;
    number(&mut log, 9_000..9_500)?;
    Ok(stage)
}

fn log(stage: &Stage<'_>, pod: &str, uid: &str) -> Result<PodLog> {
    let folder = stage.node()?.log_dir();
    PodLog::begin(&folder, (NAMESPACE, pod, uid), "app")
}

/// Neither way to the kubelet is allowed.
fn closed(stage: &Stage<'_>) {
    for part in ["nodes/proxy", "nodes/log"] {
        stage.lab.kube().access().deny("alice", "get", part);
    }
}

fn logs(stage: &Stage<'_>, words: &[&str]) -> Result<Finished> {
    let heeler = stage.context.heeler(&stage.around)?;
    heeler.args(["logs"]).args(words.iter().copied()).finish()
}

/// `heeler logs` of a pod on the lab's instance, without the API server.
fn on_instance(stage: &Stage<'_>, pod: &str, words: &[&str]) -> Result<Finished> {
    let instance = stage.node()?.config().instance_id.clone();
    let place = [
        pod,
        STREAMED,
        "--instance",
        &instance,
        "--region",
        "eu-west-1",
    ];
    logs(stage, &[&place[..], words].concat())
}

/// No session is open, each says what it was for, and nothing of it is a command.
fn expect_no_session(stage: &Stage<'_>, what: &str) -> Result<()> {
    let sessions = stage.lab.aws().sessions();
    ensure!(!sessions.is_empty(), "there was no session");
    for session in sessions {
        ensure!(!session.is_open, "a session is left open: {session:?}");
        ensure!(
            session.reason == format!("heeler logs {what}"),
            "it says not what for: {session:?}"
        );
    }
    let commands = stage.lab.aws().commands().len();
    ensure!(commands == 0, "{commands} commands were sent");
    Ok(())
}

fn whole(ended: &Finished) -> Result<()> {
    ensure!(ended.stdout == numbered(0..9_500), "{}", ended.stderr);
    Ok(())
}

pub(super) fn without_api_server(context: &Context) -> Result<()> {
    let stage = open(context, |plan| plan)?;
    let instance = stage.node()?.config().instance_id.clone();
    stage.lab.kube().faults().api_down()?;
    let ended = on_instance(&stage, "pay/ledger", &[])?.expect_exit(0)?;
    whole(&ended)?;
    ended.expect_stderr("note: pay/ledger is pay/ledger-0\n")?;
    ended.expect_stderr(&format!(
        "note: {instance} is read by the Session Manager stream, and the API server was not asked: "
    ))?;
    ended.expect_stderr("perhaps gone")?;
    expect_no_session(&stage, "pay/ledger")?;
    let ended = on_instance(&stage, "ledger-0", &["--output", "json"])?.expect_exit(0)?;
    let values = values(&ended)?;
    let account = values.last().context("no account")?;
    let ways = json!([{"node": instance, "way": "Session Manager stream", "not": []}]);
    ensure!(
        account["ways"] == ways && account["all-read"] == true && values.len() == 9_501,
        "{account:#}"
    );
    let some = on_instance(
        &stage,
        POD,
        &[
            "--since",
            "2026-11-20T12:30:00Z",
            "--grep",
            "line 94[0-9]0$",
        ],
    )?;
    let some = some.expect_exit(0)?;
    ensure!(some.stdout.lines().count() == 10, "{some}");
    // Who does not know of it is told.
    let silent = logs(&stage, &[POD])?.expect_exit(1)?;
    silent.expect_stderr("--instance i-… --region … --through-session")?;
    Ok(())
}

pub(super) fn others(context: &Context) -> Result<()> {
    let stage = open(context, |plan| plan)?;
    stage.lab.kube().faults().api_down()?;
    let mut former = log(&stage, "ledger-0", "u0")?;
    former.write(second(-60), "stdout", "another one of that name")?;
    log(&stage, "ledger-1", "u2")?;
    let several = on_instance(&stage, "pay/ledger", &[])?.expect_exit(1)?;
    several.expect_stderr(
        "error[several-pods]: 2 pods begin with pay/ledger: pay/ledger-0, pay/ledger-1",
    )?;
    let none = on_instance(&stage, "shop/ledger", &[])?.expect_exit(1)?;
    none.expect_stderr("error[no-pod]: there are no logs of a pod shop/ledger on i-")?;
    let two = on_instance(&stage, POD, &[])?.expect_exit(0)?;
    ensure!(
        two.stdout.lines().count() == 9_501 && two.stdout.contains("another one of that name\n"),
        "{}",
        two.stderr
    );
    let before = stage.lab.aws().sessions().len();
    let workload = on_instance(&stage, "pay/sts/ledger", &[])?.expect_exit(2)?;
    workload.expect_stderr("error[target-syntax]")?;
    let unknown = logs(
        &stage,
        &[
            POD,
            STREAMED,
            "--instance",
            "i-0123456789abcdef0",
            "--region",
            "eu-west-1",
        ],
    )?;
    unknown.expect_exit(1)?.expect_stderr("error[not-found]")?;
    ensure!(
        stage.lab.aws().sessions().len() == before,
        "a session was started"
    );
    Ok(())
}

pub(super) fn a_rung(context: &Context) -> Result<()> {
    let stage = open(context, |plan| plan)?;
    let node = stage.node()?.config().name.clone();
    // Not taken where there is another way, nor unasked.
    let ended = logs(&stage, &[POD, STREAMED])?.expect_exit(0)?;
    whole(&ended)?;
    closed(&stage);
    logs(&stage, &[POD])?
        .expect_exit(1)?
        .expect_stderr("error[forbidden]")?;
    ensure!(
        stage.lab.aws().sessions().is_empty(),
        "a session was started"
    );
    let ended = logs(&stage, &[POD, STREAMED])?.expect_exit(0)?;
    whole(&ended)?;
    let said = format!(
        "note: {node} is read by the Session Manager stream; not the node proxy: not allowed: get nodes/proxy; \
         not the kubelet itself: not allowed: get nodes/log\n"
    );
    ended.expect_stderr(&said)?;
    expect_no_session(&stage, POD)?;
    // Which right is missing is said with the others.
    stage.lab.aws().deny("ssm:StartSession");
    let refused = logs(&stage, &[POD, STREAMED])?.expect_exit(1)?;
    refused.expect_stderr("error[forbidden]: not allowed: ssm:StartSession")?;
    refused.expect_stderr("; not the node proxy: not allowed: get nodes/proxy")?;
    refused.expect_stderr("ask for the IAM action ssm:StartSession")?;
    Ok(())
}

pub(super) fn admin_off(context: &Context) -> Result<()> {
    let stage = open(context, |plan| plan.admin(false))?;
    closed(&stage);
    for ended in [
        logs(&stage, &[POD, STREAMED])?,
        on_instance(&stage, POD, &[])?,
    ] {
        let ended = ended.expect_exit(1)?;
        ended.expect_stderr("error[admin-off]: the admin container is off")?;
        ended.expect_stderr("apiclient set host-containers.admin.enabled=true")?;
    }
    expect_no_session(&stage, POD)
}

/// What breaks is gone on with, and no line comes twice.
pub(super) fn upset(context: &Context) -> Result<()> {
    let stage = open(context, |plan| plan)?;
    stage.lab.kube().faults().api_down()?;
    for upsets in [
        &[
            SessionUpset::Cut(3),
            SessionUpset::LoseEnd(2),
            SessionUpset::LoseEnd(9),
        ][..],
        &[SessionUpset::Scramble; 4],
    ] {
        for upset in upsets {
            stage.lab.aws().upset_session(*upset);
        }
        let ended = on_instance(&stage, POD, &[])?.expect_exit(0)?;
        whole(&ended)?;
        let left = stage.lab.aws().session_upsets_left();
        ensure!(left == 0, "{left} of {upsets:?} never came about");
    }
    expect_no_session(&stage, POD)
}

pub(super) fn interrupted(context: &Context) -> Result<()> {
    let stage = open(context, |plan| plan)?;
    closed(&stage);
    let instance = stage.node()?.config().instance_id.clone();
    let place = ["--instance", &instance, "--region", "eu-west-1"];
    let interrupt = |place: &[&str]| -> Result<Finished> {
        stage.lab.aws().upset_session(SessionUpset::Stall(5));
        let heeler = stage.context.heeler(&stage.around)?;
        let heeler = heeler.args(["logs", POD, STREAMED]);
        let running = heeler.args(place.iter().copied()).start()?;
        until(SOON, || Ok(stage.lab.aws().session_upsets_left() == 0)).context("nothing stalls")?;
        running.signal(Signal::SIGINT)?;
        running.finish(SOON)?.expect_exit(130)
    };
    for place in [&[][..], &place] {
        interrupt(place)?;
        let sessions = stage.lab.aws().sessions();
        ensure!(
            sessions.iter().any(|session| session.is_terminated),
            "none was ended: {sessions:?}"
        );
        expect_no_session(&stage, POD)?;
    }
    // One that can't be ended is told.
    stage.lab.aws().deny("ssm:TerminateSession");
    let left = interrupt(&place)?;
    left.expect_stderr("warning: a session could not be ended: not allowed: ssm:TerminateSession")?;
    Ok(())
}

pub(super) fn followed(context: &Context) -> Result<()> {
    let stage = open(context, |plan| plan)?;
    stage.lab.kube().faults().api_down()?;
    let mut log = log(&stage, "ledger-2", "u9")?;
    number(&mut log, 0..3)?;
    let instance = stage.node()?.config().instance_id.clone();
    let heeler = stage.context.heeler(&stage.around)?.args([
        "logs",
        "pay/ledger-2",
        STREAMED,
        "--follow",
        "--instance",
        &instance,
        "--region",
        "eu-west-1",
    ]);
    let running = heeler.start()?;
    until(SOON, || Ok(stage.lab.aws().sessions().len() > 3)).context("nothing is read")?;
    number(&mut log, 3..5)?;
    std::thread::sleep(Duration::from_secs(22));
    running.signal(Signal::SIGINT)?;
    let ended = running.finish(SOON)?;
    ensure!(ended.stdout == numbered(0..5), "{ended}");
    // A look each ten seconds, of two sessions at most.
    let sessions = stage.lab.aws().sessions().len();
    ensure!(sessions < 20, "{sessions} sessions in half a minute");
    expect_no_session(&stage, "pay/ledger-2")
}
