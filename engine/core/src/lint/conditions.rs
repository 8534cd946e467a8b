//! Conditions held against one another: findings that can't be told apart, fixes that are never
//! offered, and proofs that prove the trouble.

use crate::expr::Expr;
use crate::runbook::{FindingRule, Reading};
use crate::syntax::Faults;

pub(super) fn check(reading: &Reading, faults: &mut Faults) {
    for (index, later) in reading.findings.iter().enumerate() {
        for earlier in reading.findings.iter().take(index) {
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

fn pair(earlier: &FindingRule, later: &FindingRule, faults: &mut Faults) {
    // Both are judged over the same list, or both over none.
    let over_the_same = match (&earlier.for_each, &later.for_each) {
        (None, None) => true,
        (Some(one), Some(other)) => one.is_same(other),
        _ => false,
    };
    if !over_the_same {
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
    if earlier.when.is_same(&later.when) {
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
