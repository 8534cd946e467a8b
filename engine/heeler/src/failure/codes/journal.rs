//! Failures of the journal. Nothing is done on a node that can't be recorded first.

use super::{FailureCode, failed};

pub(super) const CODES: &[FailureCode] = &[
    failed(
        "journal-no-place",
        "no variable says where the state folder is",
        "set HEELER_STATE_DIR to a folder of your own",
    ),
    failed(
        "journal-unopened",
        "the state folder or the file can't be made or opened",
        "point HEELER_STATE_DIR at a folder that you own and can write to",
    ),
    failed(
        "journal-no-file",
        "the journal is no regular file",
        "point HEELER_STATE_DIR at a folder that you own and can write to",
    ),
    failed(
        "journal-exposed",
        "other users may replace the journal",
        "take the right to write to its folder from them",
    ),
    failed(
        "journal-foreign",
        "the file belongs to another program",
        "point HEELER_STATE_DIR at another folder",
    ),
    failed(
        "journal-newer",
        "the journal was written by a newer heeler",
        "use the newer one, or another HEELER_STATE_DIR with this one",
    ),
    failed(
        "journal-damaged",
        "the journal is damaged",
        "keep it as evidence and begin a new one",
    ),
    failed(
        "broken-chain",
        "a run's records are not those that were written",
        "keep the journal as evidence, and believe nothing of this run",
    ),
    failed(
        "journal-full",
        "no room is left for the journal",
        "make room, or point HEELER_STATE_DIR at a disk with some",
    ),
    failed(
        "journal-read-only",
        "the journal can be read, not written",
        "point HEELER_STATE_DIR at a folder that you own and can write to",
    ),
    failed(
        "journal-busy",
        "another process has held the journal for too long",
        "wait for it, or look for one that hangs",
    ),
    failed(
        "journal-failed",
        "reading or writing the journal failed",
        "check the disk that it lies on",
    ),
    failed(
        "journal-stopped",
        "the journal has stopped",
        "check the disk that it lies on",
    ),
    failed(
        "journal-out-of-order",
        "a record is not the next of its run",
        "another process may have resumed this run: see what it reports",
    ),
    failed(
        "journal-unreadable",
        "a stored record makes no sense",
        "a newer heeler may have written it, or somebody has changed it",
    ),
    failed(
        "journal-unstorable",
        "a record would not be readable once it is stored",
        "a secret input is a word that the record itself needs: give another value",
    ),
];
