//! `heeler run --plan`: what would be asked, of whom, and where. Nothing is sent to a node.

use std::fmt::Write as _;

use heeler_core::action::Source;
use heeler_core::find::View;
use heeler_core::plan;
use heeler_core::runbook::Runbook;
use serde_json::json;

use super::args::Output;
use crate::world::port::MOST_INSTANCES;
use crate::world::resolve::Resolved;

/// One look as it would be asked.
struct Asked {
    name: String,
    label: String,
    places: Vec<String>,
}

/// The preview of a run.
pub(super) fn preview(runbook: &Runbook, resolved: &Resolved, output: Output) -> String {
    let waves: Vec<Vec<Asked>> = plan::waves(&runbook.looks)
        .iter()
        .map(|wave| {
            wave.iter()
                .filter_map(|index| asked(runbook, resolved, *index))
                .collect()
        })
        .collect();
    let commands = resolved.targets.len().div_ceil(MOST_INSTANCES) * waves.len();
    match output {
        Output::Text => text(runbook, resolved, &waves, commands),
        Output::Json | Output::Sarif => wire(runbook, resolved, &waves, commands),
    }
}

fn asked(runbook: &Runbook, resolved: &Resolved, index: usize) -> Option<Asked> {
    let step = runbook.looks.get(index)?;
    let facts = View::new(resolved.targets.first()?.clone()).facts();
    let places = match step.look.source(&facts) {
        Ok(Source::Kube(_)) => vec!["the Kubernetes API".to_owned()],
        Ok(Source::Node(rungs)) => {
            let mut places: Vec<String> = rungs.iter().map(|rung| rung.place.to_string()).collect();
            places.dedup();
            places
        }
        Err(why) => vec![format!("not asked: {why}")],
    };
    Some(Asked {
        name: step.name.clone(),
        label: step.label.clone(),
        places,
    })
}

fn text(runbook: &Runbook, resolved: &Resolved, waves: &[Vec<Asked>], commands: usize) -> String {
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
        let _ = writeln!(
            text,
            "  {:labels$}  {}",
            asked.label,
            asked.places.join(", else ")
        );
    }
    let noun = if commands == 1 { "command" } else { "commands" };
    let _ = writeln!(
        text,
        "{commands} {noun} at most; only a plan, nothing was sent to a node"
    );
    text
}

fn wire(runbook: &Runbook, resolved: &Resolved, waves: &[Vec<Asked>], commands: usize) -> String {
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
            "look": asked.name, "label": asked.label, "places": asked.places,
        })).collect::<Vec<_>>()).collect::<Vec<_>>(),
        "commands": commands,
    });
    format!("{document:#}\n")
}
