//! What can be wrong with evidence, and with findings that stand for others.

use super::{good, spoilt};
use crate::runbook::{Evidence, Strength};

/// The faults of the good runbook whose first finding has another line.
fn with(line: &str) -> String {
    spoilt(
        "    because: It is small.",
        &format!("    because: It is small.\n    {line}"),
    )
}

#[test]
fn evidence_is_a_look_that_decides() {
    insta::assert_snapshot!(with("evidence: [{ proves: tabel }]"), @r"
    error[unknown-look]: there is no look `tabel`
      --> runbook.yaml:34:26
       |
    34 |     evidence: [{ proves: tabel }]
       |                          ^^^^^
       |
       = help: did you mean `table`?
    ");
    insta::assert_snapshot!(with("evidence: [{ proves: config }]"), @r"
    error[idle-evidence]: `when` does not read `config`
      --> runbook.yaml:34:26
       |
    34 |     evidence: [{ proves: config }]
       |                          ^^^^^^
       |
       = help: evidence is a look that decides whether the finding holds
    ");
    insta::assert_snapshot!(with("evidence: [{ proves: node }]"), @r"
    error[unknown-look]: there is no look `node`
      --> runbook.yaml:34:26
       |
    34 |     evidence: [{ proves: node }]
       |                          ^^^^
       |
       = help: evidence is a look that `when` reads
    ");
    insta::assert_snapshot!(with("evidence: [{ proves: table }, { suggests: table }]"), @r"
    error[duplicate-evidence]: `table` is named twice
      --> runbook.yaml:34:47
       |
    34 |     evidence: [{ proves: table }, { suggests: table }]
       |                          ----- the first      ^^^^^
       |
       = help: a look proves a finding, or suggests it: keep one
    ");
    insta::assert_snapshot!(with("evidence: [{ proofs: table }]"), @r"
    error[unknown-key]: an entry of `evidence` has no key `proofs`
      --> runbook.yaml:34:18
       |
    34 |     evidence: [{ proofs: table }]
       |                  ^^^^^^
       |
       = help: did you mean `proves`?
    ");
    insta::assert_snapshot!(with("evidence: [{ proves: table, suggests: table }]"), @r"
    error[evidence-entry]: an entry of `evidence` names one look
      --> runbook.yaml:34:33
       |
    34 |     evidence: [{ proves: table, suggests: table }]
       |                                 ^^^^^^^^
       |
       = help: write `- proves: LOOK` or `- suggests: LOOK`, an entry for each look
    ");
    insta::assert_snapshot!(with("evidence: [{}]"), @r"
    error[evidence-entry]: an entry of `evidence` names one look
      --> runbook.yaml:34:16
       |
    34 |     evidence: [{}]
       |                ^^
       |
       = help: write `- proves: LOOK` or `- suggests: LOOK`, an entry for each look
    ");
    insta::assert_snapshot!(with("evidence: []"), @r"
    error[empty-evidence]: nothing speaks for this finding
      --> runbook.yaml:34:15
       |
    34 |     evidence: []
       |               ^^
       |
       = help: leave `evidence` out: then every look that `when` reads proves it
    ");
    insta::assert_snapshot!(with("evidence: table"), @r"
    error[wrong-type]: `evidence` is text, not a list
      --> runbook.yaml:34:15
       |
    34 |     evidence: table
       |               ^^^^^ expected a list
    ");
}

#[test]
fn what_is_only_suggested_is_not_acted_upon() {
    insta::assert_snapshot!(with("evidence: [{ suggests: table }]"), @r"
    error[suggestion-with-fix]: `table-full` is only suggested and can't have a fix
      --> runbook.yaml:36:10
       |
    36 |     fix: [shorten]
       |          ^^^^^^^^^
       |
       = help: name a look that proves it below `evidence`, or leave `fix` out
    ");
}

#[test]
fn without_evidence_every_look_that_decides_proves() {
    let text = super::GOOD.replace(
        "table.age < \"2m\"",
        "(own_object.limit > node.cpus or table.on)",
    );
    let runbook = good(&text);
    let proves = |look: &str| Evidence {
        look: look.to_string(),
        strength: Strength::Proves,
    };
    assert_eq!(
        runbook.findings[0].evidence,
        [proves("table"), proves("own_object")]
    );
    assert!(!runbook.findings[0].is_suggestion());
    assert_eq!(runbook.findings[1].evidence, [proves("config")]);
    let of_node = super::GOOD.replace("when: config.limit is absent", "when: node.cpus > 4");
    let runbook = good(&of_node);
    assert_eq!(runbook.findings[1].evidence, []);
    assert!(!runbook.findings[1].is_suggestion());
}

#[test]
fn findings_stand_for_others_that_exist_and_in_one_direction() {
    insta::assert_snapshot!(with("instead-of: [odd-confg]"), @r"
    error[unknown-finding]: there is no finding `odd-confg`
      --> runbook.yaml:34:18
       |
    34 |     instead-of: [odd-confg]
       |                  ^^^^^^^^^
       |
       = help: did you mean `odd-config`?
    ");
    insta::assert_snapshot!(with("instead-of: table-full"), @r"
    error[finding-cycle]: `table-full` can't stand for itself
      --> runbook.yaml:34:17
       |
    34 |     instead-of: table-full
       |                 ^^^^^^^^^^
       |
       = help: name another finding
    ");
    insta::assert_snapshot!(with("instead-of: odd-config"), @r"
    error[run-scope]: `table-full` holds for a node and can't stand for `odd-config`, which holds for the run
      --> runbook.yaml:27:3
       |
    27 |   table-full:
       |   ^^^^^^^^^^
    ...
    37 |   odd-config:
       |   ---------- judged once a run
       |
       = help: lift it with any, all, count, share or max, or leave `instead-of` out
    ");
    let circle = "    says: no limit\n    instead-of: [table-full]\n  third:\n    when: table.on\n    \
                  severity: note\n    says: x\n    instead-of: [odd-config]\n  fourth:\n    when: table.on\n    \
                  severity: note\n    says: x\n    instead-of: [third]";
    let text = super::GOOD
        .replace("    says: no limit", circle)
        .replace("    because: It is small.", "    instead-of: [third]");
    insta::assert_snapshot!(crate::syntax::render(&super::source(&text), &super::bad(&text), false), @r"
    error[finding-cycle]: `table-full` stands for itself by way of others
      --> runbook.yaml:27:3
       |
    27 |   table-full:
       |   ^^^^^^^^^^
       |
       = help: it stands for third; follow `instead-of` from there

    error[run-scope]: `third` holds for a node and can't stand for `odd-config`, which holds for the run
      --> runbook.yaml:41:3
       |
    36 |   odd-config:
       |   ---------- judged once a run
    ...
    41 |   third:
       |   ^^^^^
       |
       = help: lift it with any, all, count, share or max, or leave `instead-of` out
    ");
}
