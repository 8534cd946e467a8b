//! A reboot whose program was killed: what is told of it, and that whoever sees to it gets a node
//! that is free, uncordoned and was rebooted once at most.

use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;

use super::{LONG, Site};
use crate::guarded::drain;
use crate::guarded::kill::Killed;
use crate::guarded::one_way::{self, Done, OneWay};
use crate::guarded::step::Asked;
use crate::harness::{Context, Program};
use crate::operator::Operator;

/// Its pods are evicted: written down as it begins, and as it ends.
const EMPTIED: &str = "reboot/drain";
/// It is asked to reboot.
const ASKED: &str = "reboot/reboot";
/// It is waited for.
const RETURN: &str = "reboot/return";
/// The lab's node is up again by then.
const GOING_DOWN: Duration = Duration::from_secs(5);

impl<'c> OneWay<'c> for Site<'c> {
    const ASKS: &'static [Asked] = &[Asked::Ssm, Asked::Kubernetes];
    const CUT_AFTER: &'static [&'static str] = &["change-started", EMPTIED, ASKED];

    fn operator(&self) -> &Operator<'c> {
        &self.offer.operator
    }

    /// Puts a pod on the node if there is none, and gives how often the node has booted.
    fn ready(&self) -> Result<usize> {
        if self.member().is_none() {
            let pod = drain::member(drain::PODS[0], &self.offer.node);
            self.offer.operator.lab.kube().add(pod)?;
        }
        self.boots()
    }

    fn approved(&self) -> Result<Program<'c>> {
        self.offer.approved("")
    }

    /// The node is free and uncordoned then, and was rebooted once at most.
    fn seen_to(&self, broken: &Killed, booted: usize) -> Result<Done> {
        let asked = broken.has(ASKED);
        if asked && broken.count(RETURN) < 2 {
            // The lab's node can't be asked while it goes down.
            sleep(GOING_DOWN);
        }
        if broken.has("run-started") {
            let run = self.offer.latest()?;
            // What was refused in its middle is free already.
            if broken.has("change-started") && !broken.has("fix-refused") {
                self.told(&run)?;
                self.settled(&run)?;
            } else {
                let revert = self.offer.revert(&run)?;
                revert.expect_exit(broken.revert_code())?;
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
            boots == 1 || !broken.has("verify-sample"),
            "it was verified, and is on the boot before"
        );
        ensure!(
            broken.has(EMPTIED) || self.member().is_some(),
            "its pod is gone, and nothing was written down"
        );
        Ok(if boots == 1 { Done::All } else { Done::Nothing })
    }
}

impl Site<'_> {
    fn member(&self) -> Option<Value> {
        let kube = self.offer.operator.lab.kube();
        kube.get("pods", "shop", drain::PODS[0])
    }

    /// How often the node has booted.
    pub(crate) fn boots(&self) -> Result<usize> {
        self.offer.operator.node()?.boots()
    }

    /// As long as it is cordoned the report says so, and whoever looks at it, with another journal too.
    fn told(&self, run: &str) -> Result<()> {
        if self.offer.object()?["spec"]["unschedulable"] != true {
            return Ok(());
        }
        let shown = self
            .offer
            .operator
            .heeler(&format!("report {run}"))?
            .finish()?;
        shown
            .expect_stdout("is left cordoned, as far as is known")?
            .expect_stdout(&format!("heeler revert {run}"))?;
        let report = format!("report {run} --output json");
        let json = self.offer.operator.heeler(&report)?.finish()?.json()?;
        ensure!(
            json["fix"]["cordoned"] == self.offer.node.as_str(),
            "{json:#}"
        );
        let words = format!("run rebooted --node {}", self.offer.node);
        self.offer
            .heeler(&words)?
            .finish()?
            .expect_stdout("was cordoned for a reboot by run")?
            .expect_stdout("kubectl uncordon")?;
        Ok(())
    }

    /// Asks for the way back until no cordon is left.
    fn settled(&self, run: &str) -> Result<()> {
        let give_up = Instant::now() + LONG;
        loop {
            let told = self.offer.revert(run)?;
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
    let there = |events: &[String]| {
        let is_step = |event: &&String| event.starts_with("reboot");
        events.iter().filter(is_step).count() >= steps
    };
    let killed = one_way::killed(&site, there)?;
    killed.context("it has come to its end").map(drop)
}
