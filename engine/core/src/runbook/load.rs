//! From text to a checked runbook.

use super::bundle;
use super::facts::Facts;
use super::findings::{self, FINDINGS};
use super::fixes::{self, FIXES};
use super::input_keys::INPUTS;
use super::inputs;
use super::looks::{self, LOOKS};
use super::model::{Runbook, TargetKind};
use super::reading::Reading;
use super::shelf::{Alone, Others, Shelf};
use super::{bounds, naming};
use crate::action::Action;
use crate::syntax::{
    Diagnostic, Entry, Faults, Fields, Key, Level, Shape, Source, Spelling, Tree, Word,
    check_letters, nearest, parse_yaml,
};

/// The version of the language.
const LANGUAGE: &str = "1";

/// The keys of a runbook.
pub const KEYS: &[Key] = &[
    Key::required(
        "heeler",
        Shape::Word(|| vec![(LANGUAGE, "this version")]),
        "The version of the language",
    ),
    Key::required(
        "name",
        Shape::Spelt(Spelling::Kebab),
        "Its name, which is also its folder's",
    ),
    Key::required("summary", Shape::Text, "What it is about, in one line"),
    Key::required("target", Shape::Word(targets), "What it is pointed at"),
    Key::optional(
        "within",
        bounds::OF_RUN,
        "How long all looks of a run may take together",
    ),
    Key::optional(
        "allow",
        bounds::ALLOW,
        "The hops that looks and changes may go to; all of them without it",
    ),
    Key::optional(
        "inputs",
        Shape::Entries(&INPUTS),
        "Values that the caller may give",
    ),
    Key::required(
        "look",
        Shape::Entries(&LOOKS),
        "What is looked at; nothing here changes anything",
    ),
    Key::required(
        "find",
        Shape::Entries(&FINDINGS),
        "What can be found, each by a condition over what was seen",
    ),
    Key::optional(
        "fix",
        Shape::Entries(&FIXES),
        "What can be done about it; the only part that may change anything",
    ),
    Key::optional(
        "bundle",
        Shape::Keys(bundle::KEYS),
        "When a run makes a bundle of a node: what it can say of itself, in one file",
    ),
];

const TARGETS: [(Word, TargetKind); 2] = [
    (
        ("node", "one or more nodes; a pod stands for its node"),
        TargetKind::Node,
    ),
    (("pod", "a pod: the run needs one"), TargetKind::Pod),
];

fn targets() -> Vec<Word> {
    TARGETS.iter().map(|(word, _)| *word).collect()
}

/// Reads and checks a runbook that uses no other, for a run: warnings don't stand in its way.
///
/// # Errors
/// Every error in it, in the order of the text.
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
    let reading = reading(&source, others, &mut faults);
    match reading.and_then(|reading| reading.finish(source)) {
        Some(runbook) if faults.is_empty() => Ok(runbook),
        _ => Err(faults.into_errors()),
    }
}

/// Reads and checks as much of a runbook as can be; what is wrong is collected. `None` where
/// nothing can be told, because the text is no YAML or no map.
pub fn read(
    source: &Source,
    actions: &[&'static dyn Action],
    shelf: &dyn Shelf,
    faults: &mut Faults,
) -> Option<Reading> {
    let others = Others {
        actions,
        shelf,
        path: Vec::new(),
        target: None,
    };
    reading(source, others, faults)
}

fn reading(source: &Source, mut others: Others<'_>, faults: &mut Faults) -> Option<Reading> {
    if !check_letters(source, faults) {
        return None;
    }
    let tree = parse_yaml(source, faults)?;
    if let Tree::Nothing(span) = tree {
        faults
            .error("empty-runbook", span, "the file is empty")
            .help("start with `heeler: 1`, `name:`, `summary:`, `target:`, `look:` and `find:`");
        return None;
    }
    let what = "a runbook";
    let fields = Fields::read(&tree, what, KEYS, faults)?;
    check_language(&fields, faults);
    let name = fields
        .require("name", what, faults)
        .and_then(|tree| tree.expect_text("`name`", faults))
        .filter(|name| naming::label(name, what, faults))
        .cloned();
    let summary = fields
        .require("summary", what, faults)
        .and_then(|tree| tree.expect_text("`summary`", faults))
        .map(|summary| summary.value.clone());
    let target = fields
        .require("target", what, faults)
        .and_then(|tree| target(tree, faults));
    let within = bounds::of_run(&fields, faults);
    let hops = bounds::hops(fields.get("allow"), faults);
    others.target = target;
    let own = name.as_ref().map_or("this runbook", |name| &name.value);
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
    let find_entries = fields.get("find").and_then(Tree::entries);
    let found = findings.as_deref().unwrap_or_default();
    let bundle = fields
        .get("bundle")
        .and_then(|tree| bundle::read(tree, (find_entries.unwrap_or_default(), found), faults));
    let fixes = fix_tree.map(|tree| fixes::read(tree, others.actions, &facts, faults));
    let (mut looks, fixes) = (looks.unwrap_or_default(), fixes.unwrap_or_default());
    hops.bind(&mut looks.steps, &fixes, faults);
    read_anyway(&tree, &facts, faults);
    let (names, reads) = facts.into_parts();
    Some(Reading {
        name,
        summary,
        target,
        within,
        inputs,
        looks: looks.steps,
        used: looks.used,
        findings: findings.unwrap_or_default(),
        fixes,
        bundle,
        names,
        reads,
        tree,
    })
}

/// What stands in a part that has a fault was hardly read as it was meant: nothing that it names
/// may be called unused.
fn read_anyway(tree: &Tree, facts: &Facts, faults: &Faults) {
    let has_fault = |entry: &Entry| {
        let span = entry.key.span.to(entry.value.span());
        let mut found = faults.found().iter();
        found.any(|fault| fault.level == Level::Error && span.holds(fault.span()))
    };
    for section in tree.entries().unwrap_or_default() {
        let is_known = KEYS.iter().any(|key| key.name == section.key.value);
        if !is_known || section.value.entries().is_none() {
            facts.may_read_all(&section.value);
            continue;
        }
        for entry in section.value.entries().unwrap_or_default() {
            if has_fault(entry) {
                facts.may_read_all(&entry.value);
            }
        }
    }
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
    let found = TARGETS.iter().find(|((name, _), _)| *name == text.value);
    if found.is_none() {
        let names: Vec<&str> = targets().into_iter().map(|(name, _)| name).collect();
        faults
            .error(
                "unknown-target",
                text.span,
                format!("a runbook can't be pointed at `{}`", text.value),
            )
            .help(format!("targets: {}", names.join(", ")))
            .did_you_mean(nearest(&text.value, names.iter().copied()));
    }
    found.map(|(_, target)| *target)
}
