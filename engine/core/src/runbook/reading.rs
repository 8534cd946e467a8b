//! What could be read of a runbook, whatever is wrong with the rest.

use std::sync::Arc;
use std::time::Duration;

use sha2::{Digest, Sha256};

use super::facts::Reads;
use super::input::Input;
use super::model::{BundleRule, FindingRule, FixRule, Runbook, TargetKind};
use super::step::{LookStep, Used};
use crate::expr::Names;
use crate::syntax::{Source, Spanned, Tree};

/// What could be read of a runbook. A part that has a fault is missing.
#[derive(Debug)]
pub struct Reading {
    /// Its whole text.
    pub tree: Tree,
    /// Its name, with its place.
    pub name: Option<Spanned<String>>,
    /// One sentence.
    pub summary: Option<String>,
    /// What it is pointed at.
    pub target: Option<TargetKind>,
    /// How long all of its looks may take, where it says so.
    pub within: Option<Option<Duration>>,
    /// The inputs without a fault.
    pub inputs: Vec<Input>,
    /// The looks without a fault, and those of the runbooks that it uses.
    pub looks: Vec<LookStep>,
    /// The runbooks that it uses.
    pub used: Vec<Used>,
    /// The findings without a fault.
    pub findings: Vec<FindingRule>,
    /// The fixes without a fault.
    pub fixes: Vec<FixRule>,
    /// When a bundle of a node is made, unless that has a fault.
    pub bundle: Option<BundleRule>,
    /// Everything that expressions can name.
    pub names: Names,
    /// What expressions and texts read, also those with a fault.
    pub reads: Reads,
}

impl Reading {
    /// The looks of the file itself.
    pub fn own_looks(&self) -> impl Iterator<Item = &LookStep> {
        self.looks.iter().filter(|step| step.home.is_empty())
    }

    /// The whole runbook; `None` where a part of it is missing.
    pub fn finish(self, source: Source) -> Option<Runbook> {
        Some(Runbook {
            name: self.name?.value,
            summary: self.summary?,
            target: self.target?,
            within: self.within?,
            inputs: self.inputs,
            digest: digest(&source.text, &self.used),
            looks: self.looks,
            used: self.used,
            findings: self.findings,
            fixes: self.fixes,
            bundle: self.bundle,
            source: Arc::new(source),
        })
    }
}

fn digest(text: &str, used: &[Used]) -> String {
    let mut digest = Sha256::new();
    digest.update(text.as_bytes());
    for used in used {
        digest.update(used.digest.as_bytes());
    }
    let digest = digest.finalize();
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}
