//! Bundles through sessions of Session Manager.

use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use heeler_tests::aws::SessionUpset;
use heeler_tests::fault::{Fault, Hold, HoldPoint};
use heeler_tests::node::Place;
use tokio::time::timeout;

use super::make::{ask, bundle, expect_clean, file, open};
use crate::guarded::kill::until;
use crate::harness::{Context, Finished};
use crate::logdog::stage::Stage;

const SOON: Duration = Duration::from_secs(90);
const STREAMED: &[&str] = &["--through-session"];

/// A lab whose operator may not use the node proxy, and whose node has something to tell that no slices bring.
fn without_proxy(context: &Context) -> Result<Stage<'_>> {
    let stage = open(context, |plan| plan)?;
    for part in ["nodes/proxy", "nodes/log"] {
        stage.lab.kube().access().deny("alice", "get", part);
    }
    Ok(stage)
}

/// No session is open, and each was for a bundle.
fn expect_no_session(stage: &Stage<'_>) -> Result<()> {
    for session in stage.lab.aws().sessions() {
        ensure!(!session.is_open, "a session is left open: {session:?}");
        ensure!(
            session.reason.starts_with("heeler bundle "),
            "it says not what for: {session:?}"
        );
    }
    Ok(())
}

/// All of the capture is there, and only what the kubelet would have had is not.
fn expect_whole(stage: &Stage<'_>, made: &Finished, name: &str) -> Result<()> {
    made.expect_stderr("missing: what the kubelet serves, and the logs of pods: ")?;
    made.expect_stderr("; those of a pod: heeler logs POD --instance i-")?;
    made.expect_stderr("transcripts, secrets included")?;
    let missing = made.stderr.matches("missing: ").count();
    ensure!(missing == 1, "more than that is missing: {made}");
    made.expect_stdout("nothing is left on the node")?;
    let path = file(stage, name).display().to_string();
    let shown = ask(stage, &["show", &path])?.expect_exit(0)?;
    shown.expect_stdout("journalctl.log")?;
    shown.expect_stdout("node/sysctl")?;
    shown.expect_stdout("way  a Session Manager stream; not by the kubelet: ")?;
    ask(stage, &["show", &path, "node/sysctl"])?
        .expect_exit(0)?
        .expect_stdout("net.netfilter.nf_conntrack_max")?;
    expect_no_session(stage)?;
    expect_clean(stage)
}

fn upset(context: &Context, upsets: &[SessionUpset]) -> Result<()> {
    let stage = without_proxy(context)?;
    for upset in upsets {
        stage.lab.aws().upset_session(*upset);
    }
    let made = bundle(&stage, &file(&stage, "a.tar.gz"), STREAMED)?.expect_exit(1)?;
    let left = stage.lab.aws().session_upsets_left();
    ensure!(left == 0, "{left} of {upsets:?} never came about");
    expect_whole(&stage, &made, "a.tar.gz")
}

/// With the API server down, by the instance alone: nothing of it is a command's output.
pub(super) fn whole(context: &Context) -> Result<()> {
    let stage = open(context, |plan| plan)?;
    let instance = stage.node()?.config().instance_id.clone();
    stage.lab.kube().faults().api_down()?;
    let path = file(&stage, "a.tar.gz");
    let heeler = stage.context.heeler(&stage.around)?.args([
        "bundle",
        "--through-session",
        "--instance",
        &instance,
        "--region",
        "eu-west-1",
        "-o",
        &path.display().to_string(),
    ]);
    let made = heeler.expect_exit(1)?;
    expect_whole(&stage, &made, "a.tar.gz")?;
    // One to begin, one to give back.
    let commands = stage.lab.aws().commands().len();
    ensure!(commands <= 3, "{commands} commands were sent");
    let opened = stage.lab.aws().count("OpenDataChannel");
    let sessions = stage.lab.aws().sessions().len();
    ensure!(
        opened == sessions,
        "{opened} sockets of {sessions} sessions"
    );
    Ok(())
}

pub(super) fn resumed(context: &Context) -> Result<()> {
    let stage = without_proxy(context)?;
    stage.lab.aws().upset_session(SessionUpset::Cut(1));
    let path = file(&stage, "a.tar.gz");
    let made = bundle(&stage, &path, STREAMED)?.expect_exit(1)?;
    expect_whole(&stage, &made, "a.tar.gz")?;
    // One for each file, one for logdog's, and the first, which asks for nothing: none was started anew.
    let shown = ask(
        &stage,
        &["show", &path.display().to_string(), "--output", "json"],
    )?;
    let shown = shown.expect_exit(0)?.json()?;
    let members = shown["members"].as_array().context("no members")?;
    let files = members.iter().filter_map(|member| member["label"].as_str());
    let files = files.filter(|label| label.starts_with("node/")).count();
    let sessions = stage.lab.aws().sessions().len();
    ensure!(
        sessions == files + 2,
        "{sessions} sessions for {files} files and logdog's"
    );
    let sockets = stage.lab.aws().sessions().into_iter();
    let sockets = sockets.map(|session| session.sockets).max();
    ensure!(sockets == Some(2), "it was not resumed: {sockets:?}");
    ensure!(stage.lab.aws().count("ResumeSession") == 1);
    Ok(())
}

pub(super) fn cut(context: &Context) -> Result<()> {
    upset(context, &[SessionUpset::Cut(5), SessionUpset::Cut(9)])
}

/// An agent that was told that its client is gone says nothing any more: another session goes on.
pub(super) fn paused(context: &Context) -> Result<()> {
    upset(context, &[SessionUpset::CutAndPaused(5)])
}

pub(super) fn scrambled(context: &Context) -> Result<()> {
    upset(context, &[SessionUpset::Scramble; 4])
}

pub(super) fn lost_end(context: &Context) -> Result<()> {
    upset(
        context,
        &[SessionUpset::LoseEnd(5), SessionUpset::LoseEnd(3)],
    )
}

/// Nothing comes any more, whatever is tried.
pub(super) fn stalled(context: &Context) -> Result<()> {
    let stage = without_proxy(context)?;
    stage.lab.aws().upset_session(SessionUpset::Stall(1));
    let begun = Instant::now();
    let refused = bundle(&stage, &file(&stage, "a.tar.gz"), STREAMED)?
        .limit(Duration::from_secs(120))
        .expect_exit(1)?;
    refused.expect_stdout("nothing came for 15 s")?;
    refused.expect_stdout("nothing was asked of the node")?;
    ensure!(begun.elapsed() < Duration::from_secs(90), "{refused}");
    expect_no_session(&stage)?;
    expect_clean(&stage)
}

/// Something comes all the time, and it is not what was asked for.
pub(super) fn trickled(context: &Context) -> Result<()> {
    let stage = without_proxy(context)?;
    stage.lab.aws().upset_session(SessionUpset::Trickle(1));
    let begun = Instant::now();
    let refused = bundle(&stage, &file(&stage, "a.tar.gz"), STREAMED)?
        .limit(Duration::from_secs(120))
        .expect_exit(1)?;
    refused.expect_stdout("it does not end: 45 s were enough")?;
    refused.expect_stdout("nothing was asked of the node")?;
    ensure!(begun.elapsed() < Duration::from_secs(75), "{refused}");
    let sessions = stage.lab.aws().sessions();
    ensure!(
        sessions.iter().all(|session| session.is_terminated),
        "it was not ended: {sessions:?}"
    );
    expect_no_session(&stage)
}

pub(super) fn forbidden(context: &Context) -> Result<()> {
    let stage = without_proxy(context)?;
    for (action, words) in [
        ("ssm:StartSession", "not allowed: ssm:StartSession"),
        (
            "ssmmessages:OpenDataChannel",
            "not allowed: ssmmessages:OpenDataChannel",
        ),
    ] {
        stage.lab.aws().deny(action);
        let refused = bundle(&stage, &file(&stage, "a.tar.gz"), STREAMED)?.expect_exit(1)?;
        refused.expect_stdout(words)?;
        refused.expect_stdout(&format!("ask for the IAM action {action}"))?;
        refused.expect_stdout("nothing was asked of the node")?;
        stage.lab.aws().allow(action);
    }
    ensure!(stage.lab.aws().commands().is_empty(), "the node was asked");
    expect_no_session(&stage)
}

pub(super) fn encrypted(context: &Context) -> Result<()> {
    let stage = without_proxy(context)?;
    stage.lab.aws().upset_session(SessionUpset::Encrypted);
    let refused = bundle(&stage, &file(&stage, "a.tar.gz"), STREAMED)?.expect_exit(1)?;
    refused.expect_stdout("want sessions encrypted with a KMS key, which heeler does not do")?;
    expect_no_session(&stage)
}

/// It ends for good in the middle: what had come is kept, and labelled.
pub(super) fn gone(context: &Context) -> Result<()> {
    let stage = without_proxy(context)?;
    stage.lab.aws().upset_session(SessionUpset::Gone(6));
    let path = file(&stage, "a.tar.gz");
    let made = bundle(&stage, &path, STREAMED)?.expect_exit(1)?;
    made.expect_stderr("is not connected")?;
    let shown = ask(&stage, &["show", &path.display().to_string()])?.expect_exit(1)?;
    shown.expect_stdout("fetched  partial: ")?;
    expect_no_session(&stage)?;
    expect_clean(&stage)
}

/// Who interrupts leaves no session, and nothing on the node; no token and no address is in what is kept.
pub(super) fn interrupted(context: &Context) -> Result<()> {
    let stage = without_proxy(context)?;
    stage.lab.aws().upset_session(SessionUpset::Stall(4));
    let path = file(&stage, "a.tar.gz");
    let running = bundle(&stage, &path, STREAMED)?.start()?;
    until(SOON, || Ok(stage.lab.aws().session_upsets_left() == 0)).context("nothing stalls")?;
    running.signal(nix::sys::signal::Signal::SIGINT)?;
    running.finish(SOON)?.expect_exit(130)?;
    let sessions = stage.lab.aws().sessions();
    ensure!(
        sessions.iter().any(|session| session.is_terminated),
        "none was ended: {sessions:?}"
    );
    expect_no_session(&stage)?;
    expect_clean(&stage)?;
    let state = stage.lab.state_folder();
    for entry in std::fs::read_dir(state)? {
        let path = entry?.path();
        if path.is_file() {
            let bytes = std::fs::read(&path)?;
            let text = String::from_utf8_lossy(&bytes);
            ensure!(
                !text.contains("data-channel"),
                "{} has a session's address",
                path.display()
            );
        }
    }
    Ok(())
}

fn ids(stage: &Stage<'_>) -> Vec<String> {
    let sessions = stage.lab.aws().sessions().into_iter();
    sessions.map(|session| session.id).collect()
}

/// Who interrupts while a session is being opened leaves none: neither one whose answer is on its way, nor one that
/// nobody has entered.
pub(super) fn interrupted_early(context: &Context) -> Result<()> {
    let stage = without_proxy(context)?;
    for operation in ["StartSession", "OpenDataChannel"] {
        // The first one asks for nothing; the next one is for a file.
        for file_too in [false, true] {
            let before = ids(&stage);
            let hold = || {
                let faults = stage.lab.aws().faults();
                faults.hold(operation, HoldPoint::BeforeReplying)
            };
            let mut held = hold();
            let path = file(&stage, &format!("{operation}-{file_too}.tar.gz"));
            let running = bundle(&stage, &path, STREAMED)?.start()?;
            reached(context, &held)?;
            if file_too {
                held.release();
                held = hold();
                reached(context, &held)?;
            }
            running.signal(nix::sys::signal::Signal::SIGINT)?;
            sleep(Duration::from_millis(300));
            held.release();
            let made = running.finish(SOON)?.expect_exit(130)?;
            let told = "left in Session Manager";
            ensure!(!made.stderr.contains(told), "{operation}: {made}");
            if !file_too {
                made.expect_stdout("interrupted before the node was asked for anything")?;
            }
            let mut sessions = stage.lab.aws().sessions();
            sessions.retain(|session| !before.contains(&session.id));
            let wanted = 1 + usize::from(file_too);
            ensure!(sessions.len() == wanted, "{operation}: {sessions:?}");
            let ended = sessions.iter().filter(|session| session.is_terminated);
            ensure!(ended.count() == 1, "{operation}: {sessions:?}");
            expect_no_session(&stage)?;
            expect_clean(&stage)?;
        }
    }
    Ok(())
}

/// A session of which nobody here can know is told, and so is one that nobody here may end.
pub(super) fn lost_start(context: &Context) -> Result<()> {
    let stage = without_proxy(context)?;
    let faults = stage.lab.aws().faults();
    faults.inject("StartSession", Fault::Drop { executed: true }, 1);
    let refused = bundle(&stage, &file(&stage, "a.tar.gz"), STREAMED)?.expect_exit(1)?;
    refused.expect_stdout("nothing was asked of the node")?;
    refused.expect_stderr("left in Session Manager: a session with i-")?;
    refused.expect_stderr("may have been started: AWS did not answer ssm:StartSession: ")?;
    refused.expect_stderr("with the reason \"heeler bundle ")?;
    let before = ids(&stage);
    stage.lab.aws().deny("ssm:TerminateSession");
    stage.lab.aws().deny("ssmmessages:OpenDataChannel");
    let refused = bundle(&stage, &file(&stage, "b.tar.gz"), STREAMED)?.expect_exit(1)?;
    let sessions = ids(&stage);
    let last = sessions.iter().find(|id| !before.contains(id));
    let last = last.context("no session")?;
    refused.expect_stderr("a session could not be ended: not allowed: ssm:TerminateSession")?;
    refused.expect_stderr(&format!(
        "to end it: aws ssm terminate-session --region eu-west-1 --session-id '{last}'"
    ))?;
    Ok(())
}

/// Waits until the call is held.
fn reached(context: &Context, held: &Hold) -> Result<()> {
    let reached = context.block_on(async { timeout(SOON, held.reached()).await });
    reached.context("nobody has asked for a session")
}

/// What can't be read on the node is told: the session's user is nobody special there.
pub(super) fn unreadable(context: &Context) -> Result<()> {
    let stage = without_proxy(context)?;
    let held = stage
        .lab
        .aws()
        .faults()
        .hold("StartSession", HoldPoint::BeforeExecuting);
    let path = file(&stage, "a.tar.gz");
    let running = bundle(&stage, &path, STREAMED)?.start()?;
    // The probe's; the files are there when the next one is asked for.
    reached(context, &held)?;
    held.release();
    let held = stage
        .lab
        .aws()
        .faults()
        .hold("StartSession", HoldPoint::BeforeExecuting);
    reached(context, &held)?;
    let folder = std::fs::read_dir(stage.support("heeler")?)?
        .next()
        .context("no capture")??;
    let name = folder.file_name().to_string_lossy().into_owned();
    let line = format!("chmod 600 /var/log/support/heeler/{name}/sysctl");
    stage.run(Place::Host, &line)?.expect(0, "")?;
    held.release();
    let made = running.finish(SOON)?.expect_exit(1)?;
    made.expect_stderr("the script on the node ended with 66: ")?;
    made.expect_stderr("ermission denied")?;
    expect_no_session(&stage)?;
    expect_clean(&stage)
}
