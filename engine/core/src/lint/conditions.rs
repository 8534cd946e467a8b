//! Conditions held against one another: findings that can't be told apart, fixes that are never
//! offered, and proofs that prove the trouble.

use crate::expr::Expr;
use crate::runbook::{FindingRule, Reading};
use crate::syntax::Faults;

pub(super) fn check(reading: &Reading, faults: &mut Faults) {
    let rules: Vec<(&FindingRule, Meaning)> = reading
        .findings
        .iter()
        .map(|rule| (rule, Meaning::of(rule)))
        .collect();
    for (index, later) in rules.iter().enumerate() {
        for earlier in rules.iter().take(index) {
            pair(earlier, later, faults);
        }
    }
    for fix in &reading.fixes {
        for rule in &reading.findings {
            if !rule.fixes.contains(&fix.name) {
                continue;
            }
            if let Some(require) = &fix.require {
                never_offered(rule, &fix.name, require, faults);
            }
            if fix.verify.that.includes(&rule.when) {
                let there = rule.when.span();
                faults
                    .warning(
                        "verify-wants-trouble",
                        fix.verify.that.span(),
                        format!("this holds only while `{}` does", rule.name),
                    )
                    .label(there, "the trouble that the fix mends")
                    .help("say what holds once the trouble is gone");
            }
        }
    }
}

/// What a finding is judged by, however it is written.
#[derive(PartialEq)]
struct Meaning {
    for_each: Option<String>,
    when: String,
}

impl Meaning {
    fn of(rule: &FindingRule) -> Meaning {
        Meaning {
            for_each: rule.for_each.as_ref().map(Expr::meaning),
            when: rule.when.meaning(),
        }
    }
}

fn pair(
    (earlier, first): &(&FindingRule, Meaning),
    (later, second): &(&FindingRule, Meaning),
    faults: &mut Faults,
) {
    // Both are judged over the same list, or both over none.
    if first.for_each != second.for_each {
        return;
    }
    for (rule, other) in [(earlier, later), (later, earlier)] {
        if rule.instead_of.contains(&other.name) && other.when.includes(&rule.when) {
            faults
                .warning(
                    "unreachable-finding",
                    other.span,
                    format!("`{}` is never reported", other.name),
                )
                .label(rule.span, "this one takes its place whenever it holds")
                .help("let the more exact finding take the place of the other");
            return;
        }
    }
    if first == second {
        faults
            .warning(
                "same-condition",
                later.when.span(),
                format!(
                    "`{}` holds exactly when `{}` does",
                    later.name, earlier.name
                ),
            )
            .label(earlier.when.span(), "the same condition")
            .help("make one finding of them, or tell them apart");
    }
}

fn never_offered(rule: &FindingRule, fix: &str, require: &Expr, faults: &mut Faults) {
    let Some((when, required)) = rule.when.excludes(require) else {
        return;
    };
    let there = faults.place(rule.when.scalar(), when);
    faults
        .warning_within(
            "fix-never-offered",
            require.scalar(),
            required,
            format!("`{fix}` can't start while `{}` holds", rule.name),
        )
        .label(there, format!("`{}` holds only with this", rule.name))
        .help("change one of the two, or let another finding offer the fix");
}
