//! Parts of a runbook that nothing uses.

use super::removal;
use crate::runbook::Draft;
use crate::syntax::{Entry, Faults, Level, Patch, Spanned, Tree};
use crate::value::Kind;

pub(super) fn check(draft: &Draft, text: &str, faults: &mut Faults) {
    inputs(draft, text, faults);
    looks(draft, text, faults);
    fixes(draft, faults);
}

fn inputs(draft: &Draft, text: &str, faults: &mut Faults) {
    let tree = draft.tree.get("inputs");
    let entries = tree.and_then(Tree::entries).unwrap_or_default();
    for entry in entries {
        let name = &entry.key.value;
        let is_known = draft.inputs.iter().any(|input| input.name == *name);
        if !is_known || has_error(entry, faults) || draft.reads.has("inputs", Some(name)) {
            continue;
        }
        let is_named = mentions(&draft.tree, &format!("inputs.{name}"));
        let patch = removal::entry(entries, name, text).or_else(|| {
            let section = draft.tree.entries()?;
            let inputs = section.iter().find(|entry| entry.key.value == "inputs")?;
            (entries.len() == 1).then(|| removal::whole_lines(inputs, text))?
        });
        let title = format!("nothing reads the input `{name}`");
        let fault = faults.warning("unused-input", entry.key.span, title);
        fault.help(format!("read it as `inputs.{name}`, or remove it"));
        fault.patches.extend(patch.filter(|_| !is_named));
    }
}

fn looks(draft: &Draft, text: &str, faults: &mut Faults) {
    let entries = entries(draft, "look");
    for entry in entries {
        let name = &entry.key.value;
        let step = draft.looks.iter().find(|step| step.name == *name);
        let Some(step) = step.filter(|_| !has_error(entry, faults)) else {
            continue;
        };
        if !draft.reads.has(name, None) {
            let awaited = draft.looks.iter().any(|other| other.after.contains(name));
            let is_named = awaited || mentions(&draft.tree, &format!("{name}."));
            let patch = removal::entry(entries, name, text).filter(|_| !is_named);
            let title = format!("nothing reads the look `{name}`");
            let fault = faults.warning("unused-look", entry.key.span, title);
            fault.help(
                "read it in a finding or a fix, or remove it: each look costs time on every node",
            );
            fault.patches.extend(patch);
            continue;
        }
        let kind = step.look.kind();
        for (field, patch) in own_fields(&entry.value, &kind, text) {
            if !draft.reads.has(name, Some(&field.value)) {
                let path = format!("{name}.{}", field.value);
                let patch = patch.filter(|_| !mentions(&draft.tree, &path));
                let title = format!("nothing reads `{path}`");
                let fault = faults.warning("unused-field", field.span, title);
                fault.help("read it in a finding or a fix, or remove it");
                fault.patches.extend(patch);
            }
        }
    }
}

fn fixes(draft: &Draft, faults: &mut Faults) {
    let findings = entries(draft, "find");
    // A finding with a fault may be the one that points at it.
    if findings.len() != draft.findings.len() {
        return;
    }
    for fix in &draft.fixes {
        let named = draft
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

fn entries<'d>(draft: &'d Draft, section: &str) -> &'d [Entry] {
    let tree = draft.tree.get(section);
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
