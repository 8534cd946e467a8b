//! One line for each event that is worth one, for pipes and logs; and a few words on what is being
//! waited for, for a terminal.

use std::time::Duration;

use super::clean::clean;
use super::findings::said;
use super::text::where_am_i;
use crate::event::{Event, InstanceId, NodeTarget, RampStep, Reached, Verdict};
use crate::value::DurationSpan;

/// One plain line of progress; `None` for events that the report itself shows in time.
pub fn line(event: &Event) -> Option<String> {
    let text = match event {
        Event::RunStarted {
            command, runbook, ..
        } => format!("{command} {runbook}"),
        Event::Located { place } => where_am_i(place),
        Event::Resolved { targets } => names(targets.iter().map(NodeTarget::name)),
        Event::CommandSent { step, command } => format!("command {step} sent: {command}"),
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
        Event::ChangeStarted {
            instance,
            subject,
            from,
            to,
            direction,
        } => {
            let direction = direction.word();
            format!("{direction} on {instance}: {subject} {from} → {to}")
        }
        Event::ChangeApplied {
            instance,
            subject,
            value,
            found: true,
            ..
        } => {
            format!("{instance} has {subject} = {value} already")
        }
        Event::ChangeApplied {
            instance,
            subject,
            value,
            ..
        } => {
            format!("{instance} reads back {subject} = {value}")
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
        Event::Noted { text, .. } => format!("note: {text}"),
        Event::Failure { code, what, .. } => format!("error[{code}]: {what}"),
        Event::CommandIntended { .. }
        | Event::LookAnswered { .. }
        | Event::Judged { .. }
        | Event::FixOffered(_)
        | Event::RunEnded { .. } => return None,
    };
    Some(clean(&text).into_owned())
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
        Event::CommandSent { command, .. } => format!("waiting for the answer to {command}"),
        Event::NodeAnswered { instance, .. } => format!("reading the answer of {instance}"),
        Event::ChangeStarted {
            instance, subject, ..
        } => format!("changing {subject} on {instance}"),
        Event::ChangeApplied { .. } => "verifying".to_owned(),
        Event::Ramp(step) => ramp(step)?,
        Event::Reboot { phase, .. } => phase.word().to_owned(),
        Event::VerifySample { .. } => format!("verifying: {}", sample(event)?),
        _ => return None,
    };
    Some(clean(&text).into_owned())
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
