//! One line for each event that is worth one, for pipes and logs; and a few words on what is being
//! waited for, for a terminal.

use std::time::Duration;

use super::clean::clean;
use super::findings::said;
use super::text::where_am_i;
use super::values::shown;
use crate::event::{
    BundleStep, ChangePlan, Direction, Event, InstanceId, NodeTarget, RampStep, Reached, Verdict,
};
use crate::value::DurationSpan;

/// Lines of progress, which show each change as its plan does.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Progress {
    planned: Vec<ChangePlan>,
}

impl Progress {
    /// One plain line; `None` for events that the report itself shows in time.
    pub fn line(&mut self, event: &Event) -> Option<String> {
        if let Event::FixPlanned(plan) = event {
            self.planned.clone_from(&plan.changes);
        }
        let text = match event {
            Event::ChangeStarted {
                instance,
                subject,
                from,
                to,
                direction,
            } => {
                let bare = || format!("{} → {}", shown(from), shown(to));
                let diff = self.diff(instance, subject, *direction);
                let diff = diff.map_or_else(bare, str::to_owned);
                format!("{} on {instance}: {subject} {diff}", direction.word())
            }
            other => other_line(other)?,
        };
        Some(clean(&text).into_owned())
    }

    /// A change as the plan of this run shows it; on its way back it has no such text.
    fn diff(&self, instance: &InstanceId, subject: &str, direction: Direction) -> Option<&str> {
        let is_it = |planned: &&ChangePlan| {
            (&planned.instance, planned.subject.as_str()) == (instance, subject)
        };
        let planned = self.planned.iter().find(is_it)?;
        (direction == Direction::Apply).then_some(&planned.diff)
    }
}

fn other_line(event: &Event) -> Option<String> {
    Some(match event {
        Event::RunStarted {
            command, runbook, ..
        } => format!("{command} {runbook}"),
        Event::Located { place } => where_am_i(place),
        Event::Resolved { targets } => names(targets.iter().map(NodeTarget::name)),
        Event::CommandSent { step, command } => format!("command {step} sent: {}", command.short()),
        Event::CommandRefused { step, error } => format!("command {step} refused: {error}"),
        Event::NodeAnswered {
            instance,
            fetched: true,
            ..
        } => {
            format!("{instance} answered; the answer was fetched")
        }
        Event::NodeAnswered { instance, .. } => format!("{instance} answered"),
        Event::NodeFailed {
            instance, error, ..
        } => format!("{instance} gave no answer: {error}"),
        Event::Judged {
            finding,
            severity,
            verdict: Verdict::Holds(text),
            evidence,
            ..
        } => {
            format!("{severity} {finding}: {}", said(evidence, text))
        }
        Event::FixPlanned(plan) => format!("planned {}, digest {}", plan.fix, plan.short_digest()),
        Event::FixApproved { by, .. } => format!("approved by {by}"),
        Event::FixRefused { reason, .. } => format!("refused: {reason}"),
        Event::SwitchArming { instance, armed } => {
            let after = DurationSpan(Duration::from_secs(armed.after_s));
            format!("{instance} takes it back by itself after {after}, unless it is kept")
        }
        Event::KeepStarted { instance } => format!("keeping it on {instance}"),
        Event::LockSettled {
            instance, by, says, ..
        } => format!("a change by {by} was left on {instance} unended: {says}"),
        Event::ChangeApplied {
            instance,
            subject,
            value: found_there,
            found: true,
            ..
        } => {
            format!("{instance} has {subject} = {} already", shown(found_there))
        }
        Event::ChangeApplied {
            instance,
            subject,
            value: read_back,
            ..
        } => {
            format!("{instance} reads back {subject} = {}", shown(read_back))
        }
        Event::ChangeFailed {
            instance,
            subject,
            error,
            ..
        } => {
            format!("{instance} did not take {subject}: {error}")
        }
        Event::VerifySample { .. } => sample(event)?,
        Event::FixKept { .. } => "kept".to_owned(),
        Event::FixReverted { reason } => format!("reverted: {reason}"),
        Event::FixStuck { reason, .. } => format!("STUCK: {reason}"),
        Event::Ramp(step) => ramp(step)?,
        Event::Reboot { phase, reached, .. } => match reached {
            Reached::Begun => return None,
            ended => format!("{}: {}", phase.word(), ended.says()),
        },
        Event::Bundle(step) => bundle(step),
        Event::Noted { text, .. } => format!("note: {text}"),
        Event::Failure { code, what, .. } => format!("error[{code}]: {what}"),
        Event::CommandIntended { .. }
        | Event::LookAnswered { .. }
        | Event::ChangeStarted { .. }
        | Event::Judged { .. }
        | Event::FixOffered(_)
        | Event::RunEnded { .. } => return None,
    })
}

/// What is waited for after this event; `None` where that has not changed.
pub fn status(event: &Event) -> Option<String> {
    let text = match event {
        Event::RunStarted { .. } => "finding out where this is".to_owned(),
        Event::Located { .. } => "finding the nodes".to_owned(),
        Event::Resolved { targets } => {
            format!("asking {}", names(targets.iter().map(NodeTarget::name)))
        }
        Event::CommandIntended {
            purpose, instances, ..
        } => {
            format!(
                "{purpose}: sending to {}",
                names(instances.iter().map(InstanceId::as_str))
            )
        }
        Event::CommandSent { command, .. } => {
            format!("waiting for the answer to {}", command.short())
        }
        Event::NodeAnswered { instance, .. } => format!("reading the answer of {instance}"),
        Event::ChangeStarted {
            instance, subject, ..
        } => format!("changing {subject} on {instance}"),
        Event::ChangeApplied { .. } => "verifying".to_owned(),
        Event::Ramp(step) => ramp(step)?,
        Event::Bundle(step @ BundleStep::Begun { .. }) => bundle(step),
        Event::Reboot { phase, .. } => phase.word().to_owned(),
        Event::VerifySample { .. } => format!("verifying: {}", sample(event)?),
        _ => return None,
    };
    Some(clean(&text).into_owned())
}

fn bundle(step: &BundleStep) -> String {
    match step {
        BundleStep::Begun { instance, run, .. } => {
            format!("making a bundle of {instance}, which takes some minutes: run {run}")
        }
        BundleStep::Made { instance, path, .. } => format!("a bundle of {instance}: {path}"),
        BundleStep::Failed { instance, why, .. } | BundleStep::LeftOut { instance, why, .. } => {
            format!("no bundle of {instance}: {why}")
        }
    }
}

fn ramp(step: &RampStep) -> Option<String> {
    Some(match step {
        RampStep::Paced { .. } => return None,
        RampStep::Planned { instance, .. } => format!("planned for {instance}"),
        RampStep::LeftOut {
            instance, reason, ..
        } => format!("{instance} is left out: {reason}"),
        RampStep::Begun { instance, run } => format!("begun on {instance}: run {run}"),
        RampStep::Ended {
            instance,
            end,
            says,
            ..
        } => format!("{} on {instance}: {says}", end.word()),
        RampStep::Stopped { reason } => format!("begun on no other node: {reason}"),
    })
}

fn sample(event: &Event) -> Option<String> {
    let Event::VerifySample {
        after_ms,
        held_ms,
        holds,
        says,
    } = event
    else {
        return None;
    };
    let span = |millis: &u64| DurationSpan(Duration::from_millis(*millis));
    let outcome = match holds {
        Some(true) => format!("holds for {}", span(held_ms)),
        Some(false) => "does not hold".to_owned(),
        None => "not seen".to_owned(),
    };
    Some(format!("after {}: {outcome} ({says})", span(after_ms)))
}

/// The first names, and how many others there are.
fn names<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let all: Vec<&str> = names.collect();
    match all.split_at_checked(3) {
        Some((first, others)) if !others.is_empty() => {
            format!("{} and {} more", first.join(", "), others.len())
        }
        _ => all.join(", "),
    }
}
