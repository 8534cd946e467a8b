//! Limits that need to know what others do.

use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use heeler_tests::node::Node;
use jiff::SignedDuration;
use serde_json::json;

use super::desk::{Desk, OTHER_NODE, policy};
use crate::guarded::ward::SOON;
use crate::harness::{Context, Program, Surroundings};

/// The label that names a node's zone.
const ZONE: &str = "topology.kubernetes.io/zone";
/// A pod of the lab's one workload.
const WORKLOAD: (&str, &str) = ("shop", "checkout-7d9f5c-x2vqz");

pub(super) fn counted(context: &Context) -> Result<()> {
    let desk = Desk::start(context)?;
    let ward = &desk.0;
    // Without a file one node at a time is changed, by anybody.
    let minute = SignedDuration::from_secs(60);
    desk.other_changes(OTHER_NODE, SignedDuration::ZERO)?;
    let (code, said) = desk.refused("")?;
    ensure!(
        (code.as_str(), said.as_str())
            == (
                "policy-limit",
                "a node is being changed, and one at a time may be"
            ),
        "{code}: {said}"
    );
    // Who was refused holds nothing.
    ensure!(desk.lease(&desk.instance()?).is_none(), "a Lease is left");
    // Who is not heard of any more is not counted.
    desk.other_changes(OTHER_NODE, minute)?;
    desk.kept_and_taken_back("")?;

    desk.other_changes(OTHER_NODE, SignedDuration::ZERO)?;
    let hour = desk.under(&policy("limits: { nodes-at-once: 9, fixes-an-hour: 1 }\n"))?;
    let (code, said) = desk.refused(&hour)?;
    ensure!(
        code == "policy-limit" && said.starts_with("1 fix was started within an hour"),
        "{code}: {said}"
    );
    let plan = ward.heeler(&format!("plan {} adjust {hour}", ward.run))?;
    let plan = plan.expect_exit(0)?;
    ensure!(!plan.stdout.contains("not kept"), "{plan}");

    // Half of a group of two is one node.
    let kube = ward.operator.lab.kube();
    let grouped = |node: &str| -> Result<()> {
        kube.edit("nodes", "", node, |node| {
            node["metadata"]["labels"]["eks.amazonaws.com/nodegroup"] = json!("web");
        })?;
        Ok(())
    };
    let name = &ward.node()?.config().name;
    grouped(name)?;
    let mut other = kube.get("nodes", "", name).context("there is no node")?;
    other["metadata"] = json!({"name": "other", "labels": other["metadata"]["labels"]});
    other["spec"]["providerID"] = json!(format!("aws:///eu-west-1b/{OTHER_NODE}"));
    kube.add(other)?;
    let share = "limits: { nodes-at-once: 9, share-of-node-group: 50% }\n";
    let share = desk.under(&policy(share))?;
    let (code, said) = desk.refused(&share)?;
    ensure!(
        code == "policy-limit" && said.contains("in the node group web"),
        "{code}: {said}"
    );
    kube.remove("leases", "heeler", &format!("node-{OTHER_NODE}"))?;
    desk.kept_and_taken_back(&share)?;
    Ok(())
}

/// Of the nodes of a zone only a part is changed at once, and those of another zone are not counted.
pub(super) fn zone(context: &Context) -> Result<()> {
    let desk = Desk::start(context)?;
    let ward = &desk.0;
    let kube = ward.operator.lab.kube();
    let name = &ward.node()?.config().name;
    let mut other = kube.get("nodes", "", name).context("there is no node")?;
    let own = other["metadata"]["labels"][ZONE].clone();
    other["metadata"] = json!({"name": "other", "labels": {ZONE: "eu-west-1z"}});
    other["spec"]["providerID"] = json!(format!("aws:///eu-west-1z/{OTHER_NODE}"));
    kube.add(other)?;
    desk.other_changes(OTHER_NODE, SignedDuration::ZERO)?;
    let share = "limits: { nodes-at-once: 9, share-of-zone: 50% }\n";
    let share = desk.under(&policy(share))?;
    let kept = desk.kept_and_taken_back(&share)?;
    ensure!(!kept.stdout.contains("not kept"), "{kept}");
    // Half of a zone of two is one node.
    kube.edit("nodes", "", "other", |node| {
        node["metadata"]["labels"][ZONE] = own.clone();
    })?;
    let (code, said) = desk.refused(&share)?;
    let zone = own.as_str().context("the node has no zone")?;
    ensure!(
        code == "policy-limit" && said.contains(&format!("in the zone {zone}")),
        "{code}: {said}"
    );
    ensure!(desk.lease(&desk.instance()?).is_none(), "a Lease is left");
    ward.expect_clean(ward.fixture.old)
}

/// Of the nodes that a workload has pods on only a part is changed at once.
pub(super) fn workload(context: &Context) -> Result<()> {
    let desk = Desk::start(context)?;
    let ward = &desk.0;
    let kube = ward.operator.lab.kube();
    let name = &ward.node()?.config().name;
    let mut other = kube.get("nodes", "", name).context("there is no node")?;
    other["metadata"] = json!({"name": "other"});
    other["spec"]["providerID"] = json!(format!("aws:///eu-west-1b/{OTHER_NODE}"));
    kube.add(other)?;
    desk.other_changes(OTHER_NODE, SignedDuration::ZERO)?;
    let share = "limits: { nodes-at-once: 9, share-of-workload: 50% }\n";
    let share = desk.under(&policy(share))?;
    // The other node has kube-proxy, and nothing that could be elsewhere.
    let kept = desk.kept_and_taken_back(&share)?;
    ensure!(!kept.stdout.contains("not kept"), "{kept}");
    let own = kube.get("pods", WORKLOAD.0, WORKLOAD.1);
    let mut pod = own.context("the node has no pod")?;
    pod["metadata"]["name"] = json!("checkout-7d9f5c-other");
    pod["metadata"]["uid"] = json!("0e6f");
    pod["spec"]["nodeName"] = json!("other");
    kube.add(pod)?;
    let (code, said) = desk.refused(&share)?;
    ensure!(
        code == "policy-limit" && said.contains("in the workload Deployment shop/checkout"),
        "{code}: {said}"
    );
    // All of it may be changed at once, or nobody can tell.
    let whole = "limits: { nodes-at-once: 9, share-of-workload: 100% }\n";
    desk.kept_and_taken_back(&desk.under(&policy(whole))?)?;
    kube.access().deny("alice", "list", "pods");
    let kept = desk.kept_and_taken_back(&share)?;
    kept.expect_stdout("not kept   nodes-at-once, share-of-workload")?;
    kube.access().allow("alice", "list", "pods");
    Ok(())
}

/// A rule about a node group holds for the nodes of that group, and for no others.
pub(super) fn group(context: &Context) -> Result<()> {
    let desk = Desk::start(context)?;
    let forbid =
        "forbid:\n  - { fixes: \"*\", where: { node-groups: gpu }, because: jobs run there }\n";
    let rules = desk.under(&policy(forbid))?;
    desk.kept_and_taken_back(&rules)?;
    let ward = &desk.0;
    let kube = ward.operator.lab.kube();
    kube.edit("nodes", "", &ward.node()?.config().name, |node| {
        node["metadata"]["labels"]["karpenter.sh/nodepool"] = json!("gpu");
    })?;
    let run = ward.look(&ward.operator.around)?;
    let refused = ward.heeler(&format!("plan {run} adjust {rules}"))?;
    refused.expect_exit(5)?.expect_stdout("jobs run there")?;
    Ok(())
}

/// Two operators with a node each, at the same time, and room for one fix.
pub(super) fn race(context: &Context) -> Result<()> {
    let desk = Desk::with(context, &[], 2)?;
    let ward = &desk.0;
    let bob = ward.operator.lab.colleague("bob")?;
    let bobs = Surroundings::of_person(&bob)?;
    let limit = desk.under(&policy("limits: { nodes-at-once: 9, fixes-an-hour: 1 }\n"))?;
    let [first, second] = ward.operator.lab.nodes() else {
        anyhow::bail!("two nodes were wanted");
    };
    let alices = ready(&desk, &ward.operator.around, (first, &limit))?;
    let bobs_fix = ready(&desk, &bobs, (second, &limit))?;
    for round in 0..5 {
        // Both have read the board before one of them writes it.
        let held = ward.operator.lab.kube().faults().hold("/leases");
        let (one, other) = (alices()?.start()?, bobs_fix()?.start()?);
        let give_up = Instant::now() + SOON;
        while held.caught() < 2 {
            ensure!(Instant::now() < give_up, "they never come to begin");
            sleep(Duration::from_millis(5));
        }
        held.release();
        let (one, other) = (one.finish(SOON)?, other.finish(SOON)?);
        let (winner, loser) = match (one.status.code(), other.status.code()) {
            (Some(0), Some(5)) => (&ward.operator.around, other),
            (Some(5), Some(0)) => (&bobs, one),
            both => anyhow::bail!("round {round}: they ended with {both:?}\n{one}\n{other}"),
        };
        loser.expect_stdout("1 fix was started within an hour")?;
        let run = ward.latest_of(winner)?;
        let back = ward.program(winner, &format!("revert {run}"))?;
        back.expect_exit(6)?;
        // Another hour.
        desk.write("started", "")?;
    }
    Ok(())
}

/// Somebody looks and plans, and can then apply the fix on their node again and again.
fn ready<'d>(
    desk: &'d Desk<'_>,
    around: &'d Surroundings,
    (node, limit): (&Node, &'d str),
) -> Result<impl Fn() -> Result<Program<'d>>> {
    let ward = &desk.0;
    let run = ward.look_at(around, &node.config().name)?;
    let digest = ward.digest_for(around, &run, limit)?;
    Ok(move || ward.program(around, &format!("fix {run} adjust --yes {digest} {limit}")))
}
