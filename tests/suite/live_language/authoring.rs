//! From a run on a real node to a case that holds offline, and from a new runbook to one that runs.

use std::fs;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};

use super::desk::{Desk, Seen};
use crate::harness::{Case, Context, Need};

/// The area's cases.
pub(crate) const CASES: &[Case] = &[
    Case::new(
        "live_language::a_recorded_run_is_a_case_that_names_nobody",
        &[Need::Nodes],
        record,
    ),
    Case::new(
        "live_language::a_run_that_saw_little_is_a_case_too",
        &[Need::Nodes],
        record_unseen,
    ),
    Case::new(
        "live_language::a_run_is_judged_again_by_todays_runbook",
        &[Need::Nodes],
        replay,
    ),
    Case::new(
        "live_language::a_new_runbook_lints_tests_and_runs",
        &[Need::Nodes],
        new,
    ),
];

const PAGE: &str = "inputs:
  units: { type: list, of: text, default: [kubelet, nobody], help: units }
look:
  logs: { for-each: inputs.units, journal: { unit: \"{{ each }}\", window: 1h } }
  sync: { journal: { unit: sync, window: 1h } }
  data: { disk: { path: /local } }
  table: { sysctl: { count: net.netfilter.nf_conntrack_count, max: net.netfilter.nf_conntrack_max } }
  traffic: { conntrack-counters: { over: 1s } }
  shell: { run: { at: admin, script: \"cat /proc/sys/kernel/hostname; echo free 17\", extract: { free: { pattern: 'free (\\d+)', type: integer } } } }
  itself: { kube: { get: nodes, extract: { image: { path: status.nodeInfo.osImage, type: text } } } }
find:
  logging:
    for-each: logs
    when: each.lines > 0
    severity: note
    says: \"{{ each.each }}: {{ each.last }}\"
  told:
    when: sync.lines > 0 and table.count < table.max and traffic.drop.growth == 0
    severity: warning
    says: \"{{ sync.last }} and {{ shell.text }} and {{ itself.image }}\"
  free:
    when: shell.free > 16 and data.used_share <= 1
    severity: note
    says: \"{{ shell.free }}\"
";

/// Plants a line full of names, and answers with those that a case must not have. A pod is known only
/// to a run that is about it.
fn told(desk: &Desk<'_>) -> Result<Vec<String>> {
    let node = desk.node()?.config();
    let address = node.address.to_string();
    let names = vec![
        "111122223333".to_owned(),
        node.instance_id.clone(),
        node.name.clone(),
        address.clone(),
        "10.0.9.4".to_owned(),
    ];
    let line = format!(
        "pod shop/checkout-7d9f5c-x2vqz on {} ({address}, {}) of 111122223333 asks 10.0.9.4:5432 with arn:aws:iam::111122223333:role/ops",
        node.name, node.instance_id
    );
    desk.node()?
        .plant_journal_line("sync.service", Duration::from_secs(9), &line)?;
    Ok(names)
}

/// The id of the latest run.
fn latest(desk: &Desk<'_>) -> Result<String> {
    let runs = desk.heeler(&["runs", "--output", "json"])?.expect_exit(0)?;
    let run = runs.json()?["runs"][0]["run"].as_str().map(str::to_owned);
    run.with_context(|| format!("no run\n{runs}"))
}

fn record(context: &Context) -> Result<()> {
    let desk = Desk::open(context, true)?;
    desk.write("page", PAGE)?;
    let names = told(&desk)?;
    let seen = desk.see("page", &["--unconfined"], 3)?;
    for finding in ["logging", "told", "free"] {
        seen.expect_verdict(finding, "holds")?;
    }
    let run = latest(&desk)?;
    let recorded = desk
        .heeler(&["record", &run, "--as", "first"])?
        .expect_exit(0)?;
    let file = desk.runbooks().join("page/cases/first.yaml");
    recorded.expect_stdout(&file.display().to_string())?;
    let text = fs::read_to_string(&file)?;
    for name in &names {
        ensure!(!text.contains(name), "the case names {name}:\n{text}");
    }
    for kept in ["1.50.0", "free", "kubelet"] {
        ensure!(text.contains(kept), "the case has lost {kept}:\n{text}");
    }
    let tested = desk.heeler(&["test", "page"])?.expect_exit(0)?;
    tested.expect_stdout("1 case holds")?;
    desk.heeler(&["test", &file.display().to_string()])?
        .expect_exit(0)?;
    let again = desk
        .heeler(&["record", &run, "--as", "first"])?
        .expect_exit(1)?;
    again.expect_stderr("error[case-exists]")?;
    ensure!(
        fs::read_to_string(&file)? == text,
        "the case was overwritten"
    );
    let bad = desk
        .heeler(&["record", &run, "--as", "../x"])?
        .expect_exit(2)?;
    bad.expect_stderr("error[bad-name]")?;
    let none = desk.heeler(&["record", "zzzzz"])?.finish()?;
    ensure!(
        none.status.code() == Some(2) || none.status.code() == Some(1),
        "{none}"
    );
    // A runbook that judges otherwise does not pass.
    desk.write("page", &PAGE.replace("shell.free > 16", "shell.free > 17"))?;
    let failed = desk.heeler(&["test", "page"])?.expect_exit(1)?;
    failed.expect_stdout("FAILED first")?;
    failed.expect_stdout("free")?;
    Ok(())
}

fn record_unseen(context: &Context) -> Result<()> {
    let plan = context.plan().instant().nodes(2);
    let desk = Desk::with(context, plan)?;
    desk.write("page", PAGE)?;
    let names = told(&desk)?;
    let faults = desk.lab.aws().faults();
    faults.kill_agent(&desk.lab.nodes()[1].config().instance_id);
    let seen = desk.see("page", &[], 4)?;
    seen.expect_verdict("told", "not-seen")?;
    let run = latest(&desk)?;
    desk.heeler(&["record", &run, "--as", "dark"])?
        .expect_exit(0)?;
    let text = fs::read_to_string(desk.runbooks().join("page/cases/dark.yaml"))?;
    for name in &names {
        ensure!(!text.contains(name), "the case names {name}:\n{text}");
    }
    desk.heeler(&["test", "page"])?.expect_exit(0)?;
    desk.heeler(&["replay", &run])?.expect_exit(0).map(drop)
}

fn replay(context: &Context) -> Result<()> {
    let desk = Desk::open(context, true)?;
    desk.write("page", PAGE)?;
    told(&desk)?;
    desk.see("page", &["--unconfined"], 3)?;
    let run = latest(&desk)?;
    desk.lab.aws().forget_calls();
    let same = desk.heeler(&["replay", &run])?.expect_exit(0)?;
    same.expect_stdout("everything is as it was then")?;
    desk.write("page", &PAGE.replace("sync.lines > 0", "sync.lines > 1"))?;
    let other = desk.heeler(&["replay", &run])?.expect_exit(1)?;
    other.expect_stdout("told")?;
    let json = desk
        .heeler(&["replay", &run, "--output", "json"])?
        .expect_exit(1)?
        .json()?;
    ensure!(
        json["same"] == false && json["runbook_changed"] == true,
        "{json:#}"
    );
    ensure!(
        json["differences"][0]["about"].to_string().contains("told"),
        "{json:#}"
    );
    let faulty = PAGE.replace("sync.lines", "snyc.lines");
    desk.write("page", &faulty)?;
    desk.heeler(&["replay", &run])?
        .expect_exit(1)?
        .expect_stderr("unknown-name")?;
    let calls = desk.lab.aws().calls();
    ensure!(calls.is_empty(), "somebody was asked: {calls:#?}");
    Ok(())
}

fn new(context: &Context) -> Result<()> {
    let desk = Desk::open(context, true)?;
    fs::create_dir_all(desk.runbooks())?;
    let folder = desk.runbooks().display().to_string();
    desk.heeler(&["new", "my-page", "--in", &folder])?
        .expect_exit(0)?;
    let page = format!("{folder}/my-page");
    let linted = desk
        .heeler(&["lint", "--deny-warnings", &page])?
        .expect_exit(0)?;
    linted.expect_stdout("nothing wrong")?;
    let tested = desk.heeler(&["test", &page])?.expect_exit(0)?;
    tested.expect_stdout("case")?;
    ensure!(!tested.stdout.contains("no cases"), "{tested}");
    // It runs as it is, and what it saw is one more case.
    let ended = desk.run("my-page", &[])?.finish()?;
    let code = ended.status.code();
    ensure!(matches!(code, Some(0 | 3)), "{ended}");
    Seen::of(ended)?;
    desk.heeler(&["record", &latest(&desk)?, "--as", "real"])?
        .expect_exit(0)?;
    desk.heeler(&["test", &page])?
        .expect_exit(0)?
        .expect_stdout("cases hold")?;
    let again = desk
        .heeler(&["new", "my-page", "--in", &folder])?
        .expect_exit(2)?;
    again.expect_stderr("error[folder-exists]")?;
    desk.heeler(&["new", "My Page"])?
        .expect_exit(2)?
        .expect_stderr("error[bad-name]")
        .map(drop)
}
