//! The first screen: what somebody reads at three in the morning.

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value as Json;

use super::bundle;
use super::clean::shell_word;
use super::course::FixState;
use super::doubt::Doubt;
use super::fleet;
use super::grouped::grouped;
use super::model::{CommandCourse, Ending, Failure, Report};
use super::node;
use super::plan;
use super::repair;
use super::screen::{Screen, Style, Tone};
use super::values::shown;
use crate::event::{Exit, FixPlan, InstanceId, NodeTarget, Where};
use crate::value::DurationSpan;

/// The report for people, in whole lines. Every command in it can be pasted as it stands.
pub fn text(report: &Report, style: &Style) -> String {
    let mut screen = Screen::new(*style);
    upper(&mut screen, report);
    lower(&mut screen, report);
    screen.finish()
}

/// What is still to be said of a run after [`text_so_far`]: its bundles, its doubts and failures, and
/// its end.
pub fn text_since(report: &Report, style: &Style) -> String {
    let mut screen = Screen::new(*style);
    lower(&mut screen, report);
    screen.finish()
}

/// The same of a run that is under way, such as one that waits for an approval: nothing is said of
/// an end, and nothing is called in doubt.
pub fn text_so_far(report: &Report, style: &Style) -> String {
    let mut screen = Screen::new(*style);
    upper(&mut screen, report);
    screen.finish()
}

/// A plan for somebody who was not there when it was made: who wants what, where, on what, and all
/// that would be done.
pub fn plan_text(
    wish: &str,
    (place, nodes): (&Where, &[NodeTarget]),
    plan: &FixPlan,
    style: &Style,
) -> String {
    let mut screen = Screen::new(*style);
    screen.plain(Tone::Plain, wish);
    screen.plain(Tone::Quiet, &where_am_i(place));
    for node in nodes {
        let name = node.node.as_deref().unwrap_or_default();
        screen.row("node", format!("{name} {}", node.instance).trim());
    }
    plan::show(&mut screen, plan);
    screen.finish()
}

fn lower(screen: &mut Screen, report: &Report) {
    bundle::show(screen, report);
    doubts(screen, report);
    for failure in &report.failures {
        show_failure(screen, failure);
    }
    foot(screen, report);
}

fn upper(screen: &mut Screen, report: &Report) {
    if let Some(bundle) = &report.bundle {
        let (file, node, at) = (&bundle.file, &bundle.node, minute(bundle.at));
        let text = format!("bundle {file}: {node} as it was at {at}; nobody was asked");
        screen.plain(Tone::Strong, &text);
        if let Some(why) = &bundle.partial {
            screen.plain(Tone::Warning, &format!("PARTIAL: {why}"));
        }
    }
    if let Some(place) = &report.place {
        screen.plain(Tone::Quiet, &where_am_i(place));
    }
    match report.nodes.as_slice() {
        [] => {}
        // Each of them has a run of its own, and a line below the plan.
        _ if !report.fix.ramp.nodes.is_empty() => {}
        [only] => node::alone(screen, report, only),
        _ => fleet::show(screen, report),
    }
    node::whole(screen, report);
    // On several nodes each may have met the same.
    let mut known = BTreeSet::new();
    let notes = report.notes.iter().map(|note| note.text.as_str());
    screen.rows("note", notes.filter(|text| known.insert(*text)));
    repair::show(screen, report);
}

/// `prod-eu 111122223333 eu-west-1 as ops/alice`
pub(super) fn where_am_i(place: &Where) -> String {
    let name = name_of(place);
    let parts = [name.as_str(), &place.account, &place.region];
    let known: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    format!("{} as {}", known.join(" "), place.caller)
}

/// The cluster, and the context where its name does not say the same.
fn name_of(place: &Where) -> String {
    match (&place.context, &place.cluster) {
        (Some(context), Some(cluster)) => {
            let arn = format!(":{}:cluster/{cluster}", place.account);
            if context == cluster || context.ends_with(&arn) {
                cluster.clone()
            } else {
                format!("{context} (cluster {cluster})")
            }
        }
        (Some(name), None) | (None, Some(name)) => name.clone(),
        (None, None) => String::new(),
    }
}

fn doubts(screen: &mut Screen, report: &Report) {
    let doubts = report.doubts();
    let commands = doubts.iter().filter_map(|doubt| match doubt {
        Doubt::Command(command) => Some(*command),
        _ => None,
    });
    // What is asked for again and again is one doubt.
    for (_, alike) in grouped(commands, |one| (&one.purpose, &one.instances)) {
        commands_in_doubt(screen, report, &alike);
    }
    for doubt in doubts {
        match doubt {
            Doubt::Command(_) => {}
            Doubt::Change(change) => {
                let text = format!(
                    "{} on {}: {} → {} was started and has no recorded end; one or the other is \
                     there",
                    change.subject,
                    change.instance,
                    shown(&change.from),
                    shown(&change.to)
                );
                screen.toned_row("in doubt", Tone::Alarm, &text);
            }
            Doubt::Keep(instance) => {
                let text = format!("whether {instance} keeps the change is not recorded");
                screen.toned_row("in doubt", Tone::Alarm, &text);
            }
            // It stands among the nodes of its fix.
            Doubt::Node(_) => {}
        }
    }
    if report.fix.state() == Some(FixState::InDoubt) && report.fix.ramp.nodes.is_empty() {
        repair::way_back(screen, report, "asks what is there, and takes it back");
    }
}

/// Commands of one purpose to the same nodes.
fn commands_in_doubt(screen: &mut Screen, report: &Report, alike: &[&CommandCourse]) {
    let Some(first) = alike.first() else {
        return;
    };
    let nodes: Vec<&str> = first.instances.iter().map(InstanceId::as_str).collect();
    let nodes = nodes.join(", ");
    let (text, known, shown) = match alike.len() {
        1 => (
            format!(
                "whether command {} ({}) reached {nodes} is not recorded; SSM knows it by its comment",
                first.step, first.purpose
            ),
            format!("Comment=='{}'", first.comment),
            "CommandId,Status",
        ),
        many => {
            let steps: Vec<String> = alike.iter().map(|one| one.step.to_string()).collect();
            let comments: Vec<&str> = alike.iter().map(|one| one.comment.as_str()).collect();
            (
                format!(
                    "whether any of {many} commands ({}: {}) reached {nodes} is not recorded; SSM \
                     knows them by their comments",
                    first.purpose,
                    steps.join(", ")
                ),
                format!("contains(`{}`,Comment)", Json::from(comments)),
                "Comment,CommandId,Status",
            )
        }
    };
    screen.toned_row("in doubt", Tone::Alarm, &text);
    if let Some(place) = &report.place {
        let query = format!("Commands[?{known}].[{shown}]");
        let ask = format!(
            "aws ssm list-commands --region {} --query {}",
            shell_word(&place.region),
            shell_word(&query)
        );
        screen.command("", &ask, "");
    }
}

fn show_failure(screen: &mut Screen, failure: &Failure) {
    screen.headline(
        Tone::Alarm,
        &format!("error[{}]:", failure.code),
        &failure.what,
    );
    if !failure.place.is_empty() {
        screen.inset(&format!("--> {}", failure.place));
    }
    if !failure.help.is_empty() {
        screen.inset(&format!("help: {}", failure.help));
    }
}

fn foot(screen: &mut Screen, report: &Report) {
    match (&report.ending, report.last_at) {
        (Some(ending), _) => {
            screen.plain(Tone::Quiet, &last_line(ending, report.fix.state()));
        }
        (None, Some(at)) => {
            let text = format!("this run did not end: its last record is of {}", minute(at));
            screen.plain(Tone::Warning, &text);
        }
        (None, None) => screen.plain(Tone::Warning, "nothing is recorded of this run"),
    }
}

/// `3.4 s, 1 command, nothing changed`
fn last_line(ending: &Ending, fix: Option<FixState>) -> String {
    let elapsed = DurationSpan(Duration::from_millis(ending.elapsed_ms));
    let commands = match ending.commands {
        0 => "no command".to_owned(),
        1 => "1 command".to_owned(),
        several => format!("{several} commands"),
    };
    let changed = match (ending.changed, fix) {
        (_, Some(FixState::InDoubt)) => "whether anything was changed is in doubt",
        (_, Some(FixState::Stuck)) => "something is left to a person",
        (true, Some(FixState::Reverted)) => "the change was taken back",
        (false, _) => "nothing changed",
        (true, Some(FixState::Kept)) => "the change is kept",
        (true, Some(FixState::Partly)) => "the change is kept on some nodes only",
        (true, _) => "changed",
    };
    let interrupted = if ending.exit == Exit::Interrupted {
        ", interrupted"
    } else {
        ""
    };
    format!("{elapsed}, {commands}, {changed}{interrupted}")
}

fn minute(at: Timestamp) -> impl std::fmt::Display {
    at.strftime("%Y-%m-%d %H:%M:%S UTC")
}
