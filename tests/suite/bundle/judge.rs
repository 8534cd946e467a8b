//! Yesterday's bundle, judged with today's runbook: nobody is asked, and nothing is guessed.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use heeler_tests::node::Place;
use heeler_tests::scene::Incident;

use super::make::{bundle, file, open};
use crate::harness::{Context, Finished, Surroundings};
use crate::logdog::stage::Stage;
use crate::operator::{Operator, POD, Report, Verdict};

/// Whoever has nothing but the file.
pub(super) struct Desk<'c> {
    context: &'c Context,
    around: Surroundings,
    pub(super) file: PathBuf,
}

impl<'c> Desk<'c> {
    /// With a copy of the file: the lab may go.
    pub(super) fn with(context: &'c Context, bundle: &Path) -> Result<Self> {
        let around = Surroundings::new()?;
        let file = around.folder().join("yesterday.tar.gz");
        std::fs::copy(bundle, &file)?;
        Ok(Self {
            context,
            around,
            file,
        })
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.around.folder().join(name)
    }

    /// `heeler run RUNBOOK --bundle FILE` with these words, of a file of its own.
    pub(super) fn judge_of(&self, file: &Path, runbook: &str, words: &[&str]) -> Result<Finished> {
        let file = file.display().to_string();
        let heeler = self.context.heeler(&self.around)?;
        let heeler = heeler.args(["run", runbook, "--bundle", &file]);
        heeler.args(words.iter().copied()).finish()
    }

    pub(super) fn judge(&self, runbook: &str, words: &[&str]) -> Result<Finished> {
        self.judge_of(&self.file, runbook, words)
    }

    /// The report for programs.
    pub(super) fn report(&self, runbook: &str) -> Result<Report> {
        Report::of(self.judge(runbook, &["--output", "json"])?)
    }

    /// The bundled runbook with something changed, as a file.
    fn today(&self, name: &str, change: impl Fn(&str) -> String) -> Result<String> {
        let own = "runbooks/conntrack-exhaustion/runbook.yaml";
        let text = std::fs::read_to_string(self.context.workspace().join(own))?;
        let changed = change(&text);
        ensure!(changed != text, "nothing was changed");
        let path = self.path(name);
        std::fs::write(&path, changed)?;
        Ok(path.display().to_string())
    }
}

/// The findings of the only node: their names and verdicts.
fn verdicts(report: &Report) -> Result<Vec<(String, Verdict)>> {
    let findings = report.at("/nodes/0/findings")?.as_array();
    let names = findings
        .into_iter()
        .flatten()
        .filter_map(|one| one["finding"].as_str());
    names
        .map(|name| Ok((name.to_owned(), report.verdict(name)?)))
        .collect()
}

const RUNBOOK: &str = "conntrack-exhaustion";

/// Yesterday's verdicts are those of the live run.
fn expect_same_verdicts(report: &Report, live: &Report) -> Result<()> {
    ensure!(
        verdicts(report)? == verdicts(live)?,
        "{}\n{}",
        report.ended,
        live.ended
    );
    Ok(())
}

/// With the lab gone, and nothing in the environment, the verdicts are those of the live run.
pub(super) fn offline(context: &Context) -> Result<()> {
    let plan = context.plan().instant().admin(true);
    let plan = plan.each_node(|node| node.support_bytes = Some(1 << 30));
    let operator = Operator::with(context, plan, Incident::Full)?;
    let live = operator.judge()?;
    let made = operator.around.folder().join("a.tar.gz");
    let words = format!("bundle --pod {POD} --no-pod-logs -o {}", made.display());
    operator.heeler(&words)?.expect_exit(0)?;
    let desk = Desk::with(context, &made)?;
    // Another one, whose operator may not look names up.
    let kube = operator.lab.kube();
    kube.access().deny("alice", "list", "services");
    let words = words.replace("a.tar.gz", "b.tar.gz");
    let unnamed = operator.heeler(&words)?.expect_exit(0)?;
    let note = "some addresses have no name: ";
    ensure!(format!("{unnamed}").contains(note), "{unnamed}");
    let nameless = desk.path("nameless.tar.gz");
    std::fs::copy(made.with_file_name("b.tar.gz"), &nameless)?;
    drop(operator);
    let told = desk.judge_of(&nameless, RUNBOOK, &[])?;
    told.expect_stdout(note)?;

    let report = desk.report(RUNBOOK)?;
    expect_same_verdicts(&report, &live)?;
    ensure!(
        report.ended.status.code() == live.ended.status.code(),
        "{}",
        report.ended
    );
    ensure!(
        report.verdict("table-full")? == Verdict::Holds,
        "{}",
        report.ended
    );
    for place in [
        "/where/account",
        "/nodes/0/instance",
        "/nodes/0/pod",
        "/nodes/0/answer/cpus",
    ] {
        ensure!(
            report.at(place)? == live.at(place)?,
            "{place}\n{}",
            report.ended
        );
    }
    ensure!(
        report.at("/run/id")?.is_null() && report.text("/bundle/node")?.starts_with("ip-"),
        "{}",
        report.ended
    );
    // The one whom the traffic is from has the name that he had then.
    let entries = |report: &Report| {
        let looks = report.at("/nodes/0/looks")?.as_array().cloned();
        let found = looks.into_iter().flatten();
        let mut found = found.filter(|one| one["look"] == "entries");
        found
            .next()
            .map(|one| one["value"]["top"]["source_name"].clone())
            .context("no look")
    };
    ensure!(
        entries(&report)? == entries(&live)? && entries(&live)?.is_string(),
        "{}",
        report.ended
    );
    let fixes = report.at("/nodes/0/fixes")?.as_array().cloned();
    let fixes = fixes.unwrap_or_default();
    ensure!(
        !fixes.is_empty()
            && fixes
                .iter()
                .all(|fix| fix["command"].is_null() && fix["withheld"].is_string()),
        "{}",
        report.ended
    );
    let told = desk.judge(RUNBOOK, &[])?.expect_exit(3)?;
    told.expect_stdout("yesterday.tar.gz: ip-")?;
    told.expect_stdout("nobody was asked")?;
    told.expect_stdout("CRITICAL table-full")?;
    told.expect_stdout("is withheld: ")?;
    told.expect_stdout("a bundle changes nothing: heeler run conntrack-exhaustion --instance i-")?;
    ensure!(!told.stdout.contains("heeler fix"), "{told}");
    ensure!(!told.stdout.contains("PARTIAL"), "{told}");
    ensure!(!told.stdout.contains(note), "{told}");
    ensure!(!desk.path("state").exists(), "something was written down");

    // Today's threshold is what counts.
    let higher = desk.today("higher.yaml", |text| {
        text.replace("0.9 * table.max", "9 * table.max")
    })?;
    let report = desk.report(&higher)?;
    ensure!(
        report.verdict("table-full")? == Verdict::RuledOut,
        "{}",
        report.ended
    );
    // What was not asked then is not guessed today.
    let newer = desk.today("newer.yaml", |text| {
        text.replace(
            "      count: net.netfilter.nf_conntrack_count\n",
            "      count: net.netfilter.nf_conntrack_count\n      forward: net.ipv4.ip_forward\n",
        )
    })?;
    let report = desk.report(&newer)?;
    let Verdict::NotSeen(missing) = report.verdict("table-full")? else {
        anyhow::bail!("it is told\n{}", report.ended);
    };
    ensure!(
        missing.iter().any(|(look, why)| look == "the table's size"
            && why.starts_with("the bundle of 20")
            && why.ends_with(" UTC was not asked this")),
        "{missing:?}"
    );
    Ok(())
}

/// With the admin container off what it would have said is unseen, for the reason of then.
pub(super) fn admin_off(context: &Context) -> Result<()> {
    let stage = open(context, |plan| plan.admin(false))?;
    let path = file(&stage, "a.tar.gz");
    bundle(&stage, &path, &["--no-pod-logs"])?.expect_exit(1)?;
    let node = stage.node()?.config().name.clone();
    let heeler = stage.context.heeler(&stage.around)?;
    let live = heeler.args(["run", RUNBOOK, "--node", &node, "--output", "json"]);
    let live = Report::of(live.finish()?)?;
    let desk = Desk::with(context, &path)?;
    drop(stage);
    let report = desk.report(RUNBOOK)?;
    expect_same_verdicts(&report, &live)?;
    let unseen = vec![(
        "EC2 allowance".to_owned(),
        "the admin container is off".to_owned(),
    )];
    ensure!(
        report.verdict("instance-allowance")? == Verdict::NotSeen(unseen),
        "{}",
        report.ended
    );
    Ok(())
}

const OWN: &str = r#"heeler: 1
name: own
summary: A runbook of one's own
target: node
look:
  log:
    dmesg: { pattern: "widget" }
  registry:
    settings:
      prefix: settings.container-registry
      extract:
        password: { path: 'container-registry.credentials[0].password', type: text }
        name: { path: 'container-registry.credentials[0].registry', type: text }
find:
  leaked:
    when: log.last == "widget ready"
    severity: warning
    says: "the widget says {{ log.last }}"
  there:
    when: log.lines > 0
    severity: note
    says: "{{ log.lines }} lines"
  weak:
    when: registry.password == "widget"
    severity: warning
    says: the password is {{ registry.password }}
  own-registry:
    when: registry.name == "registry.example"
    severity: note
    says: images come from {{ registry.name }}
"#;

/// What was taken out as a secret is unseen, and what a runbook of one's own asks is there where it was named.
pub(super) fn secret(context: &Context) -> Result<()> {
    let stage = open(context, |plan| plan)?;
    let secret = "AKIAIOSFODNN7EXAMPLQ";
    let own = file(&stage, "own.yaml");
    std::fs::write(&own, OWN)?;
    let own_name = own.display().to_string();
    // It is one by its setting's name alone.
    let password = "correct-horse-battery";
    let credentials =
        format!("[{{\"registry\":\"registry.example\",\"password\":\"{password}\"}}]");
    let set = format!("{{\"container-registry\":{{\"credentials\":{credentials}}}}}");
    stage
        .run(Place::Control, &format!("apiclient set --json {set}"))?
        .expect(0, "")?;
    let planted = format!("widget key {secret}");
    stage.node()?.plant_kernel_line(&planted)?;
    let path = file(&stage, "a.tar.gz");
    let words = ["--no-pod-logs", "--runbook", &own_name];
    bundle(&stage, &path, &words)?.expect_exit(0)?;
    let desk = Desk::with(context, &path)?;
    let report = desk.report(&own_name)?;
    ensure!(!report.ended.stdout.contains(secret), "{}", report.ended);
    let out = "it was taken out of the bundle as a secret".to_owned();
    for (look, finding) in [("log", "leaked"), ("registry", "weak")] {
        let unseen = vec![(look.to_owned(), out.clone())];
        ensure!(
            report.verdict(finding)? == Verdict::NotSeen(unseen),
            "{}",
            report.ended
        );
    }
    for finding in ["there", "own-registry"] {
        ensure!(
            report.verdict(finding)? == Verdict::Holds,
            "{}",
            report.ended
        );
    }
    let answers = member(&stage, &path)?;
    ensure!(
        answers.contains("[redacted:aws-key:") && !answers.contains(secret),
        "{answers}"
    );
    ensure!(
        answers.contains("[redacted:password:") && !answers.contains(password),
        "{answers}"
    );
    // Nobody has asked it of this one.
    let other = file(&stage, "b.tar.gz");
    bundle(&stage, &other, &["--no-pod-logs"])?.expect_exit(0)?;
    let told = desk.judge_of(&other, &own_name, &[])?.expect_exit(4)?;
    told.expect_stdout("was not asked this")?;
    Ok(())
}

fn member(stage: &Stage<'_>, path: &Path) -> Result<String> {
    let path = path.display().to_string();
    let heeler = stage.context.heeler(&stage.around)?;
    let shown = heeler.args(["bundle", "show", &path, "looks/answers.jsonl"]);
    Ok(shown.expect_exit(0)?.stdout)
}

/// What the operator might not ask then is unseen, for the reason of then.
pub(super) fn forbidden(context: &Context) -> Result<()> {
    let stage = open(context, |plan| plan)?;
    stage.lab.kube().access().deny("alice", "get", "daemonsets");
    let path = file(&stage, "a.tar.gz");
    bundle(&stage, &path, &["--no-pod-logs"])?.expect_exit(0)?;
    let desk = Desk::with(context, &path)?;
    let told = desk.judge("logs-when-collector-is-down", &[])?;
    told.expect_stdout("the collector: not allowed: get daemonsets")?;
    told.expect_stdout("a collector that is down on some nodes, no collector of this name\n")?;
    // The logs of the lab are on this machine's disk, and that may be full.
    let status = if told.stdout.contains("disk-full") {
        3
    } else {
        4
    };
    told.expect_exit(status)?;
    Ok(())
}

/// A node that says that it is of another cluster is bundled, and neither asked for verdicts nor judged.
pub(super) fn stranger(context: &Context) -> Result<()> {
    let stage = open(context, |plan| plan)?;
    let set = "apiclient set kubernetes.cluster-name=staging";
    stage.run(Place::Control, set)?.expect(0, "")?;
    let path = file(&stage, "a.tar.gz");
    let made = bundle(&stage, &path, &["--no-pod-logs"])?.expect_exit(1)?;
    made.expect_stderr("the node belongs to cluster `staging`, and this run is about `prod-eu`")?;
    let told = Desk::with(context, &path)?.judge("conntrack-exhaustion", &[])?;
    ensure!(
        !told.stdout.contains("ruled out") && !told.stdout.contains("CRITICAL"),
        "{told}"
    );
    ensure!(!matches!(told.status.code(), Some(0 | 3)), "{told}");
    told.expect_stderr("error[wrong-cluster]: the node belongs to cluster `staging`, and this run is about `prod-eu`")?;
    Ok(())
}
