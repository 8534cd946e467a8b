//! A plan as a file: out of the records of its run, and back from the disk.

use std::fs::File;
use std::io::Read as _;

use heeler_core::event::{Event, Record};
use heeler_core::guard::{PlanFile, Planning};
use heeler_core::report::{self, Report};

use crate::failure::Failure;

/// Most bytes of a plan.
const MOST: u64 = 1 << 20;

/// The plan of a run, where it has made one.
pub(super) fn of_run(records: &[Record]) -> Option<PlanFile> {
    let report = Report::fold(records);
    let apply = report.apply_command()?;
    let planned = |record: &&Record| matches!(record.event, Event::FixPlanned(_));
    let planned_at = records.iter().rev().find(planned)?.at;
    let order = report.order?;
    let nodes = report.nodes.into_iter().map(|node| node.target);
    Some(PlanFile::seal(Planning {
        run: report.run?,
        planned_at,
        about: order.about?,
        place: report.place?,
        runbook: order.runbook,
        runbook_sha256: order.digest,
        nodes: nodes.collect(),
        plan: report.fix.plan?,
        apply,
    }))
}

/// As it is written to standard output.
pub(super) fn text(file: &PlanFile) -> String {
    // What came out of a journal can be written as JSON.
    let json = serde_json::to_value(file).unwrap_or_default();
    report::json_text(&json)
}

/// Reads a plan's file.
///
/// # Errors
/// `plan-unreadable`, and every way in which a file is no plan.
pub(super) fn read(path: &str) -> Result<PlanFile, Failure> {
    let unreadable = |why: String| {
        Failure::failed(
            "plan-unreadable",
            format!("the plan can't be read: {why}"),
            path,
            "name the file that `heeler plan --output json` has written",
        )
    };
    let mut text = String::new();
    let read = File::open(path).and_then(|file| file.take(MOST).read_to_string(&mut text));
    read.map_err(|error| unreadable(error.to_string()))?;
    PlanFile::read(&text)
        .map_err(|fault| Failure::refused(fault.code(), fault.to_string(), path, fault.help()))
}
