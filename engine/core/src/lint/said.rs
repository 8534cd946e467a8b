//! What a finding says: something that differs, in words of its own, and what to do about it.

use std::collections::BTreeMap;

use crate::expr::Template;
use crate::runbook::{FindingRule, Reading, Severity};
use crate::syntax::{Faults, Span, Tree};

pub(super) fn check(reading: &Reading, faults: &mut Faults) {
    for rule in &reading.findings {
        values(rule, faults);
        advice(rule, faults);
    }
    labels(reading, faults);
    same_words(reading, faults);
    for fix in &reading.fixes {
        if fix.effect.is_none() {
            faults
                .warning(
                    "no-effect",
                    fix.span,
                    format!("`{}` does not say what it does", fix.name),
                )
                .help("add `effect:`: it is read before somebody approves");
        }
    }
    for section in ["inputs", "look", "find", "fix"] {
        if let Some(tree @ Tree::Map(entries)) = reading.tree.get(section)
            && entries.value.is_empty()
        {
            faults
                .warning(
                    "empty-section",
                    tree.span(),
                    format!("there is nothing below `{section}`"),
                )
                .help(
                    "a runbook looks at something and finds something; remove what is not needed",
                );
        }
    }
}

fn values(rule: &FindingRule, faults: &mut Faults) {
    let varies = rule.says.varies() || rule.details.iter().any(Template::varies);
    if !varies && rule.when.compares() {
        faults
            .warning(
                "says-no-value",
                rule.says.span(),
                format!("`{}` never says how much", rule.name),
            )
            .help("fill in what `when` compares: `{{ table.count }} of {{ table.max }}`");
    }
    for line in rule.details.iter().filter(|line| !line.varies()) {
        faults
            .warning(
                "constant-detail",
                line.span(),
                "this line is the same in every run",
            )
            .help("move it to `because`, or fill in a value");
    }
}

fn advice(rule: &FindingRule, faults: &mut Faults) {
    let has_some = rule.because.is_some() || rule.lasting.is_some() || !rule.fixes.is_empty();
    if rule.severity == Severity::Critical && !has_some {
        faults
            .warning(
                "critical-without-advice",
                rule.span,
                format!(
                    "`{}` is critical, and says nothing of why or what to do",
                    rule.name
                ),
            )
            .help("add `because:`, `lasting:` or `fix:`");
    }
}

fn labels(reading: &Reading, faults: &mut Faults) {
    let looks = reading.own_looks().map(|step| (&step.label, step.span));
    let findings = reading.findings.iter().map(|rule| (&rule.label, rule.span));
    twice("same-label", "are called", looks, faults);
    twice("same-label", "are called", findings, faults);
}

fn same_words(reading: &Reading, faults: &mut Faults) {
    let words: Vec<(String, Span)> = reading
        .findings
        .iter()
        .map(|rule| (rule.says.text().to_owned(), rule.says.span()))
        .collect();
    let words = words.iter().map(|(text, span)| (text, *span));
    twice("same-words", "say", words, faults);
}

fn twice<'t>(
    code: &'static str,
    verb: &str,
    texts: impl Iterator<Item = (&'t String, Span)>,
    faults: &mut Faults,
) {
    let mut seen: BTreeMap<&str, Span> = BTreeMap::new();
    for (text, span) in texts {
        let Some(first) = seen.get(text.as_str()) else {
            seen.insert(text, span);
            continue;
        };
        faults
            .warning(code, span, format!("two of them {verb} `{text}`"))
            .label(*first, "the first")
            .help("use words by which people can tell them apart");
    }
}
