//! Examples that differ in one place only: a finding around a condition, a text or a change.

/// A finding with this condition.
macro_rules! when {
    ($when:literal) => {
        concat!(
            "find:\n  table-full:\n    when: ",
            $when,
            "\n    severity: note\n    says: \"{{ table.count }} of {{ table.max }} entries\"\n"
        )
    };
}

/// A finding that says this.
macro_rules! says {
    ($says:literal) => {
        concat!(
            "find:\n  table-full:\n    when: table.count > table.max\n    severity: note\n    says: \"",
            $says,
            "\"\n"
        )
    };
}

/// A finding about a time, with this condition.
macro_rules! time {
    ($when:literal) => {
        concat!(
            "look:\n  table:\n    sysctl: { time_wait: net.netfilter.nf_conntrack_tcp_timeout_time_wait }\n",
            "find:\n  long:\n    when: ",
            $when,
            "\n    severity: note\n    says: \"TIME_WAIT lasts {{ table.time_wait }}\"\n"
        )
    };
}

/// A finding about a share, with this condition.
macro_rules! share {
    ($when:literal) => {
        concat!(
            "look:\n  entries:\n    conntrack-entries: {}\n",
            "find:\n  waiting:\n    when: ",
            $when,
            "\n    severity: note\n    says: \"{{ entries.time_wait.share }} TIME_WAIT\"\n"
        )
    };
}

/// The finding and the frame of a fix.
macro_rules! mend {
    ($require:literal, $change:literal, $that:literal, $hold:literal, $within:literal) => {
        concat!(
            "find:\n  table-full:\n    when: table.count >= 0.9 * table.max\n    severity: note\n",
            "    says: \"{{ table.count }} of {{ table.max }} entries\"\n    fix: [raise]\n",
            "fix:\n  raise:\n    require: ",
            $require,
            "\n    effect: room for more\n    change:\n      - ",
            $change,
            "\n    verify: { that: ",
            $that,
            ", for: ",
            $hold,
            ", within: ",
            $within,
            " }\n"
        )
    };
}

/// A fix with this `require` and this `that`.
macro_rules! fix {
    ($require:literal, $that:literal) => {
        mend!(
            $require,
            "sysctl: { net.netfilter.nf_conntrack_max: 262144 }",
            $that,
            "30s",
            "5m"
        )
    };
}

/// A fix with this change.
macro_rules! change {
    ($change:literal) => {
        mend!(
            "table.max < 262144",
            $change,
            "table.count < 0.8 * table.max",
            "30s",
            "5m"
        )
    };
}

/// A fix that is verified for this long, within this long.
macro_rules! verify {
    ($hold:literal, $within:literal) => {
        mend!(
            "table.max < 262144",
            "sysctl: { net.netfilter.nf_conntrack_max: 262144 }",
            "table.count < 0.8 * table.max",
            $hold,
            $within
        )
    };
}

/// A fix that the node takes back after this time.
macro_rules! undo {
    ($after:literal) => {
        undo!("sysctl: { net.netfilter.nf_conntrack_max: 262144 }", $after)
    };
    ($change:literal, $after:literal) => {
        concat!(
            mend!(
                "table.max < 262144",
                $change,
                "table.count < 0.8 * table.max",
                "30s",
                "5m"
            ),
            "    undo-unless-kept: ",
            $after,
            "\n"
        )
    };
}

/// A look and this entry, which uses another runbook.
macro_rules! used {
    ($entry:literal) => {
        concat!(
            "look:\n  table:\n    sysctl: { count: net.netfilter.nf_conntrack_count, max: net.netfilter.nf_conntrack_max }\n",
            "  health:\n    ",
            $entry,
            "\nfind:\n  table-full:\n    when: table.count >= 0.9 * table.max and health.nearly_full\n",
            "    severity: note\n    says: \"{{ table.count }} of {{ table.max }} entries\"\n"
        )
    };
}

/// A look with these keys, whose only field is read.
macro_rules! asked {
    ($look:literal, $when:literal, $says:literal) => {
        concat!(
            "look:\n  answer:\n    ",
            $look,
            "\nfind:\n  wrong:\n    when: ",
            $when,
            "\n    severity: note\n    says: \"",
            $says,
            "\"\n"
        )
    };
}

/// A case with this at the top, and this in its only node.
macro_rules! case {
    ($top:literal, $node:literal) => {
        concat!(
            "heeler-case: 1\nrunbook: full-table\nabout: The table is full\n",
            $top,
            "nodes:\n  - instance: i-00000000000000001\n",
            $node
        )
    };
}
