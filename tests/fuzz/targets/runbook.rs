//! Any text as a runbook.

use heeler_core::action;
use heeler_core::lint::lint;
use heeler_core::runbook::{Alone, load};
use heeler_core::syntax::{Diagnostic, Level, Source, render};

/// The longest list of complaints.
const MOST_SHOWN: usize = 200_000;

/// What can't be loaded is complained of, at places that exist, and not without end. The linter
/// finds the same errors, and more that is hardly meant.
pub fn check(text: &str) {
    let source = Source {
        name: "runbook.yaml".into(),
        text: text.into(),
    };
    let linted = lint(source.clone(), Some("runbook"), action::all(), &Alone);
    let allowed = linted.allowed.iter().map(|(fault, _)| fault);
    for fault in allowed {
        assert!(fault.level == Level::Warning, "{} is allowed", fault.code);
    }
    check_faults(&source, &linted.diagnostics);
    if let Err(faults) = load(source.clone(), action::all()) {
        assert!(!faults.is_empty(), "refused without a word");
        let errors = linted.count(Level::Error);
        assert!(errors > 0, "refused, and the linter found no error");
        check_faults(&source, &faults);
    }
}

/// Faults are at places that exist, and their reports have an end.
pub(super) fn check_faults(source: &Source, faults: &[Diagnostic]) {
    for fault in faults {
        check_fault(&source.text, fault);
    }
    for colour in [false, true] {
        let shown = render(source, faults, colour);
        assert!(
            shown.len() < MOST_SHOWN,
            "{} bytes of complaints",
            shown.len()
        );
    }
}

fn check_fault(text: &str, fault: &Diagnostic) {
    let Diagnostic {
        code,
        title,
        labels,
        ..
    } = fault;
    assert!(!labels.is_empty(), "{code} has no place");
    for (span, _) in labels {
        let there = text.get(span.range()).is_some();
        assert!(there, "{code} is at {span:?} of {} bytes", text.len());
    }
    let kebab = |c: char| c.is_ascii_lowercase() || c == '-';
    assert!(code.chars().all(kebab) && !title.is_empty(), "{fault:?}");
}
