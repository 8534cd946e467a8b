//! A reboot whose program was killed: what is told of it, and that whoever sees to it gets a node
//! that is free, uncordoned and was rebooted once at most.

use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;

use super::{LONG, Site};
use crate::guarded::drain;
use crate::guarded::kill::{self, Killed};
use crate::harness::Context;

/// Its pods are evicted: written down as it begins, and as it ends.
const EMPTIED: &str = "reboot/drain";
/// It is asked to reboot.
const ASKED: &str = "reboot/reboot";
/// It is waited for.
const RETURN: &str = "reboot/return";
/// The lab's node is up again by then.
const GOING_DOWN: Duration = Duration::from_secs(5);

impl Site<'_> {
    fn member(&self) -> Option<Value> {
        self.operator.lab.kube().get("pods", "shop", drain::PODS[0])
    }

    /// Puts a pod on the node if there is none.
    pub(crate) fn fill(&self) -> Result<()> {
        if self.member().is_none() {
            let pod = drain::member(drain::PODS[0], &self.node);
            self.operator.lab.kube().add(pod)?;
        }
        Ok(())
    }

    /// How often the node has booted.
    pub(crate) fn boots(&self) -> Result<usize> {
        self.operator.node()?.boots()
    }

    /// Somebody sees to a fix that was killed, before which the node had booted so often: the node
    /// is free and uncordoned then. Gives whether it was rebooted.
    pub(crate) fn seen_to(&self, killed: &Killed, booted: usize) -> Result<bool> {
        let asked = killed.has(ASKED);
        if asked && killed.count(RETURN) < 2 {
            // The lab's node can't be asked while it goes down.
            sleep(GOING_DOWN);
        }
        if killed.has("run-started") {
            let run = self.latest()?;
            if killed.has("change-started") {
                self.told(&run)?;
                self.settled(&run)?;
            } else {
                self.revert(&run)?.expect_exit(killed.revert_code())?;
            }
        }
        self.expect_cordoned(false, false)?;
        self.expect_free()?;
        let boots = self.boots()?.saturating_sub(booted);
        ensure!(
            boots <= usize::from(asked),
            "it was rebooted {boots} times; asked for: {asked}"
        );
        ensure!(
            boots == 1 || !killed.has("verify-sample"),
            "it was verified, and is on the boot before"
        );
        ensure!(
            killed.has(EMPTIED) || self.member().is_some(),
            "its pod is gone, and nothing was written down"
        );
        Ok(boots == 1)
    }

    /// As long as it is cordoned the report says so, and whoever looks at it, with another journal too.
    fn told(&self, run: &str) -> Result<()> {
        if self.object()?["spec"]["unschedulable"] != true {
            return Ok(());
        }
        let shown = self.operator.heeler(&format!("report {run}"))?.finish()?;
        shown
            .expect_stdout("is left cordoned, as far as is known")?
            .expect_stdout(&format!("heeler revert {run}"))?;
        let report = format!("report {run} --output json");
        let json = self.operator.heeler(&report)?.finish()?.json()?;
        ensure!(json["fix"]["cordoned"] == self.node.as_str(), "{json:#}");
        let words = format!("run rebooted --node {}", self.node);
        self.heeler(&words)?
            .finish()?
            .expect_stdout("was cordoned for a reboot by run")?
            .expect_stdout("kubectl uncordon")?;
        Ok(())
    }

    /// Asks for the way back until no cordon is left.
    fn settled(&self, run: &str) -> Result<()> {
        let give_up = Instant::now() + LONG;
        loop {
            let told = self.revert(run)?;
            if told.status.code() == Some(6) || told.stdout.contains("no cordon is left of it") {
                return Ok(());
            }
            ensure!(Instant::now() < give_up, "it is never uncordoned\n{told}");
            sleep(Duration::from_secs(1));
        }
    }
}

pub(in crate::guarded) fn each(context: &Context) -> Result<()> {
    // Lock, cordon, drain, reboot, return: each begun, each ended.
    for steps in [1, 3, 4, 5, 6, 8, 9, 10] {
        killed_after(context, steps).with_context(|| format!("killed after step {steps}"))?;
    }
    Ok(())
}

fn killed_after(context: &Context, steps: usize) -> Result<()> {
    let site = Site::start(context)?;
    site.fill()?;
    let booted = site.boots()?;
    let there = |events: &[String]| {
        let is_step = |event: &&String| event.starts_with("reboot");
        events.iter().filter(is_step).count() >= steps
    };
    let killed = kill::running(&site.operator, site.approved("")?, there)?;
    let killed = killed.context("it has come to its end")?;
    site.seen_to(&killed, booted).map(drop)
}
