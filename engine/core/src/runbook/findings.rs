//! Findings: the verdicts that the runbook can give.

use std::collections::BTreeSet;

use super::facts::Facts;
use super::looks::names_of;
use super::model::{FindingRule, Scope, Severity};
use super::scope::{self, Reads};
use super::{evidence, instead, naming, texts};
use crate::expr::{Expr, Template};
use crate::syntax::limits;
use crate::syntax::{Entries, Entry, Faults, Fields, Key, Shape, Spelling, Tree, Word, nearest};
use crate::value::Kind;

/// What stands below `find:`.
pub(super) const FINDINGS: Entries = Entries {
    most: Some(limits::FINDINGS.most),
    ..Entries::of(
        Spelling::Kebab,
        &Shape::Named("finding", &Shape::Keys(KEYS)),
    )
};

/// The keys of a finding.
const KEYS: &[Key] = &[
    Key::optional(
        "label",
        Shape::Text,
        "What people call it where it is ruled out; its name with spaces otherwise",
    ),
    Key::optional(
        "for-each",
        Shape::ListExpression,
        "The list that it is judged over, item by item; an item is `each`, and it holds where it holds for any",
    ),
    Key::required(
        "when",
        Shape::Condition,
        "Whether it holds; not seen where a value that decides it was not seen",
    ),
    Key::required(
        "severity",
        Shape::Word(severities),
        "How bad it is when it holds",
    ),
    Key::required("says", Shape::Template, "What was found, in one line"),
    Key::optional(
        "details",
        Shape::List {
            of: &Shape::Template,
            least: 0,
        },
        "Further lines; one that holds a value that was not seen is left out",
    ),
    Key::optional(
        "because",
        Shape::Template,
        "Why it matters, or how it comes about",
    ),
    Key::optional(
        "lasting",
        Shape::Template,
        "The cure that lasts, with the workload that it concerns",
    ),
    Key::optional(
        "fix",
        Shape::OneOrMore(&Shape::Spelt(Spelling::Kebab)),
        "The fixes that help, in the order in which they are offered",
    ),
    Key::optional(
        "evidence",
        evidence::SHAPE,
        "The looks that prove or only suggest it; without it, every look that `when` reads proves it",
    ),
    Key::optional(
        "instead-of",
        Shape::OneOrMore(&Shape::Spelt(Spelling::Kebab)),
        "Findings that are not reported where this one holds",
    ),
];

const SEVERITIES: [(Word, Severity); 3] = [
    (
        (
            "note",
            "worth knowing; explains or prepares another finding",
        ),
        Severity::Note,
    ),
    (("warning", "will hurt, or has hurt"), Severity::Warning),
    (("critical", "hurts now"), Severity::Critical),
];

fn severities() -> Vec<Word> {
    SEVERITIES.iter().map(|(word, _)| *word).collect()
}

/// Reads `find:`. `fixes` are the names below `fix:`.
pub(super) fn read(
    tree: &Tree,
    fixes: &[&str],
    facts: &Facts,
    faults: &mut Faults,
) -> Vec<FindingRule> {
    let entries = tree.expect_few("`find`", limits::FINDINGS, faults);
    let facts = facts.over_nodes();
    let rules: Vec<FindingRule> = entries
        .iter()
        .filter_map(|entry| finding(entry, entries, fixes, &facts, faults))
        .collect();
    instead::check(&rules, faults);
    rules
}

fn finding(
    entry: &Entry,
    all: &[Entry],
    known: &[&str],
    facts: &Facts,
    faults: &mut Faults,
) -> Option<FindingRule> {
    let name = &entry.key.value;
    let what = format!("the finding `{name}`");
    let named = naming::label(&entry.key, "a finding", faults);
    let fields = Fields::read(&entry.value, &what, KEYS, faults)?;
    let label = fields.text("label", faults);
    let severity = fields
        .require("severity", &what, faults)
        .and_then(|tree| severity(tree, faults));
    let (for_each, item) = for_each(&fields, facts, faults);
    let own_facts;
    let facts = match item {
        Some(item) => {
            own_facts = facts.with_each(item);
            &own_facts
        }
        None => facts,
    };
    let when = fields
        .require("when", &what, faults)
        .and_then(|tree| texts::condition(tree, "`when`", facts, faults));
    let says = fields
        .require("says", &what, faults)
        .and_then(|tree| texts::template(tree, "`says`", facts, faults));
    let details = details(&fields, facts, faults);
    let mut text = |key| {
        let tree = fields.get(key)?;
        texts::template(tree, &format!("`{key}`"), facts, faults)
    };
    let (because, lasting) = (text("because"), text("lasting"));
    let fixes = fixes(&fields, known, faults);
    let instead_of = instead::read(fields.get("instead-of"), &entry.key, all, faults);
    let (when, says, severity) = (when?, says?, severity?);
    let decisive: BTreeSet<String> = for_each
        .iter()
        .chain([&when])
        .flat_map(Expr::reads)
        .map(|read| read.name)
        .collect();
    let conditions = for_each.iter().chain([&when]);
    let conditions = Reads::of(conditions.map(|expr| (expr.scalar(), expr.reads())));
    let texts = details.iter().chain(&because).chain(&lasting);
    let texts = Reads::of(
        texts
            .chain([&says])
            .map(|text| (text.scalar(), text.reads())),
    );
    let scope = scope::of(&conditions, &texts, facts, faults);
    let rule = FindingRule {
        name: name.clone(),
        label: label.map_or_else(|| naming::spoken(name), |label| label.value.clone()),
        severity,
        scope: scope.unwrap_or(Scope::Node),
        evidence: evidence::read(fields.get("evidence"), &decisive, facts, faults),
        for_each,
        when,
        instead_of,
        says,
        details,
        because,
        lasting,
        fixes,
        span: entry.key.span,
    };
    check_fixes(&rule, &fields, faults);
    named.then_some(rule)
}

/// The list, and the kind of its items: `None` where there is no `for-each`, `Some(None)` where it
/// is faulty.
fn for_each(
    fields: &Fields<'_>,
    facts: &Facts,
    faults: &mut Faults,
) -> (Option<Expr>, Option<Option<Kind>>) {
    let Some(tree) = fields.get("for-each") else {
        return (None, None);
    };
    match texts::list(tree, "`for-each`", facts, faults) {
        Some((list, item)) => (Some(list), Some(Some(item))),
        None => (None, Some(None)),
    }
}

/// A fix changes a node, for a reason that is proved.
fn check_fixes(rule: &FindingRule, fields: &Fields<'_>, faults: &mut Faults) {
    if rule.fixes.is_empty() {
        return;
    }
    if rule.scope == Scope::Run {
        faults
            .error(
                "run-scope",
                rule.span,
                format!(
                    "`{}` is judged once a run, but a fix changes a node",
                    rule.name
                ),
            )
            .help("let `when` name a look of the node, outside of any, all, count, share and max");
    }
    if rule.is_suggestion() {
        let place = fields.get("fix").map_or(rule.span, Tree::span);
        let title = format!("`{}` is only suggested and can't have a fix", rule.name);
        faults
            .error("suggestion-with-fix", place, title)
            .help("name a look that proves it below `evidence`, or leave `fix` out");
    }
}

fn severity(tree: &Tree, faults: &mut Faults) -> Option<Severity> {
    let text = tree.expect_text("`severity`", faults)?;
    let found = SEVERITIES.iter().find(|((name, _), _)| *name == text.value);
    if found.is_none() {
        let near = nearest(&text.value, severities().into_iter().map(|(name, _)| name));
        faults
            .error(
                "unknown-severity",
                text.span,
                format!("there is no severity `{}`", text.value),
            )
            .help("severities: note, warning, critical")
            .did_you_mean(near);
    }
    found.map(|(_, severity)| *severity)
}

fn details(fields: &Fields<'_>, facts: &Facts, faults: &mut Faults) -> Vec<Template> {
    let items = fields
        .get("details")
        .and_then(|tree| tree.expect_list("`details`", faults))
        .unwrap_or_default();
    items
        .iter()
        .filter_map(|item| texts::template(item, "a line of `details`", facts, faults))
        .collect()
}

fn fixes(fields: &Fields<'_>, known: &[&str], faults: &mut Faults) -> Vec<String> {
    let mut fixes = Vec::new();
    for name in names_of(fields.get("fix"), "`fix`", faults) {
        if known.contains(&name.value.as_str()) {
            fixes.push(name.value.clone());
            continue;
        }
        let near = nearest(&name.value, known.iter().copied());
        faults
            .error(
                "unknown-fix",
                name.span,
                format!("there is no fix `{}`", name.value),
            )
            .help("fixes stand below `fix:` at the end of the runbook")
            .did_you_mean(near);
    }
    fixes
}
