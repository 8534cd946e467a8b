//! `instead-of`: findings that stand for others where they hold.

use super::looks::names_of;
use super::model::{FindingRule, Scope};
use crate::syntax::{Entry, Faults, Spanned, Tree, nearest};

/// Reads `instead-of`. `all` are the entries of `find:`.
pub(super) fn read(
    tree: Option<&Tree>,
    own: &Spanned<String>,
    all: &[Entry],
    faults: &mut Faults,
) -> Vec<String> {
    let mut others: Vec<String> = Vec::new();
    for name in names_of(tree, "`instead-of`", faults) {
        let mut known = all.iter().map(|entry| entry.key.value.as_str());
        if name.value == own.value {
            faults
                .error(
                    "finding-cycle",
                    name.span,
                    format!("`{}` can't stand for itself", own.value),
                )
                .help("name another finding");
        } else if !known.any(|known| known == name.value) {
            let known = all.iter().map(|entry| entry.key.value.as_str());
            let near = nearest(&name.value, known);
            let title = format!("there is no finding `{}`", name.value);
            faults
                .error("unknown-finding", name.span, title)
                .help("`instead-of` names findings of this runbook")
                .did_you_mean(near);
        } else if !others.contains(&name.value) {
            others.push(name.value.clone());
        }
    }
    others
}

/// What holds among all findings: nobody stands for itself by way of others, and what is known of
/// one node does not speak for the run.
pub(super) fn check(rules: &[FindingRule], faults: &mut Faults) {
    let named = |name: &str| rules.iter().find(|rule| rule.name == *name);
    for rule in rules.iter().filter(|rule| rule.scope == Scope::Node) {
        let of_run = |other: &&FindingRule| other.scope == Scope::Run;
        let others = rule.instead_of.iter().filter_map(|name| named(name));
        for other in others.filter(of_run) {
            let title = format!(
                "`{}` holds for a node and can't stand for `{}`, which holds for the run",
                rule.name, other.name
            );
            faults
                .error("run-scope", rule.span, title)
                .label(other.span, "judged once a run")
                .help("lift it with any, all, count, share or max, or leave `instead-of` out");
        }
    }
    refuse_cycles(rules, faults);
}

/// Takes away, again and again, whatever stands for nothing that is left: what stays goes round.
fn refuse_cycles(rules: &[FindingRule], faults: &mut Faults) {
    let mut left: Vec<&FindingRule> = rules.iter().collect();
    loop {
        let stays = |rule: &&FindingRule| {
            let mut others = rule.instead_of.iter();
            others.any(|name| left.iter().any(|rule| rule.name == *name))
        };
        let staying: Vec<&FindingRule> = left.iter().copied().filter(stays).collect();
        if staying.len() == left.len() {
            break;
        }
        left = staying;
    }
    if let Some(rule) = left.first() {
        faults
            .error(
                "finding-cycle",
                rule.span,
                format!("`{}` stands for itself by way of others", rule.name),
            )
            .help(format!(
                "it stands for {}; follow `instead-of` from there",
                rule.instead_of.join(", ")
            ));
    }
}
