//! What a case expects: `then:` of a node, or of the run.

use std::collections::BTreeMap;

use super::model::{Ending, Offer, Says, Then, Told};
use super::read::Reading;
use crate::runbook::{FindingRule, Scope};
use crate::syntax::{Entries, Entry, Fields, Key, Shape, Span, Spanned, Spelling, Tree, nearest};

/// The keys of `then`.
pub(super) const KEYS: &[Key] = &[
    Key::optional(
        "holds",
        Shape::Entries(&Entries::of(Spelling::Kebab, &Shape::Keys(SAYS_KEYS))),
        "Findings that hold, each with its first line",
    ),
    Key::optional("ruled-out", NAMES, "Findings that do not hold"),
    Key::optional("not-seen", NAMES, "Findings that can't be told"),
    Key::optional(
        "superseded",
        BY_NAME,
        "Findings that are not reported, each with the one that stands for it",
    ),
    Key::optional("offers", NAMES, "Fixes that would help and may start"),
    Key::optional("withheld", NAMES, "Fixes that would help and may not start"),
    Key::optional(
        "fix",
        BY_NAME,
        "Fixes that are applied, each with how it ends",
    ),
    Key::or(
        "bundle",
        Shape::Boolean,
        "false",
        "Whether the runbook's `bundle` makes one of the node",
    ),
];
const SAYS_KEYS: &[Key] = &[
    Key::required("says", Shape::Text, "The first line"),
    Key::optional("details", NAMES, "The further lines"),
];
const NAMES: Shape = Shape::OneOrMore(&Shape::Text);
const BY_NAME: Shape = Shape::Entries(&Entries::of(Spelling::Kebab, &Shape::Text));

/// Reads `then:`. Every finding of the scope has to be named once.
pub(super) fn read(
    tree: Option<&Tree>,
    owner: &Tree,
    scope: Scope,
    reading: &mut Reading<'_>,
) -> Then {
    let runbook = reading.runbook;
    let mut wanted = runbook.findings.iter().filter(|rule| rule.scope == scope);
    let place = tree.unwrap_or(owner).span();
    let mut then = Then {
        span: Span::new(place.start, place.start),
        ..Then::default()
    };
    let Some(tree) = tree else {
        // A runbook without findings over the run needs no `then` for it.
        if let Some(rule) = wanted.next() {
            reading
                .faults
                .error(
                    "missing-key",
                    then.span,
                    "nothing is said of what must come",
                )
                .help(format!("add `then: {{ruled-out: [{}]}}`", rule.name));
        }
        return then;
    };
    let Some(fields) = Fields::read(tree, "`then`", KEYS, reading.faults) else {
        return then;
    };
    let held = fields
        .get("holds")
        .and_then(|tree| tree.expect_map("`holds`", reading.faults));
    for entry in held.unwrap_or_default() {
        if let Some(says) = says(entry, reading) {
            verdict(&mut then, &entry.key, Told::Holds(says), scope, reading);
        }
    }
    for (key, told) in [("ruled-out", Told::RuledOut), ("not-seen", Told::NotSeen)] {
        for name in names(&fields, key, reading) {
            verdict(&mut then, &name, told.clone(), scope, reading);
        }
    }
    for (name, by) in pairs(&fields, "superseded", reading) {
        verdict(&mut then, &name, Told::Superseded(by.value), scope, reading);
    }
    let missing: Vec<&FindingRule> = wanted
        .filter(|rule| !then.verdicts.contains_key(&rule.name))
        .collect();
    if !missing.is_empty() {
        let names: Vec<&str> = missing.iter().map(|rule| rule.name.as_str()).collect();
        reading
            .faults
            .error(
                "unnamed-finding",
                then.span,
                format!("`then` does not say what becomes of {}", names.join(", ")),
            )
            .help(
                "name every finding once, below `holds`, `ruled-out`, `not-seen` or `superseded`",
            );
    }
    for (key, offer) in [("offers", Offer::Offered), ("withheld", Offer::Withheld)] {
        for name in names(&fields, key, reading) {
            if fix(&name, reading) {
                once(&mut then.offers, &name, offer, reading);
            }
        }
    }
    then.bundle = bundle(&fields, scope, reading);
    for (name, end) in pairs(&fields, "fix", reading) {
        if let Some(ending) = ending(&end, reading)
            && fix(&name, reading)
        {
            once(&mut then.fixes, &name, ending, reading);
        }
    }
    then
}

/// Where a bundle is expected; `None`: none is.
fn bundle(fields: &Fields<'_>, scope: Scope, reading: &mut Reading<'_>) -> Option<Span> {
    let tree = fields.get("bundle")?;
    let wanted = tree.expect_bool("`bundle`", reading.faults)?;
    if scope == Scope::Run {
        reading
            .faults
            .error("wrong-scope", tree.span(), "a bundle is of a node")
            .help("write it below the `then:` of a node");
    } else if reading.runbook.bundle.is_none() {
        reading
            .faults
            .error("no-bundle", tree.span(), "the runbook makes no bundles")
            .help("leave it out, or add `bundle:` to the runbook");
    }
    wanted.then(|| tree.span())
}

/// The first line, or a map with further ones.
fn says(entry: &Entry, reading: &mut Reading<'_>) -> Option<Says> {
    let what = format!("`{}`", entry.key.value);
    if entry.value.entries().is_none() {
        let line = entry.value.expect_text(&what, reading.faults)?;
        return Some(Says {
            line: line.value.clone(),
            details: None,
        });
    }
    let fields = Fields::read(&entry.value, &what, SAYS_KEYS, reading.faults)?;
    let line = fields
        .require("says", &what, reading.faults)?
        .expect_text("`says`", reading.faults)?;
    let details = fields.get("details").is_some();
    Some(Says {
        line: line.value.clone(),
        details: details.then(|| {
            let lines = names(&fields, "details", reading).into_iter();
            lines.map(|line| line.value).collect()
        }),
    })
}

fn verdict(
    then: &mut Then,
    name: &Spanned<String>,
    told: Told,
    scope: Scope,
    reading: &mut Reading<'_>,
) {
    let findings = &reading.runbook.findings;
    let Some(rule) = findings.iter().find(|rule| rule.name == name.value) else {
        let near = nearest(&name.value, findings.iter().map(|rule| rule.name.as_str()));
        reading
            .faults
            .error(
                "unknown-finding",
                name.span,
                format!("the runbook has no finding `{}`", name.value),
            )
            .did_you_mean(near);
        return;
    };
    if rule.scope != scope {
        let (how, place) = match rule.scope {
            Scope::Run => ("the run", "name it below `then:` at the top of the file"),
            Scope::Node => ("a node", "name it below the `then:` of a node"),
        };
        reading
            .faults
            .error(
                "wrong-scope",
                name.span,
                format!("`{}` is said of {how}", name.value),
            )
            .help(place);
        return;
    }
    once(&mut then.verdicts, name, told, reading);
}

fn once<T>(
    all: &mut BTreeMap<String, (T, Span)>,
    name: &Spanned<String>,
    value: T,
    reading: &mut Reading<'_>,
) {
    if let Some((_, first)) = all.get(&name.value) {
        reading
            .faults
            .error(
                "named-twice",
                name.span,
                format!("`{}` is named twice", name.value),
            )
            .here("the second time")
            .label(*first, "the first time");
        return;
    }
    all.insert(name.value.clone(), (value, name.span));
}

fn fix(name: &Spanned<String>, reading: &mut Reading<'_>) -> bool {
    let fixes = &reading.runbook.fixes;
    let known = fixes.iter().any(|fix| fix.name == name.value);
    if !known {
        let near = nearest(&name.value, fixes.iter().map(|fix| fix.name.as_str()));
        reading
            .faults
            .error(
                "unknown-fix",
                name.span,
                format!("the runbook has no fix `{}`", name.value),
            )
            .did_you_mean(near);
    }
    known
}

fn ending(text: &Spanned<String>, reading: &mut Reading<'_>) -> Option<Ending> {
    let endings = [Ending::Kept, Ending::Reverted];
    let found = endings.into_iter().find(|end| end.word() == text.value);
    if found.is_none() {
        reading
            .faults
            .error(
                "unknown-ending",
                text.span,
                format!("no fix ends with `{}`", text.value),
            )
            .help("a fix is `kept` or `reverted`");
    }
    found
}

/// A list of texts.
fn names(fields: &Fields<'_>, key: &str, reading: &mut Reading<'_>) -> Vec<Spanned<String>> {
    let what = format!("`{key}`");
    let items = fields
        .get(key)
        .and_then(|tree| tree.expect_list(&what, reading.faults));
    let items = items.unwrap_or_default().iter();
    items
        .filter_map(|item| item.expect_text(&what, reading.faults).cloned())
        .collect()
}

/// A map of names to texts.
fn pairs(
    fields: &Fields<'_>,
    key: &str,
    reading: &mut Reading<'_>,
) -> Vec<(Spanned<String>, Spanned<String>)> {
    let entries = fields
        .get(key)
        .and_then(|tree| tree.expect_map(&format!("`{key}`"), reading.faults));
    let entries = entries.unwrap_or_default().iter();
    entries
        .filter_map(|entry| {
            let what = format!("`{}`", entry.key.value);
            let text = entry.value.expect_text(&what, reading.faults)?;
            Some((entry.key.clone(), text.clone()))
        })
        .collect()
}
