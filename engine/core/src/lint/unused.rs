//! Parts of a runbook that nothing uses.

use super::removal;
use crate::runbook::Reading;
use crate::syntax::{Entry, Faults, Level, Patch, Spanned, Tree};
use crate::value::Kind;

pub(super) fn check(reading: &Reading, text: &str, faults: &mut Faults) {
    inputs(reading, text, faults);
    looks(reading, text, faults);
    fixes(reading, faults);
}

fn inputs(reading: &Reading, text: &str, faults: &mut Faults) {
    let tree = reading.tree.get("inputs");
    let entries = tree.and_then(Tree::entries).unwrap_or_default();
    for entry in entries {
        let name = &entry.key.value;
        let is_known = reading.inputs.iter().any(|input| input.name == *name);
        if !is_known || has_error(entry, faults) || reading.reads.has("inputs", Some(name)) {
            continue;
        }
        let is_named = mentions(&reading.tree, &format!("inputs.{name}"));
        let patch = removal::entry(entries, name, text).or_else(|| {
            let section = reading.tree.entries()?;
            let inputs = section.iter().find(|entry| entry.key.value == "inputs")?;
            (entries.len() == 1).then(|| removal::whole_lines(inputs, text))?
        });
        let title = format!("nothing reads the input `{name}`");
        let fault = faults.warning("unused-input", entry.key.span, title);
        fault.help(format!("read it as `inputs.{name}`, or remove it"));
        fault.patches.extend(patch.filter(|_| !is_named));
    }
}

fn looks(reading: &Reading, text: &str, faults: &mut Faults) {
    let entries = entries(reading, "look");
    for entry in entries {
        let name = &entry.key.value;
        if reading.used.iter().any(|used| used.name == *name) {
            if !reading.reads.has(name, None) && !has_error(entry, faults) {
                unread(reading, entries, entry, text, faults);
            }
            continue;
        }
        let step = reading.looks.iter().find(|step| step.name == *name);
        let Some(step) = step.filter(|_| !has_error(entry, faults)) else {
            continue;
        };
        if !reading.reads.has(name, None) {
            unread(reading, entries, entry, text, faults);
            continue;
        }
        let kind = step.look.kind();
        for (field, patch) in own_fields(&entry.value, &kind, text) {
            if !reading.reads.has(name, Some(&field.value)) {
                let path = format!("{name}.{}", field.value);
                let patch = patch.filter(|_| !mentions(&reading.tree, &path));
                let title = format!("nothing reads `{path}`");
                let fault = faults.warning("unused-field", field.span, title);
                fault.help("read it in a finding or a fix, or remove it");
                fault.patches.extend(patch);
            }
        }
    }
}

/// A look, or a used runbook, that no expression and no text names.
fn unread(reading: &Reading, entries: &[Entry], entry: &Entry, text: &str, faults: &mut Faults) {
    let name = &entry.key.value;
    let awaited = entries.iter().any(|other| waits(&other.value, name));
    let is_named = awaited || mentions(&reading.tree, &format!("{name}."));
    let patch = removal::entry(entries, name, text).filter(|_| !is_named);
    let title = format!("nothing reads the look `{name}`");
    let fault = faults.warning("unused-look", entry.key.span, title);
    fault.help("read it in a finding or a fix, or remove it: each look costs time on every node");
    fault.patches.extend(patch);
}

/// Whether an entry names another one in `after`.
fn waits(entry: &Tree, name: &str) -> bool {
    let Some(after) = entry.get("after") else {
        return false;
    };
    let items = after.items().unwrap_or_default().iter().chain([after]);
    let mut names = items.filter_map(Tree::as_text);
    names.any(|text| text.value == name)
}

fn fixes(reading: &Reading, faults: &mut Faults) {
    let findings = entries(reading, "find");
    // A finding with a fault may be the one that points at it.
    if findings.len() != reading.findings.len() {
        return;
    }
    for fix in &reading.fixes {
        let named = reading
            .findings
            .iter()
            .any(|rule| rule.fixes.contains(&fix.name));
        if !named {
            faults
                .warning(
                    "unused-fix",
                    fix.span,
                    format!("no finding offers the fix `{}`", fix.name),
                )
                .help(format!(
                    "add `fix: [{}]` to the finding that it mends",
                    fix.name
                ));
        }
    }
}

/// One thing at a time: what has to be mended anyway is not called unused as well.
fn has_error(entry: &Entry, faults: &Faults) -> bool {
    let span = entry.key.span.to(entry.value.span());
    let mut found = faults.found().iter();
    found.any(|fault| fault.level == Level::Error && span.holds(fault.span()))
}

/// Whether any text names it, if only as a text: then it is not certain that nobody wants it.
fn mentions(tree: &Tree, path: &str) -> bool {
    let entries = tree.entries().unwrap_or_default().iter();
    let values = entries.map(|entry| &entry.value);
    tree.as_text().is_some_and(|text| text.value.contains(path))
        || values
            .chain(tree.items().unwrap_or_default())
            .any(|inner| mentions(inner, path))
}

fn entries<'d>(reading: &'d Reading, section: &str) -> &'d [Entry] {
    let tree = reading.tree.get(section);
    tree.and_then(Tree::entries).unwrap_or_default()
}

/// The fields of a look's answer that the runbook itself has named: what it extracts, the keys of a
/// look whose parameters are its fields, and counters in a list.
fn own_fields<'t>(
    step: &'t Tree,
    kind: &Kind,
    text: &str,
) -> Vec<(&'t Spanned<String>, Option<Patch>)> {
    let Kind::Record(fields) = kind else {
        return Vec::new();
    };
    let mut own = Vec::new();
    for action in step.entries().unwrap_or_default() {
        let parameters = action.value.entries().unwrap_or_default();
        let is_named = |entry: &Entry| fields.contains_key(&entry.key.value);
        if parameters.len() == fields.len() && parameters.iter().all(is_named) {
            own.extend(named(parameters, text));
        }
        for parameter in parameters {
            if parameter.key.value == "extract" {
                own.extend(named(parameter.value.entries().unwrap_or_default(), text));
            }
            let items = parameter.value.items().unwrap_or_default();
            let texts: Vec<&Spanned<String>> = items.iter().filter_map(Tree::as_text).collect();
            for (index, item) in texts.iter().enumerate() {
                if fields.contains_key(&item.value) {
                    own.push((*item, removal::item(&texts, index, text)));
                }
            }
        }
    }
    own
}

fn named<'t>(
    entries: &'t [Entry],
    text: &str,
) -> impl Iterator<Item = (&'t Spanned<String>, Option<Patch>)> {
    entries
        .iter()
        .map(move |entry| (&entry.key, removal::entry(entries, &entry.key.value, text)))
}
