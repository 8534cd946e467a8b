//! A fix on offer whose approval its operator gives alone: what is tried comes after that. Each kind of
//! fix that needs no switch on the node has a site of its own around it.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;

use super::journal::Journal;
use super::kill;
use super::ward::SOON;
use crate::harness::{Finished, Program, Running};
use crate::operator::{Operator, Report};

const ALONE: &str = "heeler-policy: 1
allow:
  - { who: \"*\", runbooks: \"*\", fixes: \"*\", where: {} }
approval:
  disruptive: operator
";

/// The operator, and what is on offer.
pub(crate) struct Offer<'c> {
    pub(crate) operator: Operator<'c>,
    pub(super) runbooks: PathBuf,
    policy: PathBuf,
    /// The name of the node that it is about.
    pub(crate) node: String,
    /// The run that offers the fix.
    pub(crate) run: String,
}

impl<'c> Offer<'c> {
    /// The fix of a fixture, with other words in its runbook.
    pub(crate) fn of(
        operator: Operator<'c>,
        fixture: &str,
        changes: &[(&str, &str)],
    ) -> Result<Self> {
        let folder = operator.around.folder();
        let (runbooks, policy) = (folder.join("runbooks"), folder.join("alone.yaml"));
        let own = format!("tests/fixes/{fixture}/runbook.yaml");
        let mut text = fs::read_to_string(operator.context.workspace().join(own))?;
        for (says, instead) in changes {
            ensure!(text.contains(says), "the fixture does not say `{says}`");
            text = text.replace(says, instead);
        }
        fs::create_dir_all(runbooks.join(fixture))?;
        fs::write(runbooks.join(fixture).join("runbook.yaml"), text)?;
        fs::write(&policy, ALONE)?;
        let node = operator.node()?.config().name.clone();
        let mut offer = Self {
            operator,
            runbooks,
            policy,
            node,
            run: String::new(),
        };
        let words = format!("run {fixture} --node {} --output json", offer.node);
        let run = Report::of(offer.heeler(&words)?.expect_exit(3)?)?;
        run.id()?.clone_into(&mut offer.run);
        Ok(offer)
    }

    /// `heeler` with these words, where nobody else has to approve.
    pub(crate) fn heeler(&self, words: &str) -> Result<Program<'c>> {
        self.strictly(&format!("{words} --policy {}", self.policy.display()))
    }

    /// The same without a policy.
    pub(crate) fn strictly(&self, words: &str) -> Result<Program<'c>> {
        let words = format!("{words} --runbooks {}", self.runbooks.display());
        self.operator.heeler(&words)
    }

    pub(crate) fn plan(&self, more: &str) -> Result<Program<'c>> {
        self.heeler(&format!("plan {} adjust {more}", self.run))
    }

    pub(crate) fn digest(&self, inputs: &str) -> Result<String> {
        let plan = self.plan(&format!("--output json {inputs}"))?;
        let plan = plan.expect_exit(0)?.json()?;
        let digest = plan["plan"]["digest"].as_str();
        Ok(digest.context("the plan has no digest")?.to_owned())
    }

    /// The fix with these inputs, approved by its digest.
    pub(crate) fn approved(&self, inputs: &str) -> Result<Program<'c>> {
        let digest = self.digest(inputs)?;
        self.heeler(&format!("fix {} adjust --yes {digest} {inputs}", self.run))
    }

    /// Starts the fix, and waits until what it has written down is enough.
    pub(crate) fn started(
        &self,
        inputs: &str,
        is_enough: impl Fn(&[String]) -> bool,
    ) -> Result<Running<'c>> {
        let approved = self.approved(inputs)?;
        let journal = Journal::of(&self.operator.lab.state_folder())?;
        let known = journal.count()?;
        let fix = approved.start()?;
        kill::until(SOON, || Ok(is_enough(&journal.events_after(known)?)))?;
        Ok(fix)
    }

    /// Starts the fix, and waits until it has written this down.
    pub(crate) fn begun(&self, event: &str, inputs: &str) -> Result<Running<'c>> {
        let started = self.started(inputs, |events| events.iter().any(|one| one == event));
        started.with_context(|| format!("waiting for {event}"))
    }

    /// The latest run of the operator's journal.
    pub(crate) fn latest(&self) -> Result<String> {
        let runs = self.operator.heeler("runs --output json")?;
        let runs = runs.expect_exit(0)?.json()?;
        let id = runs["runs"][0]["run"].as_str();
        Ok(id.context("the journal has no run")?.to_owned())
    }

    /// What the fix of the latest run has come to.
    pub(crate) fn state(&self) -> Result<String> {
        let report = format!("report {} --output json", self.latest()?);
        let json = self.operator.heeler(&report)?.finish()?.json()?;
        Ok(json["fix"]["state"].as_str().unwrap_or_default().to_owned())
    }

    /// The Node as the API server has it.
    pub(crate) fn object(&self) -> Result<Value> {
        let node = self.operator.lab.kube().get("nodes", "", &self.node);
        node.context("the node is gone")
    }

    /// Takes back what a run has changed.
    pub(crate) fn revert(&self, run: &str) -> Result<Finished> {
        self.heeler(&format!("revert {run}"))?.finish()
    }

    /// Whether a fix is refused with this code and these words.
    pub(crate) fn refused(&self, code: &str, words: &str) -> Result<()> {
        let refused = self.plan("--output json")?.expect_exit(5)?;
        let json = refused.json()?;
        ensure!(json["fix"]["refused_code"] == code, "{code}: {refused}");
        refused.expect_stdout(words).map(drop)
    }
}
