//! What nothing can take back: another person approves it, it is done once, its lock ends, and what
//! did not help is told to be stuck.

use std::fs;
use std::thread::sleep;
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use heeler_tests::fault::HoldPoint;
use heeler_tests::node::Fate;

use super::fixture::{OWN_SCRIPT, SERVICE};
use super::kill::{self, Killed};
use super::one_way::{self, Done, OneWay};
use super::step::{Asked, Wrong};
use super::ward::{SOON, Ward};
use crate::harness::{Context, Finished, Program, Surroundings};
use crate::operator::{Operator, Report};

const UNIT: &str = "kubelet.service";
/// The operator alone may do it: what is tried here comes after the approval.
const ALONE: &str = "heeler-policy: 1
allow:
  - { who: \"*\", runbooks: \"*\", fixes: \"*\", where: {} }
approval:
  disruptive: operator
  irreversible: operator
";
/// Records that a node keeps.
const RECORDS: usize = 64;
/// A script without a way back. What is there is another value once it has been read three times: for
/// the plan, for the fix, and right before the step.
const MOVES_ON: [(&str, &str); 3] = [
    (
        "present: cat /.bottlerocket/host-containers/current/mode 2>/dev/null || echo idle",
        "present: f=/.bottlerocket/host-containers/current/asked; n=$(cat $f 2>/dev/null || echo 0); echo $((n + 1)) >$f; [ $n -lt 3 ] && echo idle || echo theirs",
    ),
    (
        "revert: echo idle >/.bottlerocket/host-containers/current/mode",
        "irreversible: true",
    ),
    ("    undo-unless-kept: 3s\n", ""),
];

/// A node whose service is restarted again and again.
pub(crate) struct Restarts<'c> {
    ward: Ward<'c>,
    policy: String,
}

impl<'c> Restarts<'c> {
    pub(crate) fn start(context: &'c Context) -> Result<Self> {
        let (ward, policy) = alone(context)?;
        Ok(Self { ward, policy })
    }
}

impl<'c> OneWay<'c> for Restarts<'c> {
    const ASKS: &'static [Asked] = &[Asked::Ssm, Asked::Kubernetes];
    const CUT_AFTER: &'static [&'static str] = &["change-started", "change-applied"];

    fn operator(&self) -> &Operator<'c> {
        &self.ward.operator
    }

    /// Gives how often the service was started.
    fn ready(&self) -> Result<usize> {
        Ok(self.ward.value()?.parse()?)
    }

    fn approved(&self) -> Result<Program<'c>> {
        self.ward.approved(&self.policy)
    }

    /// It was restarted once, or not at all, and that is what is told.
    fn seen_to(&self, broken: &Killed, starts: usize) -> Result<Done> {
        let restarted = match broken.has("change-started") && !broken.has("fix-refused") {
            true => usize::try_from(ended_by_revert(&self.ward, &self.policy)?)?,
            false => 0,
        };
        // A look may be under way still.
        kill::until_quiet(SOON, || Ok(self.ward.traces()?.is_empty()))?;
        expect_started(&self.ward, &(starts + restarted).to_string())?;
        Ok(match restarted {
            0 => Done::Nothing,
            _ => Done::All,
        })
    }
}

/// A node with the fix on offer, and the words that name the policy.
fn alone(context: &Context) -> Result<(Ward<'_>, String)> {
    let ward = Ward::start(context, &SERVICE)?;
    let words = alone_on(&ward)?;
    Ok((ward, words))
}

/// The words that name the policy.
fn alone_on(ward: &Ward<'_>) -> Result<String> {
    let file = ward.operator.around.folder().join("policy.yaml");
    fs::write(&file, ALONE)?;
    Ok(format!("--policy {}", file.display()))
}

/// Nothing is left on the node, and it has this: the service was started so often.
pub(crate) fn expect_started(ward: &Ward<'_>, times: &str) -> Result<()> {
    let traces = ward.traces()?;
    ensure!(traces.is_empty(), "there is {traces:?}");
    ward.expect_value(times)
}

/// `heeler revert` has nothing to take back, and says so.
fn no_way_back(ward: &Ward<'_>, policy: &str, run: &str) -> Result<Finished> {
    let revert = ward.heeler(&format!("revert {run} {policy}"))?;
    let told = revert.expect_exit(5)?;
    told.expect_stdout("there is no way back from kubelet.service")?
        .expect_stdout("nothing changed")?;
    Ok(told)
}

pub(super) fn approved(context: &Context) -> Result<()> {
    let ward = Ward::start(context, &SERVICE)?;
    let about = ward.latest()?;
    let plan = ward
        .heeler(&format!("plan {about} adjust"))?
        .expect_exit(0)?;
    for part in [
        "kubelet.service: active → restarted",
        "pods keep running; the node may be NotReady for a moment",
        "by nothing and nobody",
        "it is disruptive: another person has to approve",
        "heeler approve plan.json",
    ] {
        plan.expect_stdout(part)?;
    }
    ensure!(!plan.stdout.contains("heeler revert"), "{plan}");
    let digest = ward.digest("")?;
    let refused = ward.fix(&digest, "")?.expect_exit(5)?;
    refused.expect_stdout("needs the approval of another person")?;
    expect_started(&ward, "1")?;

    let bob = ward.operator.lab.colleague("bob")?;
    let bobs = Surroundings::of_person(&bob)?;
    let json = ward.heeler(&format!("plan {about} adjust --output json"))?;
    let json = json.expect_exit(0)?;
    let planned = ward.latest()?;
    let file = bobs.folder().join("plan.json");
    fs::write(&file, &json.stdout)?;
    let approve = format!("approve {} --yes {digest}", file.display());
    let approved = context.heeler(&bobs)?.args(approve.split_whitespace());
    let approval = approved.expect_exit(0)?.stdout.trim().to_owned();
    let words = format!("fix {about} adjust --plan {planned} --approval {approval}");
    let kept = ward.heeler(&words)?.expect_exit(0)?;
    kept.expect_stdout("by ops/bob, whose signature AWS acknowledges")?
        .expect_stdout("kubelet.service on")?
        .expect_stdout("kept ")?;
    ensure!(!kept.stdout.contains("heeler revert"), "{kept}");
    expect_started(&ward, "2")?;
    let (state, shown) = ward.report(&ward.latest()?, 0)?;
    ensure!(state == "kept", "{shown}");
    let told = no_way_back(&ward, "", &ward.latest()?)?;
    told.expect_stdout("it was carried out, and active")?
        .expect_stdout("sheltie systemctl status --no-pager kubelet.service")?;
    expect_started(&ward, "2")
}

pub(super) fn stuck(context: &Context) -> Result<()> {
    let (ward, policy) = alone(context)?;
    let inputs = format!("-i cured=false {policy}");
    let stuck = ward.approved(&inputs)?.expect_exit(7)?;
    stuck
        .expect_stdout("it did not hold for 1 s within 11 s; nothing can take it back")?
        .expect_stdout("sheltie systemctl status --no-pager kubelet.service")?
        .expect_stdout("something is left to a person")?;
    expect_started(&ward, "2")?;
    let (state, shown) = ward.report(&ward.latest()?, 7)?;
    ensure!(state == "stuck", "{shown}");
    // The node is free for the next one.
    ward.approved(&policy)?.expect_exit(0)?;
    expect_started(&ward, "3")
}

pub(super) fn does_not_come(context: &Context) -> Result<()> {
    let (ward, policy) = alone(context)?;
    ward.node()?.befall_service(UNIT, Fate::Fails)?;
    let stuck = ward.approved(&policy)?.expect_exit(7)?;
    stuck
        .expect_stdout("it has failed")?
        .expect_stdout("nothing can take it back")?;
    expect_started(&ward, "2")?;
    // What has failed may be restarted.
    ward.node()?.befall_service(UNIT, Fate::Runs)?;
    let plan = ward.heeler(&format!("plan {} adjust", about(&ward)?))?;
    plan.expect_exit(0)?.expect_stdout("failed → restarted")?;
    ward.approved(&policy)?.expect_exit(0)?;
    expect_started(&ward, "3")
}

/// The run that has looked.
fn about(ward: &Ward<'_>) -> Result<String> {
    ward.look(&ward.operator.around)
}

pub(super) fn killed(context: &Context) -> Result<()> {
    let site = Restarts::start(context)?;
    for event in ["change-started", "change-applied", "verify-sample"] {
        let there = |events: &[String]| events.iter().any(|one| one == event);
        let killed = one_way::killed(&site, there)?;
        killed.with_context(|| format!("killed after {event} too late"))?;
    }
    for point in [HoldPoint::BeforeExecuting, HoldPoint::BeforeReplying] {
        let (ward, policy) = (&site.ward, &site.policy);
        let (starts, digest) = (site.ready()?, ward.digest(policy)?);
        let killed = kill::at(ward, (&digest, policy), point)?;
        site.seen_to(&killed, starts)?;
    }
    Ok(())
}

pub(super) fn each_command(context: &Context) -> Result<()> {
    let site = Restarts::start(context)?;
    for wrong in [Wrong::Failed, Wrong::Repeated] {
        let tried = one_way::each(&site, Asked::Ssm, wrong)?;
        ensure!(tried >= 4, "it has {tried} commands only");
    }
    Ok(())
}

/// Somebody sees to a run that was killed. Gives how often it has restarted the service.
fn ended_by_revert(ward: &Ward<'_>, policy: &str) -> Result<u32> {
    let run = ward.latest()?;
    for _ in 0..20 {
        let told = no_way_back(ward, policy, &run)?;
        if told.stdout.contains("the node is still carrying it out") {
            sleep(Duration::from_secs(1));
            continue;
        }
        if told.stdout.contains("it never began") {
            return Ok(0);
        }
        told.expect_stdout("it was carried out, and active")?;
        return Ok(1);
    }
    bail!("it is carried out for ever")
}

pub(super) fn answer_lost(context: &Context) -> Result<()> {
    let (ward, policy) = alone(context)?;
    let fix = ward.approved(&policy)?;
    let faults = ward.operator.lab.aws().faults();
    let instance = &ward.node()?.config().instance_id;
    faults.forge_stdout(instance, kill::BEFORE_THE_CHANGE, |said| said);
    faults.forge_stdout(instance, 1, |_| b"the agent has lost its mind".to_vec());
    let kept = fix.expect_exit(0)?;
    kept.expect_stdout("read back active")?
        .expect_stdout("kept ")?;
    expect_started(&ward, "2")
}

pub(super) fn not_running(context: &Context) -> Result<()> {
    let other = ("kubelet.service", "mark-successful-boot.service");
    let ward = Ward::with(context, &SERVICE, &[other])?;
    let plan = ward.heeler(&format!("plan {} adjust --output json", ward.latest()?))?;
    let refused = Report::of(plan.expect_exit(5)?)?;
    let said = refused.text("/fix/refused")?;
    ensure!(
        said.contains("mark-successful-boot.service is active (exited)"),
        "{said}"
    );
    Ok(())
}

pub(super) fn moved_on(context: &Context) -> Result<()> {
    let ward = Ward::with(context, &OWN_SCRIPT, &MOVES_ON)?;
    let policy = alone_on(&ward)?;
    let refused = ward.approved(&policy)?.expect_exit(5)?;
    refused
        .expect_stdout("step 1 finds `theirs`, which is not the value of the plan")?
        .expect_stdout("nothing changed")?;
    expect_started(&ward, OWN_SCRIPT.old)?;
    let run = ward.latest()?;
    let (state, shown) = ward.report(&run, 5)?;
    ensure!(
        state == "not-applied" || state == "refused",
        "{state}: {shown}"
    );
    // The journal knows that there is nothing to take back.
    let nothing = ward.heeler(&format!("revert {run} {policy}"))?;
    nothing
        .expect_exit(5)?
        .expect_error("error[nothing-stands]")?;
    Ok(())
}

pub(super) fn record_removed(context: &Context) -> Result<()> {
    let (ward, policy) = alone(context)?;
    ward.approved(&policy)?.expect_exit(0)?;
    let run = ward.latest()?;
    let told = no_way_back(&ward, &policy, &run)?;
    told.expect_stdout("it was carried out, and active")?;
    // As after so many other changes of the node.
    let ended = ward.lock()?.with_file_name("ended");
    for record in fs::read_dir(&ended)? {
        fs::remove_dir_all(record?.path())?;
    }
    for other in 0..RECORDS {
        fs::create_dir(ended.join(format!("{other:012}")))?;
    }
    for _ in 0..2 {
        let told = no_way_back(&ward, &policy, &run)?;
        told.expect_stdout("whether it was carried out is not known")?
            .expect_stdout("sheltie systemctl status --no-pager kubelet.service")?;
        ensure!(!told.stdout.contains("never began"), "{told}");
    }
    expect_started(&ward, "2")
}
