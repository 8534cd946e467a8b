//! Fixes in the Kubernetes API, which nothing on the node takes back: heeler does, and where it was
//! killed `heeler revert` does, by asking what is there.

use std::fs;
use std::thread::sleep;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};

use super::offer::Offer;
use super::requests::{self, Expect};
use super::step::Wrong;
use super::ward::SOON;
use crate::harness::{Context, Finished, Surroundings};
use crate::operator::Operator;

/// What a fix of `patched` finds.
pub(crate) const OLD: &str = "5";
/// What it sets.
pub(crate) const NEW: &str = "10";

/// A cluster with a fix on offer.
pub(crate) struct Site<'c> {
    pub(crate) offer: Offer<'c>,
}

impl<'c> Site<'c> {
    pub(crate) fn with(context: &'c Context, fixture: &str) -> Result<Self> {
        Self::of(Operator::of(context, context.plan().instant())?, fixture)
    }

    /// The same with a node that somebody has cordoned.
    pub(crate) fn cordoned(context: &'c Context, fixture: &str) -> Result<Self> {
        let operator = Operator::of(context, context.plan().instant())?;
        let node = &operator.node()?.config().name;
        operator.lab.kube().edit("nodes", "", node, |node| {
            node["spec"]["unschedulable"] = json!(true);
        })?;
        Self::of(operator, fixture)
    }

    fn of(operator: Operator<'c>, fixture: &str) -> Result<Self> {
        operator.lab.kube().add(json!({
            "apiVersion": "v1", "kind": "ConfigMap",
            "metadata": {"name": "limits", "namespace": "shop"},
            "data": {"most": OLD, "least": "1"},
        }))?;
        let offer = Offer::of(operator, fixture, &[])?;
        Ok(Self { offer })
    }

    /// Starts the fix, and kills it once it has written this down.
    pub(super) fn killed_after(&self, event: &str, inputs: &str) -> Result<()> {
        self.offer.begun(event, inputs)?.kill()
    }

    /// Takes back what the latest run has changed.
    pub(crate) fn revert(&self, code: i32) -> Result<Finished> {
        self.revert_run(&self.offer.latest()?, code)
    }

    pub(super) fn revert_run(&self, run: &str, code: i32) -> Result<Finished> {
        self.offer.revert(run)?.expect_exit(code)
    }

    pub(super) fn limits(&self) -> Result<Value> {
        let limits = self
            .offer
            .operator
            .lab
            .kube()
            .get("configmaps", "shop", "limits");
        limits.context("the limits are gone")
    }

    pub(super) fn edit(&self, change: impl FnOnce(&mut Value)) -> Result<()> {
        let kube = self.offer.operator.lab.kube();
        kube.edit("configmaps", "shop", "limits", change).map(drop)
    }

    /// The object has all of this value, or nothing of the fix.
    pub(crate) fn expect_limit(&self, most: &str) -> Result<()> {
        let limits = self.limits()?;
        let raised = &limits["metadata"]["annotations"]["example.org/raised"];
        let is_new = most != OLD;
        ensure!(
            limits["data"] == json!({"most": most, "least": "1"}) && (raised == "yes") == is_new,
            "it should be {most}: {limits:#}"
        );
        Ok(())
    }

    pub(crate) fn expect_cordoned(&self, cordoned: bool) -> Result<()> {
        let node = self.offer.object()?;
        let now = &node["spec"]["unschedulable"];
        ensure!(
            (now == true) == cordoned && (cordoned || now.is_null()),
            "spec.unschedulable is {now}"
        );
        Ok(())
    }
}

pub(super) fn plan(context: &Context) -> Result<()> {
    let site = Site::with(context, "cordoned")?;
    let name = &site.offer.node;
    let plan = site.offer.plan("")?.expect_exit(0)?;
    for part in [
        &format!("nodes {name}: spec.unschedulable: schedulable → cordoned"),
        "no new pod is placed there; those that run there stay",
        "by heeler itself: nothing on the node does it; if heeler dies, by `heeler revert`",
        "it is disruptive: the operator has to approve",
    ] {
        plan.expect_stdout(part)?;
    }
    // Nothing on the node takes it back: so it is a class more than a change that the node carries out.
    let strict = site
        .offer
        .strictly(&format!("plan {} adjust", site.offer.run))?;
    let strict = strict.expect_exit(0)?;
    strict.expect_stdout("it is disruptive: another person has to approve")?;
    site.expect_cordoned(false)
}

/// Without a policy's file another person approves it.
pub(super) fn approved_by_another(context: &Context) -> Result<()> {
    let site = Site::with(context, "patched")?;
    let bob = site.offer.operator.lab.colleague("bob")?;
    let bob = Surroundings::of_person(&bob)?;
    let plan = format!("plan {} adjust --output json", site.offer.run);
    let plan = site.offer.strictly(&plan)?.expect_exit(0)?;
    let made = site.offer.latest()?;
    let object = &plan.json()?["plan"]["changes"][0]["object"];
    ensure!(object["name"] == "limits", "{object}");
    let digest = plan.json()?["plan"]["digest"].to_string();
    let digest = digest.trim_matches('"');
    let alone = site
        .offer
        .strictly(&format!("fix {} adjust --yes {digest}", site.offer.run))?;
    alone
        .expect_exit(5)?
        .expect_stdout("it is disruptive, and needs the approval of another person")?;
    site.expect_limit(OLD)?;
    let file = bob.folder().join("plan.json");
    fs::write(&file, &plan.stdout)?;
    let approve = context.heeler(&bob)?.args(["approve"]).args([&file]);
    let approval = approve.args(["--yes", digest]).expect_exit(0)?;
    let (run, token) = (&site.offer.run, approval.stdout.trim());
    let fix = format!("fix {run} adjust --plan {made} --approval {token}");
    site.offer
        .strictly(&fix)?
        .expect_exit(0)?
        .expect_stdout("kept ")?;
    site.expect_limit(NEW)
}

pub(super) fn kept(context: &Context) -> Result<()> {
    let site = Site::with(context, "cordoned")?;
    let kept = site.offer.approved("")?.expect_exit(0)?;
    kept.expect_stdout("kept ")?;
    site.expect_cordoned(true)?;
    let back = site.revert(6)?;
    back.expect_stdout("taken back")?;
    site.expect_cordoned(false)?;

    let site = Site::cordoned(context, "uncordoned")?;
    site.offer
        .approved("")?
        .expect_exit(0)?
        .expect_stdout("kept ")?;
    site.expect_cordoned(false)?;
    site.revert(6)?.expect_stdout("taken back")?;
    site.expect_cordoned(true)?;

    let site = Site::with(context, "patched")?;
    site.offer
        .plan("")?
        .expect_exit(0)?
        .expect_stdout("configmaps shop/limits: data.most: 5 → 10")?
        .expect_stdout(r#"metadata.annotations["example.org/raised"]: absent → yes"#)?;
    site.offer
        .approved("")?
        .expect_exit(0)?
        .expect_stdout("kept ")?;
    site.expect_limit(NEW)?;
    let managers = site.limits()?["metadata"]["managedFields"].to_string();
    ensure!(managers.contains("\"heeler\""), "{managers}");
    let run = site.offer.latest()?;
    // What is there already is not set again.
    let again = site.offer.plan("")?.expect_exit(5)?;
    again.expect_stdout("there is nothing left to change")?;
    site.revert_run(&run, 6)?.expect_stdout("taken back")?;
    site.expect_limit(OLD)
}

pub(super) fn taken_back(context: &Context) -> Result<()> {
    for fixture in ["cordoned", "patched"] {
        let site = Site::with(context, fixture)?;
        let back = site.offer.approved("-i cured=false")?.expect_exit(6)?;
        back.expect_stdout("it did not hold for 1 s within")?
            .expect_stdout("taken back")?;
        site.expect_cordoned(false)?;
        site.expect_limit(OLD)?;
    }
    Ok(())
}

pub(super) fn killed(context: &Context) -> Result<()> {
    let site = Site::with(context, "patched")?;
    for event in ["change-started", "change-applied", "verify-sample"] {
        site.killed_after(event, "-i cured=false")?;
        let run = site.offer.latest()?;
        let said = site
            .offer
            .operator
            .heeler(&format!("report {run}"))?
            .finish()?;
        said.expect_stdout(&format!("heeler revert {run}"))?;
        if event != "change-started" {
            site.expect_limit(NEW)?;
        }
        // It is settled by asking what is there.
        site.revert(6)?;
        site.expect_limit(OLD)?;
    }
    Ok(())
}

/// Whether the new value is there, or the old one.
pub(crate) fn is_cordoned(site: &Site<'_>, new: bool) -> Result<()> {
    site.expect_cordoned(new)
}

pub(crate) fn is_uncordoned(site: &Site<'_>, new: bool) -> Result<()> {
    site.expect_cordoned(!new)
}

pub(crate) fn is_patched(site: &Site<'_>, new: bool) -> Result<()> {
    site.expect_limit(if new { NEW } else { OLD })
}

pub(super) fn api_down(context: &Context) -> Result<()> {
    outlasts(&Site::with(context, "patched")?, is_patched)?;
    outlasts(&Site::with(context, "cordoned")?, is_cordoned)?;
    outlasts(&Site::cordoned(context, "uncordoned")?, is_uncordoned)
}

/// The API server is gone while the change stands, longer than the verification.
pub(crate) fn outlasts(site: &Site<'_>, expect: Expect) -> Result<()> {
    let fix = site.offer.begun("change-applied", "-i cured=false")?;
    let faults = site.offer.operator.lab.kube().faults();
    faults.api_down()?;
    sleep(Duration::from_secs(15));
    expect(site, true)?;
    faults.api_up()?;
    let ended = fix.finish(SOON)?.expect_exit(6)?;
    ended.expect_stdout("taken back")?;
    expect(site, false)
}

pub(super) fn each_request(context: &Context) -> Result<()> {
    let site = Site::with(context, "patched")?;
    for wrong in [Wrong::Failed, Wrong::Repeated] {
        let tried = requests::each(&site, is_patched, wrong)?;
        ensure!(tried > 5, "it has {tried} requests only");
    }
    Ok(())
}

pub(super) fn refused(context: &Context) -> Result<()> {
    let site = Site::with(context, "patched")?;
    let refusal = |code: &str, words: &str| -> Result<()> {
        site.offer.refused(code, words)?;
        site.expect_limit(OLD)
    };
    let access = site.offer.operator.lab.kube().access();
    for verb in ["get", "patch"] {
        access.deny("alice", verb, "configmaps");
        refusal(
            "no-right",
            &format!("you may not {verb} configmaps shop/limits"),
        )?;
        access.allow("alice", verb, "configmaps");
    }
    site.edit(|limits| {
        limits["metadata"]["labels"] = json!({"kustomize.toolkit.fluxcd.io/name": "shop"});
    })?;
    refusal("owned-elsewhere", "Flux keeps the object as it is")?;
    site.edit(|limits| {
        limits["metadata"]["labels"] = json!({});
        limits["metadata"]["managedFields"] = json!([{
            "manager": "argocd-controller", "operation": "Apply", "apiVersion": "v1",
            "fieldsType": "FieldsV1", "fieldsV1": {"f:data": {"f:most": {}}},
        }]);
    })?;
    refusal("owned-elsewhere", "Argo CD owns data.most")?;
    site.edit(|limits| limits["metadata"]["managedFields"] = json!([]))?;
    site.offer.plan("")?.expect_exit(0)?;
    site.offer
        .operator
        .lab
        .kube()
        .remove("configmaps", "shop", "limits")?;
    let gone = site.offer.plan("--output json")?.expect_exit(5)?;
    gone.expect_stdout("there is no configmaps shop/limits")?;
    Ok(())
}

pub(super) fn moved(context: &Context) -> Result<()> {
    let site = Site::with(context, "patched")?;
    // What somebody sets between plan and fix makes it another plan.
    let approved = site.offer.approved("")?;
    site.edit(|limits| limits["data"]["most"] = json!("6"))?;
    approved.expect_exit(5)?.expect_stdout("nothing changed")?;
    site.edit(|limits| limits["data"]["most"] = json!(OLD))?;
    // What else of the object moves does not count.
    let approved = site.offer.approved("")?;
    site.edit(|limits| limits["metadata"]["labels"] = json!({"a": "b"}))?;
    approved.expect_exit(0).map(drop)
}
