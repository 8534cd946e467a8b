//! Emptying a node: what goes, what is in the way, and what is told of the rest. Nothing takes it back,
//! and no budget is overruled.

use std::fs;
use std::path::PathBuf;
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use heeler_tests::kube::Stopping;
use heeler_tests::kube::seed::PodSeed;
use nix::sys::signal::Signal;
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
const PODS: [&str; 2] = ["api-0", "api-1"];
/// The lab's own, which a Deployment makes anew.
const OWN: &str = "checkout-7d9f5c-x2vqz";
/// Between two looks at the journal.
const PAUSE: Duration = Duration::from_millis(10);

/// A cluster with a cordoned node, and the fix on offer that empties it.
struct Site<'c> {
    operator: Operator<'c>,
    runbooks: PathBuf,
    policy: PathBuf,
    node: String,
    /// The run that offers the fix.
    run: String,
}

impl<'c> Site<'c> {
    fn start(context: &'c Context) -> Result<Self> {
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

    /// Pods of a StatefulSet on the node, which are labelled with it.
    fn add(&self, names: &[&str]) -> Result<()> {
        let set = json!({"apiVersion": "apps/v1", "kind": "StatefulSet",
            "metadata": {"namespace": "shop", "name": "api", "uid": "5e7"}});
        let pods = names.iter().map(|name| {
            let pod = PodSeed::running("shop", name, &self.node).label("app", "api");
            pod.owner(&set).build()
        });
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
    fn approved(&self, inputs: &str) -> Result<Program<'c>> {
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

    /// These pods of the node are there, and of the others none; the node is cordoned, and
    /// no pod was deleted.
    fn expect_there(&self, names: &[&str]) -> Result<()> {
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

    /// How many evictions were asked for that were no trial.
    fn evictions(&self) -> usize {
        let calls = self.operator.lab.kube().calls();
        let real = calls
            .iter()
            .filter(|call| call.path.ends_with("/eviction") && !call.query.contains("dryRun"));
        real.count()
    }

    fn refused(&self, code: &str, words: &str) -> Result<()> {
        let plan = format!("plan {} adjust --output json", self.run);
        let refused = self.heeler(&plan)?.expect_exit(5)?;
        let json = refused.json()?;
        ensure!(json["fix"]["refused_code"] == code, "{code}: {refused}");
        refused.expect_stdout(words)?;
        Ok(())
    }
}

fn state(site: &Site<'_>) -> Result<String> {
    let run = site.latest()?;
    let report = site
        .operator
        .heeler(&format!("report {run} --output json"))?;
    let json = report.finish()?.json()?;
    Ok(json["fix"]["state"].as_str().unwrap_or_default().to_owned())
}

pub(super) fn kept(context: &Context) -> Result<()> {
    let site = Site::start(context)?;
    let plan = site.plan()?.expect_exit(0)?;
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
    let strict = site.strictly(&format!("plan {} adjust", site.run))?;
    let strict = strict.expect_exit(0)?;
    strict.expect_stdout("it is disruptive: another person has to approve")?;
    site.expect_there(&[PODS[0], PODS[1], OWN])?;
    ensure!(site.evictions() == 0, "a plan has evicted a pod");

    let kept = site.approved("")?.expect_exit(0)?;
    kept.expect_stdout("read back gone")?
        .expect_stdout("kept ")?;
    site.expect_there(&[])?;
    ensure!(site.evictions() == 3, "{} evictions", site.evictions());
    ensure!(state(&site)? == "kept", "{}", state(&site)?);
    site.no_way_back("3 of 3 pods are gone")?;
    site.refused("fix-not-needed", "there is nothing left to change")
}

pub(super) fn does_not_help(context: &Context) -> Result<()> {
    let site = Site::start(context)?;
    let stuck = site.approved("-i cured=false")?.expect_exit(7)?;
    stuck
        .expect_stdout("it did not hold for 1 s within 11 s; nothing can take it back")?
        .expect_stdout(&format!("spec.nodeName={}", site.node))?
        .expect_stdout(&format!(
            "drain {} --ignore-daemonsets --timeout 8s",
            site.node
        ))?
        .expect_stdout(&format!("uncordon {}", site.node))?;
    site.expect_there(&[])?;
    ensure!(state(&site)? == "stuck", "{}", state(&site)?);
    Ok(())
}

pub(super) fn budget(context: &Context) -> Result<()> {
    let site = Site::start(context)?;
    site.budget("api", 1)?;
    site.budget_says(false)?;
    let stuck = site.approved("")?.expect_exit(7)?;
    stuck
        .expect_stdout("2 of 3 pods are gone; the others were not within 8 s")?
        .expect_stdout("shop/api-1: The disruption budget api needs 1 healthy pods")?
        .expect_stdout("nothing can take it back")?
        .expect_stdout(&format!("uncordon {}", site.node))?;
    site.expect_there(&[PODS[1]])?;
    site.no_way_back("2 of 2 pods are gone")?;
    // Now it lets none go, which the plan says; nothing is changed, and nobody is told otherwise.
    site.budget_says(true)?;
    let refused = site.approved("")?.expect_exit(5)?;
    refused
        .expect_stdout("0 of 1 pods are gone")?
        .expect_stdout("nothing changed")?;
    site.expect_there(&[PODS[1]])?;
    ensure!(state(&site)? == "not-applied", "{}", state(&site)?);
    // It is asked again until it lets the pod go.
    let fix = site.started_until("change-started")?;
    sleep(Duration::from_secs(1));
    let kube = site.operator.lab.kube();
    kube.remove("poddisruptionbudgets", "shop", "api")?;
    fix.finish(SOON)?.expect_exit(0)?.expect_stdout("kept ")?;
    site.expect_there(&[])
}

impl Site<'_> {
    /// Whether the plan says that the budget lets none go.
    fn budget_says(&self, wanted: bool) -> Result<()> {
        let plan = self.plan()?.expect_exit(0)?;
        let says =
            "in the way now: pods shop/api-1: The disruption budget api needs 1 healthy pods";
        ensure!(plan.stdout.contains(says) == wanted, "{plan}");
        Ok(())
    }
}

pub(super) fn refused(context: &Context) -> Result<()> {
    let site = Site::start(context)?;
    let (lab, all) = (&site.operator.lab, [PODS[0], PODS[1], OWN]);
    let bare = PodSeed::running("shop", "by-hand", &site.node).build();
    lab.kube().add(bare)?;
    site.refused(
        "pods-in-the-way",
        "shop/by-hand: no controller makes it anew",
    )?;
    lab.kube().edit("pods", "shop", PODS[0], |pod| {
        pod["spec"]["volumes"] = json!([{"name": "cache", "emptyDir": {}}]);
    })?;
    site.refused(
        "pods-in-the-way",
        "shop/api-0: the data of its emptyDir cache is lost",
    )?;
    // The runbook may allow it.
    let file = site.runbooks.join("drained/runbook.yaml");
    let text = fs::read_to_string(&file)?;
    let lossy = "drain: { pods-without-controller: true, empty-dir-data: true, within: 8s }";
    fs::write(&file, text.replace("drain: { within: 8s }", lossy))?;
    let again = site.heeler(&format!("run drained --node {} --output json", site.node))?;
    let again = Report::of(again.expect_exit(3)?)?.id()?.to_owned();
    let plan = site
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
        site.refused("no-right", words)?;
        access.allow("alice", verb, resource);
    }
    for name in ["one", "two"] {
        site.budget(name, 2)?;
    }
    site.refused("never-evicted", "more than one PodDisruptionBudget")?;
    for name in ["one", "two"] {
        lab.kube().remove("poddisruptionbudgets", "shop", name)?;
    }
    site.plan()?.expect_exit(0)?;
    ensure!(site.evictions() == 0, "something was evicted");
    site.expect_there(&all)?;
    // The finding needs a cordoned node; what is tried here is the action.
    let open = fs::read_to_string(site.runbooks.join("drained/runbook.yaml"))?;
    let open = open.replace(
        "when: scheduling.closed | default(false)",
        "when: not scheduling.closed | default(false)",
    );
    fs::write(site.runbooks.join("drained/runbook.yaml"), open)?;
    site.cordon(false)?;
    let again = site.heeler(&format!("run drained --node {} --output json", site.node))?;
    let again = Report::of(again.expect_exit(3)?)?.id()?.to_owned();
    let plan = site.heeler(&format!("plan {again} adjust --output json"))?;
    let plan = plan.expect_exit(5)?;
    ensure!(
        plan.json()?["fix"]["refused_code"] == "not-cordoned",
        "{plan}"
    );
    Ok(())
}

pub(super) fn moved(context: &Context) -> Result<()> {
    let site = Site::start(context)?;
    let kube = site.operator.lab.kube();
    let digest = site.digest("")?;
    let planned = site.latest()?;
    let fix = |more: &str| site.heeler(&format!("fix {} adjust --yes {digest} {more}", site.run));
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

pub(super) fn killed(context: &Context) -> Result<()> {
    let site = Site::start(context)?;
    let kube = site.operator.lab.kube();
    // Killed as soon as the first one is gone, while the second one is in the way.
    site.budget("api", 1)?;
    let fix = site.started_until("change-applied")?;
    fix.kill()?;
    let run = site.latest()?;
    let said = site.operator.heeler(&format!("report {run}"))?.finish()?;
    said.expect_stdout("nothing takes back what was; the node stays cordoned")?
        .expect_stdout(&format!("heeler revert {run}"))?
        .expect_stdout("pods shop/api-1 on")?;
    ensure!(state(&site)? == "in-doubt", "{}", state(&site)?);
    site.expect_there(&[PODS[1]])?;
    site.no_way_back("2 of 3 pods are gone, and there are still shop/api-1")?;
    // Who comes later goes on.
    kube.remove("poddisruptionbudgets", "shop", "api")?;
    kube.set_stopping(Stopping::After(Duration::from_secs(3)));
    let fix = site.started_until("change-started")?;
    fix.kill()?;
    sleep(Duration::from_secs(1));
    site.approved("")?
        .expect_exit(0)
        .or_else(|_| site.nothing_left())?;
    site.expect_there(&[])
}

impl Site<'_> {
    fn nothing_left(&self) -> Result<Finished> {
        let plan = self.plan()?.expect_exit(5)?;
        plan.expect_stdout("there is nothing left to change")?;
        Ok(plan)
    }
}

pub(super) fn api_down(context: &Context) -> Result<()> {
    let site = Site::start(context)?;
    let kube = site.operator.lab.kube();
    // For a moment: what was told to go is found gone.
    kube.set_stopping(Stopping::After(Duration::from_secs(1)));
    let fix = site.started_until("change-started")?;
    sleep(Duration::from_millis(300));
    kube.faults().api_down()?;
    sleep(Duration::from_secs(2));
    kube.faults().api_up()?;
    fix.finish(SOON)?.expect_exit(0)?.expect_stdout("kept ")?;
    site.expect_there(&[])?;
    // For good: nobody can say what stands.
    site.add(&PODS)?;
    kube.set_stopping(Stopping::After(Duration::from_secs(3)));
    let fix = site.started_until("change-started")?;
    sleep(Duration::from_millis(300));
    kube.faults().api_down()?;
    let stuck = fix.finish(SOON)?.expect_exit(7)?;
    kube.faults().api_up()?;
    stuck
        .expect_stdout("what stands now is not known")?
        .expect_stdout("nothing can take it back")?;
    site.no_way_back("2 of 2 pods are gone")
}

pub(super) fn answers_lost(context: &Context) -> Result<()> {
    let site = Site::start(context)?;
    let kube = site.operator.lab.kube();
    let approved = site.approved("")?;
    let journal = Journal::of(&site.operator.lab.state_folder())?;
    let known = journal.count()?;
    let hold = kube.faults().hold("/eviction");
    let fix = approved.start()?;
    // The trial of the plan that is made again is let pass.
    let give_up = Instant::now() + SOON;
    while hold.caught() == 0 {
        ensure!(Instant::now() < give_up, "it never asks");
        sleep(PAUSE);
    }
    hold.release();
    while !journal
        .events_after(known)?
        .iter()
        .any(|one| one == "change-started")
    {
        ensure!(Instant::now() < give_up, "it never begins");
        sleep(Duration::from_millis(1));
    }
    kube.faults().drop_mid_body_next(3);
    fix.finish(SOON)?.expect_exit(0)?.expect_stdout("kept ")?;
    site.expect_there(&[])
}

pub(super) fn interrupted(context: &Context) -> Result<()> {
    let site = Site::start(context)?;
    let kube = site.operator.lab.kube();
    site.budget("api", 1)?;
    kube.set_stopping(Stopping::After(Duration::from_secs(2)));
    let fix = site.started_until("change-started")?;
    let give_up = Instant::now() + SOON;
    while site.evictions() < 3 {
        ensure!(Instant::now() < give_up, "it does not go on");
        sleep(PAUSE);
    }
    fix.signal(Signal::SIGINT)?;
    let stuck = fix.finish(SOON)?.expect_exit(7)?;
    // What was told to go is waited for; no other one is.
    stuck.expect_stdout("2 of 3 pods are gone; it was interrupted")?;
    ensure!(site.evictions() == 3, "{} evictions", site.evictions());
    site.expect_there(&[PODS[1]])
}

pub(super) fn uncordoned(context: &Context) -> Result<()> {
    let site = Site::start(context)?;
    let kube = site.operator.lab.kube();
    kube.set_stopping(Stopping::Never);
    let fix = site.started_until("change-started")?;
    let give_up = Instant::now() + SOON;
    while site.evictions() < 3 {
        ensure!(Instant::now() < give_up, "it does not go on");
        sleep(PAUSE);
    }
    site.cordon(false)?;
    let stuck = fix.finish(SOON)?.expect_exit(7)?;
    stuck
        .expect_stdout("0 of 3 pods are gone; the node is not cordoned any more")?
        .expect_stdout("it was told to go, and has not ended yet")?;
    site.no_way_back("0 of 3 pods are gone, and there are still shop/api-0 (told to go)")
}
