//! What an author allows, and comments that allow nothing.

use super::{checked, codes};
use crate::lint::Linted;

const SILENT: &str =
    "find:\n  full:\n    when: table.count > table.max\n    severity: note\n    SAYS\n";

fn silent(says: &str) -> Linted {
    checked(&SILENT.replace("SAYS", says))
}

fn reasons(linted: &Linted) -> Vec<(&str, &str)> {
    let allowed = linted.allowed.iter();
    allowed
        .map(|(found, reason)| (found.code, reason.as_str()))
        .collect()
}

#[test]
fn a_warning_is_allowed_on_its_line_or_the_next() {
    for says in [
        "says: full # heeler: allow says-no-value because it is short",
        "# heeler: allow says-no-value because it is short\n    says: full",
        "# heeler: allow says-no-value because it is short\n\n    # Another word.\n    says: full",
        "# heeler: allow says-no-value because it is short\n    says: >-\n      full # heeler: allow nothing\n      and more",
        "#  heeler:   allow   says-no-value   because   it is short\n    says: full",
    ] {
        let linted = silent(says);
        assert_eq!(codes(&linted.diagnostics), [""; 0], "{says}");
        assert_eq!(
            reasons(&linted),
            [("says-no-value", "it is short")],
            "{says}"
        );
    }
    let linted = silent(
        "# heeler: allow says-no-value because a\n    # heeler: allow not-one-line because b\n    says: |\n      full\n      up",
    );
    assert_eq!(codes(&linted.diagnostics), [""; 0]);
    assert_eq!(linted.allowed.len(), 2);
}

#[test]
fn what_stands_elsewhere_allows_nothing() {
    for says in [
        "says: full\n    # heeler: allow says-no-value because it is short",
        "# heeler: allow says-no-value because it is short\n    label: x\n    says: full",
        "# heeler: allow unused-look because it is short\n    says: full",
    ] {
        let found = silent(says);
        let mut codes = codes(&found.diagnostics);
        codes.sort_unstable();
        assert_eq!(codes, ["allow-unused", "says-no-value"], "{says}");
    }
    for says in [
        "says: 'full # heeler: allow says-no-value because it is short'",
        "says: \"full\n      # heeler: allow says-no-value because it is short\"",
        "says: >-\n      # heeler: allow says-no-value because it is short\n      full",
        "says: full # heeler: 1",
        "says: full # the heeler: allow says-no-value because it is short",
    ] {
        assert_eq!(
            codes(&silent(says).diagnostics),
            ["says-no-value"],
            "{says}"
        );
    }
}

#[test]
fn comments_with_a_fault_have_codes_of_their_own() {
    for (words, code) in [
        ("allow", "allow-malformed"),
        ("alow says-no-value because it is short", "allow-malformed"),
        ("allow says-no-value", "allow-without-reason"),
        ("allow says-no-value because", "allow-without-reason"),
        (
            "allow says-no-value since it is short",
            "allow-without-reason",
        ),
        (
            "allow says-novalue because it is short",
            "allow-unknown-code",
        ),
        ("allow unknown-name because it is short", "allow-error"),
    ] {
        let linted = silent(&format!("says: full # heeler: {words}"));
        assert_eq!(
            codes(&linted.diagnostics),
            ["says-no-value", code],
            "{words}"
        );
        assert!(linted.allowed.is_empty(), "{words}");
    }
}

#[test]
fn errors_stay_and_leave_no_runbook() {
    let linted =
        silent("says: \"{{ tabel.count }}\" # heeler: allow unknown-name because it is new");
    assert_eq!(codes(&linted.diagnostics), ["unknown-name", "allow-error"]);
    assert!(linted.runbook.is_none());
    assert!(silent("says: full").runbook.is_some());
}
