//! `bundle`: the findings for which a run makes a bundle of the node. Nothing is changed by it: it is
//! *borrowed*, one leased folder on the node that is taken back.

use super::looks::names_of;
use super::model::{BundleRule, FindingRule, Scope};
use crate::syntax::{Entry, Faults, Fields, Key, Shape, Spelling, Tree, nearest};

/// The keys of `bundle`.
pub(super) const KEYS: &[Key] = &[
    Key::required(
        "finding",
        Shape::OneOrMore(&Shape::Spelt(Spelling::Kebab)),
        "The findings for which one is made: where one of them holds, or could not be seen",
    ),
    Key::or(
        "pod-logs",
        Shape::Boolean,
        "true",
        "Whether the logs of the node's pods are in it",
    ),
];

/// Reads `bundle:`. `all` are the entries of `find:`, `rules` those without a fault.
pub(super) fn read(
    tree: &Tree,
    (all, rules): (&[Entry], &[FindingRule]),
    faults: &mut Faults,
) -> Option<BundleRule> {
    let what = "`bundle`";
    let fields = Fields::read(tree, what, KEYS, faults)?;
    let pod_logs = match fields.get("pod-logs") {
        Some(tree) => tree.expect_bool("`pod-logs`", faults),
        None => Some(true),
    };
    let named = fields.require("finding", what, faults)?;
    if named.items().is_some_and(<[Tree]>::is_empty) {
        faults
            .error("idle-bundle", named.span(), "no bundle is ever made")
            .help("name the findings for which one is wanted, or leave `bundle` out");
        return None;
    }
    let mut findings: Vec<String> = Vec::new();
    for name in names_of(Some(named), "`finding`", faults) {
        let known = all.iter().map(|entry| entry.key.value.as_str());
        let rule = rules.iter().find(|rule| rule.name == name.value);
        if !known.clone().any(|known| known == name.value) {
            let near = nearest(&name.value, known);
            let title = format!("there is no finding `{}`", name.value);
            faults
                .error("unknown-finding", name.span, title)
                .help("`finding` of `bundle` names findings of this runbook")
                .did_you_mean(near);
        } else if findings.contains(&name.value) {
            let title = format!("`{}` is named twice", name.value);
            faults
                .warning("repeated-finding", name.span, title)
                .help("leave one of them out");
        } else {
            if let Some(rule) = rule.filter(|rule| rule.scope == Scope::Run) {
                let title = format!(
                    "`{}` is judged once a run, but a bundle is of a node",
                    rule.name
                );
                faults
                    .error("run-scope", name.span, title)
                    .label(rule.span, "judged once a run")
                    .help("name a finding that is judged for each node");
            }
            findings.push(name.value.clone());
        }
    }
    Some(BundleRule {
        findings,
        pod_logs: pod_logs?,
        span: fields.span(),
    })
}
