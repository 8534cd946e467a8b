//! Findings: the verdicts that the runbook can give.

use super::facts::{Facts, Roots};
use super::looks::names_of;
use super::model::{FindingRule, Scope, Severity};
use super::{naming, texts};
use crate::expr::Template;
use crate::syntax::limits;
use crate::syntax::{Entries, Entry, Faults, Fields, Key, Shape, Spelling, Tree, Word, nearest};

/// What stands below `find:`.
pub(super) const FINDINGS: Entries = Entries::of(
    Spelling::Kebab,
    &Shape::Named("finding", &Shape::Keys(KEYS)),
);

/// The keys of a finding.
const KEYS: &[Key] = &[
    Key::optional(
        "label",
        Shape::Text,
        "What people call it where it is ruled out; its name with spaces otherwise",
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
    entries
        .iter()
        .filter_map(|entry| finding(entry, fixes, facts, faults))
        .collect()
}

fn finding(
    entry: &Entry,
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
    let (when, says, severity) = (when?, says?, severity?);
    let templates = details
        .iter()
        .chain(&because)
        .chain(&lasting)
        .chain([&says]);
    let roots: Roots = templates
        .flat_map(Template::roots)
        .chain(when.roots())
        .collect();
    let rule = FindingRule {
        name: name.clone(),
        label: label.map_or_else(|| naming::spoken(name), |label| label.value.clone()),
        severity,
        scope: facts.scope(&roots),
        when,
        says,
        details,
        because,
        lasting,
        fixes,
        span: entry.key.span,
    };
    if rule.scope == Scope::Run && !rule.fixes.is_empty() {
        faults
            .error(
                "run-scope",
                entry.key.span,
                format!("`{name}` names nothing of a node, but a fix changes one"),
            )
            .help("let `when` name a look of the node");
    }
    named.then_some(rule)
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
