//! Codes of findings.

use super::{Code, error, warning};

pub(super) const CODES: &[Code] = &[
    error("unknown-severity", "there is no such severity")
        .why("How loud it is said can't be told.")
        .remedy("Write `note`, `warning` or `critical`.")
        .part(
            "find:\n  table-full:\n    when: table.count > table.max\n    severity: crit\n    says: \"{{ table.count }} entries\"\n    because: it is small\n",
            "find:\n  table-full:\n    when: table.count > table.max\n    severity: critical\n    says: \"{{ table.count }} entries\"\n    because: it is small\n",
        ),
    error("unknown-fix", "a finding names a fix that does not exist")
        .why("Nothing could be offered.")
        .remedy("Name a fix of the runbook, or write it below `fix:`.")
        .part(
            "find:\n  table-full:\n    when: table.count > table.max\n    severity: note\n    says: \"{{ table.count }} entries\"\n    fix: [raise]\n",
            "find:\n  table-full:\n    when: table.count > table.max\n    severity: note\n    says: \"{{ table.count }} entries\"\n",
        ),
    warning("says-no-value", "a finding never says how much")
        .why("\"The table is full\" makes the reader look for himself; \"262,144 of 262,144\" does not.")
        .remedy("Fill in what `when` compares.")
        .part(says!("the table is full"), says!("{{ table.count }} of {{ table.max }} entries")),
    warning("constant-detail", "a line of `details` is the same in every run")
        .why("Details are what was seen; the rest is `because`.")
        .remedy("Move it to `because`, or fill in a value.")
        .part(
            "find:\n  table-full:\n    when: table.count > table.max\n    severity: note\n    says: \"{{ table.count }} entries\"\n    details: [it is small]\n",
            "find:\n  table-full:\n    when: table.count > table.max\n    severity: note\n    says: \"{{ table.count }} entries\"\n    because: it is small\n",
        ),
    warning("critical-without-advice", "a critical finding says nothing of why or what to do")
        .why("Somebody is woken by it, and stands there.")
        .remedy("Add `because:`, `lasting:` or `fix:`.")
        .part(
            "find:\n  table-full:\n    when: table.count > table.max\n    severity: critical\n    says: \"{{ table.count }} entries\"\n",
            "find:\n  table-full:\n    when: table.count > table.max\n    severity: critical\n    says: \"{{ table.count }} entries\"\n    lasting: open fewer connections\n",
        ),
    warning("same-label", "two looks, or two findings, have the same label")
        .why("Reports name them by it, and readers can't tell which one was ruled out or not seen.")
        .remedy("Use words by which people can tell them apart.")
        .part(
            "find:\n  table-full:\n    label: the table\n    when: table.count > table.max\n    severity: note\n    says: \"{{ table.count }} entries\"\n  table-small:\n    label: the table\n    when: table.max < 1000\n    severity: note\n    says: \"only {{ table.max }} fit\"\n",
            "find:\n  table-full:\n    label: a full table\n    when: table.count > table.max\n    severity: note\n    says: \"{{ table.count }} entries\"\n  table-small:\n    label: a small table\n    when: table.max < 1000\n    severity: note\n    says: \"only {{ table.max }} fit\"\n",
        ),
    warning("same-words", "two findings say the same")
        .why("Readers can't tell which of the two holds.")
        .remedy("Use words by which people can tell them apart.")
        .part(
            "find:\n  table-full:\n    when: table.count > table.max\n    severity: note\n    says: \"{{ table.count }} entries\"\n  table-filling:\n    when: table.count > 0.8 * table.max\n    severity: note\n    says: \"{{ table.count }} entries\"\n",
            "find:\n  table-full:\n    when: table.count > table.max\n    severity: note\n    says: \"all {{ table.max }} entries\"\n  table-filling:\n    when: table.count > 0.8 * table.max\n    severity: note\n    says: \"{{ table.count }} of {{ table.max }} entries\"\n",
        ),
    error("unknown-finding", "a finding is named that does not exist")
        .why("Nothing would be left out of the report, and no bundle be made.")
        .remedy("Name a finding of the runbook.")
        .part(
            "find:\n  table-full:\n    when: table.count >= 0.9 * table.max\n    severity: warning\n    says: \"{{ table.count }} of {{ table.max }} entries\"\n    instead-of: [table-filing]\n  table-filling:\n    when: table.count >= 0.7 * table.max\n    severity: note\n    says: \"only {{ table.max }} fit\"\n",
            "find:\n  table-full:\n    when: table.count >= 0.9 * table.max\n    severity: warning\n    says: \"{{ table.count }} of {{ table.max }} entries\"\n    instead-of: [table-filling]\n  table-filling:\n    when: table.count >= 0.7 * table.max\n    severity: note\n    says: \"only {{ table.max }} fit\"\n",
        ),
    error("idle-bundle", "`bundle` names no finding")
        .why("No bundle would ever be made, and whoever relies on one finds that out too late.")
        .remedy("Name the findings for which one is wanted, or leave `bundle` out.")
        .part(
            "find:\n  table-full:\n    when: table.count > table.max\n    severity: note\n    says: \"{{ table.count }} entries\"\nbundle: { finding: [] }\n",
            "find:\n  table-full:\n    when: table.count > table.max\n    severity: note\n    says: \"{{ table.count }} entries\"\nbundle: { finding: [table-full] }\n",
        ),
    warning("repeated-finding", "`bundle` names a finding twice")
        .why("One of the two may have been meant to be another.")
        .remedy("Leave one of them out.")
        .part(
            "find:\n  table-full:\n    when: table.count > table.max\n    severity: note\n    says: \"{{ table.count }} entries\"\nbundle: { finding: [table-full, table-full] }\n",
            "find:\n  table-full:\n    when: table.count > table.max\n    severity: note\n    says: \"{{ table.count }} entries\"\nbundle: { finding: [table-full] }\n",
        ),
    error("finding-cycle", "findings stand for one another")
        .why("None of them would ever be reported.")
        .remedy("Follow `instead-of`, and take one of them out.")
        .part(
            "find:\n  table-full:\n    when: table.count >= 0.9 * table.max\n    severity: warning\n    says: \"{{ table.count }} of {{ table.max }} entries\"\n    instead-of: [table-filling]\n  table-filling:\n    when: table.count >= 0.7 * table.max\n    severity: note\n    says: \"only {{ table.max }} fit\"\n    instead-of: [table-full]\n",
            "find:\n  table-full:\n    when: table.count >= 0.9 * table.max\n    severity: warning\n    says: \"{{ table.count }} of {{ table.max }} entries\"\n    instead-of: [table-filling]\n  table-filling:\n    when: table.count >= 0.7 * table.max\n    severity: note\n    says: \"only {{ table.max }} fit\"\n",
        ),
    error("empty-evidence", "`evidence` names no look")
        .why("A finding for which nothing speaks is a guess.")
        .remedy("Leave `evidence` out: then every look that `when` reads proves it.")
        .part(
            "find:\n  table-full:\n    evidence: []\n    when: table.count >= 0.9 * table.max\n    severity: note\n    says: \"{{ table.count }} of {{ table.max }} entries\"\n",
            "find:\n  table-full:\n    when: table.count >= 0.9 * table.max\n    severity: note\n    says: \"{{ table.count }} of {{ table.max }} entries\"\n",
        ),
    error("evidence-entry", "an entry of `evidence` names more than one look, or none")
        .why("How much each of them proves could not be told.")
        .remedy("Write `- proves: LOOK` or `- suggests: LOOK`, an entry for each look.")
        .part(
            "find:\n  table-full:\n    evidence: [{ proves: table, suggests: table }]\n    when: table.count >= 0.9 * table.max\n    severity: note\n    says: \"{{ table.count }} of {{ table.max }} entries\"\n",
            "find:\n  table-full:\n    evidence: [{ proves: table }]\n    when: table.count >= 0.9 * table.max\n    severity: note\n    says: \"{{ table.count }} of {{ table.max }} entries\"\n",
        ),
    error("duplicate-evidence", "a look is named twice in `evidence`")
        .why("It proves a finding, or it suggests it.")
        .remedy("Keep one of them.")
        .part(
            "find:\n  table-full:\n    evidence: [{ proves: table }, { suggests: table }]\n    when: table.count >= 0.9 * table.max\n    severity: note\n    says: \"{{ table.count }} of {{ table.max }} entries\"\n",
            "find:\n  table-full:\n    evidence: [{ proves: table }]\n    when: table.count >= 0.9 * table.max\n    severity: note\n    says: \"{{ table.count }} of {{ table.max }} entries\"\n",
        ),
    error("idle-evidence", "`evidence` names a look that `when` does not read")
        .why("What does not decide whether a finding holds does not speak for it either.")
        .remedy("Read the look in `when`, or leave it out of `evidence`.")
        .part(
            "look:\n  table:\n    sysctl: { count: net.netfilter.nf_conntrack_count, max: net.netfilter.nf_conntrack_max }\n  memory:\n    memory: {}\nfind:\n  table-full:\n    evidence: [{ proves: memory }]\n    when: table.count >= 0.9 * table.max and node.cpus > 2\n    severity: note\n    says: \"{{ table.count }} entries, {{ memory.available }} left\"\n",
            "look:\n  table:\n    sysctl: { count: net.netfilter.nf_conntrack_count, max: net.netfilter.nf_conntrack_max }\n  memory:\n    memory: {}\nfind:\n  table-full:\n    evidence: [{ proves: table }]\n    when: table.count >= 0.9 * table.max and node.cpus > 2\n    severity: note\n    says: \"{{ table.count }} entries, {{ memory.available }} left\"\n",
        ),
    error("suggestion-with-fix", "a finding that is only suggested has a fix")
        .why("What changes a node needs a reason that is proved.")
        .remedy("Name a look that proves it below `evidence`, or leave `fix` out.")
        .part(
            "find:\n  table-full:\n    evidence: [{ suggests: table }]\n    when: table.count >= 0.9 * table.max\n    severity: note\n    says: \"{{ table.count }} of {{ table.max }} entries\"\n    fix: [raise]\nfix:\n  raise:\n    effect: room for more\n    change: [{ sysctl: { net.netfilter.nf_conntrack_max: 262144 } }]\n    verify: { that: table.count < 0.8 * table.max, for: 30s, within: 5m }\n",
            "find:\n  table-full:\n    evidence: [{ proves: table }]\n    when: table.count >= 0.9 * table.max\n    severity: note\n    says: \"{{ table.count }} of {{ table.max }} entries\"\n    fix: [raise]\nfix:\n  raise:\n    effect: room for more\n    change: [{ sysctl: { net.netfilter.nf_conntrack_max: 262144 } }]\n    verify: { that: table.count < 0.8 * table.max, for: 30s, within: 5m }\n",
        ),
];
