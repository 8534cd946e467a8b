//! A node with a fix on offer in a cluster that has a board, and what stands there.

use std::fs;

use anyhow::{Context as _, Result, ensure};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::guarded::fixture::ONE_PARAMETER;
use crate::guarded::ward::Ward;
use crate::harness::{Context, Finished, Program};
use crate::operator::Report;

/// The fix takes a second, and on a busy machine the program itself may need some.
const LONGER: (&str, &str) = ("undo-unless-kept: 3s", "undo-unless-kept: 15s");
/// A run of somebody else's.
pub(super) const OTHER_RUN: &str = "0192f4b2-1c00-7abc-8123-456789abcdef";
/// A node that is not in the lab.
pub(super) const OTHER_NODE: &str = "i-0123456789abcdef0";

/// Everybody may do everything, within these limits.
pub(super) fn policy(limits: &str) -> String {
    format!(
        "heeler-policy: 1\nallow:\n  - {{ who: \"*\", runbooks: \"*\", fixes: \"*\", where: {{}} }}\n{limits}"
    )
}

/// A ward whose cluster has a board, unless a case takes it away.
pub(super) struct Desk<'c>(pub(super) Ward<'c>);

impl<'c> Desk<'c> {
    /// One node, and an empty board.
    pub(super) fn start(context: &'c Context) -> Result<Self> {
        Self::with(context, &[], 1)
    }

    /// The same with other words in the runbook, and as many nodes.
    pub(super) fn with(context: &'c Context, changes: &[(&str, &str)], nodes: u8) -> Result<Self> {
        let mut changes = changes.to_vec();
        if changes.is_empty() {
            changes.push(LONGER);
        }
        let ward = Ward::among(context, &ONE_PARAMETER, &changes, nodes)?;
        let desk = Self(ward);
        let kube = desk.0.operator.lab.kube();
        kube.add(json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "heeler"}}))?;
        kube.add(json!({"apiVersion": "v1", "kind": "ConfigMap",
            "metadata": {"name": "heeler", "namespace": "heeler"}}))?;
        Ok(desk)
    }

    /// Writes the policy's file, and gives the option that names it.
    pub(super) fn under(&self, policy: &str) -> Result<String> {
        let file = self.0.operator.around.folder().join("policy.yaml");
        fs::write(&file, policy)?;
        Ok(format!("--policy {}", file.display()))
    }

    /// The fix, approved by its digest, with more words for both plan and fix.
    pub(super) fn fix(&self, words: &str) -> Result<Program<'c>> {
        let digest = self.0.digest(words)?;
        self.0.fix(&digest, words)
    }

    /// The code of a fix that is refused, and why.
    pub(super) fn refused(&self, words: &str) -> Result<(String, String)> {
        let digest = self.0.digest(words)?;
        let refused = self.0.fix(&digest, &format!("{words} --output json"))?;
        let report = Report::of(refused.expect_exit(5)?)?;
        ensure!(
            report
                .at("/fix/changes")?
                .as_array()
                .is_none_or(Vec::is_empty),
            "it was begun\n{}",
            report.ended
        );
        let code = report.text("/fix/refused_code")?.to_owned();
        Ok((code, report.text("/fix/refused")?.to_owned()))
    }

    /// Keeps the fix, and takes it back again.
    pub(super) fn kept_and_taken_back(&self, words: &str) -> Result<Finished> {
        let kept = self.fix(words)?.expect_exit(0)?;
        self.0.take_back(&self.0.latest()?)?;
        Ok(kept)
    }

    /// What stands on the board below a key.
    pub(super) fn board(&self, key: &str) -> Result<String> {
        let kube = self.0.operator.lab.kube();
        let map = kube.get("configmaps", "heeler", "heeler");
        let map = map.context("there is no board")?;
        Ok(map["data"][key].as_str().unwrap_or_default().to_owned())
    }

    /// Somebody writes something on the board.
    pub(super) fn write(&self, key: &str, text: &str) -> Result<()> {
        let kube = self.0.operator.lab.kube();
        kube.edit("configmaps", "heeler", "heeler", |map| {
            map["data"][key] = json!(text);
        })?;
        Ok(())
    }

    /// The Lease of a node.
    pub(super) fn lease(&self, instance: &str) -> Option<Value> {
        let kube = self.0.operator.lab.kube();
        kube.get("leases", "heeler", &format!("node-{instance}"))
    }

    /// The instance of the lab's first node.
    pub(super) fn instance(&self) -> Result<String> {
        Ok(self.0.node()?.config().instance_id.clone())
    }

    /// Somebody else changes a node, and was last heard of so long ago; their Lease lasts a minute.
    pub(super) fn other_changes(&self, instance: &str, age: SignedDuration) -> Result<()> {
        let renewed = Timestamp::now() - age;
        let started = json!({"run": OTHER_RUN, "instance": instance, "at": renewed});
        self.write("started", &started.to_string())?;
        self.other_holds(instance, renewed)
    }

    /// Somebody else has taken a node's Lease.
    pub(super) fn other_holds(&self, instance: &str, renewed: Timestamp) -> Result<()> {
        let time = format!("{renewed:.6}");
        let kube = self.0.operator.lab.kube();
        kube.add(
            json!({"apiVersion": "coordination.k8s.io/v1", "kind": "Lease",
            "metadata": {"name": format!("node-{instance}"), "namespace": "heeler"},
            "spec": {"holderIdentity": format!("{OTHER_RUN} ops/carol"),
                "leaseDurationSeconds": 60, "acquireTime": time, "renewTime": time}}),
        )?;
        Ok(())
    }
}
