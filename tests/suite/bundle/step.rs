//! A runbook that wants a bundle of the node, run against a lab's node.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use heeler_tests::node::{LogdogUpset, Place};
use heeler_tests::scene::Plan;
use nix::sys::signal::Signal;
use serde_json::{Value, json};

use super::make::{ask, expect_clean, open};
use crate::guarded::kill::until;
use crate::harness::{Context, Program};
use crate::logdog::stage::Stage;

const SOON: Duration = Duration::from_secs(60);
/// It wants one where the table has so many entries, or where the kernel's log can't be seen.
const RUNBOOK: &str = "heeler: 1
name: evidence
summary: What the node has to say is kept
target: node
inputs:
  least: { type: integer, default: 0, minimum: 0, help: Entries from which on it is many }
look:
  table: { sysctl: { count: net.netfilter.nf_conntrack_count } }
  log: { dmesg: { pattern: no such words } }
find:
  many:
    when: table.count >= inputs.least
    severity: warning
    says: \"{{ table.count }} entries\"
  told:
    when: log.lines > 0
    severity: note
    says: \"{{ log.lines }} lines\"
bundle:
  finding: [many, told]
  pod-logs: false
";
/// Then no bundle is wanted for the table's sake.
const NOT_MANY: &str = "least=1000000000";

pub(super) struct Evidence<'c> {
    pub(super) stage: Stage<'c>,
}

impl<'c> Evidence<'c> {
    pub(super) fn open(context: &'c Context, change: impl FnOnce(Plan) -> Plan) -> Result<Self> {
        let stage = open(context, change)?;
        let folder = stage.around.folder().join("books/evidence");
        fs::create_dir_all(&folder)?;
        fs::write(folder.join("runbook.yaml"), RUNBOOK)?;
        stage.lab.aws().forget_calls();
        Ok(Self { stage })
    }

    fn heeler(&self, words: &[&str]) -> Result<Program<'c>> {
        let heeler = self.stage.context.heeler(&self.stage.around)?;
        let books = self.stage.around.folder().join("books");
        let heeler = heeler.args(words.iter().copied());
        Ok(heeler.args(["--runbooks", &books.display().to_string()]))
    }

    /// A run about all nodes.
    pub(super) fn run(&self, words: &[&str]) -> Result<Program<'c>> {
        let mut all = vec!["run", "evidence"];
        for node in self.stage.lab.nodes() {
            all.extend(["--node", &node.config().name]);
        }
        all.extend(words);
        self.heeler(&all)
    }

    /// The bundles that lie where they do if nobody says where.
    pub(super) fn bundles(&self) -> Result<Vec<PathBuf>> {
        let folder = self.stage.lab.state_folder().join("bundles");
        if !folder.exists() {
            return Ok(Vec::new());
        }
        let entries = fs::read_dir(folder)?.map(|entry| Ok(entry?.path()));
        entries.collect()
    }

    fn expect_commands(&self, times: usize) -> Result<()> {
        let sent = self.stage.lab.aws().count("SendCommand");
        ensure!(sent == times, "{sent} commands, not {times}");
        Ok(())
    }

    /// The report of the latest `run`, once more.
    fn report(&self, words: &[&str]) -> Result<Program<'c>> {
        let runs = self.heeler(&["runs", "--output", "json"])?.expect_exit(0)?;
        let runs = runs.json()?;
        let runs = runs["runs"].as_array().context("no runs")?;
        let latest = runs.iter().find(|run| run["command"] == "run");
        let id = latest
            .and_then(|run| run["run"].as_str())
            .context("no run")?;
        self.heeler(&[&["report", id], words].concat())
    }
}

/// What is said of the only node, without its bundle.
fn said(report: &Value) -> Result<(Value, Value)> {
    let node = &report["nodes"][0];
    let bundle = node["bundle"].clone();
    let findings = node["findings"].clone();
    ensure!(
        findings.as_array().is_some_and(|all| all.len() == 2),
        "{report:#}"
    );
    Ok((findings, bundle))
}

pub(super) fn made(context: &Context) -> Result<()> {
    let evidence = Evidence::open(context, |plan| plan)?;
    let stage = &evidence.stage;
    let run = evidence.run(&[])?.expect_exit(3)?;
    let [path] = evidence
        .bundles()?
        .try_into()
        .map_err(|all| anyhow::anyhow!("{all:?}"))?;
    let shown = path.display().to_string();
    let verdict = run.stdout.find("WARNING many").context("no verdict")?;
    let place = run
        .stdout
        .find(&format!("bundle     {shown}"))
        .context("no place")?;
    ensure!(verdict < place, "{run}");
    run.expect_stdout("as many holds")?;
    run.expect_stdout("nothing is left on the node")?;
    run.expect_stdout("nothing changed")?;
    ensure!(run.stdout.matches("WARNING").count() == 1, "{run}");
    run.expect_stderr("making a bundle of i-")?;
    expect_clean(stage)?;
    let mode = fs::metadata(&path)?.permissions().mode();
    ensure!(mode & 0o777 == 0o600, "{mode:o}");
    let folder = path.parent().context("no folder")?;
    let mode = fs::metadata(folder)?.permissions().mode();
    ensure!(mode & 0o777 == 0o700, "{mode:o}");
    let has = ask(stage, &["show", &shown])?.expect_exit(0)?;
    has.expect_stdout("journalctl.log")?;
    ensure!(!has.stdout.contains("var/log/pods/"), "{has}");
    // The look, those of all runbooks, the capture, and what takes it back.
    evidence.expect_commands(4)?;
    let told = evidence
        .report(&["--output", "json"])?
        .expect_exit(3)?
        .json()?;
    let short = told["run"]["short"].as_str().context("no id")?;
    ensure!(
        shown.contains(&format!("-{short}")),
        "{shown} is not of {short}"
    );
    ensure!(
        told["ending"]["commands"] == 4 && told["ending"]["changed"] == json!(false),
        "{told:#}"
    );
    let (with, bundle) = said(&told)?;
    ensure!(
        bundle["state"] == "made" && bundle["file"] == shown.as_str(),
        "{bundle:#}"
    );
    ensure!(
        bundle["sha256"].as_str().is_some_and(|hex| hex.len() == 64),
        "{bundle:#}"
    );
    evidence
        .report(&[])?
        .expect_exit(3)?
        .expect_stdout(&shown)?;
    // The same verdicts as without one, and elsewhere where that is wanted.
    let without = evidence
        .run(&["--no-bundles", "--output", "json"])?
        .expect_exit(3)?;
    let (plain, none) = said(&without.json()?)?;
    for index in 0..2 {
        for key in ["finding", "verdict", "severity"] {
            let (one, other) = (&with[index][key], &plain[index][key]);
            ensure!(one == other && one.is_string(), "{with:#} {plain:#}");
        }
    }
    ensure!(none["state"] == "left-out", "{none:#}");
    let elsewhere = evidence.run(&["--bundles-to", "kept/here", "--output", "json"])?;
    let (_, bundle) = said(&elsewhere.expect_exit(3)?.json()?)?;
    let kept = stage.around.folder().join("kept/here");
    let file = bundle["file"].as_str().context("no file")?;
    ensure!(file.starts_with(&kept.display().to_string()), "{file}");
    ensure!(
        evidence.bundles()?.len() == 1,
        "one more lies in the state folder"
    );
    // What is judged again, and what is only planned, makes none.
    stage.lab.aws().forget_calls();
    let id = short.to_owned();
    evidence.heeler(&["replay", &id])?.expect_exit(0)?;
    evidence.expect_commands(0)?;
    ensure!(evidence.bundles()?.len() == 1, "replay made one");
    expect_clean(stage)
}

pub(super) fn not_wanted(context: &Context) -> Result<()> {
    let evidence = Evidence::open(context, |plan| plan)?;
    let run = evidence.run(&["-i", NOT_MANY])?.expect_exit(0)?;
    ensure!(!run.stdout.contains("bundle"), "{run}");
    evidence.expect_commands(1)?;
    ensure!(evidence.bundles()?.is_empty(), "there is one");
    expect_clean(&evidence.stage)
}

/// Without the admin container the kernel's log is not seen: what can be had is kept.
pub(super) fn not_seen(context: &Context) -> Result<()> {
    let evidence = Evidence::open(context, |plan| plan.admin(false))?;
    let run = evidence.run(&["-i", NOT_MANY])?.expect_exit(4)?;
    run.expect_stdout("as told could not be seen; PARTIAL")?;
    run.expect_stdout("missing: what logdog and the host say: the admin container is off")?;
    run.expect_stdout("nothing is left on the node")?;
    ensure!(evidence.bundles()?.len() == 1, "{run}");
    expect_clean(&evidence.stage)
}

pub(super) fn forbidden(context: &Context) -> Result<()> {
    let evidence = Evidence::open(context, |plan| plan)?;
    let access = evidence.stage.lab.kube().access();
    access.deny("alice", "get", "nodes/proxy");
    access.deny("alice", "get", "nodes/log");
    let run = evidence.run(&[])?.expect_exit(3)?;
    run.expect_stdout("WARNING many")?;
    run.expect_stdout("there is no way to the node's files: not allowed: get nodes/proxy")?;
    // Nothing but the look was asked of the node.
    evidence.expect_commands(1)?;
    ensure!(evidence.bundles()?.is_empty(), "there is one");
    let told = evidence
        .run(&["--output", "json"])?
        .expect_exit(3)?
        .json()?;
    let (_, bundle) = said(&told)?;
    ensure!(
        bundle["state"] == "failed" && bundle["file"].is_null(),
        "{bundle:#}"
    );
    ensure!(told["failures"] == json!([]), "{told:#}");
    expect_clean(&evidence.stage)
}

pub(super) fn planned(context: &Context) -> Result<()> {
    let evidence = Evidence::open(context, |plan| plan)?;
    let plan = evidence.run(&["--plan"])?.expect_exit(0)?;
    plan.expect_stdout(
        "then a bundle of each node for many, told, without the logs of its pods, of 5 nodes at most (borrowed)",
    )?;
    plan.expect_stdout(
        "/var/log/support/heeler/RUN while it is made, gone after 60 min at the latest",
    )?;
    plan.expect_stdout(
        "needs: get nodes/proxy, or get nodes/log and a way to the kubelet; nobody's approval",
    )?;
    let told = evidence
        .run(&["--plan", "--output", "json"])?
        .expect_exit(0)?
        .json()?;
    let bundle = &told["bundle"];
    ensure!(
        bundle["impact"] == "borrowed" && bundle["on_node_at_most_s"] == 3600,
        "{told:#}"
    );
    let none = evidence.run(&["--plan", "--no-bundles"])?.expect_exit(0)?;
    none.expect_stdout("no bundles (--no-bundles)")?;
    let typed = evidence.run(&["--commands"])?.expect_exit(0)?;
    typed.expect_stdout("heeler bundle --node NAME")?;
    let shown = evidence.heeler(&["show", "evidence"])?.expect_exit(0)?;
    shown.expect_stdout("of the node for many, told (borrowed)")?;
    evidence.expect_commands(0)?;
    ensure!(evidence.bundles()?.is_empty(), "there is one");
    Ok(())
}

pub(super) fn policy(context: &Context) -> Result<()> {
    let evidence = Evidence::open(context, |plan| plan)?;
    let policy = "heeler-policy: 1\nallow:\n  - { who: \"*\", runbooks: \"*\", where: {} }\nforbid:\n  - { bundles: true, because: they hold what customers say }\n";
    let file = evidence.stage.around.folder().join("policy.yaml");
    fs::write(&file, policy)?;
    let run = evidence
        .run(&["--policy", &file.display().to_string()])?
        .expect_exit(3)?;
    run.expect_stdout("WARNING many")?;
    run.expect_stdout("policy.yaml:5 forbids ops/alice to make the bundles of evidence in ")?;
    run.expect_stdout("they hold what customers say")?;
    evidence.expect_commands(1)?;
    ensure!(evidence.bundles()?.is_empty(), "there is one");
    Ok(())
}

pub(super) fn several(context: &Context) -> Result<()> {
    let evidence = Evidence::open(context, |plan| plan.nodes(3))?;
    let run = evidence.run(&["--most-bundles", "2"])?.expect_exit(3)?;
    ensure!(evidence.bundles()?.len() == 2, "{run}");
    let last = evidence.stage.lab.nodes().last().context("no node")?;
    let left_out = format!(
        "none of {}: 2 are made in a run at most",
        last.config().name
    );
    run.expect_stdout(&left_out)?;
    run.expect_stdout("--most-bundles")?;
    Ok(())
}

pub(super) fn busy(context: &Context) -> Result<()> {
    let evidence = Evidence::open(context, |plan| plan)?;
    let node = evidence.stage.node()?;
    node.upset_logdog(Some(LogdogUpset::Hangs))?;
    let mut other = node.std_command(Place::Host, &["logdog"]);
    let mut other = other.stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
    begun(&evidence)?;
    let run = evidence.run(&[])?.expect_exit(3)?;
    run.expect_stdout("WARNING many")?;
    run.expect_stdout("a logdog of somebody else is running")?;
    ensure!(other.try_wait()?.is_none(), "it was ended");
    other.kill()?;
    other.wait()?;
    Ok(())
}

/// Waits for logdog on the node.
fn begun(evidence: &Evidence<'_>) -> Result<()> {
    let stage = &evidence.stage;
    until(SOON, || {
        Ok(!stage.run(Place::Host, "pgrep -x logdog")?.out.is_empty())
    })
    .context("no logdog")
}

pub(super) fn interrupted(context: &Context) -> Result<()> {
    let evidence = Evidence::open(context, |plan| plan)?;
    let stage = &evidence.stage;
    stage.node()?.upset_logdog(Some(LogdogUpset::Hangs))?;
    let running = evidence.run(&[])?.start()?;
    begun(&evidence)?;
    running.signal(Signal::SIGINT)?;
    let run = running.finish(SOON)?.expect_exit(130)?;
    run.expect_stdout("WARNING many")?;
    run.expect_stdout("interrupted while bundles were made; the verdicts stand")?;
    expect_clean(stage)?;
    let again = evidence.report(&[])?.expect_exit(130)?;
    again.expect_stdout("WARNING many")?;
    again.expect_stdout("of ")?;
    // One that is killed leaves what the node itself takes back, and the report says that nobody knows.
    let running = evidence.run(&[])?.start()?;
    begun(&evidence)?;
    running.kill()?;
    let report = evidence.report(&["--output", "json"])?.finish()?;
    let (_, bundle) = said(&report.json()?)?;
    ensure!(bundle["state"] == "in-doubt", "{bundle:#}");
    let report = evidence.report(&[])?.finish()?;
    report.expect_stdout("has no recorded end; the node takes back what lies there by itself")?;
    Ok(())
}
