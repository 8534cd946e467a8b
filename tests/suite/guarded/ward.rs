//! A node on which a fix is on offer, and what must be true of it in the end, whatever happened.

use std::fs;
use std::path::PathBuf;
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use heeler_tests::node::{Node, Place};
use heeler_tests::scene::Plan;

use super::fixture::{CONTAINER, Fixture};
use super::journal::Journal;
use crate::harness::{Context, Finished, Program, Surroundings};
use crate::operator::{Operator, Report};

/// How long anything may take that is waited for and that nobody promised, on a busy machine.
pub(crate) const SOON: Duration = Duration::from_secs(60);
/// Between two looks at the node.
const PAUSE: Duration = Duration::from_millis(20);
/// A command that was on its way when everything seemed to have ended has come by then.
pub(super) const ON_ITS_WAY: Duration = Duration::from_millis(300);

/// A node with a fix on offer.
pub(crate) struct Ward<'c> {
    pub(crate) operator: Operator<'c>,
    pub(crate) fixture: &'static Fixture,
    runbooks: PathBuf,
    /// The run that has found what the fix is for.
    pub(crate) run: String,
}

/// How everything ended.
pub(crate) struct Settled {
    /// What the node has.
    pub(crate) value: String,
    /// How long that took.
    pub(crate) after: Duration,
}

impl<'c> Ward<'c> {
    /// A node with the fixture's fix on offer.
    pub(crate) fn start(context: &'c Context, fixture: &'static Fixture) -> Result<Self> {
        Self::with(context, fixture, &[])
    }

    /// The same with other words in the fixture's runbook.
    pub(crate) fn with(
        context: &'c Context,
        fixture: &'static Fixture,
        changes: &[(&str, &str)],
    ) -> Result<Self> {
        Self::among(context, fixture, changes, 1)
    }

    /// The same on the first of as many nodes.
    pub(crate) fn among(
        context: &'c Context,
        fixture: &'static Fixture,
        changes: &[(&str, &str)],
        nodes: u8,
    ) -> Result<Self> {
        let operator = Operator::of(context, plan(context, fixture, nodes))?;
        let runbooks = operator.around.folder().join("runbooks");
        let folder = runbooks.join(fixture.name);
        fs::create_dir_all(&folder)?;
        let own = format!("tests/fixes/{}/runbook.yaml", fixture.name);
        let mut text = fs::read_to_string(context.workspace().join(own))?;
        for (says, instead) in changes {
            ensure!(text.contains(says), "the fixture does not say `{says}`");
            text = text.replace(says, instead);
        }
        fs::write(folder.join("runbook.yaml"), text)?;
        let mut ward = Self {
            operator,
            fixture,
            runbooks,
            run: String::new(),
        };
        ward.expect_value(fixture.old)?;
        ward.run = ward.look(&ward.operator.around)?;
        Ok(ward)
    }

    /// Looks, and gives the run that offers the fix.
    pub(crate) fn look(&self, around: &Surroundings) -> Result<String> {
        self.look_at(around, &self.node()?.config().name)
    }

    /// The same of the node with this name.
    pub(crate) fn look_at(&self, around: &Surroundings, node: &str) -> Result<String> {
        let words = format!("run {} --node {node} --output json", self.fixture.name);
        let found = Report::of(self.program(around, &words)?.expect_exit(3)?)?;
        Ok(found.id()?.to_owned())
    }

    pub(crate) fn node(&self) -> Result<&Node> {
        self.operator.node()
    }

    /// `heeler` with these words and the fixture's runbook.
    pub(crate) fn heeler(&self, words: &str) -> Result<Program<'c>> {
        self.program(&self.operator.around, words)
    }

    /// The same for whoever has these surroundings.
    pub(crate) fn program(&self, around: &Surroundings, words: &str) -> Result<Program<'c>> {
        let words = format!("{words} --runbooks {}", self.runbooks.display());
        let heeler = self.operator.context.heeler(around)?;
        Ok(heeler.args(words.split_whitespace()))
    }

    /// The fix with these inputs, approved.
    pub(crate) fn approved(&self, inputs: &str) -> Result<Program<'c>> {
        let digest = self.digest(inputs)?;
        self.fix(&digest, inputs)
    }

    /// The digest of the fix with these inputs, which stays while node and values stay.
    pub(crate) fn digest(&self, inputs: &str) -> Result<String> {
        self.digest_for(&self.operator.around, &self.run, inputs)
    }

    pub(crate) fn digest_for(
        &self,
        around: &Surroundings,
        run: &str,
        inputs: &str,
    ) -> Result<String> {
        let words = format!("plan {run} adjust --output json {inputs}");
        let plan = self.program(around, &words)?.expect_exit(0)?.json()?;
        let digest = plan["plan"]["digest"].as_str();
        Ok(digest.context("the plan has no digest")?.to_owned())
    }

    /// The fix with these inputs, approved by the digest of its plan.
    pub(crate) fn fix(&self, digest: &str, inputs: &str) -> Result<Program<'c>> {
        self.heeler(&format!("fix {} adjust --yes {digest} {inputs}", self.run))
    }

    /// The journal of the operator.
    pub(crate) fn journal(&self) -> Result<Journal> {
        Journal::of(&self.operator.lab.state_folder())
    }

    /// The latest run of the operator's journal.
    pub(crate) fn latest(&self) -> Result<String> {
        self.latest_of(&self.operator.around)
    }

    /// The latest run of somebody's journal.
    pub(crate) fn latest_of(&self, around: &Surroundings) -> Result<String> {
        let heeler = self.operator.context.heeler(around)?;
        let runs = heeler.args(["runs", "--output", "json"]).expect_exit(0)?;
        let id = runs.json()?["runs"][0]["run"].as_str().map(str::to_owned);
        id.with_context(|| format!("the journal has no run\n{runs}"))
    }

    /// The state of the fix in the report of a run, which repeats its exit status, and the report as
    /// people see it. Where nothing is known of a fix yet the state is empty.
    pub(crate) fn report(&self, run: &str, code: i32) -> Result<(String, Finished)> {
        let words = format!("report {run}");
        let json = self.operator.heeler(&format!("{words} --output json"))?;
        let json = json.expect_exit(code)?.json()?;
        let state = json["fix"]["state"].as_str().unwrap_or_default().to_owned();
        let shown = self.operator.heeler(&words)?.expect_exit(code)?;
        Ok((state, shown))
    }

    /// What the node has now.
    pub(crate) fn value(&self) -> Result<String> {
        self.fixture.value(self.node()?)
    }

    /// Compares what the node has now.
    pub(crate) fn expect_value(&self, wanted: &str) -> Result<()> {
        let now = self.value()?;
        ensure!(
            now == wanted,
            "{}: the node has `{now}`, not `{wanted}`",
            self.fixture.name
        );
        Ok(())
    }

    /// Waits until the node has this.
    pub(crate) fn wait_for(&self, wanted: &str) -> Result<()> {
        let give_up = Instant::now() + SOON;
        while self.value()? != wanted {
            ensure!(
                Instant::now() < give_up,
                "the node has `{}`, not `{wanted}`, after {SOON:?}",
                self.value()?
            );
            sleep(PAUSE);
        }
        Ok(())
    }

    /// Whether somebody has the lock.
    pub(super) fn is_locked(&self) -> Result<bool> {
        Ok(self.lock()?.exists())
    }

    /// This machine's path of the lock.
    pub(super) fn lock(&self) -> Result<PathBuf> {
        Ok(lock(self.node()?))
    }

    /// The lock, units, jobs and commands that are still there, one line each.
    pub(crate) fn traces(&self) -> Result<Vec<String>> {
        traces(self.node()?)
    }

    /// Waits until nothing of any change is left on the node, as long as the node was promised to
    /// need, and gives what it has then, which is all of the old or all of the new.
    pub(crate) fn settled(&self) -> Result<Settled> {
        let began = Instant::now();
        let limit = self.fixture.undo_after + self.operator.context.slack();
        loop {
            let ended = self.ended()?;
            if let Ok(value) = ended {
                let after = began.elapsed();
                sleep(ON_ITS_WAY);
                if self.ended()?.as_ref() == Ok(&value) {
                    return Ok(Settled { value, after });
                }
            } else if let Err(why) = ended
                && began.elapsed() > limit
            {
                bail!("{}: after {limit:?} there is {why}", self.fixture.name);
            }
            sleep(PAUSE);
        }
    }

    /// What the node has, or why that is not the end.
    fn ended(&self) -> Result<std::result::Result<String, String>> {
        let (value, mut traces) = (self.value()?, self.traces()?);
        let is_borrowed = self.fixture.name != CONTAINER.name
            && !self.fixture.needs_admin()
            && self.node()?.admin_running();
        traces.extend(is_borrowed.then(|| "the admin container".to_owned()));
        let whole = [self.fixture.old, self.fixture.new].contains(&value.as_str());
        Ok(match (whole, traces.as_slice()) {
            (true, []) => Ok(value),
            _ => Err(format!("`{value}`, {}", traces.join(", "))),
        })
    }

    /// Takes back what a run has left, and sees that it is the old value then.
    pub(crate) fn take_back(&self, run: &str) -> Result<Finished> {
        let ended = self.heeler(&format!("revert {run}"))?.expect_exit(6)?;
        self.expect_clean(self.fixture.old)?;
        Ok(ended)
    }

    /// Nothing is left on the node, and it has this.
    pub(crate) fn expect_clean(&self, wanted: &str) -> Result<()> {
        let settled = self.settled()?;
        ensure!(
            settled.value == wanted,
            "{}: the node has `{}` in the end, not `{wanted}`",
            self.fixture.name,
            settled.value
        );
        Ok(())
    }
}

/// What changes have left on a node: the lock, units, jobs and commands, one line each.
pub(crate) fn traces(node: &Node) -> Result<Vec<String>> {
    let mut traces = Vec::new();
    if lock(node).exists() {
        traces.push("the lock".to_owned());
    }
    for unit in node.transient_units()? {
        traces.push(format!("the unit {} {}", unit.name, unit.state));
    }
    for place in [Place::Host, Place::Admin, Place::Control] {
        for line in node.running(place)? {
            let line: String = line.chars().take(100).collect();
            traces.push(format!("in the {place:?}: {line}"));
        }
    }
    Ok(traces)
}

/// This machine's path of a node's lock.
pub(super) fn lock(node: &Node) -> PathBuf {
    node.data_dir().join("host-containers/control/heeler/lock")
}

/// A lab whose admin container runs where the change needs it.
fn plan(context: &Context, fixture: &Fixture, nodes: u8) -> Plan {
    let plan = context.plan().nodes(nodes).instant();
    plan.admin(fixture.needs_admin())
}
