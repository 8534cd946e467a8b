//! `heeler runs` and `heeler report`: what the journal knows.

use heeler_core::event::{Event, Exit};
use heeler_core::report::Report;
use serde_json::json;

use super::args::Output;
use super::{said, start};
use crate::failure::Failure;
use crate::journal::RunEntry;
use crate::run::recorder::journal_failure;

/// Lists the newest runs.
///
/// # Errors
/// The journal's own failures.
pub(super) async fn runs(limit: u32, output: Output) -> Result<u8, Failure> {
    let journal = start::journal(Vec::new())?;
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let entries = journal
        .runs(limit)
        .await
        .map_err(|fault| journal_failure(&fault))?;
    let text = match output {
        Output::Json | Output::Sarif => {
            let runs: Vec<_> = entries.iter().map(wire).collect();
            format!("{:#}\n", json!({ "format": 1, "runs": runs }))
        }
        Output::Text if entries.is_empty() => {
            "no runs yet; `heeler list` shows what there is to run\n".to_owned()
        }
        Output::Text => entries.iter().map(line).collect(),
    };
    said::say_lines(&text);
    Ok(Exit::Clear.code())
}

/// Prints the report of a run again, and answers with its exit status.
///
/// # Errors
/// `unknown-run`, `ambiguous-run`, and the journal's own failures; a record that was tampered with
/// is one of them.
pub(super) async fn report(wanted: &str, output: Output) -> Result<u8, Failure> {
    let journal = start::journal(Vec::new())?;
    let run = start::find_run(&journal, wanted).await?;
    let records = start::records(&journal, run).await?;
    start::print(&Report::fold(&records), output);
    start::unbroken(&journal, run).await?;
    let ended = records.iter().rev().find_map(|record| match record.event {
        Event::RunEnded { exit, .. } => Some(exit),
        _ => None,
    });
    // A run without an end was killed: it did not do its work.
    Ok(ended.unwrap_or(Exit::Failed).code())
}

fn line(entry: &RunEntry) -> String {
    let report = match &entry.report {
        Ok(report) => report,
        Err(fault) => return format!("{}  can't be read: {fault}\n", entry.run),
    };
    let at = report
        .started_at
        .map(|at| at.strftime("%Y-%m-%d %H:%M:%SZ").to_string());
    let order = report.order.as_ref();
    let command = order.map_or("", |order| order.command.as_str());
    let runbook = order.map_or("", |order| order.runbook.as_str());
    let target = report.nodes.first().map_or("", |node| node.target.name());
    let more = match report.nodes.len() {
        0 | 1 => String::new(),
        nodes => format!(" and {} more", nodes - 1),
    };
    let end = report
        .ending
        .map_or("did not end", |ending| came_to(command, ending.exit));
    let about = order
        .and_then(|order| order.about)
        .map(|about| format!(", about {about}"))
        .unwrap_or_default();
    format!(
        "{}  {}  {command} {runbook}  {target}{more}  {end}{about}\n",
        entry.run,
        at.unwrap_or_default()
    )
}

fn wire(entry: &RunEntry) -> serde_json::Value {
    match &entry.report {
        Err(fault) => json!({
            "run": entry.run.short(), "id": entry.run.uuid().to_string(), "unreadable": fault.to_string(),
        }),
        Ok(report) => json!({
            "run": entry.run.short(),
            "id": entry.run.uuid().to_string(),
            "started_at": report.started_at.map(|at| at.to_string()),
            "command": report.order.as_ref().map(|order| order.command.as_str()),
            "runbook": report.order.as_ref().map(|order| order.runbook.as_str()),
            "about": report.order.as_ref().and_then(|order| order.about).map(|about| about.short()),
            "nodes": report.nodes.iter().map(|node| node.target.name()).collect::<Vec<_>>(),
            "exit": report.ending.map(|ending| word(ending.exit)),
            "code": report.ending.map(|ending| ending.exit.code()),
        }),
    }
}

/// How it ended, for people: what gives no verdict is not clear of anything.
fn came_to(command: &str, exit: Exit) -> &'static str {
    match (command, exit) {
        ("plan", Exit::Clear) => "planned",
        ("fix", Exit::Clear) => "kept",
        ("revert", Exit::Clear) => "taken back",
        ("approve" | "stop", Exit::Clear) => "done",
        _ => word(exit),
    }
}

fn word(exit: Exit) -> &'static str {
    match exit {
        Exit::Clear => "clear",
        Exit::NotSeen => "not seen",
        Exit::Found => "found",
        Exit::Failed => "failed",
        Exit::Refused => "refused",
        Exit::Reverted => "reverted",
        Exit::Stuck => "stuck",
        Exit::Interrupted => "interrupted",
    }
}
