//! Codes of files and folders, which only the command line sees.

use super::{Code, Example, error, warning};

pub(super) const CODES: &[Code] = &[
    error("unreadable-file", "a file or folder can't be read")
        .why("What is in it can't be checked.")
        .remedy("Check the path, the rights, and where a link leads.")
        .examples(
            Example::Told("runbooks/full-table/runbook.yaml is a link to a file that is gone"),
            Example::Told("runbooks/full-table/runbook.yaml is a file"),
        ),
    error("no-runbook", "a folder holds no runbook")
        .why("Nothing was checked, and a clean result would say otherwise.")
        .remedy("Name the folder that holds runbooks; each lies in a folder of its own as runbook.yaml.")
        .examples(
            Example::Told("heeler lint docs/, where no runbook.yaml is"),
            Example::Told("heeler lint runbooks/"),
        ),
    error("folder-loop", "a folder leads back into itself")
        .why("Searching it would never end; what lies behind the link is searched once only.")
        .remedy("Remove the link.")
        .examples(
            Example::Told("runbooks/all is a link to runbooks"),
            Example::Told("runbooks/ without the link"),
        ),
    error("same-name", "two runbooks have the same name")
        .why("`heeler run NAME` means one of them, and which one depends on the order of folders.")
        .remedy("Give one of them another name.")
        .examples(
            Example::Told("runbooks/a/runbook.yaml and runbooks/b/runbook.yaml, both with `name: full-table`"),
            Example::Told("runbooks/full-table and runbooks/small-table, each with its own name"),
        ),
    warning("wrong-file-name", "a runbook's file has another name")
        .why("Only `runbook.yaml` is found.")
        .remedy("Rename it to runbook.yaml.")
        .examples(
            Example::Told("runbooks/full-table/runbook.yml"),
            Example::Told("runbooks/full-table/runbook.yaml"),
        ),
    warning("orphan-cases", "a folder holds cases, but no runbook")
        .why("The runbook that they test is gone, and nothing runs them.")
        .remedy("Move them to their runbook, or remove them.")
        .examples(
            Example::Told("runbooks/full-table/cases without runbooks/full-table/runbook.yaml"),
            Example::Told("runbooks/full-table/cases beside runbooks/full-table/runbook.yaml"),
        ),
];
