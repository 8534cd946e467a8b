//! A drain whose program was killed: what is told of it, and that whoever comes later ends it.

use std::thread::sleep;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use heeler_tests::kube::Stopping;

use super::{OWN, PODS, Site};
use crate::guarded::kill::{self, Killed};
use crate::harness::Context;

/// How long a pod stops where it is not to go at once.
const STOPPING: Duration = Duration::from_millis(200);
/// What was on its way when the program was killed has come, and the pods that it has told to go
/// have gone.
const SETTLED: Duration = Duration::from_millis(600);

impl Site<'_> {
    /// Puts those back that have gone, and gives how many the node has then. They stop in their
    /// time, and the budget lets one of them go until it is lifted.
    pub(crate) fn fill(&self) -> Result<usize> {
        let kube = self.operator.lab.kube();
        kube.set_stopping(Stopping::After(STOPPING));
        let gone = PODS.into_iter().filter(|name| self.pod(name).is_none());
        self.add(&gone.collect::<Vec<_>>())?;
        self.budget("api", 1)?;
        Ok(self.there().len())
    }

    /// All may go.
    pub(crate) fn lift(&self) {
        let kube = self.operator.lab.kube();
        // It is lifted already where one has gone.
        kube.remove("poddisruptionbudgets", "shop", "api").ok();
    }

    /// Somebody sees to a fix that was killed, whose plan has so many pods: what is told is what
    /// stands, and who comes later ends it. Gives how many pods were gone.
    pub(crate) fn seen_to(&self, killed: &Killed, planned: usize) -> Result<usize> {
        sleep(SETTLED);
        let there = self.there();
        self.expect_there(&there)?;
        self.no_other_evicted()?;
        let gone = planned.saturating_sub(there.len());
        ensure!(
            gone == 0 || killed.has("change-started"),
            "{gone} pods are gone, and nothing was written down"
        );
        ensure!(
            gone >= killed.count("change-applied") && (there.is_empty() || !killed.has("fix-kept")),
            "the journal says that pods are gone, and there are still {there:?}"
        );
        if killed.has("run-started") {
            self.reported(killed, &there)?;
            self.counted(killed, (gone, planned), &there)?;
        }
        self.lift();
        if there.is_empty() {
            self.nothing_left()?;
        } else {
            let later = self.approved("")?.expect_exit(0)?;
            later.expect_stdout("kept ")?;
        }
        self.expect_there(&[])?;
        Ok(gone)
    }

    /// The report says what the journal has, and how to go on where that is not the end.
    fn reported(&self, killed: &Killed, there: &[&str]) -> Result<()> {
        let (state, wanted) = (self.state()?, killed.state());
        ensure!(
            state == wanted,
            "the report says `{state}` instead of `{wanted}`"
        );
        if state == "in-doubt" {
            let run = self.latest()?;
            let said = self.operator.heeler(&format!("report {run}"))?.finish()?;
            said.expect_stdout("nothing takes back what was; the node stays cordoned")?
                .expect_stdout(&format!("heeler revert {run}"))?;
            for name in there {
                said.expect_stdout(&format!("pods shop/{name} on"))?;
            }
        }
        Ok(())
    }

    /// `heeler revert` counts what is gone, where anything was begun.
    fn counted(
        &self,
        killed: &Killed,
        (gone, planned): (usize, usize),
        there: &[&str],
    ) -> Result<()> {
        if !killed.has("change-started") {
            let revert = self.heeler(&format!("revert {}", self.latest()?))?;
            return revert.expect_exit(killed.revert_code()).map(drop);
        }
        let mut says = format!("{gone} of {planned} pods are gone");
        for (number, name) in there.iter().enumerate() {
            says += if number == 0 {
                ", and there are still shop/"
            } else {
                ", shop/"
            };
            says += name;
        }
        self.no_way_back(&says)
    }

    /// Only pods of the plan were evicted.
    fn no_other_evicted(&self) -> Result<()> {
        let is_own = |path: &str| PODS.iter().chain([&OWN]).any(|name| path.contains(name));
        let calls = self.operator.lab.kube().calls();
        let other = calls
            .iter()
            .find(|call| call.path.ends_with("/eviction") && !is_own(&call.path));
        ensure!(other.is_none(), "{other:?}");
        Ok(())
    }
}

pub(in crate::guarded) fn half_way(context: &Context) -> Result<()> {
    let site = Site::start(context)?;
    // Killed as soon as the first one is gone, while the second one is in the way.
    let planned = site.fill()?;
    let there = |events: &[String]| events.iter().any(|one| one == "change-applied");
    let killed = kill::running(&site.operator, site.approved("")?, there)?;
    let gone = site.seen_to(&killed.context("it has come to its end")?, planned)?;
    ensure!(gone == 2 && planned == 3, "{gone} of {planned}");
    // Who comes while they stop goes on.
    site.fill()?;
    site.lift();
    let kube = site.operator.lab.kube();
    kube.set_stopping(Stopping::After(Duration::from_secs(3)));
    let fix = site.started_until("change-started")?;
    fix.kill()?;
    sleep(Duration::from_secs(1));
    site.approved("")?
        .expect_exit(0)
        .or_else(|_| site.nothing_left())?;
    site.expect_there(&[])
}
