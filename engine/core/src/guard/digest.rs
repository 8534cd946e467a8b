//! The digest of a plan.

use sha2::{Digest, Sha256};

use super::approval::PlanDigest;
use crate::event::{ChangePlan, FixPlan, Ruling, Where};

/// A digest over everything that an approval stands for: who asks, where, on which boots of which
/// instances, from which values to which and back, what else that does, how it is verified, what
/// takes it back, and under which policy. The same plan that is made again has the same digest:
/// nothing of the run is in it, of the proof only the finding, whose numbers go on, and nothing of
/// the effect and of what is seen `now`. The plan's own `digest` is left out.
pub fn plan_digest(place: &Where, runbook_digest: &str, plan: &FixPlan) -> PlanDigest {
    let mut parts = Parts(Sha256::new());
    parts.text(&place.account);
    parts.text(&place.region);
    parts.maybe(place.cluster.as_deref());
    parts.text(&place.caller_arn);
    parts.text(runbook_digest);
    parts.text(&plan.fix);
    parts.text(plan.proof.split(':').next().unwrap_or_default());
    parts.number(plan.inputs.len());
    for (name, value) in &plan.inputs {
        parts.text(name);
        // A value that can't be written was never in a journal either.
        parts.text(&serde_json::to_string(value).unwrap_or_default());
    }
    parts.text(&plan.verify);
    parts.number(plan.hold_s);
    parts.number(plan.within_s);
    parts.text(&plan.undo);
    match plan.switch {
        Some(armed) => {
            parts.text(armed.switch.word());
            parts.number(armed.after_s);
        }
        None => parts.text(if plan.one_way { "one way" } else { "none" }),
    }
    parts.number(plan.pins.len());
    for (instance, boot) in &plan.pins {
        parts.text(instance.as_str());
        parts.text(&boot.0);
    }
    parts.number(plan.changes.len());
    plan.changes.iter().for_each(|change| parts.change(change));
    match &plan.ruling {
        Some(ruling) => parts.ruling(ruling),
        None => parts.text("none"),
    }
    PlanDigest::of(&parts.0.finalize().into())
}

struct Parts(Sha256);

impl Parts {
    /// Lengths first, so that no two different plans can give the same bytes.
    fn text(&mut self, text: &str) {
        self.0.update(text.len().to_be_bytes());
        self.0.update(text.as_bytes());
    }

    fn number(&mut self, number: impl ToString) {
        self.text(&number.to_string());
    }

    fn maybe(&mut self, text: Option<&str>) {
        self.number(u8::from(text.is_some()));
        self.text(text.unwrap_or_default());
    }

    fn texts(&mut self, texts: &[String]) {
        self.number(texts.len());
        texts.iter().for_each(|text| self.text(text));
    }

    fn change(&mut self, change: &ChangePlan) {
        self.text(change.instance.as_str());
        self.text(&change.subject);
        self.text(&change.from);
        self.text(&change.to);
        self.text(&change.diff);
        self.maybe(change.back.as_deref());
        self.texts(&change.effects);
        // Plans of the first releases had none, and keep their digests.
        if let Some(object) = &change.object {
            self.text("object");
            self.text(&object.api);
            self.text(&object.resource);
            self.maybe(object.namespace.as_deref());
            self.text(&object.name);
            self.text(&object.uid);
        }
        if let Some(commands) = &change.commands {
            self.text("commands");
            self.text(&commands.apply);
            self.maybe(commands.revert.as_deref());
        }
    }

    /// Where the policy's file lies is nobody's business but its machine's.
    fn ruling(&mut self, ruling: &Ruling) {
        self.text(&ruling.impact);
        self.text(&ruling.approval);
        self.text(&ruling.policy);
        self.texts(&ruling.unkept);
    }
}
