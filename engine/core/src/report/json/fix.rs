//! The course of a fix, and what is in doubt, for programs.

use super::wire;
use crate::event::{FixPlan, InstanceId, PinnedObject, Reboot};
use crate::report::course::{ChangeCourse, FixCourse, FixEnd, FixState, Outcome};
use crate::report::doubt::Doubt;
use crate::report::model::Report;
use crate::report::ramp::{NodeCourse, RampNode};

pub(super) fn course(report: &Report, state: FixState) -> wire::Fix {
    let fix = &report.fix;
    let (reason, by_hand) = match &fix.end {
        Some(FixEnd::Reverted { reason }) => (Some(reason.clone()), Vec::new()),
        Some(FixEnd::Stuck { reason, commands }) => (Some(reason.clone()), commands.clone()),
        Some(FixEnd::Kept { .. }) | None => (None, Vec::new()),
    };
    let may_stand = matches!(
        state,
        FixState::Applied | FixState::Kept | FixState::Partly | FixState::InDoubt
    );
    wire::Fix {
        state: state.word(),
        plan: fix
            .plan
            .as_ref()
            .map(|planned| plan(report, planned, state)),
        approved_by: fix.approval.as_ref().map(|approval| approval.by.clone()),
        approved_how: fix.approval.as_ref().map(|approval| approval.how.clone()),
        signed_by: fix
            .approval
            .iter()
            .flat_map(|approval| approval.signed.iter().map(|signed| signed.by.clone()))
            .collect(),
        refused: fix.refusal.as_ref().map(|refusal| refusal.reason.clone()),
        refused_code: fix
            .refusal
            .as_ref()
            .and_then(|refusal| refusal.code.clone()),
        ways: fix
            .refusal
            .as_ref()
            .map(|refusal| refusal.ways.clone())
            .unwrap_or_default(),
        changes: fix.changes.iter().map(change).collect(),
        reboot: reboot(&fix.reboot),
        cordoned: fix.reboot.left_cordoned().map(|node| node.name.clone()),
        nodes: fix.ramp.nodes.iter().map(node).collect(),
        stopped: fix.ramp.stopped.clone(),
        samples: samples(fix),
        reason,
        by_hand,
        revert: report.revert_command().filter(|_| may_stand),
    }
}

fn reboot(reboot: &Reboot) -> Vec<wire::RebootStep> {
    let steps = reboot.steps();
    steps
        .map(|(phase, reached)| wire::RebootStep {
            step: phase.word(),
            reached: reached.name(),
            says: reached.says().to_owned(),
        })
        .collect()
}

fn samples(fix: &FixCourse) -> Vec<wire::Sample> {
    let samples = fix.samples.iter().cloned();
    samples
        .map(|sample| wire::Sample {
            after_ms: sample.after_ms,
            held_ms: sample.held_ms,
            holds: sample.holds,
            says: sample.says,
        })
        .collect()
}

fn plan(report: &Report, plan: &FixPlan, state: FixState) -> wire::Plan {
    let pins = plan.pins.iter();
    let changes = plan.changes.iter().cloned();
    let ruling = plan.ruling.as_ref();
    wire::Plan {
        fix: plan.fix.clone(),
        proof: plan.proof.clone(),
        effect: plan.effect.clone(),
        pins: pins
            .map(|(instance, boot)| wire::Pin {
                instance: instance.to_string(),
                boot_id: boot.to_string(),
            })
            .collect(),
        changes: changes
            .map(|change| wire::PlannedChange {
                instance: change.instance.to_string(),
                back: change.back().to_owned(),
                subject: change.subject,
                from: change.from,
                to: change.to,
                diff: change.diff,
                effects: change.effects,
                object: change.object.map(object),
                commands: change.commands.map(|commands| wire::Commands {
                    apply: commands.apply,
                    revert: commands.revert,
                }),
            })
            .collect(),
        now: plan.now.clone(),
        undo: plan.undo.clone(),
        undo_after_s: plan.switch.map(|armed| armed.after_s),
        verify: plan.verify.clone(),
        hold_s: plan.hold_s,
        within_s: plan.within_s,
        impact: ruling.map(|ruling| ruling.impact.clone()),
        approval: ruling.map(|ruling| ruling.approval.clone()),
        policy_sha256: ruling.map(|ruling| ruling.policy.clone()),
        digest: plan.digest.clone(),
        approve: report
            .approve_command()
            .filter(|_| state == FixState::Planned),
    }
}

fn object(object: PinnedObject) -> wire::Object {
    wire::Object {
        api: object.api,
        resource: object.resource,
        namespace: object.namespace,
        name: object.name,
        uid: object.uid,
    }
}

fn change(change: &ChangeCourse) -> wire::Change {
    let (outcome, says) = match &change.outcome {
        Outcome::InDoubt => ("in-doubt", None),
        Outcome::Applied(value) => ("applied", Some(value.clone())),
        Outcome::Found(value) => ("found", Some(value.clone())),
        Outcome::Failed(error) => ("failed", Some(error.clone())),
    };
    wire::Change {
        instance: change.instance.to_string(),
        subject: change.subject.clone(),
        from: change.from.clone(),
        to: change.to.clone(),
        direction: change.direction.word(),
        outcome,
        says,
    }
}

fn node(node: &RampNode) -> wire::FixNode {
    let (state, says) = match &node.course {
        NodeCourse::Planned => ("not-begun", None),
        NodeCourse::LeftOut { reason, .. } => ("left-out", Some(reason.clone())),
        NodeCourse::Begun => ("in-doubt", None),
        NodeCourse::Ended { end, says } => (end.name(), Some(says.clone())),
    };
    wire::FixNode {
        instance: node.instance.to_string(),
        run: node.run.uuid().to_string(),
        state,
        says,
    }
}

pub(super) fn doubt(doubt: Doubt<'_>) -> wire::Doubt {
    match doubt {
        Doubt::Command(command) => wire::Doubt {
            kind: "command",
            instances: command
                .instances
                .iter()
                .map(InstanceId::to_string)
                .collect(),
            subject: command.comment.clone(),
        },
        Doubt::Change(change) => wire::Doubt {
            kind: "change",
            instances: vec![change.instance.to_string()],
            subject: change.subject.clone(),
        },
        Doubt::Node(instance) => wire::Doubt {
            kind: "node",
            instances: vec![instance.to_string()],
            subject: "its own run".to_owned(),
        },
        Doubt::Keep(instance) => wire::Doubt {
            kind: "keep",
            instances: vec![instance.to_string()],
            subject: "the switch".to_owned(),
        },
    }
}
