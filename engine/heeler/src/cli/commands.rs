//! `heeler run --commands`: what a person would type to ask the same. Nothing is sent to a node.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use heeler_core::action::{KubeGet, Rung, Source};
use heeler_core::event::{InstanceId, RunId};
use heeler_core::find::View;
use heeler_core::plan::{self, Ask, Asked, Bounds};
use heeler_core::runbook::{LookStep, Runbook};
use heeler_core::value::{Unseen, Value, Why};
use uuid::Uuid;

use crate::failure::Failure;
use crate::run::ask::{nonce, unplannable, world_failure};
use crate::world::equivalent::{self, Flags};
use crate::world::port::{Comment, MOST_INSTANCES, ObjectRef, SendCommand};
use crate::world::resolve::Resolved;

/// The commands, in the order in which the run would give them; `unconfined`: scripts of the
/// runbook's own may be asked.
///
/// # Errors
/// `unplannable`, when a look does not fit a command.
pub(super) fn commands(
    runbook: &Runbook,
    inputs: &BTreeMap<String, Value>,
    resolved: &Resolved,
    unconfined: bool,
) -> Result<String, Failure> {
    let flags = Flags::of(&resolved.aws, resolved.place.context.as_deref());
    let mut text = section("who is asking", &equivalent::caller(&flags));
    let instances: Vec<InstanceId> = resolved
        .targets
        .iter()
        .map(|target| target.instance.clone())
        .collect();
    text += &section(
        "the instances and their tags",
        &equivalent::describe(&flags, &instances),
    );
    let bounds = Bounds {
        unconfined,
        deadline: None,
    };
    for wave in plan::waves(&runbook.looks) {
        let steps: Vec<&LookStep> = wave
            .iter()
            .filter_map(|index| runbook.looks.get(*index))
            .collect();
        for target in &resolved.targets {
            let view = View::new(target.clone());
            // Nothing has been seen: what depends on that can't be printed.
            let worlds = view.worlds(runbook, inputs, RunId::new(Uuid::nil()));
            let mut looks = Asked::new();
            for step in &steps {
                let ask = plan::ask_anyway(step, &view, &worlds, &bounds);
                if let Ask::Not(missing) = &ask {
                    text += &not_printed(step, missing);
                }
                for part in ask.parts() {
                    match &part.source {
                        Ok(Source::Node(rungs)) => looks.push((part.name.clone(), rungs.clone())),
                        Ok(Source::Kube(get)) => {
                            text += &section(&step.label, &equivalent::get(&flags, &object(get)));
                        }
                        Err(missing) => text += &not_printed(step, missing),
                    }
                }
            }
            for batch in plan::batches(&looks).batches {
                let title = format!("{}: {}", target.name(), labels(&steps, &batch));
                text += &section(&title, &send(&flags, &batch, &target.instance)?);
            }
        }
    }
    if let Some(rule) = &runbook.bundle {
        let title = format!("a bundle of a node for {}", rule.findings.join(", "));
        text += &section(&title, "heeler bundle --node NAME");
    }
    let _ = writeln!(
        text,
        "# at most {MOST_INSTANCES} nodes share a command in a run; the answers are frames: the \
         line after `heeler1` is base64 (and gzip, where it says gz)"
    );
    Ok(text)
}

fn section(title: &str, command: &str) -> String {
    format!("# {title}\n{command}\n\n")
}

/// The looks of a command, as people call them.
fn labels(steps: &[&LookStep], batch: &Asked) -> String {
    let in_it = |step: &&&LookStep| {
        let items = format!("{}__", step.name);
        let mut names = batch.iter().map(|(name, _)| name);
        names.any(|name| *name == step.name || name.starts_with(&items))
    };
    let labels: Vec<&str> = steps
        .iter()
        .filter(in_it)
        .map(|step| step.label.as_str())
        .collect();
    labels.join(", ")
}

fn object(get: &KubeGet) -> ObjectRef {
    ObjectRef {
        api: get.api.clone(),
        resource: get.resource.clone(),
        namespace: get.namespace.clone(),
        name: get.name.clone().unwrap_or_default(),
    }
}

/// Why a look has no command here, in one line.
fn not_printed(step: &LookStep, missing: &[Unseen]) -> String {
    let reasons: Vec<String> = missing
        .iter()
        .map(|missing| match &missing.why {
            Why::NotAsked => format!("it depends on what `{}` answers", missing.look),
            why => why.to_string(),
        })
        .collect();
    format!("# {}: no command, {}\n\n", step.label, reasons.join("; "))
}

fn send(
    flags: &Flags,
    looks: &[(String, Vec<Rung>)],
    instance: &InstanceId,
) -> Result<String, Failure> {
    let script = plan::fuse(looks, &nonce()).map_err(unplannable)?;
    let comment = Comment::new("heeler by hand").map_err(|error| world_failure(&error.into()))?;
    let mut command = SendCommand::new(vec![instance.clone()], script, comment);
    command.execution = plan::longest(looks).map_err(unplannable)?;
    equivalent::send_and_read(flags, &command).map_err(|error| world_failure(&error.into()))
}
