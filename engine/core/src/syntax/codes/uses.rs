//! Codes of runbooks that use others.

use super::{Code, Example, error};

pub(super) const CODES: &[Code] = &[
    error("unknown-runbook", "`use` names a runbook that does not exist")
        .why("None of its looks would be asked, and none of its findings told.")
        .remedy("Name a runbook of the same folder, or a bundled one; `heeler list` shows them all.")
        .part(
            used!("use: table-helth"),
            used!("use: table-health"),
        ),
    error("faulty-runbook", "a runbook that is used has faults itself")
        .why("It can be asked no more than if it were run alone.")
        .remedy("Mend it: `heeler lint` shows what is wrong with it.")
        .part(
            used!("use: faulty"),
            used!("use: table-health"),
        ),
    error("use-cycle", "runbooks use one another")
        .why("They would be asked for ever.")
        .remedy("Leave one of the uses out.")
        .part(
            used!("use: full-table"),
            used!("use: table-health"),
        ),
    error("use-depth", "more than 4 runbooks use one another in a row")
        .why("Nobody could say any more what is asked of a node.")
        .remedy("Use the last ones directly.")
        .part(
            used!("use: uses-four-more"),
            used!("use: table-health"),
        ),
    error("other-target", "a runbook about pods is used where there is no pod")
        .why("Its looks ask for a pod, and a run that is pointed at a node has none.")
        .remedy("Write `target: pod`, or use another runbook.")
        .part(
            used!("use: pod-health"),
            used!("use: table-health"),
        ),
    error("missing-input", "an input has no value")
        .why("It has no default, so its runbook can't be asked without one.")
        .remedy("Give it one: below `with` to a runbook that is used, below `inputs` in a case.")
        .part(
            used!("use: table-limit"),
            used!("use: table-limit\n    with: { least: \"1000\" }"),
        ),
    error("unknown-input", "there is no such input")
        .why("What it was meant for would keep its default.")
        .remedy("Name an input of the runbook; `heeler show RUNBOOK` lists them.")
        .part(
            used!("use: table-limit\n    with: { least: \"1000\", most: \"2000\" }"),
            used!("use: table-limit\n    with: { least: \"1000\" }"),
        ),
    error("wrong-input", "an input of a runbook that is used can't have this value")
        .why("It would be refused on the command line too.")
        .remedy("Write a value that the input accepts, or name one of the same kind.")
        .part(
            used!("use: table-limit\n    with: { least: many }"),
            used!("use: table-limit\n    with: { least: \"1000\" }"),
        ),
    error("with-without-use", "`with` stands at a look that uses no runbook")
        .why("It gives inputs to another runbook, and an action has none.")
        .remedy("Leave it out, or name a runbook with `use`.")
        .part(
            "look:\n  table:\n    sysctl: { count: net.netfilter.nf_conntrack_count, max: net.netfilter.nf_conntrack_max }\n    with: { least: \"1000\" }\n",
            "look:\n  table:\n    sysctl: { count: net.netfilter.nf_conntrack_count, max: net.netfilter.nf_conntrack_max }\n",
        ),
    error("too-many-looks", "a runbook has more than 150 looks, with those of the runbooks that it uses")
        .why("All of them are asked of each node.")
        .remedy("Use fewer runbooks, or make two of this one.")
        .examples(
            Example::Told("99 looks, and the use of a runbook with 60"),
            Example::Part(used!("use: table-health")),
        ),
];
