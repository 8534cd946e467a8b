//! Codes of names.

use super::{Code, Example, error, warning};

pub(super) const CODES: &[Code] = &[
    error("bad-name", "a name is not spelt as names of its kind are")
        .why("Looks and inputs are operands of expressions, where `time-wait` would be a subtraction; findings and fixes are words of the command line.")
        .remedy("Write looks, inputs and fields in snake_case, findings, fixes and runbooks in kebab-case.")
        .part(
            "find:\n  Table_Full:\n    when: table.count > table.max\n    severity: note\n    says: \"{{ table.count }} entries\"\n",
            "find:\n  table-full:\n    when: table.count > table.max\n    severity: note\n    says: \"{{ table.count }} entries\"\n",
        ),
    error("reserved-name", "a name means something else already")
        .why("Expressions could not tell the two apart.")
        .remedy("Choose another name: `inputs`, `target`, `node`, `pod`, `run` and the words of expressions are taken.")
        .part(
            "look:\n  node:\n    memory: {}\nfind:\n  low:\n    when: node.cpus > 1\n    severity: note\n    says: \"{{ node.cpus }} CPUs\"\n",
            "look:\n  memory:\n    memory: {}\nfind:\n  low:\n    when: memory.available < \"100MiB\"\n    severity: note\n    says: \"{{ memory.available }} left\"\n",
        ),
    error("not-a-name", "a text is no name that the node, or an expression, can know")
        .why("What goes to the node is checked letter by letter, so that a value never becomes code.")
        .remedy("Use the letters that are named.")
        .part(
            "look:\n  table:\n    sysctl: { count: \"net.netfilter.nf_conntrack_count; reboot\" }\nfind:\n  full:\n    when: table.count is absent\n    severity: note\n    says: none\n",
            "look:\n  table:\n    sysctl: { count: net.netfilter.nf_conntrack_count }\nfind:\n  full:\n    when: table.count is absent\n    severity: note\n    says: none\n",
        ),
    error("unknown-name", "an expression names something that does not exist")
        .why("It would never be seen, and the finding never told.")
        .remedy("Name a look, or `inputs`, `target`, `node`, `pod` or `run`.")
        .part(
            "find:\n  table-full:\n    when: tabel.count > table.max\n    severity: note\n    says: \"{{ table.count }} entries\"\n",
            "find:\n  table-full:\n    when: table.count > table.max\n    severity: note\n    says: \"{{ table.count }} entries\"\n",
        ),
    error("unknown-field", "a look's answer has no such field")
        .why("It would never be seen, and the finding never told.")
        .remedy("Name a field of the answer; the reference lists them for each action.")
        .part(
            "find:\n  table-full:\n    when: table.cuont > table.max\n    severity: note\n    says: \"{{ table.count }} entries\"\n",
            "find:\n  table-full:\n    when: table.count > table.max\n    severity: note\n    says: \"{{ table.count }} entries\"\n",
        ),
    error("run-scope", "something that is once a run names something that differs by node")
        .why("With several nodes it would have several values at once.")
        .remedy("Name only what is asked once a run, or what belongs to one node.")
        .part(
            "look:\n  table:\n    sysctl: { count: net.netfilter.nf_conntrack_count, max: net.netfilter.nf_conntrack_max }\n  proxy:\n    only-if: table.count > 0\n    kube: { get: daemonsets, api: apps/v1, namespace: kube-system, name: kube-proxy, extract: { image: { path: spec.image, type: text } } }\nfind:\n  full:\n    when: table.count > table.max and proxy.image is absent\n    severity: note\n    says: \"{{ table.count }}\"\n",
            "look:\n  table:\n    sysctl: { count: net.netfilter.nf_conntrack_count, max: net.netfilter.nf_conntrack_max }\n  proxy:\n    kube: { get: daemonsets, api: apps/v1, namespace: kube-system, name: kube-proxy, extract: { image: { path: spec.image, type: text } } }\nfind:\n  full:\n    when: table.count > table.max and proxy.image is absent\n    severity: note\n    says: \"{{ table.count }}\"\n",
        ),
    warning("folder-name", "the runbook's name differs from its folder's")
        .why("`heeler run NAME` finds it by its folder, reports call it by its own name.")
        .remedy("Give both one name.")
        .examples(
            Example::Told("runbooks/table-full/runbook.yaml with `name: full-table`"),
            Example::Told("runbooks/full-table/runbook.yaml with `name: full-table`"),
        ),
];
