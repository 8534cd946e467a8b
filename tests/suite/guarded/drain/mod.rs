//! Emptying a node: what goes, what is in the way, and what is told of the rest. Nothing takes it back,
//! and no budget is overruled.

pub(super) mod course;
pub(super) mod killed;
pub(super) mod trouble;

use std::time::Duration;

use anyhow::{Result, ensure};
use heeler_tests::kube::seed::PodSeed;
use serde_json::{Value, json};

use super::journal::Journal;
use super::offer::Offer;
use super::ward::SOON;
use crate::harness::{Context, Finished};
use crate::operator::Operator;

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
    pub(crate) offer: Offer<'c>,
}

impl<'c> Site<'c> {
    pub(crate) fn start(context: &'c Context) -> Result<Self> {
        let operator = Operator::of(context, context.plan().instant())?;
        let node = operator.node()?.config().name.clone();
        add(&operator, &PODS, &node)?;
        cordon(&operator, &node, true)?;
        let offer = Offer::of(operator, "drained", &[])?;
        Ok(Self { offer })
    }

    /// Pods of a StatefulSet on the node.
    fn add(&self, names: &[&str]) -> Result<()> {
        add(&self.offer.operator, names, &self.offer.node)
    }

    /// A budget that lets so many of them go.
    fn budget(&self, name: &str, allowed: i64) -> Result<()> {
        let there = i64::try_from(PODS.len())?;
        self.offer.operator.lab.kube().add(json!({
            "apiVersion": "policy/v1", "kind": "PodDisruptionBudget",
            "metadata": {"name": name, "namespace": "shop"},
            "spec": {"minAvailable": there - allowed, "selector": {"matchLabels": {"app": "api"}}},
        }))?;
        Ok(())
    }

    fn cordon(&self, cordoned: bool) -> Result<()> {
        cordon(&self.offer.operator, &self.offer.node, cordoned)
    }

    /// Nobody can take it back, and `heeler revert` says what stands.
    fn no_way_back(&self, says: &str) -> Result<()> {
        let run = self.offer.latest()?;
        let told = self
            .offer
            .heeler(&format!("revert {run}"))?
            .expect_exit(5)?;
        told.expect_stdout(&format!("there is no way back from an eviction: {says}"))?
            .expect_stdout(&format!("uncordon {}", self.offer.node))?
            .expect_stdout("nothing changed")?;
        Ok(())
    }

    fn pod(&self, name: &str) -> Option<Value> {
        self.offer.operator.lab.kube().get("pods", "shop", name)
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
        let kube = self.offer.operator.lab.kube();
        let node = self.offer.object()?;
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
        let calls = self.offer.operator.lab.kube().calls();
        let real = calls
            .iter()
            .filter(|call| call.path.ends_with("/eviction") && !call.query.contains("dryRun"));
        real.count()
    }

    /// Whether the plan says that the budget lets none go.
    fn budget_says(&self, wanted: bool) -> Result<()> {
        let plan = self.offer.plan("")?.expect_exit(0)?;
        let says =
            "in the way now: pods shop/api-1: The disruption budget api needs 1 healthy pods";
        ensure!(plan.stdout.contains(says) == wanted, "{plan}");
        Ok(())
    }

    fn nothing_left(&self) -> Result<Finished> {
        let plan = self.offer.plan("")?.expect_exit(5)?;
        plan.expect_stdout("there is nothing left to change")?;
        Ok(plan)
    }
}

/// Pods of a StatefulSet on a node.
fn add(operator: &Operator<'_>, names: &[&str], node: &str) -> Result<()> {
    let pods = names.iter().map(|name| member(name, node));
    operator.lab.kube().add_all(pods)
}

fn cordon(operator: &Operator<'_>, node: &str, cordoned: bool) -> Result<()> {
    let edit = |node: &mut Value| node["spec"]["unschedulable"] = json!(cordoned);
    operator.lab.kube().edit("nodes", "", node, edit).map(drop)
}
