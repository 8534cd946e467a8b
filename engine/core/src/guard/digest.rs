//! The digest of a plan.

use sha2::{Digest, Sha256};

use crate::event::{FixPlan, Where};

/// Hexadecimal digits of a digest that a person has to copy: 48 bits. It guards against a plan
/// that has moved on, not against somebody who searches for a second plan with the same digest:
/// whoever could do that on this machine could as well call SSM.
const DIGITS: usize = 12;

/// A digest over everything that an approval stands for: where, on which boots of which instances,
/// from which values to which, and how it is verified. The plan's own `digest` is left out.
pub fn plan_digest(place: &Where, runbook_digest: &str, plan: &FixPlan) -> String {
    let mut hash = Sha256::new();
    let mut part = |text: &str| {
        // Lengths first, so that no two different plans can give the same bytes.
        hash.update(text.len().to_be_bytes());
        hash.update(text.as_bytes());
    };
    part(&place.account);
    part(&place.region);
    part(place.cluster.as_deref().unwrap_or_default());
    part(runbook_digest);
    part(&plan.fix);
    part(&plan.verify);
    part(&plan.hold_s.to_string());
    part(&plan.within_s.to_string());
    for (instance, boot) in &plan.pins {
        part(instance.as_str());
        part(&boot.0);
    }
    for change in &plan.changes {
        part(change.instance.as_str());
        part(&change.subject);
        part(&change.from);
        part(&change.to);
        part(change.back());
        part(&change.effects.len().to_string());
        for effect in &change.effects {
            part(effect);
        }
    }
    let full: String = hash
        .finalize()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    full.chars().take(DIGITS).collect()
}
