//! Looks: what is asked, where, and in which order.

use std::collections::BTreeSet;

use super::facts::Facts;
use super::model::{LookStep, Scope};
use super::{naming, texts};
use crate::action::{Action, Look, Source, Target};
use crate::syntax::limits;
use crate::syntax::{
    Entries, Entry, Faults, Fields, Key, Role, Shape, Spanned, Spelling, Tree, nearest,
};

/// What stands below `look:`.
pub(super) const LOOKS: Entries = Entries {
    taken: naming::taken,
    ..Entries::of(
        Spelling::Snake,
        &Shape::Named(
            "look",
            &Shape::Step {
                keys: KEYS,
                role: Role::Look,
            },
        ),
    )
};

/// The keys of a look, besides its action.
const KEYS: &[Key] = &[
    Key::optional(
        "label",
        Shape::Text,
        "What people call it; its name with spaces otherwise",
    ),
    Key::optional(
        "only-if",
        Shape::Condition,
        "Whether it is asked at all; the looks that this names are asked before",
    ),
    Key::optional(
        "after",
        Shape::OneOrMore(&Shape::Spelt(Spelling::Snake)),
        "Looks that have to be asked before",
    ),
];

/// Reads `look:`. Names are known to `facts` when this returns; conditions are checked after all
/// looks are known, because they may name later ones.
pub(super) fn read(
    tree: &Tree,
    actions: &[&'static dyn Action],
    facts: &mut Facts,
    faults: &mut Faults,
) -> Vec<LookStep> {
    let entries = tree.expect_few("`look`", limits::LOOKS, faults);
    let all = tree.entries().unwrap_or_default();
    if tree.entries().is_none() {
        facts.names.incomplete();
    }
    let mut steps = Vec::new();
    for entry in entries {
        match step(entry, actions, faults) {
            Some(step) => {
                facts.add_look(&step);
                for text in step.look.texts() {
                    facts.may_read(&text.text.value);
                }
                steps.push(step);
            }
            None => facts.add_faulty_look(&entry.key.value),
        }
    }
    for beyond in all.iter().skip(entries.len()) {
        facts.add_faulty_look(&beyond.key.value);
    }
    for step in &mut steps {
        if let Some(entry) = entries.iter().find(|entry| entry.key.value == step.name) {
            order(step, entry, all, facts, faults);
        }
    }
    refuse_cycles(&steps, faults);
    steps
}

fn step(entry: &Entry, actions: &[&'static dyn Action], faults: &mut Faults) -> Option<LookStep> {
    let what = format!("the look `{}`", entry.key.value);
    let named = naming::operand(&entry.key, "a look", faults);
    let fields = Fields::open(&entry.value, &what, KEYS, faults)?;
    let (action, parameters) = one_action(&fields, &entry.key, actions, faults)?;
    let look = action.look(parameters, faults)?;
    let label = fields.text("label", faults);
    named.then(|| LookStep {
        name: entry.key.value.clone(),
        label: label.map_or_else(
            || naming::spoken(&entry.key.value),
            |label| label.value.clone(),
        ),
        action: action.name(),
        scope: scope(look.as_ref()),
        look,
        only_if: None,
        after: Vec::new(),
        span: entry.key.span,
    })
}

/// The one entry that names an action, and its parameters.
pub(super) fn one_action<'t>(
    fields: &Fields<'t>,
    owner: &Spanned<String>,
    actions: &[&'static dyn Action],
    faults: &mut Faults,
) -> Option<(&'static dyn Action, &'t Tree)> {
    let names = || actions.iter().map(|action| action.name());
    let named: Vec<&Entry> = fields.others().collect();
    let entry = match named.as_slice() {
        [] => {
            faults
                .error(
                    "no-action",
                    owner.span,
                    format!("`{}` names no action", owner.value),
                )
                .help(format!(
                    "actions: {}",
                    names().collect::<Vec<_>>().join(", ")
                ));
            return None;
        }
        [entry] => *entry,
        [first, second, ..] => {
            // With an unknown key beside an action, the key is the slip, not the action.
            let unknown = named
                .iter()
                .find(|entry| !names().any(|name| name == entry.key.value));
            match unknown.filter(|entry| nearest(&entry.key.value, fields.known()).is_some()) {
                Some(entry) => fields.unknown(entry, &format!("`{}`", owner.value), faults),
                None => {
                    let title = format!("`{}` names more than one action", owner.value);
                    faults
                        .error("two-actions", second.key.span, title)
                        .here("one too many")
                        .label(first.key.span, "the first")
                        .help("make two entries of it");
                }
            }
            return None;
        }
    };
    let found = actions
        .iter()
        .find(|action| action.name() == entry.key.value);
    if found.is_none() {
        let near = nearest(&entry.key.value, names().chain(fields.known()));
        faults
            .error(
                "unknown-action",
                entry.key.span,
                format!("there is no action `{}`", entry.key.value),
            )
            .help(format!(
                "actions: {}",
                names().collect::<Vec<_>>().join(", ")
            ))
            .did_you_mean(near);
    }
    found.map(|action| (*action, &entry.value))
}

/// A look of the node, or of an object that is keyed by it, is asked once a node.
fn scope(look: &dyn Look) -> Scope {
    match look.source(&Target::default()) {
        Ok(Source::Kube(get)) if get.name.is_some() => Scope::Run,
        // Without a target it can't even be said where the answer is: it belongs to one.
        _ => Scope::Node,
    }
}

/// Reads `only-if` and `after`.
fn order(step: &mut LookStep, entry: &Entry, all: &[Entry], facts: &Facts, faults: &mut Faults) {
    let only_if = entry.value.get("only-if");
    step.only_if = only_if.and_then(|tree| texts::condition(tree, "`only-if`", facts, faults));
    let roots = step
        .only_if
        .as_ref()
        .map(|expr| expr.roots())
        .unwrap_or_default();
    let is_look = |name: &str| all.iter().any(|entry| entry.key.value == name);
    if let Some(tree) = only_if
        && step.scope == Scope::Run
        && facts.scope(&roots) == Scope::Node
    {
        faults
            .error(
                "run-scope",
                tree.span(),
                format!("`{}` is asked once a run, this differs by node", step.name),
            )
            .help("name only looks that are asked once a run");
    }
    let mut after: BTreeSet<String> = roots
        .into_iter()
        .map(|(name, _)| name)
        .filter(|name| is_look(name))
        .collect();
    for name in names_of(entry.value.get("after"), "`after`", faults) {
        if is_look(&name.value) {
            after.insert(name.value.clone());
        } else {
            let near = nearest(
                &name.value,
                all.iter().map(|entry| entry.key.value.as_str()),
            );
            faults
                .error(
                    "unknown-look",
                    name.span,
                    format!("there is no look `{}`", name.value),
                )
                .did_you_mean(near);
        }
    }
    step.after = after.into_iter().collect();
}

/// One name, or a list of names.
pub(super) fn names_of<'t>(
    tree: Option<&'t Tree>,
    what: &str,
    faults: &mut Faults,
) -> Vec<&'t Spanned<String>> {
    let Some(tree) = tree else { return Vec::new() };
    match tree.items() {
        Some(items) => items
            .iter()
            .filter_map(|item| item.expect_text(what, faults))
            .collect(),
        None => tree.expect_text(what, faults).into_iter().collect(),
    }
}

/// Looks that wait for one another are never asked.
fn refuse_cycles(steps: &[LookStep], faults: &mut Faults) {
    let mut ready: BTreeSet<&str> = BTreeSet::new();
    let known = |name: &str| steps.iter().any(|step| step.name == name);
    loop {
        let next: Vec<&str> = steps
            .iter()
            .filter(|step| !ready.contains(step.name.as_str()))
            .filter(|step| {
                step.after
                    .iter()
                    .all(|name| ready.contains(name.as_str()) || !known(name))
            })
            .map(|step| step.name.as_str())
            .collect();
        if next.is_empty() {
            break;
        }
        ready.extend(next);
    }
    if let Some(step) = steps
        .iter()
        .find(|step| !ready.contains(step.name.as_str()))
    {
        faults
            .error(
                "look-cycle",
                step.span,
                format!("`{}` waits for itself", step.name),
            )
            .help(format!(
                "it comes after {}; follow `only-if` and `after` from there",
                step.after.join(", ")
            ));
    }
}
