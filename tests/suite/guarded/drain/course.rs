//! What goes, and what is in the way.

use std::fs;
use std::thread::sleep;
use std::time::Duration;

use anyhow::{Result, ensure};
use heeler_tests::kube::seed::PodSeed;
use serde_json::json;

use super::{OWN, PODS, SOON, Site};
use crate::harness::Context;
use crate::operator::Report;

pub(in crate::guarded) fn kept(context: &Context) -> Result<()> {
    let site = Site::start(context)?;
    let plan = site.offer.plan("")?.expect_exit(0)?;
    for part in [
        "pods shop/api-0: evicted; StatefulSet api makes another one elsewhere",
        &format!("pods shop/{OWN}: evicted; Deployment checkout makes another one elsewhere"),
        "left alone: of DaemonSets: kube-system/kube-proxy",
        "the node stays cordoned",
        "it is disruptive: the operator has to approve",
    ] {
        plan.expect_stdout(part)?;
    }
    ensure!(!plan.stdout.contains("heeler revert"), "{plan}");
    let strict = site
        .offer
        .strictly(&format!("plan {} adjust", site.offer.run))?;
    let strict = strict.expect_exit(0)?;
    strict.expect_stdout("it is disruptive: another person has to approve")?;
    site.expect_there(&[PODS[0], PODS[1], OWN])?;
    ensure!(site.evictions() == 0, "a plan has evicted a pod");

    let kept = site.offer.approved("")?.expect_exit(0)?;
    kept.expect_stdout("read back gone")?
        .expect_stdout("kept ")?;
    site.expect_there(&[])?;
    ensure!(site.evictions() == 3, "{} evictions", site.evictions());
    ensure!(site.offer.state()? == "kept", "{}", site.offer.state()?);
    site.no_way_back("3 of 3 pods are gone")?;
    site.offer
        .refused("fix-not-needed", "there is nothing left to change")
}

pub(in crate::guarded) fn does_not_help(context: &Context) -> Result<()> {
    let site = Site::start(context)?;
    let stuck = site.offer.approved("-i cured=false")?.expect_exit(7)?;
    stuck
        .expect_stdout("it did not hold for 1 s within 11 s; nothing can take it back")?
        .expect_stdout(&format!("spec.nodeName={}", site.offer.node))?
        .expect_stdout(&format!(
            "drain {} --ignore-daemonsets --timeout 8s",
            site.offer.node
        ))?
        .expect_stdout(&format!("uncordon {}", site.offer.node))?;
    site.expect_there(&[])?;
    ensure!(site.offer.state()? == "stuck", "{}", site.offer.state()?);
    Ok(())
}

pub(in crate::guarded) fn budget(context: &Context) -> Result<()> {
    let site = Site::start(context)?;
    site.budget("api", 1)?;
    site.budget_says(false)?;
    let stuck = site.offer.approved("")?.expect_exit(7)?;
    stuck
        .expect_stdout("2 of 3 pods are gone; the others were not within 8 s")?
        .expect_stdout("shop/api-1: The disruption budget api needs 1 healthy pods")?
        .expect_stdout("nothing can take it back")?
        .expect_stdout(&format!("uncordon {}", site.offer.node))?;
    site.expect_there(&[PODS[1]])?;
    site.no_way_back("2 of 3 pods are gone, and there are still shop/api-1")?;
    // Now it lets none go, which the plan says; nothing is changed, and nobody is told otherwise.
    site.budget_says(true)?;
    let refused = site.offer.approved("")?.expect_exit(5)?;
    refused
        .expect_stdout("0 of 1 pods are gone")?
        .expect_stdout("nothing changed")?;
    site.expect_there(&[PODS[1]])?;
    ensure!(
        site.offer.state()? == "not-applied",
        "{}",
        site.offer.state()?
    );
    // It is asked again until it lets the pod go.
    let fix = site.offer.begun("change-started", "")?;
    sleep(Duration::from_secs(1));
    let kube = site.offer.operator.lab.kube();
    kube.remove("poddisruptionbudgets", "shop", "api")?;
    fix.finish(SOON)?.expect_exit(0)?.expect_stdout("kept ")?;
    site.expect_there(&[])
}

pub(in crate::guarded) fn refused(context: &Context) -> Result<()> {
    let site = Site::start(context)?;
    let (lab, all) = (&site.offer.operator.lab, [PODS[0], PODS[1], OWN]);
    let bare = PodSeed::running("shop", "by-hand", &site.offer.node).build();
    lab.kube().add(bare)?;
    site.offer.refused(
        "pods-in-the-way",
        "shop/by-hand: no controller makes it anew",
    )?;
    lab.kube().edit("pods", "shop", PODS[0], |pod| {
        pod["spec"]["volumes"] = json!([{"name": "cache", "emptyDir": {}}]);
    })?;
    site.offer.refused(
        "pods-in-the-way",
        "shop/api-0: the data of its emptyDir cache is lost",
    )?;
    // The runbook may allow it.
    let file = site.offer.runbooks.join("drained/runbook.yaml");
    let text = fs::read_to_string(&file)?;
    let lossy = "drain: { pods-without-controller: true, empty-dir-data: true, within: 8s }";
    fs::write(&file, text.replace("drain: { within: 8s }", lossy))?;
    let again = site.offer.heeler(&format!(
        "run drained --node {} --output json",
        site.offer.node
    ))?;
    let again = Report::of(again.expect_exit(3)?)?.id()?.to_owned();
    let plan = site
        .offer
        .heeler(&format!("plan {again} adjust"))?
        .expect_exit(0)?;
    plan.expect_stdout("pods shop/by-hand: evicted; nothing makes another one")?
        .expect_stdout("the data of its emptyDir cache is lost")?;
    fs::write(&file, text)?;
    lab.kube().edit("pods", "shop", PODS[0], |pod| {
        pod["spec"]["volumes"] = json!([]);
    })?;
    lab.kube().remove("pods", "shop", "by-hand")?;

    let access = lab.kube().access();
    for (verb, resource, words) in [
        ("list", "pods", "you may not list pods"),
        (
            "create",
            "pods/eviction",
            "you may not create pods/eviction",
        ),
    ] {
        access.deny("alice", verb, resource);
        site.offer.refused("no-right", words)?;
        access.allow("alice", verb, resource);
    }
    for name in ["one", "two"] {
        site.budget(name, 2)?;
    }
    site.offer
        .refused("never-evicted", "more than one PodDisruptionBudget")?;
    for name in ["one", "two"] {
        lab.kube().remove("poddisruptionbudgets", "shop", name)?;
    }
    lab.kube().edit("nodes", "", &site.offer.node, |node| {
        node["metadata"]["labels"]["bottlerocket.aws/updater-interface-version"] = json!("2.0.0");
    })?;
    site.offer
        .plan("")?
        .expect_exit(0)?
        .expect_stdout("the Bottlerocket update operator keeps the node up to date")?;
    ensure!(site.evictions() == 0, "something was evicted");
    site.expect_there(&all)?;
    // The finding needs a cordoned node; what is tried here is the action.
    let open = fs::read_to_string(site.offer.runbooks.join("drained/runbook.yaml"))?;
    let open = open.replace(
        "when: scheduling.closed | default(false)",
        "when: not scheduling.closed | default(false)",
    );
    fs::write(site.offer.runbooks.join("drained/runbook.yaml"), open)?;
    site.cordon(false)?;
    let again = site.offer.heeler(&format!(
        "run drained --node {} --output json",
        site.offer.node
    ))?;
    let again = Report::of(again.expect_exit(3)?)?.id()?.to_owned();
    let plan = site
        .offer
        .heeler(&format!("plan {again} adjust --output json"))?;
    let plan = plan.expect_exit(5)?;
    ensure!(
        plan.json()?["fix"]["refused_code"] == "not-cordoned",
        "{plan}"
    );
    Ok(())
}

pub(in crate::guarded) fn moved(context: &Context) -> Result<()> {
    let site = Site::start(context)?;
    let kube = site.offer.operator.lab.kube();
    let digest = site.offer.digest("")?;
    let planned = site.offer.latest()?;
    let fix = |more: &str| {
        site.offer.heeler(&format!(
            "fix {} adjust --yes {digest} {more}",
            site.offer.run
        ))
    };
    // A pod that the plan does not show makes it another plan.
    site.add(&["api-2"])?;
    fix("")?.expect_exit(5)?.expect_stdout("nothing changed")?;
    let with_plan = format!("--plan {planned}");
    let moved = fix(&with_plan)?.expect_exit(5)?;
    moved.expect_stdout("something has moved since the plan")?;
    ensure!(site.evictions() == 0, "something was evicted");
    kube.remove("pods", "shop", "api-2")?;
    // One that has ended by itself does not.
    kube.remove("pods", "shop", PODS[0])?;
    let kept = fix(&with_plan)?.expect_exit(0)?;
    kept.expect_stdout("it is gone already")?
        .expect_stdout("kept ")?;
    ensure!(site.evictions() == 2, "{} evictions", site.evictions());
    site.expect_there(&[])
}
