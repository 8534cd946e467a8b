//! Three nodes on which the same fix is on offer, and whoever applies it.

use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use heeler_tests::node::Node;
use serde_json::Value as Json;

use crate::guarded::fixture::{Fixture, ONE_PARAMETER};
use crate::guarded::journal::Journal;
use crate::harness::{Context, Finished, Program, Surroundings};
use crate::operator::Operator;

/// How long anything may take that is waited for, on a busy machine.
pub(super) const SOON: Duration = Duration::from_secs(60);
const FIXTURE: &Fixture = &ONE_PARAMETER;
/// Time for the program itself to keep a change or to take it back.
const LONGER: (&str, &str) = ("undo-unless-kept: 3s", "undo-unless-kept: 20s");

/// The nodes, and the operator.
pub(super) struct Herd<'c> {
    pub(super) operator: Operator<'c>,
    runbooks: PathBuf,
    /// The run that offers the fix on all of them.
    pub(super) run: String,
    policy: PathBuf,
}

impl<'c> Herd<'c> {
    /// Under a policy that lets everybody do everything and says this besides.
    pub(super) fn start(context: &'c Context, rest: &str) -> Result<Self> {
        Self::with(context, (FIXTURE.name, rest), |_| Ok(()))
    }

    /// The same with another fixture, in a lab that was prepared for it.
    pub(super) fn with(
        context: &'c Context,
        (fixture, rest): (&str, &str),
        prepare: impl FnOnce(&Operator<'_>) -> Result<()>,
    ) -> Result<Self> {
        let plan = context.plan().nodes(3).instant().admin(true);
        let operator = Operator::of(context, plan)?;
        prepare(&operator)?;
        let folder = operator.around.folder().to_owned();
        let runbooks = folder.join("runbooks");
        fs::create_dir_all(runbooks.join(fixture))?;
        let own = format!("tests/fixes/{fixture}/runbook.yaml");
        let text = fs::read_to_string(context.workspace().join(own))?;
        let text = text.replace(LONGER.0, LONGER.1);
        fs::write(runbooks.join(fixture).join("runbook.yaml"), text)?;
        let policy = folder.join("policy.yaml");
        let allow = "allow:\n  - { who: \"*\", runbooks: \"*\", fixes: \"*\", where: {} }";
        fs::write(&policy, format!("heeler-policy: 1\n{allow}\n{rest}"))?;
        let mut herd = Self {
            operator,
            runbooks,
            run: String::new(),
            policy,
        };
        let nodes = herd.nodes().iter();
        let nodes: Vec<String> = nodes
            .map(|node| format!("--node {}", node.config().name))
            .collect();
        let words = format!("run {fixture} {} --output json", nodes.join(" "));
        let found = herd.heeler(&words)?.expect_exit(3)?.json()?;
        let run = found["run"]["short"].as_str();
        run.context("a run has an id")?.clone_into(&mut herd.run);
        Ok(herd)
    }

    pub(super) fn nodes(&self) -> &[Node] {
        self.operator.lab.nodes()
    }

    /// `heeler` with these words, the fixture's runbook and the policy.
    pub(super) fn heeler(&self, words: &str) -> Result<Program<'c>> {
        self.program(&self.operator.around, words)
    }

    /// The same for whoever has these surroundings.
    pub(super) fn program(&self, around: &Surroundings, words: &str) -> Result<Program<'c>> {
        let (runbooks, policy) = (self.runbooks.display(), self.policy.display());
        let words = format!("{words} --runbooks {runbooks} --policy {policy}");
        let heeler = self.operator.context.heeler(around)?;
        Ok(heeler.args(words.split_whitespace()))
    }

    /// The digest of the plan for all nodes.
    pub(super) fn digest(&self, inputs: &str) -> Result<String> {
        let words = format!("plan {} adjust --all --output json {inputs}", self.run);
        let plan = self.heeler(&words)?.expect_exit(0)?.json()?;
        let digest = plan["plan"]["digest"].as_str();
        Ok(digest.context("the plan has no digest")?.to_owned())
    }

    /// The fix on all nodes, approved by the digest of its plan.
    pub(super) fn fix(&self, inputs: &str) -> Result<Program<'c>> {
        let digest = self.digest(inputs)?;
        self.heeler(&format!(
            "fix {} adjust --all --yes {digest} {inputs}",
            self.run
        ))
    }

    /// What the nodes have now.
    pub(super) fn values(&self) -> Result<Vec<String>> {
        self.nodes()
            .iter()
            .map(|node| FIXTURE.value(node))
            .collect()
    }

    /// Compares what the nodes have now.
    pub(super) fn expect_values(&self, wanted: [&str; 3]) -> Result<()> {
        let now = self.values()?;
        ensure!(now == wanted, "the nodes have {now:?}, not {wanted:?}");
        Ok(())
    }

    /// Waits until they have this.
    pub(super) fn wait_for(&self, wanted: [&str; 3]) -> Result<()> {
        let give_up = Instant::now() + SOON;
        while self.values()? != wanted {
            ensure!(
                Instant::now() < give_up,
                "{:?}, not {wanted:?}",
                self.values()?
            );
            std::thread::sleep(Duration::from_millis(50));
        }
        Ok(())
    }

    pub(super) fn journal(&self) -> Result<Journal> {
        Journal::of(&self.operator.lab.state_folder())
    }

    /// The latest run that is about all nodes: its report in JSON, and as people see it.
    pub(super) fn report(&self, code: i32) -> Result<(Json, Finished)> {
        let runs = self.operator.heeler("runs --output json")?.expect_exit(0)?;
        let runs = runs.json()?;
        for run in runs["runs"].as_array().context("no list of runs")? {
            let id = run["run"].as_str().context("a run has an id")?;
            let words = format!("report {id}");
            let json = self.operator.heeler(&format!("{words} --output json"))?;
            let json = json.finish()?.json()?;
            let about_all = json["fix"]["nodes"].as_array();
            if about_all.is_some_and(|nodes| !nodes.is_empty()) {
                let shown = self.operator.heeler(&words)?.expect_exit(code)?;
                return Ok((json, shown));
            }
        }
        bail!("no run is about all nodes")
    }

    /// What became of the fix on each node, in the nodes' order.
    pub(super) fn states(&self, report: &Json) -> Result<Vec<String>> {
        let nodes = report["fix"]["nodes"].as_array();
        let nodes = nodes.context("the report has no nodes")?;
        let state = |node: &Node| {
            let id = node.config().instance_id.as_str();
            let found = nodes.iter().find(|one| one["instance"] == id);
            let state = found.and_then(|one| one["state"].as_str());
            Ok(state
                .with_context(|| format!("no {id} in {report:#}"))?
                .to_owned())
        };
        self.nodes().iter().map(state).collect()
    }
}
