//! Reading `heeler.yaml`.

use std::sync::Arc;

use super::approvals::{Approvals, KEYS as APPROVAL};
use super::calendar::{FREEZE, Freeze, WINDOW, Window, zone};
use super::checked::Policy;
use super::limits::{KEYS as LIMITS, Limits};
use super::rules::{ALLOW, Allow, FORBID, Forbid};
use super::who::CALLER;
use crate::syntax::{
    Diagnostic, Faults, Fields, Key, Shape, Source, Tree, check_letters, parse_yaml,
};

/// The version of the format.
const FORMAT: &str = "1";

/// The keys of a policy.
pub const KEYS: &[Key] = &[
    Key::required(
        "heeler-policy",
        Shape::Word(|| vec![(FORMAT, "this format")]),
        "The version of the format",
    ),
    Key::required(
        "allow",
        list(&Shape::Keys(ALLOW)),
        "Who may run which runbooks and fixes, and where; what no rule allows is refused",
    ),
    Key::optional(
        "forbid",
        list(&Shape::Keys(FORBID)),
        "What nobody may do, whatever allows it; a rule about a place that can't be told holds",
    ),
    Key::optional(
        "approval",
        Shape::Keys(APPROVAL),
        "Who has to approve, by what can happen at worst",
    ),
    Key::optional(
        "approvers",
        Shape::OneOrMore(&Shape::Spelt(CALLER)),
        "Who may approve for others; without it, those whom `allow` lets do the same",
    ),
    Key::optional(
        "limits",
        Shape::Keys(LIMITS),
        "How much may be changed at once, and how often",
    ),
    Key::or(
        "time-zone",
        Shape::Text,
        "UTC",
        "The zone of all times here, by its IANA name",
    ),
    Key::optional(
        "windows",
        list(&Shape::Keys(WINDOW)),
        "The times of a week in which changes are made; at any time without it",
    ),
    Key::optional(
        "freezes",
        list(&Shape::Keys(FREEZE)),
        "Times in which nothing is changed",
    ),
];

const fn list(of: &'static Shape) -> Shape {
    Shape::List { of, least: 0 }
}

/// Reads and checks a policy.
///
/// # Errors
/// Everything that is wrong with it, in the order of the text.
pub fn read(source: Source) -> Result<Policy, Vec<Diagnostic>> {
    let mut faults = Faults::of(&source);
    let policy = policy(&source, &mut faults);
    match policy {
        Some(policy) if faults.is_empty() => Ok(Policy {
            source: Some(Arc::new(source)),
            ..policy
        }),
        _ => Err(faults.into_vec()),
    }
}

fn policy(source: &Source, faults: &mut Faults) -> Option<Policy> {
    if !check_letters(source, faults) {
        return None;
    }
    let tree = parse_yaml(source, faults)?;
    if let Tree::Nothing(span) = tree {
        faults
            .error("empty-policy", span, "the file is empty")
            .help("start with `heeler-policy: 1` and `allow:`");
        return None;
    }
    let what = "a policy";
    let fields = Fields::read(&tree, what, KEYS, faults)?;
    format(&fields, what, faults);
    let allow = fields.require("allow", what, faults);
    let allow = allow.map(|tree| Allow::read(tree, faults));
    let forbid = fields.get("forbid").map(|tree| Forbid::read(tree, faults));
    let forbid = forbid.unwrap_or_default();
    // A rule that could not be read whole would seem wider than it is.
    if faults.is_empty() {
        contradictions(allow.as_deref().unwrap_or_default(), &forbid, faults);
    }
    let approvals = Approvals::read(&fields, faults);
    let limits = Limits::read(&fields, faults);
    let zone = zone(&fields, faults);
    let windows = fields.get("windows").map(|tree| Window::read(tree, faults));
    let freezes = fields
        .get("freezes")
        .map(|tree| Freeze::read(tree, &zone, faults));
    Some(Policy {
        allow: Some(allow?),
        forbid,
        approvals,
        limits,
        zone,
        windows: windows.unwrap_or_default(),
        freezes: freezes.unwrap_or_default(),
        source: None,
    })
}

fn format(fields: &Fields<'_>, what: &str, faults: &mut Faults) {
    let text = fields
        .require("heeler-policy", what, faults)
        .and_then(|tree| tree.expect_text("`heeler-policy`", faults));
    if let Some(text) = text
        && text.value != FORMAT
    {
        let title = format!("this heeler reads policies of format {FORMAT}");
        faults
            .error("unknown-policy-format", text.span, title)
            .help("update heeler, or write `heeler-policy: 1`");
    }
}

/// A rule of which nothing is left was meant otherwise.
fn contradictions(allow: &[Allow], forbid: &[Forbid], faults: &mut Faults) {
    for rule in allow {
        if let Some(other) = forbid.iter().find(|other| other.empties(rule)) {
            faults
                .error(
                    "allow-forbidden",
                    rule.span,
                    "what this rule allows is forbidden",
                )
                .here("it allows nothing")
                .label(other.span, "this rule forbids it")
                .help("remove one of them, or make the one that forbids narrower");
        }
    }
}
