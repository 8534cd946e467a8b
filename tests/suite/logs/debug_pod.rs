//! The last way to a node's logs: a pod that is made there, and taken back in every case.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use heeler_tests::kube::seed::event_scheduled;
use heeler_tests::kube::{Call, Stopping};
use nix::sys::signal::Signal;
use serde_json::{Value, json};

use super::stage::{NODE, Stage, number, numbered, second};
use super::workload::{OTHER, pod, workload};
use crate::guarded::kill;
use crate::harness::{Context, Finished};

/// Something is asked for by then.
const CAUGHT: Duration = Duration::from_secs(20);
/// What a node that has the image takes.
const IMAGE: [&str; 2] = ["--debug-pod", "registry.example/busybox:1.37"];
const POD: &str = "heeler-logs-";

/// With a packed, a rotated and a present file, and no way to the node's kubelet.
fn open<'c>(context: &'c Context, containers: &[&str]) -> Result<Stage<'c>> {
    let stage = Stage::open(context, containers)?;
    let mut log = stage.log("app")?;
    number(&mut log, 0..5_000)?;
    log.rotate(second(5_000))?;
    number(&mut log, 5_000..9_000)?;
    log.rotate(second(9_000))?;
    number(&mut log, 9_000..9_500)?;
    for part in ["nodes/proxy", "nodes/log"] {
        stage.kube.access().deny("alice", "get", part);
    }
    Ok(stage)
}

/// The debug pods that are there.
fn pods(stage: &Stage<'_>) -> Vec<String> {
    let mut names = stage.kube.names("pods", "default");
    names.retain(|name| name.starts_with(POD));
    names
}

/// The requests for pods.
fn posted(stage: &Stage<'_>) -> impl Iterator<Item = Call> {
    let calls = stage.kube.calls().into_iter();
    calls.filter(|call| call.method == "POST" && call.path.ends_with("/pods"))
}

/// How many pods were asked for.
fn asked(stage: &Stage<'_>) -> usize {
    posted(stage).count()
}

fn whole(ended: &Finished) -> Result<()> {
    ensure!(ended.stdout == numbered(0..9_500), "{}", ended.stderr);
    Ok(())
}

/// Waits until a debug pod is there.
fn there(stage: &Stage<'_>) -> Result<String> {
    kill::until(CAUGHT, || Ok(!pods(stage).is_empty())).context("no debug pod was made")?;
    pods(stage).pop().context("it is gone again")
}

pub(super) fn read(context: &Context) -> Result<()> {
    let stage = open(context, &["app"])?;
    let ended = stage.logs(&IMAGE)?.expect_exit(0)?;
    whole(&ended)?;
    let said = format!(
        "note: {NODE} is read by the debug pod; not the node proxy: not allowed: get nodes/proxy; \
         not the kubelet itself: not allowed: get nodes/log\n"
    );
    ensure!(ended.stderr == said, "{}", ended.stderr);
    ensure!(asked(&stage) == 1, "{} pods were asked for", asked(&stage));
    ensure!(pods(&stage).is_empty(), "{:?} are left", pods(&stage));
    // In the namespace that is named, where the right is missing: nothing is made there.
    stage.kube.access().deny("alice", "create", "pods/exec");
    let elsewhere = [&IMAGE[..], &["--debug-namespace", "shop"]].concat();
    let ended = stage.logs(&elsewhere)?.expect_exit(1)?;
    ended.expect_stderr("not the debug pod: not allowed: create pods/exec in namespace shop")?;
    ensure!(asked(&stage) == 1, "a pod was asked for all the same");
    Ok(())
}

/// Where the node proxy is allowed there is no pod, and without being asked for none.
pub(super) fn unneeded(context: &Context) -> Result<()> {
    let stage = open(context, &["app"])?;
    let ended = stage.logs(&[])?.expect_exit(1)?;
    ended.expect_stderr("error[forbidden]")?;
    stage.kube.access().allow("alice", "get", "nodes/proxy");
    let ended = stage.logs(&IMAGE)?.expect_exit(0)?;
    whole(&ended)?;
    ensure!(asked(&stage) == 0, "a pod was made");
    Ok(())
}

pub(super) fn cut(context: &Context) -> Result<()> {
    let stage = open(context, &["app"])?;
    let faults = stage.kubelet.faults();
    faults.cut_next(&[7, 100, 7_000, 1, 90_000, 3, 20_000]);
    let ended = stage.logs(&IMAGE)?.expect_exit(0)?;
    whole(&ended)?;
    ensure!(pods(&stage).is_empty(), "{:?} are left", pods(&stage));
    ensure!(asked(&stage) == 1, "{} pods were asked for", asked(&stage));
    Ok(())
}

/// While a command is on its way, and while the pod itself is.
pub(super) fn interrupted(context: &Context) -> Result<()> {
    let stage = open(context, &["app"])?;
    let held = stage.kube.faults().hold("/exec");
    let reading = stage.logs(&IMAGE)?.start()?;
    kill::until(CAUGHT, || Ok(held.caught() > 0)).context("no command was run")?;
    ensure!(pods(&stage).len() == 1, "no pod is there");
    reading.signal(Signal::SIGINT)?;
    let ended = reading.finish(Duration::from_secs(20))?.expect_exit(130)?;
    ended.expect_stderr("error[interrupted]")?;
    ensure!(pods(&stage).is_empty(), "{:?} are left", pods(&stage));
    held.release();

    let held = stage.kube.faults().hold_writes("/default/pods");
    let reading = stage.logs(&IMAGE)?.start()?;
    kill::until(CAUGHT, || Ok(held.caught() > 0)).context("no pod was asked for")?;
    reading.signal(Signal::SIGINT)?;
    std::thread::sleep(Duration::from_millis(500));
    held.release();
    let ended = reading.finish(Duration::from_secs(20))?.expect_exit(130)?;
    let answered = || Ok(posted(&stage).all(|call| call.status.is_some()));
    kill::until(CAUGHT, answered).context("a pod is being made yet")?;
    ensure!(
        pods(&stage).is_empty(),
        "{:?} are left\n{ended}",
        pods(&stage)
    );
    ensure!(asked(&stage) == 2, "{} pods were asked for", asked(&stage));
    Ok(())
}

/// What a former pod may have left on another node makes nobody put a pod there.
pub(super) fn elsewhere(context: &Context) -> Result<()> {
    let stage = open(context, &["app"])?;
    let other = stage.node(OTHER, "i-0bbc1234def567890")?;
    let set = workload("apps/v1", "ReplicaSet", "web");
    let (running, mut log) = pod(&stage.kubelet, ("web-aaaaa", NODE), &set)?;
    number(&mut log, 0..3)?;
    let (gone, _) = pod(&other, ("web-bbbbb", OTHER), &set)?;
    stage.kube.add_all([set, running])?;
    stage.kube.add(event_scheduled(&gone, OTHER, second(0)))?;
    let words = [&["logs", "shop/rs/web"][..], &IMAGE].concat();
    let ended = stage.heeler(&words)?.expect_exit(1)?;
    ensure!(ended.stdout.lines().count() == 3, "{ended}");
    ended.expect_stderr(&format!(
        "not looked: what is left on {OTHER} of shop/web-bbbbb: its logs may not be read"
    ))?;
    let posted: Vec<Call> = posted(&stage).collect();
    ensure!(posted.len() == 1, "{posted:#?}");
    ensure!(pods(&stage).is_empty(), "{:?} are left", pods(&stage));
    Ok(())
}

/// A node that has to pull the image: whoever waits for the pod first has its own limit, and there is one pod all the same.
pub(super) fn slow(context: &Context) -> Result<()> {
    let stage = open(context, &["app"])?;
    let folder = stage.around.folder().join("logs");
    let to = ["-o", folder.to_str().context("no path")?];
    let held = stage.kube.faults().hold("/default/pods/heeler-logs-");
    let reading = stage.logs(&[&IMAGE[..], &to].concat())?.start()?;
    kill::until(CAUGHT, || Ok(held.caught() > 0)).context("no pod was looked at")?;
    std::thread::sleep(Duration::from_secs(12));
    held.release();
    let ended = reading.finish(Duration::from_secs(60))?.expect_exit(0)?;
    ensure!(asked(&stage) == 1, "{} pods were asked for", asked(&stage));
    ensure!(pods(&stage).is_empty(), "{:?} are left", pods(&stage));
    ensure!(!ended.stderr.contains("no answer"), "{}", ended.stderr);
    Ok(())
}

/// It is made, and nobody is told so.
pub(super) fn unanswered(context: &Context) -> Result<()> {
    let stage = open(context, &["app"])?;
    stage.kube.faults().drop_creation("pods");
    let ended = stage.logs(&IMAGE)?.expect_exit(0)?;
    whole(&ended)?;
    ensure!(asked(&stage) == 2, "{} pods were asked for", asked(&stage));
    ensure!(pods(&stage).is_empty(), "{:?} are left", pods(&stage));
    Ok(())
}

pub(super) fn no_image(context: &Context) -> Result<()> {
    let stage = open(context, &["app", "proxy"])?;
    stage.log("proxy")?;
    let begun = Instant::now();
    let image = "registry.example/missing:1";
    let ended = stage.logs(&["--debug-pod", image])?.expect_exit(1)?;
    ended.expect_stderr("ImagePullBackOff")?;
    ended.expect_stderr("failed to resolve reference \"registry.example/missing:1\"")?;
    ensure!(begun.elapsed() < Duration::from_secs(20), "it took long");
    ensure!(pods(&stage).is_empty(), "{:?} are left", pods(&stage));
    ensure!(asked(&stage) == 1, "it was tried for each container");
    Ok(())
}

pub(super) fn not_admitted(context: &Context) -> Result<()> {
    let stage = open(context, &["app"])?;
    stage.kube.edit("namespaces", "", "default", |namespace| {
        namespace["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] = json!("baseline");
    })?;
    let ended = stage.logs(&IMAGE)?.expect_exit(1)?;
    ended.expect_stderr("error[forbidden]")?;
    ended.expect_stderr(
        "violates PodSecurity \"baseline:latest\": hostPath volumes (volume \"logs\")",
    )?;
    ensure!(asked(&stage) == 1, "{} pods were asked for", asked(&stage));
    Ok(())
}

/// Who is killed leaves a pod, which its node ends; the next use removes it, and nobody else's.
pub(super) fn killed(context: &Context) -> Result<()> {
    let stage = open(context, &["app"])?;
    let held = stage.kube.faults().hold("/exec");
    let reading = stage.logs(&IMAGE)?.start()?;
    kill::until(CAUGHT, || Ok(held.caught() > 0)).context("no command was run")?;
    reading.kill()?;
    held.release();
    let left = there(&stage)?;
    let pod = stage.kube.get("pods", "default", &left).context("gone")?;
    let lease = pod.pointer("/spec/activeDeadlineSeconds");
    ensure!(lease == Some(&json!(900)), "it has no end: {pod:#}");
    // It is another run's as long as its time is not over.
    stage.logs(&IMAGE)?.expect_exit(0)?;
    ensure!(pods(&stage) == [left.clone()], "{:?}", pods(&stage));

    let over =
        |pod: &mut Value| pod["status"] = json!({"phase": "Failed", "reason": "DeadlineExceeded"});
    stage.kube.edit("pods", "default", &left, over)?;
    let mut foreign = pod;
    foreign["metadata"] = json!({"name": format!("{POD}foreign"), "namespace": "default", "labels":
        {"app.kubernetes.io/managed-by": "heeler", "heeler.dev/owner": "0123456789abcdef0123456789abcdef"}});
    over(&mut foreign);
    stage.kube.add(foreign)?;
    stage.logs(&IMAGE)?.expect_exit(0)?;
    ensure!(
        pods(&stage) == [format!("{POD}foreign")],
        "{:?}",
        pods(&stage)
    );
    Ok(())
}

/// Its node does not end it: it is said which one it is, and until when.
pub(super) fn left(context: &Context) -> Result<()> {
    let stage = open(context, &["app"])?;
    stage.kube.set_stopping(Stopping::Never);
    let ended = stage.logs(&IMAGE)?.expect_exit(0)?;
    whole(&ended)?;
    let left = there(&stage)?;
    ended.expect_stderr(&format!(
        "warning: the debug pod default/{left} on {NODE} may be left: "
    ))?;
    ended.expect_stderr("Its node ends it within 15 min")?;
    ended.expect_stderr(&format!("delete pod --namespace default {left}\n"))?;
    Ok(())
}
