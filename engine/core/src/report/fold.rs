//! The fold: one event after the other into the report.

use super::course::{Approval, ChangeCourse, FixEnd, Outcome, Refusal, Sample};
use super::findings::{Findings, Judgement, Looked, Severity};
use super::model::{
    CommandCourse, CommandFate, Ending, Failure, NodeAnswer, NodeReport, Note, Order, Report,
    Silence,
};
use crate::event::{Event, InstanceId, LockId, NodeTarget};

impl Report {
    /// Takes one event.
    pub(super) fn take(&mut self, event: &Event) {
        match event {
            Event::RunStarted { .. } | Event::Located { .. } | Event::Resolved { .. } => {
                self.take_beginning(event);
            }
            Event::CommandIntended { .. }
            | Event::CommandSent { .. }
            | Event::CommandRefused { .. } => self.take_command(event),
            Event::NodeAnswered { .. }
            | Event::NodeFailed { .. }
            | Event::LookAnswered { .. }
            | Event::Judged { .. }
            | Event::FixOffered(_) => self.take_answer(event),
            Event::FixPlanned(_)
            | Event::FixApproved { .. }
            | Event::FixRefused { .. }
            | Event::SwitchArming { .. }
            | Event::KeepStarted { .. }
            | Event::VerifySample { .. }
            | Event::FixKept { .. }
            | Event::FixReverted { .. }
            | Event::FixStuck { .. } => self.take_fix(event),
            Event::Ramp(step) => self.fix.ramp.take(step),
            Event::Bundle(step) => self.take_bundle(step),
            Event::Reboot { .. } => self.fix.reboot.take(event),
            Event::ChangeStarted { .. }
            | Event::ChangeApplied { .. }
            | Event::ChangeFailed { .. } => self.take_change(event),
            Event::LockSettled { .. }
            | Event::Noted { .. }
            | Event::Failure { .. }
            | Event::RunEnded { .. } => {
                self.take_ending(event);
            }
        }
    }

    fn take_beginning(&mut self, event: &Event) {
        match event {
            Event::RunStarted {
                command,
                runbook,
                digest,
                file,
                inputs,
                about,
                unconfined,
                version,
            } => {
                self.order = Some(Order {
                    command: command.clone(),
                    runbook: runbook.clone(),
                    digest: digest.clone(),
                    file: file.clone(),
                    inputs: inputs.clone(),
                    about: *about,
                    unconfined: *unconfined,
                    version: version.clone(),
                });
            }
            Event::Located { place } => self.place = Some(place.clone()),
            Event::Resolved { targets } => {
                for target in targets {
                    self.node(&target.instance).target = target.clone();
                }
            }
            _ => {}
        }
    }

    fn take_command(&mut self, event: &Event) {
        match event {
            Event::CommandIntended {
                step,
                purpose,
                instances,
                comment,
            } => {
                self.commands.push(CommandCourse {
                    step: *step,
                    purpose: purpose.clone(),
                    instances: instances.clone(),
                    comment: comment.clone(),
                    fate: CommandFate::Intended,
                });
            }
            Event::CommandSent { step, command } => {
                self.settle(*step, CommandFate::Sent(command.clone()));
            }
            Event::CommandRefused { step, error } => {
                self.settle(*step, CommandFate::Refused(error.clone()));
            }
            _ => {}
        }
    }

    fn settle(&mut self, step: u32, fate: CommandFate) {
        if let Some(command) = self.commands.iter_mut().rev().find(|c| c.step == step) {
            command.fate = fate;
        }
    }

    fn take_answer(&mut self, event: &Event) {
        match event {
            Event::NodeAnswered {
                instance,
                boot,
                cluster,
                os_version,
                cpus,
                bytes,
                fetched,
                ..
            } => {
                self.node(instance).answer = Some(NodeAnswer {
                    boot: boot.clone(),
                    cluster: cluster.clone(),
                    os_version: os_version.clone(),
                    cpus: *cpus,
                    bytes: *bytes,
                    fetched: *fetched,
                });
            }
            Event::NodeFailed {
                step,
                instance,
                error,
            } => {
                let silence = Silence {
                    step: *step,
                    error: error.clone(),
                };
                self.node(instance).errors.push(silence);
            }
            Event::LookAnswered {
                instance,
                look,
                label,
                value,
                trace,
                raw,
            } => {
                self.findings(instance.as_ref()).look(Looked {
                    look: look.clone(),
                    label: label.clone(),
                    value: value.clone(),
                    trace: trace.clone(),
                    raw: raw.clone(),
                });
            }
            Event::Judged {
                instance,
                finding,
                label,
                severity,
                verdict,
                evidence,
            } => {
                self.findings(instance.as_ref()).judge(Judgement {
                    finding: finding.clone(),
                    label: label.clone(),
                    severity: Severity::read(severity),
                    verdict: verdict.clone(),
                    evidence: evidence.clone(),
                });
            }
            Event::FixOffered(offer) => self.node(&offer.instance).offers.push(offer.clone()),
            _ => {}
        }
    }

    fn take_fix(&mut self, event: &Event) {
        match event.clone() {
            Event::FixPlanned(plan) => self.fix.plan = Some(plan),
            Event::FixApproved {
                digest,
                by,
                how,
                signed,
            } => {
                self.fix.approval = Some(Approval {
                    digest,
                    by,
                    how,
                    signed,
                });
            }
            Event::FixRefused { reason, ways, code } => {
                self.fix.refusal = Some(Refusal { reason, ways, code });
            }
            Event::SwitchArming { armed, .. } => self.fix.armed = Some(armed),
            Event::KeepStarted { instance } => self.fix.keeping = Some(instance),
            Event::VerifySample {
                after_ms,
                held_ms,
                holds,
                says,
            } => {
                self.fix.samples.push(Sample {
                    after_ms,
                    held_ms,
                    holds,
                    says,
                });
            }
            Event::FixKept { after_ms } => self.fix.end = Some(FixEnd::Kept { after_ms }),
            Event::FixReverted { reason } => self.fix.end = Some(FixEnd::Reverted { reason }),
            Event::FixStuck { reason, commands } => {
                self.fix.end = Some(FixEnd::Stuck { reason, commands });
            }
            _ => {}
        }
    }

    fn take_change(&mut self, event: &Event) {
        match event {
            Event::ChangeStarted {
                instance,
                subject,
                from,
                to,
                direction,
            } => {
                self.fix.changes.push(ChangeCourse {
                    instance: instance.clone(),
                    subject: subject.clone(),
                    from: from.clone(),
                    to: to.clone(),
                    direction: *direction,
                    outcome: Outcome::InDoubt,
                });
            }
            Event::ChangeApplied {
                instance,
                subject,
                value,
                direction,
                found,
            } => {
                let outcome = match found {
                    true => Outcome::Found(value.clone()),
                    false => Outcome::Applied(value.clone()),
                };
                self.fix.finish(instance, subject, *direction, outcome);
            }
            Event::ChangeFailed {
                instance,
                subject,
                error,
                direction,
            } => {
                let outcome = Outcome::Failed(error.clone());
                self.fix.finish(instance, subject, *direction, outcome);
            }
            _ => {}
        }
    }

    fn take_ending(&mut self, event: &Event) {
        match event.clone() {
            Event::Noted { code, text } => self.notes.push(Note { code, text }),
            Event::LockSettled {
                instance,
                lock,
                by,
                says,
            } => {
                let run = LockId::read(&lock).map_or(lock, |lock| lock.short());
                self.notes.push(Note {
                    code: "lock-settled".to_owned(),
                    text: format!(
                        "{instance}: a change of run {run} by {by} was left there unended: {says}"
                    ),
                });
            }
            Event::Failure {
                code,
                what,
                place,
                help,
            } => {
                self.failures.push(Failure {
                    code,
                    what,
                    place,
                    help,
                });
            }
            Event::RunEnded {
                exit,
                elapsed_ms,
                commands,
                changed,
            } => {
                self.ending = Some(Ending {
                    exit,
                    elapsed_ms,
                    commands,
                    changed,
                });
            }
            _ => {}
        }
    }

    fn findings(&mut self, instance: Option<&InstanceId>) -> &mut Findings {
        match instance {
            Some(instance) => &mut self.node(instance).findings,
            None => &mut self.whole,
        }
    }

    /// The node of an instance; one that was never resolved is listed all the same.
    #[expect(
        clippy::indexing_slicing,
        reason = "the index was found, or just made, here"
    )]
    fn node(&mut self, instance: &InstanceId) -> &mut NodeReport {
        let known = self
            .nodes
            .iter()
            .position(|node| node.target.instance == *instance);
        let index = known.unwrap_or_else(|| {
            self.nodes.push(NodeReport {
                target: NodeTarget::of(instance.clone()),
                answer: None,
                errors: Vec::new(),
                findings: Findings::default(),
                offers: Vec::new(),
            });
            self.nodes.len() - 1
        });
        &mut self.nodes[index]
    }
}
