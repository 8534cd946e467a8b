//! Reboots: cordon, drain, reboot, wait, uncordon. Whatever gets in the way, a node is never left
//! cordoned without anybody being told, and is rebooted once at most.

pub(super) mod killed;

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use nix::sys::signal::Signal;
use serde_json::{Value, json};

use super::offer::Offer;
use super::ward::{self, SOON};
use crate::harness::{Context, Running};
use crate::operator::Operator;

/// Where a reboot leaves its mark.
const MARK: &str = "heeler/reboot";
/// A reboot may take this long on a busy machine.
const LONG: Duration = Duration::from_secs(180);

/// A node with a reboot on offer.
pub(crate) struct Site<'c> {
    pub(crate) offer: Offer<'c>,
    boot: String,
}

impl<'c> Site<'c> {
    pub(crate) fn start(context: &'c Context) -> Result<Self> {
        Self::with(context, "60s", |_| Ok(()))
    }

    /// The same where the node has to be back within a time, after something else was done.
    fn with(
        context: &'c Context,
        back_within: &str,
        before: impl FnOnce(&Operator<'c>) -> Result<()>,
    ) -> Result<Self> {
        let operator = Operator::of(context, context.plan().instant())?;
        before(&operator)?;
        let boot = operator.node()?.boot_id()?;
        let within = format!("back-within: {back_within}");
        let offer = Offer::of(operator, "rebooted", &[("back-within: 60s", &within)])?;
        Ok(Self { offer, boot })
    }

    /// Starts the fix, and waits until so many steps of the reboot are written down.
    fn started(&self, steps: usize) -> Result<Running<'c>> {
        let is_step = |event: &&String| event.starts_with("reboot");
        let begun = |events: &[String]| events.iter().filter(is_step).count() >= steps;
        self.offer.started("", begun)
    }

    /// Whether it is cordoned; by a reboot only where it carries the mark.
    fn expect_cordoned(&self, cordoned: bool, marked: bool) -> Result<()> {
        let node = self.offer.object()?;
        let (now, mark) = (
            &node["spec"]["unschedulable"],
            &node["metadata"]["annotations"][MARK],
        );
        ensure!((*now == true) == cordoned, "spec.unschedulable is {now}");
        ensure!(mark.is_string() == marked, "the mark is {mark}");
        Ok(())
    }

    fn is_rebooted(&self) -> Result<bool> {
        let now = self.offer.operator.node()?.boot_id()?;
        Ok(!now.is_empty() && now != self.boot)
    }

    fn expect_rebooted(&self, rebooted: bool) -> Result<()> {
        ensure!(self.is_rebooted()? == rebooted, "rebooted: {}", !rebooted);
        Ok(())
    }

    /// No lock is left on the node.
    fn expect_free(&self) -> Result<()> {
        let lock = ward::lock(self.offer.operator.node()?);
        ensure!(!lock.exists(), "{} is there", lock.display());
        Ok(())
    }

    fn pods(&self) -> Result<usize> {
        let pods = self
            .offer
            .operator
            .lab
            .kube()
            .get("pods", "shop", "checkout-7d9f5c-x2vqz");
        Ok(usize::from(pods.is_some()))
    }

    /// Whether Kubernetes says that the node is ready: `True`, or `Unknown` where nothing comes.
    fn be_ready(&self, status: &str) -> Result<()> {
        let kube = self.offer.operator.lab.kube();
        kube.edit("nodes", "", &self.offer.node, |node| {
            node["status"]["conditions"] = json!([{"type": "Ready", "status": status}]);
        })?;
        Ok(())
    }
}

fn budget(operator: &Operator<'_>) -> Result<()> {
    let labels = operator
        .lab
        .kube()
        .get("pods", "shop", "checkout-7d9f5c-x2vqz")
        .context("no pod")?["metadata"]["labels"]
        .clone();
    operator.lab.kube().add(json!({
        "apiVersion": "policy/v1", "kind": "PodDisruptionBudget",
        "metadata": {"name": "checkout", "namespace": "shop"},
        "spec": {"minAvailable": 1, "selector": {"matchLabels": labels}},
    }))?;
    Ok(())
}

pub(super) fn kept(context: &Context) -> Result<()> {
    let site = Site::start(context)?;
    let plan = site.offer.plan("")?.expect_exit(0)?;
    for part in [
        "reboot: running → rebooted",
        "the node is cordoned until it is ready again",
        "have their boot values again",
        "shop/checkout-7d9f5c-x2vqz",
        "it is disruptive: the operator has to approve",
    ] {
        plan.expect_stdout(part)?;
    }
    site.expect_cordoned(false, false)?;
    let kept = site.offer.approved("")?.limit(LONG).expect_exit(0)?;
    for part in ["uncordon   new pods are placed there again", "kept "] {
        kept.expect_stdout(part)?;
    }
    ensure!(!kept.stdout.contains("heeler revert"), "{kept}");
    site.expect_rebooted(true)?;
    site.expect_cordoned(false, false)?;
    site.expect_free()?;
    ensure!(site.pods()? == 0, "its pod is still there");
    let run = site.offer.latest()?;
    let report = format!("report {run} --output json");
    let fix = site
        .offer
        .operator
        .heeler(&report)?
        .expect_exit(0)?
        .json()?["fix"]
        .take();
    let steps = fix["reboot"].as_array().context("no steps")?;
    let names = steps.iter().filter_map(|step| step["step"].as_str());
    let wanted = ["lock", "cordon", "drain", "reboot", "return", "uncordon"];
    let last = &steps[5]["reached"];
    ensure!(names.eq(wanted) && last == "done", "{steps:#?}");
    ensure!(fix["cordoned"].is_null(), "{fix:#}");
    let told = site.offer.revert(&site.offer.latest()?)?.expect_exit(5)?;
    told.expect_stdout("no cordon is left of it")?;
    Ok(())
}

pub(super) fn stays_cordoned(context: &Context) -> Result<()> {
    let site = Site::start(context)?;
    let kube = site.offer.operator.lab.kube();
    kube.edit("nodes", "", &site.offer.node, |node| {
        node["spec"]["unschedulable"] = json!(true)
    })?;
    let plan = site.offer.plan("")?.expect_exit(0)?;
    plan.expect_stdout("the node was cordoned before, and stays so")?;
    let kept = site.offer.approved("")?.limit(LONG).expect_exit(0)?;
    kept.expect_stdout("it was cordoned before, and stays so")?;
    site.expect_rebooted(true)?;
    site.expect_cordoned(true, false)
}

pub(super) fn budget_blocks(context: &Context) -> Result<()> {
    let site = Site::with(context, "60s", budget)?;
    let refused = site.offer.approved("")?.limit(LONG).expect_exit(5)?;
    refused
        .expect_stdout("it was not rebooted")?
        .expect_stdout("nothing changed")?;
    site.expect_rebooted(false)?;
    site.expect_cordoned(false, false)?;
    site.expect_free()?;
    ensure!(site.pods()? == 1, "its pod is gone");
    Ok(())
}

pub(super) fn does_not_come_back(context: &Context) -> Result<()> {
    let site = Site::with(context, "4s", |_| Ok(()))?;
    site.be_ready("Unknown")?;
    let stuck = site.offer.approved("")?.limit(LONG).expect_exit(7)?;
    for part in [
        "it did not come back within 4 s; as Kubernetes says, it is not ready",
        "it is left cordoned",
        "get-console-output",
        "--type merge --patch",
    ] {
        stuck.expect_stdout(part)?;
    }
    site.expect_cordoned(true, true)?;
    let run = site.offer.latest()?;
    let again = site.offer.plan("--output json")?.expect_exit(5)?;
    ensure!(
        again.json()?["fix"]["refused_code"] == "reboot-under-way",
        "{again}"
    );
    let early = site.offer.revert(&run)?.expect_exit(5)?;
    early.expect_stdout("it is left cordoned")?;
    site.expect_cordoned(true, true)?;
    // Somebody has mended it.
    site.be_ready("True")?;
    let back = site.offer.revert(&run)?.expect_exit(6)?;
    back.expect_stdout("new pods are placed there again")?;
    ensure!(!back.stdout.contains("nothing changed"), "{back}");
    site.expect_rebooted(true)?;
    site.expect_cordoned(false, false)
}

/// Whoever else sees to the cordon leaves nothing in the way of the next reboot.
pub(super) fn uncordoned(context: &Context) -> Result<()> {
    let site = Site::start(context)?;
    let fix = site.started(4)?;
    fix.signal(Signal::SIGKILL)?;
    fix.finish(SOON)?;
    site.expect_cordoned(true, true)?;
    let run = site.offer.latest()?;
    let kube = site.offer.operator.lab.kube();
    kube.edit("nodes", "", &site.offer.node, |node| {
        node["spec"]["unschedulable"] = Value::Null;
    })?;
    let told = site
        .offer
        .heeler(&format!("revert {run}"))?
        .expect_exit(6)?;
    told.expect_stdout("somebody else has uncordoned it")?;
    site.expect_cordoned(false, false)?;
    site.expect_free()?;
    site.expect_rebooted(false)?;
    site.offer.approved("")?.limit(LONG).expect_exit(0)?;
    site.expect_rebooted(true)
}

pub(super) fn interrupted(context: &Context) -> Result<()> {
    let site = Site::with(context, "60s", budget)?;
    // It waits for the budget.
    let fix = site.started(5)?;
    fix.signal(Signal::SIGINT)?;
    let ended = fix.finish(LONG)?.expect_exit(5)?;
    ended.expect_stdout("it was not rebooted")?;
    site.expect_rebooted(false)?;
    site.expect_cordoned(false, false)?;
    site.expect_free()?;

    let site = Site::start(context)?;
    site.be_ready("Unknown")?;
    // It waits for the node.
    let fix = site.started(9)?;
    fix.signal(Signal::SIGINT)?;
    let ended = fix.finish(LONG)?.expect_exit(7)?;
    ended
        .expect_stdout("nobody waits for it any more")?
        .expect_stdout("it is left cordoned")?;
    site.expect_rebooted(true)?;
    site.expect_cordoned(true, true)
}

pub(super) fn answer_lost(context: &Context) -> Result<()> {
    let site = Site::start(context)?;
    let approved = site.offer.approved("")?;
    let faults = site.offer.operator.lab.aws().faults();
    let instance = &site.offer.operator.node()?.config().instance_id;
    // Its looks, the present value, and the lock come first.
    faults.forge_stdout(instance, 3, |said| said);
    faults.forge_stdout(instance, 1, |_| b"the agent has lost its mind".to_vec());
    let kept = approved.limit(LONG).expect_exit(0)?;
    kept.expect_stdout("reboot     no answer came")?
        .expect_stdout("kept ")?;
    site.expect_rebooted(true)?;
    site.expect_cordoned(false, false)?;
    site.expect_free()
}
