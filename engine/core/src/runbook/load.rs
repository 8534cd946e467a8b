//! From text to a checked runbook.

use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::facts::Facts;
use super::model::{Runbook, TargetKind};
use super::{findings, fixes, inputs, looks, naming};
use crate::action::Action;
use crate::syntax::{Diagnostic, Faults, Fields, Source, Tree, nearest, parse_yaml};

/// The version of the language.
const LANGUAGE: &str = "1";
const KEYS: [&str; 8] = [
    "heeler", "name", "summary", "target", "inputs", "look", "find", "fix",
];

/// Reads and checks a runbook.
///
/// # Errors
/// Everything that is wrong with it, in the order of the text.
pub fn load(source: Source, actions: &[&'static dyn Action]) -> Result<Runbook, Vec<Diagnostic>> {
    let mut faults = Faults::of(&source);
    let runbook =
        parse_yaml(&source, &mut faults).and_then(|tree| read(source, &tree, actions, &mut faults));
    match runbook {
        Some(runbook) if faults.is_empty() => Ok(runbook),
        _ => Err(faults.into_vec()),
    }
}

fn read(
    source: Source,
    tree: &Tree,
    actions: &[&'static dyn Action],
    faults: &mut Faults,
) -> Option<Runbook> {
    if let Tree::Nothing(span) = tree {
        faults
            .error("empty-runbook", *span, "the file is empty")
            .help("start with `heeler: 1`, `name:`, `summary:`, `target:`, `look:` and `find:`");
        return None;
    }
    let what = "a runbook";
    let fields = Fields::read(tree, what, &KEYS, faults)?;
    check_language(&fields, faults);
    let name = fields
        .require("name", what, faults)
        .and_then(|tree| tree.expect_text("`name`", faults))
        .filter(|name| naming::label(name, what, faults));
    let summary = fields
        .require("summary", what, faults)
        .and_then(|tree| tree.expect_text("`summary`", faults));
    let target = fields
        .require("target", what, faults)
        .and_then(|tree| target(tree, faults));
    let faults_before = faults.len();
    let inputs = fields.get("inputs").map(|tree| inputs::read(tree, faults));
    let inputs = inputs.unwrap_or_default();
    let mut facts = Facts::new(&inputs, faults.len() == faults_before);
    let looks = fields
        .require("look", what, faults)
        .map(|tree| looks::read(tree, actions, &mut facts, faults));
    let fix_tree = fields.get("fix");
    let fix_names: Vec<&str> = fix_tree
        .and_then(Tree::entries)
        .unwrap_or_default()
        .iter()
        .map(|entry| entry.key.value.as_str())
        .collect();
    let findings = fields
        .require("find", what, faults)
        .map(|tree| findings::read(tree, &fix_names, &facts, faults));
    let fixes = fix_tree.map(|tree| fixes::read(tree, actions, &facts, faults));
    Some(Runbook {
        name: name?.value.clone(),
        summary: summary?.value.clone(),
        target: target?,
        inputs,
        looks: looks?,
        findings: findings?,
        fixes: fixes.unwrap_or_default(),
        digest: digest(&source.text),
        source: Arc::new(source),
    })
}

fn check_language(fields: &Fields<'_>, faults: &mut Faults) {
    let Some(text) = fields
        .require("heeler", "a runbook", faults)
        .and_then(|tree| tree.expect_text("`heeler`", faults))
    else {
        return;
    };
    if text.value != LANGUAGE {
        faults
            .error(
                "unknown-language",
                text.span,
                format!("this heeler reads version {LANGUAGE} of the language"),
            )
            .here(format!("version {}", text.value))
            .help("update heeler, or write `heeler: 1`");
    }
}

fn target(tree: &Tree, faults: &mut Faults) -> Option<TargetKind> {
    let text = tree.expect_text("`target`", faults)?;
    match text.value.as_str() {
        "node" => Some(TargetKind::Node),
        "pod" => Some(TargetKind::Pod),
        other => {
            let near = nearest(other, ["node", "pod"]);
            faults
                .error(
                    "unknown-target",
                    text.span,
                    format!("a runbook can't be pointed at `{other}`"),
                )
                .help("targets: node, pod")
                .did_you_mean(near);
            None
        }
    }
}

fn digest(text: &str) -> String {
    let digest = Sha256::digest(text.as_bytes());
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}
