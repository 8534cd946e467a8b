//! `heeler run --plan`: what would be asked, of whom, and where. Nothing is sent to a node.

use std::fmt::Write as _;

use heeler_core::action::Impact;
use heeler_core::capture::Capture;
use heeler_core::find::View;
use heeler_core::plan::{self, Bounds, MOST_ITEMS};
use heeler_core::runbook::{BundleRule, LookStep, Runbook};
use heeler_core::value::DurationSpan;
use serde_json::{Value as Json, json};

use super::args::{Output, RunArgs};
use crate::world::port::MOST_INSTANCES;
use crate::world::resolve::Resolved;

/// What the files of a node are fetched with.
const NEEDS: &str = "get nodes/proxy, or get nodes/log and a way to the kubelet";

/// One look as it would be asked.
struct Asked {
    name: String,
    label: String,
    impact: Impact,
    places: Vec<String>,
    /// What more there is to say, for people.
    terms: Vec<String>,
}

/// The preview of a run that was asked for like this.
pub(super) fn preview(
    runbook: &Runbook,
    resolved: &Resolved,
    args: &RunArgs,
    output: Output,
) -> String {
    let waves: Vec<Vec<Asked>> = plan::waves(&runbook.looks)
        .iter()
        .map(|wave| {
            let steps = wave.iter().filter_map(|index| runbook.looks.get(*index));
            steps
                .filter_map(|step| asked(step, resolved, args.unconfined))
                .collect()
        })
        .collect();
    let commands = resolved.targets.len().div_ceil(MOST_INSTANCES) * waves.len();
    match output {
        Output::Text => text(runbook, resolved, &waves, (commands, args)),
        Output::Json | Output::Sarif => wire(runbook, resolved, &waves, (commands, args)),
    }
}

fn asked(step: &LookStep, resolved: &Resolved, unconfined: bool) -> Option<Asked> {
    let view = View::new(resolved.targets.first()?.clone());
    let bounds = Bounds {
        unconfined,
        deadline: None,
    };
    // Where an answer comes from is known before the values are that will be filled in.
    let places = match plan::places(step, &view, &bounds) {
        Ok(places) if places.is_empty() => vec!["the Kubernetes API".to_owned()],
        Ok(places) => places.iter().map(ToString::to_string).collect(),
        Err(why) => vec![format!("not asked: {why}")],
    };
    Some(Asked {
        name: step.name.clone(),
        label: step.label.clone(),
        impact: step.look.impact(),
        places,
        terms: terms(step),
    })
}

/// Under which terms a look is asked, where they are not the usual ones.
fn terms(step: &LookStep) -> Vec<String> {
    let impact = step.look.impact();
    let only_if = step.only_if.as_ref();
    let within = step.within.map(DurationSpan);
    [
        (impact != Impact::Read).then(|| impact.to_string()),
        only_if.map(|only_if| format!("only if {}", only_if.text())),
        step.for_each
            .as_ref()
            .map(|each| format!("for each of {}, {MOST_ITEMS} at most", each.list.text())),
        within.map(|within| format!("within {within}")),
        (step.retry > 0).then(|| format!("again up to {} times", step.retry)),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn text(
    runbook: &Runbook,
    resolved: &Resolved,
    waves: &[Vec<Asked>],
    (commands, args): (usize, &RunArgs),
) -> String {
    let place = &resolved.place;
    let cluster = place.cluster.as_deref().unwrap_or("cluster unknown");
    let mut text = format!(
        "{cluster} {} {} as {}\n",
        place.account, place.region, place.caller
    );
    for target in &resolved.targets {
        let pod = target
            .pod
            .as_ref()
            .map(|pod| format!("{}/{} → ", pod.namespace, pod.name));
        let node = target.node.as_ref().map(|node| format!("{node} → "));
        let _ = writeln!(
            text,
            "{}{}{}",
            pod.unwrap_or_default(),
            node.unwrap_or_default(),
            target.instance
        );
    }
    for (instance, error) in &resolved.blocked {
        let _ = writeln!(
            text,
            "can't be asked: {instance}: {}; {}",
            error.what(),
            error.help()
        );
    }
    for note in &resolved.notes {
        let _ = writeln!(text, "note: {}", note.text);
    }
    let labels = waves
        .iter()
        .flatten()
        .map(|asked| asked.label.chars().count())
        .max()
        .unwrap_or(0);
    let _ = writeln!(text, "{} would look at", runbook.name);
    for asked in waves.iter().flatten() {
        let terms = match asked.terms.as_slice() {
            [] => String::new(),
            terms => format!(" ({})", terms.join("; ")),
        };
        let _ = writeln!(
            text,
            "  {:labels$}  {}{terms}",
            asked.label,
            asked.places.join(", else ")
        );
    }
    let _ = writeln!(text, "impact: {}", runbook.impact());
    if let Some(within) = runbook.within {
        let _ = writeln!(text, "all looks within {}", DurationSpan(within));
    }
    text += &bundle_text(runbook, args);
    let noun = if commands == 1 { "command" } else { "commands" };
    let _ = writeln!(
        text,
        "{commands} {noun} at most; only a plan, nothing was sent to a node"
    );
    text
}

/// What a bundle that the runbook wants leaves on a node, for how long, and what it needs.
fn bundle_text(runbook: &Runbook, args: &RunArgs) -> String {
    let Some(rule) = &runbook.bundle else {
        return String::new();
    };
    let findings = rule.findings.join(", ");
    if args.wanted.no_bundles {
        return format!("no bundles (--no-bundles); it would make them for {findings}\n");
    }
    let minutes = Capture::LEASE.as_secs() / 60;
    let pod_logs = match rule.pod_logs {
        true => "with the logs of its pods",
        false => "without the logs of its pods",
    };
    format!(
        "then a bundle of each node for {findings}, {pod_logs}, of {} nodes at most ({})\n  \
         on the node: {}/RUN while it is made, gone after {minutes} min at the latest\n  \
         needs: {NEEDS}; nobody's approval\n",
        args.wanted.most_bundles,
        BundleRule::CLASS,
        Capture::FOLDER,
    )
}

fn bundle_wire(runbook: &Runbook, args: &RunArgs) -> Option<Json> {
    let rule = runbook.bundle.as_ref()?;
    Some(json!({
        "findings": rule.findings,
        "pod_logs": rule.pod_logs,
        "impact": BundleRule::CLASS,
        "is_left_out": args.wanted.no_bundles,
        "most": args.wanted.most_bundles,
        "on_node": Capture::FOLDER,
        "on_node_at_most_s": Capture::LEASE.as_secs(),
        "needs": NEEDS,
    }))
}

fn wire(
    runbook: &Runbook,
    resolved: &Resolved,
    waves: &[Vec<Asked>],
    (commands, args): (usize, &RunArgs),
) -> String {
    let place = &resolved.place;
    let document = json!({
        "format": 1,
        "runbook": runbook.name,
        "place": {
            "context": place.context, "account": place.account, "region": place.region,
            "cluster": place.cluster, "caller": place.caller,
        },
        "targets": resolved.targets.iter().map(|target| json!({
            "pod": target.pod.as_ref().map(|pod| format!("{}/{}", pod.namespace, pod.name)),
            "node": target.node, "instance": target.instance.as_str(),
        })).collect::<Vec<_>>(),
        "blocked": resolved.blocked.iter().map(|(instance, error)| json!({
            "instance": instance.as_str(), "code": error.code(), "what": error.what(),
            "help": error.help(),
        })).collect::<Vec<_>>(),
        "waves": waves.iter().map(|wave| wave.iter().map(|asked| json!({
            "look": asked.name, "label": asked.label, "impact": asked.impact.name(),
            "places": asked.places, "terms": asked.terms,
        })).collect::<Vec<_>>()).collect::<Vec<_>>(),
        "impact": runbook.impact().name(),
        "within_s": runbook.within.map(|within| within.as_secs()),
        "bundle": bundle_wire(runbook, args),
        "commands": commands,
    });
    format!("{document:#}\n")
}
