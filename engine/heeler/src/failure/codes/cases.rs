//! Failures of `heeler test` and `heeler record`.

use super::{FailureCode, failed, usage};

pub(super) const CODES: &[FailureCode] = &[
    usage(
        "unknown-case",
        "the runbook has no such case",
        "the message lists those that it has",
    ),
    usage(
        "no-runbooks",
        "there is no runbook in the folder that was named, nor below it",
        "name a runbook, its folder, or a folder of runbooks",
    ),
    failed(
        "bad-case-name",
        "a file among the cases has a name that no case can have",
        "a name has lower-case letters, digits and hyphens: table-full",
    ),
    failed(
        "unreadable-case",
        "a case's file or folder can't be read",
        "check the path and its rights",
    ),
    failed(
        "runbook-gone",
        "there are cases, and no runbook beside them",
        "move them to their runbook, or remove them",
    ),
    failed(
        "two-cases",
        "two files give one name to their cases",
        "rename one of them",
    ),
    failed(
        "nested-cases",
        "there is a folder among the cases",
        "move its files up: each file is a case of its own",
    ),
    usage(
        "no-case-folder",
        "a bundled runbook has no folder to record into",
        "name one with `--into`",
    ),
    failed(
        "case-exists",
        "there is such a case already; nothing was written",
        "give it another name, or remove the old one",
    ),
    failed(
        "unwritable-case",
        "the case can't be written",
        "check the rights of the folder",
    ),
    failed(
        "unrecordable-run",
        "what the run saw is no case of today's runbook",
        "record a run of today's runbook",
    ),
];
