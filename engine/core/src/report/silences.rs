//! Commands to which a node gave no answer: what is asked for again and again, for the same reason, is
//! told once.

use super::grouped::grouped;
use super::model::{NodeReport, Report};

/// Why a node gave no usable answer, one text for each reason.
pub(super) fn told(report: &Report, node: &NodeReport) -> Vec<String> {
    let command = |step: u32| report.commands.iter().find(|command| command.step == step);
    let reasons = grouped(&node.errors, |silence| match command(silence.step) {
        // Some reasons name the command.
        Some(command) => (
            command.purpose.as_str(),
            silence.error.replace(&command.comment, ""),
        ),
        None => ("", silence.error.clone()),
    });
    let texts = reasons.iter().filter_map(|((purpose, _), alike)| {
        let first = &alike.first()?.error;
        Some(match alike.len() {
            1 => first.clone(),
            2 => format!("{first}; nor to another command ({purpose})"),
            all => format!("{first}; nor to {} more commands ({purpose})", all - 1),
        })
    });
    texts.collect()
}
