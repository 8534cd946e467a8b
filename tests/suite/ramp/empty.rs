//! Fixes that move pods, on several nodes.

use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use heeler_tests::kube::seed::PodSeed;
use nix::sys::signal::Signal;
use serde_json::json;

use super::herd::{Herd, SOON};
use crate::harness::Context;
use crate::operator::Operator;

/// What is tried here comes after the approval.
const ALONE: &str = "approval:\n  disruptive: operator\n";

/// Between two looks at the journal.
const PAUSE: Duration = Duration::from_millis(10);

/// A pod with a controller on each node, and every node cordoned.
fn prepare(operator: &Operator<'_>) -> Result<()> {
    let kube = operator.lab.kube();
    let set = json!({"apiVersion": "apps/v1", "kind": "StatefulSet",
        "metadata": {"namespace": "shop", "name": "api", "uid": "5e7"}});
    for (index, node) in operator.lab.nodes().iter().enumerate() {
        let name = &node.config().name;
        let pod = PodSeed::running("shop", &format!("api-{index}"), name).label("app", "api");
        kube.add_all([pod.owner(&set).build()])?;
        kube.edit("nodes", "", name, |node| {
            node["spec"]["unschedulable"] = json!(true);
        })?;
    }
    Ok(())
}

/// The pods of the StatefulSet that are there.
fn left(herd: &Herd<'_>) -> usize {
    let kube = herd.operator.lab.kube();
    let is_there = |index: &usize| kube.get("pods", "shop", &format!("api-{index}")).is_some();
    (0..herd.nodes().len()).filter(is_there).count()
}

pub(super) fn drained(context: &Context) -> Result<()> {
    let herd = Herd::with(context, ("drained", ALONE), prepare)?;
    let kube = herd.operator.lab.kube();
    // The lab makes no pods anew: the budget lets one go, and no other.
    kube.add(json!({
        "apiVersion": "policy/v1", "kind": "PodDisruptionBudget",
        "metadata": {"name": "api", "namespace": "shop"},
        "spec": {"minAvailable": 2, "selector": {"matchLabels": {"app": "api"}}},
    }))?;
    herd.fix("")?.expect_exit(7)?;
    let (json, shown) = herd.report(7)?;
    let mut states = herd.states(&json)?;
    states.sort();
    ensure!(
        states == ["kept", "not-begun", "stuck"],
        "{states:?}\n{shown}"
    );
    ensure!(left(&herd) == 2, "{} are left", left(&herd));
    ensure!(
        shown.stdout.matches("what others change").count() == 1,
        "told more than once\n{shown}"
    );
    ensure!(
        shown.stdout.matches("heeler revert").count() == 1,
        "it is offered where nothing can be taken back\n{shown}"
    );
    // Once more goes on with the rest.
    kube.remove("poddisruptionbudgets", "shop", "api")?;
    let ended = herd.fix("")?.expect_exit(0)?;
    ended.expect_stdout("the change is kept")?;
    let (json, shown) = herd.report(0)?;
    let mut states = herd.states(&json)?;
    states.sort();
    ensure!(
        states == ["kept", "kept", "left-out"],
        "{states:?}\n{shown}"
    );
    ensure!(left(&herd) == 0, "{} are left", left(&herd));
    Ok(())
}

/// What nothing takes back stops where it is.
pub(super) fn interrupted(context: &Context) -> Result<()> {
    let herd = Herd::with(context, ("drained", ALONE), |operator| {
        prepare(operator)?;
        // It holds both back.
        operator.lab.kube().add(json!({
            "apiVersion": "policy/v1", "kind": "PodDisruptionBudget",
            "metadata": {"name": "api", "namespace": "shop"},
            "spec": {"minAvailable": 3, "selector": {"matchLabels": {"app": "api"}}},
        }))?;
        Ok(())
    })?;
    let fix = herd.fix("")?;
    let known = herd.journal()?.count()?;
    let fix = fix.start()?;
    let give_up = Instant::now() + SOON;
    let begun = |events: &[String]| events.iter().any(|event| event == "change-started");
    while !begun(&herd.journal()?.events_after(known)?) {
        ensure!(Instant::now() < give_up, "it never begins");
        sleep(PAUSE);
    }
    fix.signal(Signal::SIGINT)?;
    let kube = herd.operator.lab.kube();
    sleep(PAUSE * 100);
    kube.remove("poddisruptionbudgets", "shop", "api")?;
    let ended = fix.finish(SOON)?;
    ensure!(
        ended.stderr.contains("no other pod is evicted"),
        "nobody is told\n{ended}"
    );
    ensure!(left(&herd) == 3, "{} are left\n{ended}", left(&herd));
    Ok(())
}

pub(super) fn rebooted(context: &Context) -> Result<()> {
    let herd = Herd::with(context, ("rebooted", ALONE), prepare)?;
    let plan = herd.heeler(&format!("plan {} adjust --all", herd.run))?;
    let refused = plan.expect_exit(5)?;
    refused
        .expect_stdout("pods of the first would come to the next")?
        .expect_stdout("--instance")?;
    ensure!(left(&herd) == 3, "a pod was evicted");
    Ok(())
}
