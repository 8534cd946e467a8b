//! From text to a checked runbook.

use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::facts::Facts;
use super::model::{Runbook, TargetKind};
use super::step::Used;
use super::{findings, fixes, inputs, limits, looks, naming};
use crate::action::Action;
use crate::syntax::{Diagnostic, Faults, Fields, Source, Tree, nearest, parse_yaml};

/// The version of the language.
const LANGUAGE: &str = "1";
const KEYS: [&str; 10] = [
    "heeler", "name", "summary", "target", "within", "allow", "inputs", "look", "find", "fix",
];

/// Where a runbook finds the others that it uses.
pub trait Shelf {
    /// The text of the runbook of that name; `None` where there is none.
    ///
    /// # Errors
    /// Why it can't be read, for people.
    fn text(&self, name: &str) -> Result<Option<Source>, String>;
    /// The names of all runbooks.
    fn names(&self) -> Vec<String>;
}

/// No other runbooks.
#[derive(Debug, Clone, Copy)]
pub struct Alone;

impl Shelf for Alone {
    fn text(&self, _: &str) -> Result<Option<Source>, String> {
        Ok(None)
    }

    fn names(&self) -> Vec<String> {
        Vec::new()
    }
}

/// What the reading of a runbook knows beyond its text.
pub(super) struct Others<'a> {
    pub(super) actions: &'a [&'static dyn Action],
    pub(super) shelf: &'a dyn Shelf,
    /// The runbooks that use one another down to this one, and this one.
    pub(super) path: Vec<String>,
    /// What this one is about.
    pub(super) target: Option<TargetKind>,
}

/// Reads and checks a runbook that uses no other.
///
/// # Errors
/// Everything that is wrong with it, in the order of the text.
pub fn load(source: Source, actions: &[&'static dyn Action]) -> Result<Runbook, Vec<Diagnostic>> {
    load_among(source, actions, &Alone)
}

/// Reads and checks a runbook, and those that it uses.
///
/// # Errors
/// As [`load`].
pub fn load_among(
    source: Source,
    actions: &[&'static dyn Action],
    shelf: &dyn Shelf,
) -> Result<Runbook, Vec<Diagnostic>> {
    within(source, actions, shelf, &[])
}

/// Reads a runbook that those of `path` use, one the other.
pub(super) fn within(
    source: Source,
    actions: &[&'static dyn Action],
    shelf: &dyn Shelf,
    path: &[String],
) -> Result<Runbook, Vec<Diagnostic>> {
    let mut faults = Faults::of(&source);
    let others = Others {
        actions,
        shelf,
        path: path.to_vec(),
        target: None,
    };
    let runbook =
        parse_yaml(&source, &mut faults).and_then(|tree| read(source, &tree, others, &mut faults));
    match runbook {
        Some(runbook) if faults.is_empty() => Ok(runbook),
        _ => Err(faults.into_vec()),
    }
}

fn read(
    source: Source,
    tree: &Tree,
    mut others: Others<'_>,
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
    let within = limits::of_run(&fields, faults);
    let hops = limits::hops(fields.get("allow"), faults);
    others.target = target;
    let own = name.map_or("this runbook", |name| &name.value);
    others.path.push(own.to_owned());
    let faults_before = faults.len();
    let inputs = fields.get("inputs").map(|tree| inputs::read(tree, faults));
    let inputs = inputs.unwrap_or_default();
    let mut facts = Facts::new(&inputs, faults.len() == faults_before);
    let looks = fields
        .require("look", what, faults)
        .map(|tree| looks::read(tree, &others, &mut facts, faults));
    if looks.is_none() {
        facts.names.incomplete();
    }
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
    let fixes = fix_tree.map(|tree| fixes::read(tree, others.actions, &facts, faults));
    let (mut looks, fixes) = (looks?, fixes.unwrap_or_default());
    hops.bind(&mut looks.steps, &fixes, faults);
    Some(Runbook {
        name: name?.value.clone(),
        summary: summary?.value.clone(),
        target: target?,
        inputs,
        within: within?,
        findings: findings?,
        fixes,
        digest: digest(&source.text, &looks.used),
        looks: looks.steps,
        used: looks.used,
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

fn digest(text: &str, used: &[Used]) -> String {
    let mut digest = Sha256::new();
    digest.update(text.as_bytes());
    for used in used {
        digest.update(used.digest.as_bytes());
    }
    let digest = digest.finalize();
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}
