//! Codes of cases. Their examples are cases of one runbook.

use super::{Code, error};

/// The runbook of the examples.
#[cfg(test)]
pub(crate) const RUNBOOK: &str = include_str!("examples/full-table.yaml");

pub(super) const CODES: &[Code] = &[
    error("empty-case", "a case is empty")
        .why("Nothing would be tried.")
        .remedy("Start with `heeler-case: 1`, `runbook:`, `about:` and `nodes:`; `heeler record` writes a whole one.")
        .case(
            "# nothing yet\n",
            case!("looks: { proxy: { version: 1.33.3 } }\n", "    looks: { table: { count: 262144, max: 262144 } }\n    then: { holds: { full: \"262,144 of 262,144 entries\" }, offers: [raise] }\n"),
        ),
    error("unknown-case-format", "a case is of another format")
        .why("What it says may mean something else to another heeler.")
        .remedy("Update heeler, or write `heeler-case: 1`.")
        .case(
            "heeler-case: 2\nrunbook: full-table\nabout: The table is full\nlooks: { proxy: { version: 1.33.3 } }\nnodes:\n  - instance: i-00000000000000001\n    looks: { table: { count: 262144, max: 262144 } }\n    then: { holds: { full: \"262,144 of 262,144 entries\" }, offers: [raise] }\n",
            case!("looks: { proxy: { version: 1.33.3 } }\n", "    looks: { table: { count: 262144, max: 262144 } }\n    then: { holds: { full: \"262,144 of 262,144 entries\" }, offers: [raise] }\n"),
        ),
    error("other-runbook", "a case names another runbook than the one that it lies beside")
        .why("It would be blamed for what is right.")
        .remedy("Move the file to that runbook's `cases`, or mend the name.")
        .case(
            "heeler-case: 1\nrunbook: full-tabel\nabout: The table is full\nlooks: { proxy: { version: 1.33.3 } }\nnodes:\n  - instance: i-00000000000000001\n    looks: { table: { count: 262144, max: 262144 } }\n    then: { holds: { full: \"262,144 of 262,144 entries\" }, offers: [raise] }\n",
            case!("looks: { proxy: { version: 1.33.3 } }\n", "    looks: { table: { count: 262144, max: 262144 } }\n    then: { holds: { full: \"262,144 of 262,144 entries\" }, offers: [raise] }\n"),
        ),
    error("refused-input", "an input can't have the value that a case gives it")
        .why("A run with it would be refused.")
        .remedy("Write a value that the input accepts.")
        .case(
            case!("inputs: { size: 5 }\nlooks: { proxy: { version: 1.33.3 } }\n", "    looks: { table: { count: 262144, max: 262144 } }\n    then: { holds: { full: \"262,144 of 262,144 entries\" }, offers: [raise] }\n"),
            case!("inputs: { size: 300000 }\nlooks: { proxy: { version: 1.33.3 } }\n", "    looks: { table: { count: 262144, max: 262144 } }\n    then: { holds: { full: \"262,144 of 262,144 entries\" }, offers: [raise] }\n"),
        ),
    error("missing-look", "a look of the runbook has no value in a case")
        .why("What the runbook would say of it can't be told.")
        .remedy("Add it below `looks:`; where it was not seen, write why: `proxy: {not-seen: kubernetes-down}`.")
        .case(
            case!("", "    looks: { table: { count: 262144, max: 262144 } }\n    then: { holds: { full: \"262,144 of 262,144 entries\" }, offers: [raise] }\n"),
            case!("looks: { proxy: { version: 1.33.3 } }\n", "    looks: { table: { count: 262144, max: 262144 } }\n    then: { holds: { full: \"262,144 of 262,144 entries\" }, offers: [raise] }\n"),
        ),
    error("missing-field", "an answer in a case lacks a part")
        .why("What the runbook would say of it can't be told.")
        .remedy("Add it; where there is none, write `absent`.")
        .case(
            case!("looks: { proxy: { version: 1.33.3 } }\n", "    looks: { table: { count: 262144 } }\n    then: { holds: { full: \"262,144 of 262,144 entries\" }, offers: [raise] }\n"),
            case!("looks: { proxy: { version: 1.33.3 } }\n", "    looks: { table: { count: 262144, max: 262144 } }\n    then: { holds: { full: \"262,144 of 262,144 entries\" }, offers: [raise] }\n"),
        ),
    error("wrong-scope", "a look or a finding stands where it does not belong in a case")
        .why("What is asked once a run has one value, whatever the number of nodes.")
        .remedy("Write what is of the run at the top, and what is of a node below that node.")
        .case(
            case!("", "    looks: { table: { count: 262144, max: 262144 }, proxy: { version: 1.33.3 } }\n    then: { holds: { full: \"262,144 of 262,144 entries\" }, offers: [raise] }\n"),
            case!("looks: { proxy: { version: 1.33.3 } }\n", "    looks: { table: { count: 262144, max: 262144 } }\n    then: { holds: { full: \"262,144 of 262,144 entries\" }, offers: [raise] }\n"),
        ),
    error("unknown-reason", "nothing is unseen for this reason")
        .why("Whoever reads the report would look for something that does not happen.")
        .remedy("Write one of the reasons that are listed; some name more, as in `{forbidden: get pods}`.")
        .case(
            case!("looks: { proxy: { not-seen: kubernetes_down } }\n", "    looks: { table: { count: 262144, max: 262144 } }\n    then: { holds: { full: \"262,144 of 262,144 entries\" }, offers: [raise] }\n"),
            case!("looks: { proxy: { not-seen: { kubernetes-down: no answer } } }\n", "    looks: { table: { count: 262144, max: 262144 } }\n    then: { holds: { full: \"262,144 of 262,144 entries\" }, offers: [raise] }\n"),
        ),
    error("no-nodes", "a case has no nodes")
        .why("A run is about one node at least.")
        .remedy("Add what was seen of a node.")
        .case(
            "heeler-case: 1\nrunbook: full-table\nabout: The table is full\nlooks: { proxy: { version: 1.33.3 } }\nnodes: []\n",
            case!("looks: { proxy: { version: 1.33.3 } }\n", "    looks: { table: { count: 262144, max: 262144 } }\n    then: { holds: { full: \"262,144 of 262,144 entries\" }, offers: [raise] }\n"),
        ),
    error("duplicate-node", "two nodes of a case are the same instance")
        .why("Nobody could tell which of them is meant.")
        .remedy("Give each an instance id of its own.")
        .case(
            case!("looks: { proxy: { version: 1.33.3 } }\n", "    looks: { table: { count: 262144, max: 262144 } }\n    then: { holds: { full: \"262,144 of 262,144 entries\" }, offers: [raise] }\n  - instance: i-00000000000000001\n    looks: { table: { count: 262144, max: 262144 } }\n    then: { holds: { full: \"262,144 of 262,144 entries\" }, offers: [raise] }\n"),
            case!("looks: { proxy: { version: 1.33.3 } }\n", "    looks: { table: { count: 262144, max: 262144 } }\n    then: { holds: { full: \"262,144 of 262,144 entries\" }, offers: [raise] }\n  - instance: i-00000000000000002\n    looks: { table: { count: 262144, max: 262144 } }\n    then: { holds: { full: \"262,144 of 262,144 entries\" }, offers: [raise] }\n"),
        ),
    error("not-an-instance", "this is no instance id")
        .why("A run has no other names for instances.")
        .remedy("Write `i-` and 8 or 17 digits from 0 to f.")
        .case(
            "heeler-case: 1\nrunbook: full-table\nabout: The table is full\nlooks: { proxy: { version: 1.33.3 } }\nnodes:\n  - instance: node-1\n    looks: { table: { count: 262144, max: 262144 } }\n    then: { holds: { full: \"262,144 of 262,144 entries\" }, offers: [raise] }\n",
            case!("looks: { proxy: { version: 1.33.3 } }\n", "    looks: { table: { count: 262144, max: 262144 } }\n    then: { holds: { full: \"262,144 of 262,144 entries\" }, offers: [raise] }\n"),
        ),
    error("no-cpus", "a node has no CPUs")
        .why("What counts by CPU would be divided by nothing.")
        .remedy("Leave `cpus` out where the node could not tell.")
        .case(
            case!("looks: { proxy: { version: 1.33.3 } }\n", "    cpus: 0\n    looks: { table: { count: 262144, max: 262144 } }\n    then: { holds: { full: \"262,144 of 262,144 entries\" }, offers: [raise] }\n"),
            case!("looks: { proxy: { version: 1.33.3 } }\n", "    cpus: 8\n    looks: { table: { count: 262144, max: 262144 } }\n    then: { holds: { full: \"262,144 of 262,144 entries\" }, offers: [raise] }\n"),
        ),
    error("not-a-pod", "this names no pod")
        .why("Pods of one name are in many namespaces.")
        .remedy("Write it as NAMESPACE/NAME.")
        .case(
            case!("looks: { proxy: { version: 1.33.3 } }\n", "    pod: checkout-7d9f5c-x2vqz\n    looks: { table: { count: 262144, max: 262144 } }\n    then: { holds: { full: \"262,144 of 262,144 entries\" }, offers: [raise] }\n"),
            case!("looks: { proxy: { version: 1.33.3 } }\n", "    pod: shop/checkout-7d9f5c-x2vqz\n    looks: { table: { count: 262144, max: 262144 } }\n    then: { holds: { full: \"262,144 of 262,144 entries\" }, offers: [raise] }\n"),
        ),
    error("silent-node", "a node without an answer has values or verdicts")
        .why("Of a node that gave no answer nothing was seen, and nothing is said.")
        .remedy("Remove them, or `no-answer`.")
        .case(
            case!("looks: { proxy: { version: 1.33.3 } }\n", "    no-answer: SSM does not know it\n    looks: { table: { count: 262144, max: 262144 } }\n"),
            case!("looks: { proxy: { version: 1.33.3 } }\n", "    no-answer: SSM does not know it\n"),
        ),
    error("unnamed-finding", "a case does not say what becomes of a finding")
        .why("A verdict that nobody has thought of is not tried.")
        .remedy("Name every finding once, below `holds`, `ruled-out`, `not-seen` or `superseded`.")
        .case(
            case!("looks: { proxy: { version: 1.33.3 } }\n", "    looks: { table: { count: 262144, max: 262144 } }\n    then: { holds: {} }\n"),
            case!("looks: { proxy: { version: 1.33.3 } }\n", "    looks: { table: { count: 262144, max: 262144 } }\n    then: { holds: { full: \"262,144 of 262,144 entries\" }, offers: [raise] }\n"),
        ),
    error("named-twice", "a finding or a fix is named twice in a case")
        .why("It has one verdict, or one ending.")
        .remedy("Keep one of them.")
        .case(
            case!("looks: { proxy: { version: 1.33.3 } }\n", "    looks: { table: { count: 262144, max: 262144 } }\n    then: { holds: { full: \"262,144 of 262,144 entries\" }, ruled-out: [full], offers: [raise] }\n"),
            case!("looks: { proxy: { version: 1.33.3 } }\n", "    looks: { table: { count: 262144, max: 262144 } }\n    then: { holds: { full: \"262,144 of 262,144 entries\" }, offers: [raise] }\n"),
        ),
    error("no-bundle", "a case expects a bundle, and the runbook makes none")
        .why("What never happens can't be tried.")
        .remedy("Leave it out, or add `bundle:` to the runbook.")
        .case(
            case!("looks: { proxy: { version: 1.33.3 } }\n", "    looks: { table: { count: 262144, max: 262144 } }\n    then: { holds: { full: \"262,144 of 262,144 entries\" }, offers: [raise], bundle: true }\n"),
            case!("looks: { proxy: { version: 1.33.3 } }\n", "    looks: { table: { count: 262144, max: 262144 } }\n    then: { holds: { full: \"262,144 of 262,144 entries\" }, offers: [raise] }\n"),
        ),
    error("unknown-ending", "no fix ends like this")
        .why("What is wanted of it can't be tried.")
        .remedy("Write `kept` or `reverted`.")
        .case(
            case!("looks: { proxy: { version: 1.33.3 } }\n", "    looks: { table: { count: 262144, max: 262144 } }\n    later:\n      - after: 3s\n        looks: { table: { count: 2000, max: 300000 } }\n      - after: 34s\n        looks: { table: { count: 1900, max: 300000 } }\n    then: { holds: { full: \"262,144 of 262,144 entries\" }, offers: [raise], fix: { raise: undone } }\n"),
            case!("looks: { proxy: { version: 1.33.3 } }\n", "    looks: { table: { count: 262144, max: 262144 } }\n    later:\n      - after: 3s\n        looks: { table: { count: 2000, max: 300000 } }\n      - after: 34s\n        looks: { table: { count: 1900, max: 300000 } }\n    then: { holds: { full: \"262,144 of 262,144 entries\" }, offers: [raise], fix: { raise: kept } }\n"),
        ),
    error("samples-without-fix", "a case has samples of later, and no fix")
        .why("What is seen after a fix is seen only where one is applied.")
        .remedy("Add `fix: {NAME: kept}` below `then:`, or remove `later`.")
        .case(
            case!("looks: { proxy: { version: 1.33.3 } }\n", "    looks: { table: { count: 262144, max: 262144 } }\n    later:\n      - after: 3s\n        looks: { table: { count: 2000, max: 300000 } }\n      - after: 34s\n        looks: { table: { count: 1900, max: 300000 } }\n    then: { holds: { full: \"262,144 of 262,144 entries\" }, offers: [raise] }\n"),
            case!("looks: { proxy: { version: 1.33.3 } }\n", "    looks: { table: { count: 262144, max: 262144 } }\n    later:\n      - after: 3s\n        looks: { table: { count: 2000, max: 300000 } }\n      - after: 34s\n        looks: { table: { count: 1900, max: 300000 } }\n    then: { holds: { full: \"262,144 of 262,144 entries\" }, offers: [raise], fix: { raise: kept } }\n"),
        ),
    error("fix-without-samples", "a case says how a fix ends, and not what was seen after it")
        .why("Whether it is kept is told by what is seen.")
        .remedy("Add `later:` with what the looks of its `verify` gave.")
        .case(
            case!("looks: { proxy: { version: 1.33.3 } }\n", "    looks: { table: { count: 262144, max: 262144 } }\n    then: { holds: { full: \"262,144 of 262,144 entries\" }, offers: [raise], fix: { raise: kept } }\n"),
            case!("looks: { proxy: { version: 1.33.3 } }\n", "    looks: { table: { count: 262144, max: 262144 } }\n    later:\n      - after: 3s\n        looks: { table: { count: 2000, max: 300000 } }\n      - after: 34s\n        looks: { table: { count: 1900, max: 300000 } }\n    then: { holds: { full: \"262,144 of 262,144 entries\" }, offers: [raise], fix: { raise: kept } }\n"),
        ),
    error("sample-order", "a sample is not later than the one before it")
        .why("`after` is the time since the change.")
        .remedy("Put the earliest first.")
        .case(
            case!("looks: { proxy: { version: 1.33.3 } }\n", "    looks: { table: { count: 262144, max: 262144 } }\n    later:\n      - after: 3s\n        looks: { table: { count: 2000, max: 300000 } }\n      - after: 3s\n        looks: { table: { count: 1900, max: 300000 } }\n    then: { holds: { full: \"262,144 of 262,144 entries\" }, offers: [raise], fix: { raise: kept } }\n"),
            case!("looks: { proxy: { version: 1.33.3 } }\n", "    looks: { table: { count: 262144, max: 262144 } }\n    later:\n      - after: 3s\n        looks: { table: { count: 2000, max: 300000 } }\n      - after: 34s\n        looks: { table: { count: 1900, max: 300000 } }\n    then: { holds: { full: \"262,144 of 262,144 entries\" }, offers: [raise], fix: { raise: kept } }\n"),
        ),
];
