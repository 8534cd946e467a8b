//! Fixes that may not start, and what the operator can do instead.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use heeler_tests::node::{Place, ProcView};
use heeler_tests::scene::Incident;

use super::repair::{AFTER, BEFORE, Repair};
use crate::harness::Context;
use crate::operator::{Operator, Report, Verdict};

pub(super) fn without_admin(context: &Context) -> Result<()> {
    let repair = Repair::start(context)?;
    let operator = &repair.operator;
    operator.switch_admin(false)?;
    for refused in [repair.planned("")?, repair.fix("--yes sha256:0")?] {
        let refused = refused.expect_exit(5)?;
        refused.expect_stdout("the admin container is off")?;
    }
    let report = Report::of(repair.planned("--output json")?.expect_exit(5)?)?;
    operator.expect_time_wait(BEFORE)?;
    let way = |index: usize| report.text(&format!("/fix/ways/{index}"));
    let (setting, admin) = (way(0)?, way(1)?);
    for consequence in ["stays after a reboot", "can't be unset", "1.35", "sysctl.d"] {
        ensure!(
            setting.contains(consequence),
            "no `{consequence}` in: {setting}"
        );
    }
    ensure!(
        admin.contains("user data, which replaces the node"),
        "{admin}"
    );
    // Both do what they are named for.
    operator.on_node(Place::Control, &["sh", "-c", command(setting)?])?;
    repair.wait_for(AFTER)?;
    ensure!(
        !operator.node()?.admin_running(),
        "the admin container runs"
    );
    operator.on_node(Place::Control, &["sh", "-c", command(admin)?])?;
    for _ in 0..200 {
        if operator.node()?.admin_running() {
            break;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    ensure!(
        operator.node()?.admin_running(),
        "`{admin}` does not start it"
    );
    let report = Report::of(repair.planned("--output json")?.finish()?)?;
    let reason = report.text("/fix/refused")?;
    ensure!(
        !reason.contains("admin container"),
        "refused again: {reason}"
    );
    Ok(())
}

/// The command in a way: from `apiclient` to where the prose goes on.
fn command(way: &str) -> Result<&str> {
    let start = way
        .find("apiclient ")
        .with_context(|| format!("no command in: {way}"))?;
    let rest = way.get(start..).unwrap_or_default();
    let end = ["; ", ", "]
        .iter()
        .filter_map(|prose| rest.find(prose))
        .min();
    let end = end.unwrap_or(rest.len());
    Ok(rest.get(..end).unwrap_or_default())
}

pub(super) fn changed_already(context: &Context) -> Result<()> {
    let repair = Repair::start(context)?;
    repair.operator.set_time_wait(AFTER)?;
    // The table is still full of entries with the old time-out.
    let refused = repair.planned("")?.expect_exit(5)?;
    refused.expect_stdout("it would not help")?;
    refused.expect_stdout("nothing changed")?;
    repair.operator.expect_time_wait(AFTER)
}

pub(super) fn healthy(context: &Context) -> Result<()> {
    let repair = Repair::start(context)?;
    repair.operator.lab.end_incident();
    let refused = repair.planned("")?.expect_exit(5)?;
    refused.expect_stdout("nothing that shorten-time-wait cures holds now")?;
    refused.expect_stdout("table-full is ruled out")?;
    Ok(())
}

/// Of a runbook that nobody has linted it is told before anybody approves it.
pub(super) fn too_long(context: &Context) -> Result<()> {
    let one = "- sysctl: { net.netfilter.nf_conntrack_tcp_timeout_time_wait: \"{{ inputs.time_wait }}\" }";
    let others = ["established", "close_wait"].map(|name| {
        format!("\n      - sysctl: {{ net.netfilter.nf_conntrack_tcp_timeout_{name}: 77s }}")
    });
    let all = format!("{one}{}", others.concat());
    let repair = Repair::with(context, &[(one, &all)])?;
    let plan = repair.planned("")?.expect_exit(5)?;
    plan.expect_stdout("no command can carry its changes: the admin container needs a script of")?;
    plan.expect_stdout("make two fixes of it")?;
    repair.operator.expect_time_wait(BEFORE)
}

pub(super) fn unseen(context: &Context) -> Result<()> {
    // The finding itself can't be told.
    let plan = context.plan().instant().proc(ProcView::Absent);
    let blind = Operator::with(context, plan, Incident::Full)?;
    let report = blind.judge()?;
    ensure!(offers(&report)? == 0, "a fix is on offer\n{}", report.ended);
    let fix = format!("plan {} shorten-time-wait", report.id()?);
    let refused = blind.heeler(&fix)?.expect_exit(5)?;
    refused.expect_stdout("table-full could not be told")?;
    drop(blind);
    // The finding holds, and what its fix requires can't be seen.
    let requires_the_log = [(
        "require: entries.time_wait.share >= 0.5",
        "require: log.lines >= 0",
    )];
    let repair = Repair::with(context, &requires_the_log)?;
    repair.operator.switch_admin(false)?;
    let run = format!("run conntrack-exhaustion --pod {}", crate::operator::POD);
    let report = Report::of(
        repair
            .heeler(&format!("{run} --output json"))?
            .expect_exit(3)?,
    )?;
    ensure!(
        report.verdict("table-full")? == Verdict::Holds,
        "{}",
        report.ended
    );
    let withheld = report.text("/nodes/0/fixes/0/withheld")?;
    ensure!(
        withheld == "not seen: kernel log: the admin container is off",
        "{withheld}"
    );
    ensure!(
        report.at("/nodes/0/fixes/0/command")?.is_null(),
        "{}",
        report.ended
    );
    let screen = repair.heeler(&run)?.expect_exit(3)?;
    let on_offer = screen
        .stdout
        .lines()
        .any(|line| line.contains("heeler fix") && line.contains("shorten-time-wait"));
    ensure!(!on_offer, "the fix is on offer\n{screen}");
    let refused = repair.planned("")?.expect_exit(5)?;
    refused.expect_stdout(withheld)?;
    repair.operator.expect_time_wait(BEFORE)
}

fn offers(report: &Report) -> Result<usize> {
    Ok(report.at("/nodes/0/fixes")?.as_array().map_or(0, Vec::len))
}
