//! Several nodes on the screen: the ill ones in full, the others in a line.

use std::cmp::Reverse;

use super::grouped::grouped;
use super::model::{NodeReport, Report};
use super::node;
use super::screen::{Screen, Tone};
use super::silences;

/// More names than this are counted; JSON has them all.
const NAMED: usize = 3;

/// All nodes of a run: the worst first, then those that could not be told, then the healthy ones.
pub(super) fn show(screen: &mut Screen, report: &Report) {
    let (mut ill, quiet): (Vec<&NodeReport>, Vec<&NodeReport>) =
        report.nodes.iter().partition(|node| node.findings.ill());
    ill.sort_by_key(|node| Reverse(node.findings.worst()));
    for node in ill {
        node::in_full(screen, report, node);
    }
    let (silent, answered): (Vec<&NodeReport>, Vec<&NodeReport>) = quiet
        .into_iter()
        .partition(|node| node.findings.judged.is_empty());
    // A runbook may judge the run only: then nothing is said of a node that has answered.
    let (asked, silent): (Vec<&NodeReport>, Vec<&NodeReport>) = silent
        .into_iter()
        .partition(|node| node.answer.is_some() && node.errors.is_empty());
    if !asked.is_empty() {
        screen.row("looked at", &names(screen, &asked));
    }
    for (why, nodes) in grouped(silent, |node| silences::told(report, node).join("; ")) {
        let why = if why.is_empty() {
            "nothing was asked"
        } else {
            &why
        };
        screen.toned_row(
            "no answer",
            Tone::Alarm,
            &format!("{}: {why}", names(screen, &nodes)),
        );
    }
    let (sound, open): (Vec<&NodeReport>, Vec<&NodeReport>) = answered
        .into_iter()
        .partition(|node| node.findings.undecided().is_empty());
    for (lines, nodes) in grouped(open, |node| remainder(screen, node)) {
        let text = format!(
            "{}: nothing found in what could be seen",
            names(screen, &nodes)
        );
        screen.plain(Tone::Warning, &text);
        screen.append(&lines);
    }
    for (lines, nodes) in grouped(sound, |node| remainder(screen, node)) {
        let text = format!("{}: nothing found", names(screen, &nodes));
        screen.toned_row("healthy", Tone::Good, &text);
        screen.append(&lines);
    }
}

fn remainder(screen: &Screen, node: &NodeReport) -> String {
    let mut lines = screen.another();
    node::remainder(&mut lines, &node.findings);
    lines.finish()
}

fn names(screen: &Screen, nodes: &[&NodeReport]) -> String {
    let all: Vec<&str> = nodes.iter().map(|node| node.target.name()).collect();
    match all.split_at_checked(NAMED) {
        Some((named, others)) if !others.is_empty() && !screen.style().evidence => {
            format!("{} and {} more", named.join(", "), others.len())
        }
        _ => all.join(", "),
    }
}
