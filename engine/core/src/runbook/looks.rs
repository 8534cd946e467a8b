//! Looks: what is asked, where, and in which order.

use super::draft::{self, Draft, What};
use super::facts::Facts;
use super::naming;
use super::shelf::Others;
use super::step::{LookStep, Used};
use crate::action::Action;
use crate::syntax::limits::{self, ALL_LOOKS};
use crate::syntax::{
    Entries, Entry, Faults, Fields, Role, Shape, Spanned, Spelling, Tree, nearest,
};

/// What stands below `look:`.
pub(super) const LOOKS: Entries = Entries {
    taken: naming::taken,
    most: Some(limits::LOOKS.most),
    ..Entries::of(
        Spelling::Snake,
        &Shape::Named(
            "look",
            &Shape::Step {
                keys: draft::KEYS,
                role: Role::Look,
                instead: Some("use"),
            },
        ),
    )
};

/// The looks of a runbook, and the runbooks that it uses.
#[derive(Default)]
pub(super) struct Looks {
    /// Its own looks, then those of the runbooks that it uses.
    pub(super) steps: Vec<LookStep>,
    /// Each after those that it needs.
    pub(super) used: Vec<Used>,
}

/// Reads `look:`. Names are known to `facts` when this returns. Expressions are checked after all
/// entries are known, because they may name later ones, and in the order in which they are asked:
/// what a list holds has to be known before `each` can be.
pub(super) fn read(
    tree: &Tree,
    others: &Others<'_>,
    facts: &mut Facts,
    faults: &mut Faults,
) -> Looks {
    let entries = tree.expect_few("`look`", limits::LOOKS, faults);
    let all = tree.entries().unwrap_or_default();
    if tree.entries().is_none() {
        facts.names.incomplete();
    }
    let mut drafts = Vec::new();
    for entry in entries {
        match draft::read(entry, all, others, faults) {
            Some(draft) => {
                draft.announce(facts);
                drafts.push(draft);
            }
            None => facts.add_faulty_look(&entry.key.value),
        }
    }
    for beyond in all.iter().skip(entries.len()) {
        facts.add_faulty_look(&beyond.key.value);
    }
    let mut drafts = in_order(drafts, faults);
    for draft in &mut drafts {
        draft.check(facts, faults);
    }
    assemble(drafts, faults)
}

/// Each entry after those that it waits for. Those that wait for themselves are never asked.
fn in_order(drafts: Vec<Draft>, faults: &mut Faults) -> Vec<Draft> {
    let mut ordered: Vec<Draft> = Vec::new();
    let mut left = drafts;
    while !left.is_empty() {
        let waits = |draft: &Draft| {
            let for_one_of = |others: &[Draft]| {
                let mut names = others.iter().map(|other| &other.name);
                names.any(|name| draft.after.contains(name))
            };
            for_one_of(&left)
        };
        let waiting: Vec<bool> = left.iter().map(waits).collect();
        if waiting.iter().all(|waits| *waits) {
            break;
        }
        let mut waiting = waiting.into_iter();
        let (ready, others) = left
            .into_iter()
            .partition(|_| !waiting.next().unwrap_or_default());
        ordered.extend::<Vec<Draft>>(ready);
        left = others;
    }
    if let Some(draft) = left.first() {
        faults
            .error(
                "look-cycle",
                draft.span,
                format!("`{}` waits for itself", draft.name),
            )
            .help(format!(
                "it comes after {}; follow `only-if` and `after` from there",
                draft.after.join(", ")
            ));
    }
    ordered.extend(left);
    ordered
}

/// All looks by the names that they have in the whole: to wait for a used runbook is to wait for
/// all of its looks.
fn assemble(drafts: Vec<Draft>, faults: &mut Faults) -> Looks {
    let (mut looks, mut inner) = (Looks::default(), Vec::new());
    for draft in drafts {
        match draft.what {
            What::Look(step) => looks.steps.push(LookStep {
                only_if: draft.only_if,
                after: draft.after,
                ..*step
            }),
            What::Use(used, steps) => {
                for step in steps {
                    let after = step.after.iter().chain(&draft.after).cloned().collect();
                    inner.push(LookStep { after, ..step });
                }
                looks.used.push(Used {
                    only_if: draft.only_if,
                    ..*used
                });
            }
        }
        if looks.steps.len() + inner.len() > ALL_LOOKS.most {
            faults
                .error(
                    ALL_LOOKS.code,
                    draft.span,
                    format!(
                        "with those of the runbooks that it uses there are more than {} looks",
                        ALL_LOOKS.most
                    ),
                )
                .help("use fewer runbooks, or make two of this one");
            return looks;
        }
    }
    looks.steps.sort_by_key(|step| step.span.start);
    looks.steps.extend(inner);
    let all: Vec<(String, Option<String>)> = looks
        .steps
        .iter()
        .map(|step| (step.name.clone(), step.home.first().cloned()))
        .collect();
    let expand = |name: String| -> Vec<String> {
        let is_used = looks.used.iter().any(|used| used.name == name);
        let of_it = |home: &Option<String>| home.as_ref() == Some(&name);
        match is_used {
            true => {
                let inside = all.iter().filter(|(_, home)| of_it(home));
                inside.map(|(look, _)| look.clone()).collect()
            }
            false => vec![name],
        }
    };
    for step in &mut looks.steps {
        let after = std::mem::take(&mut step.after);
        step.after = after.into_iter().flat_map(expand).collect();
        step.after.sort();
        step.after.dedup();
    }
    looks
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
