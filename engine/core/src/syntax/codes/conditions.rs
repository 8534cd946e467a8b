//! Codes of conditions that can be evaluated, but hardly ask what was meant.

use super::{Code, warning};

pub(super) const CODES: &[Code] = &[
    warning("never-holds", "a condition can never hold")
        .why("What depends on it is never reported, asked or started, whatever the looks answer.")
        .remedy("Compare something that a look answers.")
        .part(when!("table.count > table.max and false"), when!("table.count > table.max")),
    warning("always-holds", "a condition always holds")
        .why("It distinguishes nothing: the finding is reported on every node.")
        .remedy("Compare something that a look answers; perhaps `and` was meant instead of `or`.")
        .part(
            when!("table.count < 10 or table.count >= 10"),
            when!("table.count >= 10"),
        ),
    warning("constant-part", "a part of a condition never differs")
        .why("It decides nothing, or everything.")
        .remedy("Remove it, or compare something that a look answers.")
        .part(when!("table.count > table.max or 1 > 2"), when!("table.count > table.max")),
    warning("contradiction", "two comparisons exclude one another")
        .why("Both can't hold at once, so the whole never does.")
        .remedy("Change one of the two; perhaps `or` was meant.")
        .part(
            when!("table.count > 1000 and table.count < 100"),
            when!("table.count > 1000 or table.count < 100"),
        ),
    warning("redundant-comparison", "a comparison changes nothing beside another one")
        .why("Readers look for the case that it is about, and there is none.")
        .remedy("Remove it.")
        .part(
            when!("table.count > 1000 and table.count > 100"),
            when!("table.count > 1000"),
        ),
    warning("compares-itself", "both sides of a comparison are the same")
        .why("It can only go one way.")
        .remedy("Compare with something else.")
        .part(when!("table.count >= table.count"), when!("table.count >= table.max")),
    warning("compares-with-boolean", "something that is true or false is compared with true or false")
        .why("It says the same without.")
        .remedy("Write the condition itself, or `not` before it.")
        .part(when!("(table.count > table.max) == true"), when!("table.count > table.max")),
    warning("never-absent", "`is absent` is asked of something that is always there")
        .why("With a default, or written down, a value is never absent.")
        .remedy("Ask it of the value without its default.")
        .part(
            when!("table.count | default(0) is absent or table.count > table.max"),
            when!("table.count is absent or table.count > table.max"),
        ),
    warning("same-condition", "two findings have the same condition")
        .why("Both are reported, or none: readers can't tell them apart.")
        .remedy("Make one finding of them, or tell them apart.")
        .part(
            "find:\n  table-full:\n    when: table.count > table.max and table.count > 10\n    severity: note\n    says: \"{{ table.count }} entries\"\n  table-small:\n    when: table.count > 10 and table.count > table.max\n    severity: note\n    says: \"only {{ table.max }} fit\"\n",
            "find:\n  table-full:\n    when: table.count > table.max and table.count > 10\n    severity: note\n    says: \"{{ table.count }} of {{ table.max }} entries\"\n",
        ),
    warning("unreachable-finding", "another finding always takes this one's place")
        .why("Whenever it holds, the other one does too and is reported instead of it.")
        .remedy("Let the more exact finding take the place of the other, not the other way round.")
        .part(
            "find:\n  table-full:\n    when: table.count > table.max\n    severity: note\n    says: \"{{ table.count }} entries\"\n    instead-of: [table-small]\n  table-small:\n    when: table.count > table.max and table.max < 1000\n    severity: note\n    says: \"only {{ table.max }} fit\"\n",
            when!("table.count > table.max"),
        ),
    warning("verify-wants-trouble", "a fix is verified while the trouble is still there")
        .why("`that` demands the finding's own condition: the fix would count as good only where it did nothing.")
        .remedy("Say what holds once the trouble is gone.")
        .part(fix!("table.count > 10", "table.count >= 0.9 * table.max"), fix!("table.count > 10", "table.count < 0.8 * table.max")),
    warning("fix-never-offered", "a fix can't start while the finding that offers it holds")
        .why("`require` and `when` exclude one another.")
        .remedy("Change one of the two, or let another finding offer the fix.")
        .part(
            "find:\n  table-full:\n    when: table.count > 1000\n    severity: note\n    says: \"{{ table.count }} of {{ table.max }} entries\"\n    fix: [raise]\nfix:\n  raise:\n    require: table.count < 100\n    effect: room for more\n    change:\n      - sysctl: { net.netfilter.nf_conntrack_max: 262144 }\n    verify: { that: table.count < table.max, for: 30s, within: 5m }\n",
            "find:\n  table-full:\n    when: table.count > 1000\n    severity: note\n    says: \"{{ table.count }} of {{ table.max }} entries\"\n    fix: [raise]\nfix:\n  raise:\n    require: table.max < 262144\n    effect: room for more\n    change:\n      - sysctl: { net.netfilter.nf_conntrack_max: 262144 }\n    verify: { that: table.count < table.max, for: 30s, within: 5m }\n",
        ),
];
