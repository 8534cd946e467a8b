//! The bundles that a run has made of its nodes, or should have made.

use super::grouped::grouped;
use super::model::Report;
use super::screen::{Screen, Tone};
use crate::event::{BundleStep, InstanceId, RunId};

/// The bundle of one node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BundleCourse {
    /// Which node.
    pub instance: InstanceId,
    /// Why it was wanted.
    pub because: String,
    /// Its own run; `None`: it was not begun.
    pub run: Option<RunId>,
    /// What became of it; `None`: nobody knows.
    pub end: Option<BundleEnd>,
}

/// What became of a bundle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BundleEnd {
    /// It is there.
    Made {
        /// The file.
        path: String,
        /// Its bytes.
        bytes: u64,
        /// Their SHA-256, in hexadecimal digits.
        sha256: String,
        /// What it lacks and why.
        missing: Vec<String>,
        /// What is left on the node for a while.
        left: Option<String>,
    },
    /// It could not be made, and why.
    Failed(String),
    /// It was not begun, and why.
    LeftOut(String),
}

impl BundleCourse {
    /// The word for programs: `made`, `partial`, `failed`, `left-out` or `in-doubt`.
    pub fn state(&self) -> &'static str {
        match &self.end {
            Some(BundleEnd::Made { missing, .. }) if missing.is_empty() => "made",
            Some(BundleEnd::Made { .. }) => "partial",
            Some(BundleEnd::Failed(_)) => "failed",
            Some(BundleEnd::LeftOut(_)) => "left-out",
            None => "in-doubt",
        }
    }
}

impl Report {
    pub(super) fn take_bundle(&mut self, step: &BundleStep) {
        match step.clone() {
            BundleStep::Begun {
                instance,
                run,
                because,
            } => self.bundles.push(BundleCourse {
                instance,
                because,
                run: Some(run),
                end: None,
            }),
            BundleStep::LeftOut {
                instance,
                because,
                why,
            } => self.bundles.push(BundleCourse {
                instance,
                because,
                run: None,
                end: Some(BundleEnd::LeftOut(why)),
            }),
            BundleStep::Made {
                instance,
                path,
                bytes,
                sha256,
                missing,
                left,
                ..
            } => self.end_bundle(
                &instance,
                BundleEnd::Made {
                    path,
                    bytes,
                    sha256,
                    missing,
                    left,
                },
            ),
            BundleStep::Failed { instance, why, .. } => {
                self.end_bundle(&instance, BundleEnd::Failed(why));
            }
        }
    }

    fn end_bundle(&mut self, instance: &InstanceId, end: BundleEnd) {
        let mut begun = self.bundles.iter_mut().rev();
        if let Some(bundle) = begun.find(|bundle| bundle.instance == *instance) {
            bundle.end = Some(end);
        }
    }
}

/// A line for each bundle, and one for all that were left out for the same reason.
pub(super) fn show(screen: &mut Screen, report: &Report) {
    let (left_out, begun): (Vec<_>, Vec<_>) = report
        .bundles
        .iter()
        .partition(|bundle| matches!(bundle.end, Some(BundleEnd::LeftOut(_))));
    for bundle in begun {
        one(screen, report, bundle);
    }
    for (why, bundles) in grouped(left_out, |bundle| match &bundle.end {
        Some(BundleEnd::LeftOut(why)) => why.clone(),
        _ => String::new(),
    }) {
        let names: Vec<&str> = bundles
            .iter()
            .map(|bundle| report.name_of(&bundle.instance))
            .collect();
        let text = format!("none of {}: {why}", names.join(", "));
        screen.toned_row("no bundle", Tone::Warning, &text);
    }
}

fn one(screen: &mut Screen, report: &Report, bundle: &BundleCourse) {
    let (name, because) = (report.name_of(&bundle.instance), &bundle.because);
    match &bundle.end {
        Some(BundleEnd::Made {
            path,
            bytes,
            missing,
            left,
            ..
        }) => {
            let word = match missing.is_empty() {
                true => "",
                false => "PARTIAL, ",
            };
            screen.row("bundle", path);
            screen.row("", &format!("of {name}, as {because}; {word}{bytes} bytes"));
            screen.rows("", missing.iter().map(|what| format!("missing: {what}")));
            match left {
                Some(left) => {
                    screen.toned_row("", Tone::Warning, &format!("left on the node: {left}"))
                }
                None => screen.row("", "nothing is left on the node"),
            }
        }
        Some(BundleEnd::Failed(why) | BundleEnd::LeftOut(why)) => {
            let text = format!("none of {name}, where {because}: {why}");
            screen.toned_row("no bundle", Tone::Warning, &text);
        }
        None => {
            let run = bundle.run.map(|run| run.short()).unwrap_or_default();
            let text = format!(
                "one of {name} was begun (run {run}) and has no recorded end; the node takes back what \
                 lies there by itself"
            );
            screen.toned_row("no bundle", Tone::Alarm, &text);
        }
    }
}
