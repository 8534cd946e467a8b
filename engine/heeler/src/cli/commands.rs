//! `heeler run --commands`: what a person would type to ask the same. Nothing is sent to a node.

use std::fmt::Write as _;

use heeler_core::action::{Rung, Source};
use heeler_core::event::InstanceId;
use heeler_core::find::View;
use heeler_core::plan;
use heeler_core::runbook::Runbook;

use crate::failure::Failure;
use crate::run::ask::{nonce, unplannable, world_failure};
use crate::world::equivalent::{self, Flags};
use crate::world::port::{Comment, MOST_INSTANCES, ObjectRef, SendCommand};
use crate::world::resolve::Resolved;

/// The commands, in the order in which the run would give them.
///
/// # Errors
/// `unplannable`, when a wave does not fit one command.
pub(super) fn commands(runbook: &Runbook, resolved: &Resolved) -> Result<String, Failure> {
    let flags = Flags::of(&resolved.aws, resolved.place.context.as_deref());
    let mut text = String::new();
    let mut section = |title: &str, command: &str| {
        let _ = writeln!(text, "# {title}\n{command}\n");
    };
    section("who is asking", &equivalent::caller(&flags));
    let instances: Vec<InstanceId> = resolved
        .targets
        .iter()
        .map(|target| target.instance.clone())
        .collect();
    section(
        "the instances and their tags",
        &equivalent::describe(&flags, &instances),
    );
    for wave in plan::waves(&runbook.looks) {
        let steps: Vec<_> = wave
            .iter()
            .filter_map(|index| runbook.looks.get(*index))
            .collect();
        for target in &resolved.targets {
            let facts = View::new(target.clone()).facts();
            let mut looks: Vec<(String, Vec<Rung>)> = Vec::new();
            for step in &steps {
                match step.look.source(&facts) {
                    Ok(Source::Node(rungs)) => looks.push((step.name.clone(), rungs)),
                    Ok(Source::Kube(get)) => {
                        let Some(name) = get.name.or_else(|| target.node.clone()) else {
                            continue;
                        };
                        let object = ObjectRef {
                            api: get.api,
                            resource: get.resource,
                            namespace: get.namespace,
                            name,
                        };
                        section(&step.label, &equivalent::get(&flags, &object));
                    }
                    Err(_) => {}
                }
            }
            if looks.is_empty() {
                continue;
            }
            let labels: Vec<&str> = steps
                .iter()
                .filter(|step| looks.iter().any(|(name, _)| *name == step.name))
                .map(|step| step.label.as_str())
                .collect();
            let title = format!("{}: {}", target.name(), labels.join(", "));
            section(&title, &send(&flags, &looks, &target.instance)?);
        }
    }
    let _ = writeln!(
        text,
        "# at most {MOST_INSTANCES} nodes share a command in a run; the answers are frames: the \
         line after `heeler1` is base64 (and gzip, where it says gz)"
    );
    Ok(text)
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
