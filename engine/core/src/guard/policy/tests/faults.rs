//! Files that are no policy.

use super::super::read;
use super::source;

fn codes(text: &str) -> Vec<&'static str> {
    let faults = read(source(text)).err().unwrap_or_default();
    faults.into_iter().map(|fault| fault.code).collect()
}

fn rest(rest: &str) -> Vec<&'static str> {
    codes(&format!(
        "heeler-policy: 1\nallow:\n  - {{ who: ops/*, runbooks: \"*\", fixes: \"*\", where: {{}} }}\n{rest}"
    ))
}

#[test]
fn a_file_says_what_is_allowed() {
    assert_eq!(codes(""), ["empty-policy"]);
    assert_eq!(codes("heeler-policy: 1\n"), ["missing-key"]);
    assert_eq!(codes("allow: []\n"), ["missing-key"]);
    assert_eq!(codes("[]\n"), ["wrong-type"]);
    assert_eq!(codes("heeler-policy: 1\nallow: {}\n"), ["wrong-type"]);
    assert_eq!(codes("heeler-policy: 1\nallow: [\n"), ["yaml-malformed"]);
    assert_eq!(rest(""), [""; 0]);
}

#[test]
fn nothing_is_read_past() {
    for (text, code) in [
        ("alow: []\n", "unknown-key"),
        ("forbid:\n  - { who: ops/bob }\n", "missing-key"),
        (
            "forbid:\n  - { whom: ops/bob, because: x }\n",
            "unknown-key",
        ),
        ("limits: { nodes: 1 }\n", "unknown-key"),
        ("limits: { nodes-at-once: -1 }\n", "out-of-range"),
        ("limits: { nodes-at-once: 10001 }\n", "out-of-range"),
        ("limits: { nodes-at-once: many }\n", "wrong-type"),
        ("limits: { fixes-an-hour: 0 }\n", "limit-of-nothing"),
        ("limits: { share-of-zone: 0% }\n", "limit-of-nothing"),
        ("limits: { share-of-zone: 101% }\n", "not-a-name"),
        ("limits: { share-of-zone: 010% }\n", "not-a-name"),
        ("limits: { share-of-zone: 10 }\n", "not-a-name"),
        ("limits: { canary-first: 1 }\n", "wrong-type"),
        ("approval: { reversibel: two }\n", "unknown-key"),
        ("approval: { reversible: true }\n", "unknown-approval"),
        ("approvers: []\n", "empty-selector"),
        ("approvers: \"a b\"\n", "not-a-name"),
        ("time-zone: Mars\n", "unknown-time-zone"),
        (
            "windows:\n  - { from: \"9:00\", to: \"17:00\" }\n",
            "not-a-name",
        ),
        (
            "windows:\n  - { from: \"09:00\", to: \"24:00\" }\n",
            "not-a-name",
        ),
        ("windows:\n  - { from: \"09:00\" }\n", "missing-key"),
        (
            "windows:\n  - { days: [], from: \"09:00\", to: \"17:00\" }\n",
            "empty-selector",
        ),
        (
            "freezes:\n  - { from: \"2026-02-30 18:00\", until: \"2026-03-01 18:00\", because: x }\n",
            "not-a-name",
        ),
        (
            "freezes:\n  - { from: \"2026-02-20\", until: \"2026-03-01 18:00\", because: x }\n",
            "not-a-name",
        ),
        (
            "freezes:\n  - { from: \"2026-02-20 18:00\", until: \"2026-02-20 18:00\", because: x }\n",
            "freeze-order",
        ),
        (
            "freezes:\n  - { from: \"2026-02-20 18:00\", until: \"2026-03-01 18:00\" }\n",
            "missing-key",
        ),
        (
            "forbid:\n  - { where: { accounts: 1234 }, because: x }\n",
            "not-a-name",
        ),
    ] {
        assert_eq!(rest(text), [code], "{text}");
    }
}

#[test]
fn a_rule_that_allows_leaves_nothing_open() {
    for missing in ["who", "runbooks", "where"] {
        let rule = ["who: ops/*", "runbooks: \"*\"", "where: {}"];
        let kept = rule.iter().filter(|part| !part.starts_with(missing));
        let kept = kept.copied().collect::<Vec<_>>().join(", ");
        let text = format!("heeler-policy: 1\nallow:\n  - {{ {kept} }}\n");
        assert_eq!(codes(&text), ["missing-key"], "{missing}");
    }
}

#[test]
fn lists_are_bounded() {
    let names = |count: usize| vec!["ops/a"; count].join(", ");
    assert_eq!(
        rest(&format!("approvers: [leads/*, {}]\n", names(199))),
        [""; 0]
    );
    assert_eq!(
        rest(&format!("approvers: [leads/*, {}]\n", names(200))),
        ["too-many-entries"]
    );
    let freeze = "  - { from: \"2026-02-20 18:00\", until: \"2026-02-21 18:00\", because: x }\n";
    assert_eq!(rest(&format!("freezes:\n{}", freeze.repeat(200))), [""; 0]);
    assert_eq!(
        rest(&format!("freezes:\n{}", freeze.repeat(201))),
        ["too-many-entries"]
    );
}

#[test]
fn what_allows_and_is_forbidden_is_a_contradiction() {
    for (forbid, contradicts) in [
        ("{ because: x }", true),
        ("{ who: ops/*, because: x }", true),
        ("{ who: \"*\", runbooks: \"*\", because: x }", true),
        ("{ fixes: \"*\", because: x }", true),
        ("{ where: { clusters: \"*\" }, because: x }", true),
        ("{ who: ops/bob, because: x }", false),
        ("{ runbooks: disk-full, because: x }", false),
        ("{ fixes: raise-max, because: x }", false),
        ("{ where: { clusters: prod-* }, because: x }", false),
    ] {
        let wanted: &[&str] = if contradicts {
            &["allow-forbidden"]
        } else {
            &[]
        };
        assert_eq!(
            rest(&format!("forbid:\n  - {forbid}\n")),
            wanted,
            "{forbid}"
        );
    }
}

#[test]
fn who_must_approve_is_there() {
    for (text, code) in [
        ("approvers: [leads/carol]\n", Some("too-few-approvers")),
        (
            "approvers: [leads/carol, leads/carol]\n",
            Some("too-few-approvers"),
        ),
        ("approvers: [leads/carol, leads/dave]\n", None),
        ("approvers: [leads]\n", None),
        (
            "approval: { irreversible: another }\napprovers: [leads/carol]\n",
            None,
        ),
        (
            "approval: { read: two, irreversible: another }\n",
            Some("approval-order"),
        ),
    ] {
        let wanted: Vec<&str> = code.into_iter().collect();
        assert_eq!(rest(text), wanted, "{text}");
    }
}

#[test]
fn a_policy_is_known_by_its_text() {
    let digest = |text: &str| super::policy(text).digest();
    let text = "heeler-policy: 1\nallow: []\n";
    assert_eq!(digest(text), digest(text));
    assert_ne!(digest(text), digest(&format!("{text}# a word\n")));
    assert_ne!(digest(text), super::Policy::default().digest());
    assert_eq!(digest(text).len(), 64);
}
