//! Verdicts, and what speaks for them, for programs. The shapes are a promise, like those of `wire`.

use serde::Serialize;
use serde_json::Value as Json;

use super::data;
use crate::event::{self, Verdict};
use crate::report::evidence::Proof;
use crate::report::findings::Judgement;
use crate::report::model::{NodeReport, Report};
use crate::value::Unseen;

/// One verdict.
#[derive(Serialize)]
pub(super) struct Finding {
    pub(super) finding: String,
    pub(super) label: String,
    /// `note`, `warning` or `critical`.
    pub(super) severity: &'static str,
    /// `holds`, `ruled-out`, `not-seen` or `superseded`.
    pub(super) verdict: &'static str,
    /// It holds, and nothing proves it.
    pub(super) suggestion: bool,
    /// The finding that stands for it; only where it is superseded.
    pub(super) superseded_by: Option<String>,
    /// Only where it holds.
    pub(super) says: Option<String>,
    pub(super) details: Vec<String>,
    pub(super) because: Option<String>,
    pub(super) lasting: Option<String>,
    /// Only where it was not seen.
    pub(super) missing: Vec<Missing>,
    /// Only where it holds: the answers that speak for it.
    pub(super) evidence: Vec<Evidence>,
}

/// An answer that speaks for a finding.
#[derive(Serialize)]
pub(super) struct Evidence {
    pub(super) look: String,
    /// `proves` or `suggests`.
    pub(super) strength: &'static str,
    /// The node that has answered, where the finding is that of the run.
    pub(super) instance: Option<String>,
    /// Size, digest and beginning of the bytes that the look's value was read from, without secrets;
    /// null in records of earlier versions.
    pub(super) bytes: Option<u64>,
    pub(super) sha256: Option<String>,
    pub(super) excerpt: Option<String>,
}

/// One look that a verdict wanted for.
#[derive(Serialize)]
pub(super) struct Missing {
    pub(super) look: String,
    /// The reason as data: a kebab-case word, or an object of that word and its argument.
    pub(super) why: Json,
    /// The reason in words.
    pub(super) text: String,
}

/// The findings of a node, or of the run where that is `None`.
pub(super) fn findings(report: &Report, node: Option<&NodeReport>) -> Vec<Finding> {
    let findings = node.map_or(&report.whole, |node| &node.findings);
    let judged = findings.judged.iter();
    judged
        .map(|judgement| {
            let proofs = report.proofs(node, judgement);
            finding(judgement, proofs.iter().map(|proof| evidence(proof, node)))
        })
        .collect()
}

fn finding(judgement: &Judgement, evidence: impl Iterator<Item = Evidence>) -> Finding {
    let mut out = Finding {
        finding: judgement.finding.clone(),
        label: judgement.label.clone(),
        severity: judgement.severity.word(),
        verdict: "ruled-out",
        suggestion: event::Evidence::only_suggests(&judgement.evidence),
        superseded_by: None,
        says: None,
        details: Vec::new(),
        because: None,
        lasting: None,
        missing: Vec::new(),
        evidence: evidence.collect(),
    };
    match judgement.verdict.clone() {
        Verdict::Holds(text) => {
            out.verdict = "holds";
            out.says = Some(text.says);
            out.details = text.details;
            out.because = text.because;
            out.lasting = text.lasting;
        }
        Verdict::RuledOut => {}
        Verdict::NotSeen(unseen) => {
            out.verdict = "not-seen";
            out.missing = unseen.iter().map(missing).collect();
        }
        Verdict::Superseded(by) => {
            out.verdict = "superseded";
            out.superseded_by = Some(by);
        }
    }
    out
}

/// The node is named where the finding is not that node's own.
fn evidence(proof: &Proof<'_>, node: Option<&NodeReport>) -> Evidence {
    let raw = proof.looked.raw.clone();
    let elsewhere = proof.instance.filter(|_| node.is_none());
    Evidence {
        look: proof.looked.look.clone(),
        strength: proof.strength.word(),
        instance: elsewhere.map(ToString::to_string),
        bytes: raw.as_ref().map(|raw| raw.bytes),
        sha256: raw.as_ref().map(|raw| raw.sha256.clone()),
        excerpt: raw.map(|raw| raw.excerpt),
    }
}

/// One look that a verdict wanted for.
pub(super) fn missing(unseen: &Unseen) -> Missing {
    Missing {
        look: unseen.look.clone(),
        why: data(&unseen.why),
        text: unseen.why.to_string(),
    }
}
