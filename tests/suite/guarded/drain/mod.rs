//! Emptying a node: what goes, what is in the way, and what is told of the rest. Nothing takes it back,
//! and no budget is overruled.

pub(super) mod course;
pub(super) mod killed;
pub(super) mod trouble;

use std::fs;
use std::path::PathBuf;
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use heeler_tests::kube::seed::PodSeed;
use serde_json::{Value, json};

use super::journal::Journal;
use super::ward::SOON;
use crate::harness::{Context, Finished, Program, Running};
use crate::operator::{Operator, Report};

/// The operator alone may do it: what is tried here comes after the approval.
const ALONE: &str = "heeler-policy: 1
allow:
  - { who: \"*\", runbooks: \"*\", fixes: \"*\", where: {} }
approval:
  disruptive: operator
";
/// The pods that are on the node besides the lab's own, each with a controller.
pub(super) const PODS: [&str; 2] = ["api-0", "api-1"];
/// The lab's own, which a Deployment makes anew.
const OWN: &str = "checkout-7d9f5c-x2vqz";
/// Between two looks at the journal.
const PAUSE: Duration = Duration::from_millis(10);

/// A pod of a StatefulSet on a node, which is labelled with it.
pub(super) fn member(name: &str, node: &str) -> Value {
    let set = json!({"apiVersion": "apps/v1", "kind": "StatefulSet",
        "metadata": {"namespace": "shop", "name": "api", "uid": "5e7"}});
    let pod = PodSeed::running("shop", name, node).label("app", "api");
    pod.owner(&set).build()
}

/// A cluster with a cordoned node, and the fix on offer that empties it.
pub(crate) struct Site<'c> {
    pub(crate) operator: Operator<'c>,
    runbooks: PathBuf,
    policy: PathBuf,
    node: String,
    /// The run that offers the fix.
    run: String,
}

impl<'c> Site<'c> {
    pub(crate) fn start(context: &'c Context) -> Result<Self> {
        let operator = Operator::of(context, context.plan().instant())?;
        let folder = operator.around.folder();
        let (runbooks, policy) = (folder.join("runbooks"), folder.join("policy.yaml"));
        fs::create_dir_all(runbooks.join("drained"))?;
        let own = context.workspace().join("tests/fixes/drained/runbook.yaml");
        fs::copy(own, runbooks.join("drained/runbook.yaml"))?;
        fs::write(&policy, ALONE)?;
        let node = operator.node()?.config().name.clone();
        let mut site = Self {
            operator,
            runbooks,
            policy,
            node,
            run: String::new(),
        };
        site.add(&PODS)?;
        site.cordon(true)?;
        let words = format!("run drained --node {} --output json", site.node);
        let run = Report::of(site.heeler(&words)?.expect_exit(3)?)?;
        site.run = run.id()?.to_owned();
        Ok(site)
    }

    /// Pods of a StatefulSet on the node.
    fn add(&self, names: &[&str]) -> Result<()> {
        let pods = names.iter().map(|name| member(name, &self.node));
        self.operator.lab.kube().add_all(pods)
    }

    /// A budget that lets so many of them go.
    fn budget(&self, name: &str, allowed: i64) -> Result<()> {
        let there = i64::try_from(PODS.len())?;
        self.operator.lab.kube().add(json!({
            "apiVersion": "policy/v1", "kind": "PodDisruptionBudget",
            "metadata": {"name": name, "namespace": "shop"},
            "spec": {"minAvailable": there - allowed, "selector": {"matchLabels": {"app": "api"}}},
        }))?;
        Ok(())
    }

    fn cordon(&self, cordoned: bool) -> Result<()> {
        let kube = self.operator.lab.kube();
        kube.edit("nodes", "", &self.node, |node| {
            node["spec"]["unschedulable"] = json!(cordoned);
        })?;
        Ok(())
    }

    /// `heeler` with these words, where nobody else has to approve.
    fn heeler(&self, words: &str) -> Result<Program<'c>> {
        let words = format!("{words} --policy {}", self.policy.display());
        self.strictly(&words)
    }

    /// The same without a policy.
    fn strictly(&self, words: &str) -> Result<Program<'c>> {
        let words = format!("{words} --runbooks {}", self.runbooks.display());
        self.operator.heeler(&words)
    }

    fn plan(&self) -> Result<Program<'c>> {
        self.heeler(&format!("plan {} adjust", self.run))
    }

    fn digest(&self, inputs: &str) -> Result<String> {
        let plan = self.heeler(&format!("plan {} adjust --output json {inputs}", self.run))?;
        let plan = plan.expect_exit(0)?.json()?;
        let digest = plan["plan"]["digest"].as_str();
        Ok(digest.context("no digest")?.to_owned())
    }

    /// The fix with these inputs, approved by its digest.
    pub(crate) fn approved(&self, inputs: &str) -> Result<Program<'c>> {
        let digest = self.digest(inputs)?;
        self.heeler(&format!("fix {} adjust --yes {digest} {inputs}", self.run))
    }

    /// Starts the fix, and waits until it has written this down.
    fn started_until(&self, event: &str) -> Result<Running<'c>> {
        let approved = self.approved("")?;
        let journal = Journal::of(&self.operator.lab.state_folder())?;
        let known = journal.count()?;
        let fix = approved.start()?;
        let give_up = Instant::now() + SOON;
        while !journal.events_after(known)?.iter().any(|one| one == event) {
            ensure!(Instant::now() < give_up, "it never comes to {event}");
            sleep(PAUSE);
        }
        Ok(fix)
    }

    fn latest(&self) -> Result<String> {
        let runs = self.operator.heeler("runs --output json")?;
        let runs = runs.expect_exit(0)?.json()?;
        let id = runs["runs"][0]["run"].as_str();
        Ok(id.context("the journal has no run")?.to_owned())
    }

    /// Nobody can take it back, and `heeler revert` says what stands.
    fn no_way_back(&self, says: &str) -> Result<()> {
        let run = self.latest()?;
        let told = self.heeler(&format!("revert {run}"))?.expect_exit(5)?;
        told.expect_stdout(&format!("there is no way back from an eviction: {says}"))?
            .expect_stdout(&format!("uncordon {}", self.node))?
            .expect_stdout("nothing changed")?;
        Ok(())
    }

    fn pod(&self, name: &str) -> Option<Value> {
        self.operator.lab.kube().get("pods", "shop", name)
    }

    /// Those that are there.
    fn there(&self) -> Vec<&'static str> {
        let all = PODS.into_iter().chain([OWN]);
        all.filter(|name| self.pod(name).is_some()).collect()
    }

    /// These pods of the node are there, and of the others none; the node is cordoned, and
    /// no pod was deleted.
    pub(crate) fn expect_there(&self, names: &[&str]) -> Result<()> {
        for name in PODS.iter().chain([&OWN]) {
            let is_there = self.pod(name).is_some();
            ensure!(
                is_there == names.contains(name),
                "{name} is there: {is_there}"
            );
        }
        let kube = self.operator.lab.kube();
        let node = kube.get("nodes", "", &self.node).context("no node")?;
        ensure!(node["spec"]["unschedulable"] == true, "{}", node["spec"]);
        let deleted = kube
            .calls()
            .into_iter()
            .find(|call| call.method == "DELETE");
        ensure!(
            !deleted
                .as_ref()
                .is_some_and(|call| call.path.contains("/pods/")),
            "{deleted:?}"
        );
        Ok(())
    }

    /// All its pods are there.
    pub(super) fn expect_whole(&self) -> Result<()> {
        let [first, second] = PODS;
        self.expect_there(&[first, second, OWN])
    }

    /// How many evictions were asked for that were no trial.
    fn evictions(&self) -> usize {
        let calls = self.operator.lab.kube().calls();
        let real = calls
            .iter()
            .filter(|call| call.path.ends_with("/eviction") && !call.query.contains("dryRun"));
        real.count()
    }

    /// Whether the plan says that the budget lets none go.
    fn budget_says(&self, wanted: bool) -> Result<()> {
        let plan = self.plan()?.expect_exit(0)?;
        let says =
            "in the way now: pods shop/api-1: The disruption budget api needs 1 healthy pods";
        ensure!(plan.stdout.contains(says) == wanted, "{plan}");
        Ok(())
    }

    fn nothing_left(&self) -> Result<Finished> {
        let plan = self.plan()?.expect_exit(5)?;
        plan.expect_stdout("there is nothing left to change")?;
        Ok(plan)
    }

    fn refused(&self, code: &str, words: &str) -> Result<()> {
        let plan = format!("plan {} adjust --output json", self.run);
        let refused = self.heeler(&plan)?.expect_exit(5)?;
        let json = refused.json()?;
        ensure!(json["fix"]["refused_code"] == code, "{code}: {refused}");
        refused.expect_stdout(words)?;
        Ok(())
    }

    /// What the latest run has come to.
    fn state(&self) -> Result<String> {
        let run = self.latest()?;
        let report = self
            .operator
            .heeler(&format!("report {run} --output json"))?;
        let json = report.finish()?.json()?;
        Ok(json["fix"]["state"].as_str().unwrap_or_default().to_owned())
    }
}
