//! A drain whose program was killed: what is told of it, and that whoever comes later ends it.

use std::thread::sleep;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use heeler_tests::kube::Stopping;

use super::{OWN, PODS, Site};
use crate::guarded::kill::{self, Killed};
use crate::guarded::one_way::{self, Done, OneWay};
use crate::guarded::step::Asked;
use crate::harness::{Context, Program};
use crate::operator::Operator;

/// How long a pod stops where it is not to go at once.
const STOPPING: Duration = Duration::from_millis(200);
/// What was on its way when the program was killed has come, and the pods that it has told to go
/// have gone.
const SETTLED: Duration = Duration::from_millis(600);

impl<'c> OneWay<'c> for Site<'c> {
    const ASKS: &'static [Asked] = &[Asked::Kubernetes];
    const CUT_AFTER: &'static [&'static str] = &["change-started", "change-applied"];

    fn operator(&self) -> &Operator<'c> {
        &self.offer.operator
    }

    /// Puts those back that have gone, and gives how many the node has then. They stop in their
    /// time, and the budget lets one of them go until it is lifted.
    fn ready(&self) -> Result<usize> {
        let kube = self.offer.operator.lab.kube();
        kube.set_stopping(Stopping::After(STOPPING));
        let gone = PODS.into_iter().filter(|name| self.pod(name).is_none());
        self.add(&gone.collect::<Vec<_>>())?;
        self.budget("api", 1)?;
        Ok(self.there().len())
    }

    /// All may go.
    fn go_on(&self) {
        let kube = self.offer.operator.lab.kube();
        // It is lifted already where one has gone.
        kube.remove("poddisruptionbudgets", "shop", "api").ok();
    }

    fn approved(&self) -> Result<Program<'c>> {
        self.offer.approved("")
    }

    /// What is told is what stands, and who comes later ends it.
    fn seen_to(&self, broken: &Killed, planned: usize) -> Result<Done> {
        sleep(SETTLED);
        let there = self.there();
        self.expect_there(&there)?;
        self.no_other_evicted()?;
        let gone = planned.saturating_sub(there.len());
        ensure!(
            gone == 0 || broken.has("change-started"),
            "{gone} pods are gone, and nothing was written down"
        );
        ensure!(
            gone >= broken.count("change-applied") && (there.is_empty() || !broken.has("fix-kept")),
            "the journal says that pods are gone, and there are still {there:?}"
        );
        if broken.has("run-started") {
            self.reported(broken, &there)?;
            self.counted(broken, (gone, planned), &there)?;
        }
        self.go_on();
        if there.is_empty() {
            self.nothing_left()?;
        } else {
            let later = self.offer.approved("")?.expect_exit(0)?;
            later.expect_stdout("kept ")?;
        }
        self.expect_there(&[])?;
        Ok(match gone {
            0 => Done::Nothing,
            _ if gone == planned => Done::All,
            _ => Done::Part,
        })
    }
}

impl Site<'_> {
    /// The report says what the journal has, and how to go on where that is not the end.
    fn reported(&self, killed: &Killed, there: &[&str]) -> Result<()> {
        let (state, wanted) = (self.offer.state()?, killed.state());
        ensure!(
            state == wanted,
            "the report says `{state}` instead of `{wanted}`"
        );
        if state == "in-doubt" {
            let run = self.offer.latest()?;
            let said = self
                .offer
                .operator
                .heeler(&format!("report {run}"))?
                .finish()?;
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
        let refused = killed.has("fix-refused");
        ensure!(
            !refused || gone == 0,
            "{gone} pods are gone, and it was refused"
        );
        if !killed.has("change-started") || refused {
            let revert = self
                .offer
                .heeler(&format!("revert {}", self.offer.latest()?))?;
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
        let calls = self.offer.operator.lab.kube().calls();
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
    let (_, done) = one_way::killed(&site, kill::stands)?.context("it has come to its end")?;
    ensure!(done == Done::Part, "{done:?}");
    // Who comes while they stop goes on.
    site.ready()?;
    site.go_on();
    let kube = site.offer.operator.lab.kube();
    kube.set_stopping(Stopping::After(Duration::from_secs(3)));
    let fix = site.offer.begun("change-started", "")?;
    fix.kill()?;
    sleep(Duration::from_secs(1));
    site.offer
        .approved("")?
        .expect_exit(0)
        .or_else(|_| site.nothing_left())?;
    site.expect_there(&[])
}
