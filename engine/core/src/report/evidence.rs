//! Which answers speak for a finding: its looks, as they were answered where it was judged.

use super::findings::{Findings, Judgement, Looked};
use super::model::{NodeReport, Report};
use crate::event::{InstanceId, Strength};
use crate::value::Value;

/// First digits of a digest, for people.
const DIGITS: usize = 12;

/// An answer that speaks for a finding.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Proof<'r> {
    /// How strongly.
    pub strength: Strength,
    /// The node that has answered; `None` for a look that is asked once a run.
    pub instance: Option<&'r InstanceId>,
    /// The look and what it has answered.
    pub looked: &'r Looked,
}

impl Report {
    /// The answers that speak for a finding of a node, or of the run where that is `None`. A look
    /// that was not seen speaks for nothing.
    pub fn proofs<'r>(
        &'r self,
        node: Option<&'r NodeReport>,
        judgement: &Judgement,
    ) -> Vec<Proof<'r>> {
        let nodes = match node {
            Some(node) => std::slice::from_ref(node),
            None => &self.nodes,
        };
        let places: Vec<(Option<&InstanceId>, &Findings)> = nodes
            .iter()
            .map(|node| (Some(&node.target.instance), &node.findings))
            .chain([(None, &self.whole)])
            .collect();
        let mut proofs = Vec::new();
        for evidence in &judgement.evidence {
            for (instance, findings) in &places {
                let answers = findings.looks.iter().filter(|looked| {
                    looked.look == evidence.look && !matches!(looked.value, Value::Unseen(_))
                });
                proofs.extend(answers.map(|looked| Proof {
                    strength: evidence.strength,
                    instance: *instance,
                    looked,
                }));
            }
        }
        proofs
    }
}

/// `proved by the table's size (24 B, sha256 1f2e3d4c5b6a); suggested by kernel log (…)`. Answers of
/// which no bytes are recorded are left out.
pub(super) fn line(proofs: &[Proof<'_>]) -> Option<String> {
    let of = |strength: Strength, word: &str| {
        let texts: Vec<String> = proofs
            .iter()
            .filter(|proof| proof.strength == strength)
            .filter_map(short)
            .collect();
        (!texts.is_empty()).then(|| format!("{word} by {}", texts.join(", ")))
    };
    let parts = [
        of(Strength::Proves, "proved"),
        of(Strength::Suggests, "suggested"),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    (!parts.is_empty()).then(|| parts.join("; "))
}

fn short(proof: &Proof<'_>) -> Option<String> {
    let raw = proof.looked.raw.as_ref()?;
    let digits: String = raw.sha256.chars().take(DIGITS).collect();
    Some(format!(
        "{} ({} B, sha256 {digits})",
        proof.looked.label, raw.bytes
    ))
}
