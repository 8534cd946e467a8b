//! Any text as a runbook.

use heeler_core::action;
use heeler_core::runbook::load;
use heeler_core::syntax::{Diagnostic, Source, render};

/// The longest list of complaints.
const MOST_SHOWN: usize = 200_000;

/// What can't be loaded is complained of, at places that exist, and not without end.
pub fn check(text: &str) {
    let source = Source {
        name: "runbook.yaml".into(),
        text: text.into(),
    };
    let Err(faults) = load(source.clone(), action::all()) else {
        return;
    };
    assert!(!faults.is_empty(), "refused without a word");
    for fault in &faults {
        check_fault(text, fault);
    }
    for colour in [false, true] {
        let shown = render(&source, &faults, colour);
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
