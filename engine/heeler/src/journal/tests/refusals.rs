//! Disks and files that will not do, each with what, where and what to do.

use std::fs;

use heeler_core::event::FORMAT;

use super::super::store::Store;
use super::super::{Journal as _, JournalFault, Redactor, SqliteJournal, StateFolder};
use super::{Scratch, noted, record, run, started, wait, write_run};

/// The fault has its code, names the file, and says what to do.
fn has_a_face(fault: &JournalFault, code: &str, scratch: &Scratch) {
    assert_eq!(fault.code(), code, "{fault}");
    assert!(
        fault.place().starts_with(scratch.0.to_str().unwrap()),
        "{}",
        fault.place()
    );
    assert!(fault.help().len() > 20, "{}", fault.help());
    assert!(!fault.to_string().contains('\n'), "{fault}");
}

/// A journal whose connection was prepared to fail.
fn with(scratch: &Scratch, pragma: &str) -> SqliteJournal {
    drop(scratch.journal());
    let path = scratch.folder().journal();
    let store = Store::open(&path, Redactor::default()).unwrap();
    store.connection.execute_batch(pragma).unwrap();
    SqliteJournal::start(path, store, Redactor::default()).unwrap()
}

#[test]
fn no_room_left() {
    let scratch = Scratch::new();
    // SQLite's own limit gives the error that a full disk gives.
    let journal = with(&scratch, "PRAGMA max_page_count = 1");
    wait(journal.append(vec![record(run(1), 1, started())])).unwrap();
    let big = record(run(1), 2, noted(&"x".repeat(1 << 20)));
    let fault = wait(journal.append(vec![big])).unwrap_err();
    has_a_face(&fault, "journal-full", &scratch);
    let small = record(run(1), 2, noted("small"));
    wait(journal.append(vec![small])).unwrap();
    assert_eq!(wait(journal.records(run(1))).unwrap().len(), 2);
}

#[test]
fn a_file_that_can_only_be_read() {
    let scratch = Scratch::new();
    let journal = with(&scratch, "PRAGMA query_only = on");
    let fault = wait(journal.append(vec![record(run(1), 1, started())])).unwrap_err();
    has_a_face(&fault, "journal-read-only", &scratch);
}

#[test]
fn a_folder_that_cannot_be_made() {
    let scratch = Scratch::new();
    drop(scratch.journal());
    let below_a_file = StateFolder::new(scratch.folder().journal().join("state"));
    let fault = SqliteJournal::open(&below_a_file, Redactor::default()).unwrap_err();
    has_a_face(&fault, "journal-unopened", &scratch);
}

#[test]
fn another_process_that_does_not_let_go() {
    let scratch = Scratch::new();
    let journal = with(&scratch, "PRAGMA busy_timeout = 50");
    let outside = scratch.outside();
    outside.execute_batch("BEGIN IMMEDIATE").unwrap();
    let first = || vec![record(run(1), 1, started())];
    has_a_face(
        &wait(journal.append(first())).unwrap_err(),
        "journal-busy",
        &scratch,
    );
    outside.execute_batch("ROLLBACK").unwrap();
    wait(journal.append(first())).unwrap();
}

#[test]
fn a_file_that_is_no_database() {
    let scratch = Scratch::new();
    fs::create_dir(&scratch.0).unwrap();
    fs::write(
        scratch.folder().journal(),
        "not a database, though long enough to be taken for one\n".repeat(99),
    )
    .unwrap();
    has_a_face(&scratch.open().unwrap_err(), "journal-damaged", &scratch);
}

#[test]
fn a_database_that_was_damaged_in_the_middle() {
    let scratch = Scratch::new();
    let journal = scratch.journal();
    for number in 1..=50 {
        write_run(&journal, number);
    }
    drop(journal);
    let path = scratch.folder().journal();
    let mut bytes = fs::read(&path).unwrap();
    bytes[4096..].fill(0xa5);
    fs::write(&path, bytes).unwrap();
    let fault = scratch
        .open()
        .and_then(|journal| wait(journal.runs(10)))
        .unwrap_err();
    has_a_face(&fault, "journal-damaged", &scratch);
    assert!(
        fault.help().contains(&format!("mv '{}'", path.display())),
        "{}",
        fault.help()
    );
}

#[test]
fn a_database_of_another_program_is_left_alone() {
    let scratch = Scratch::new();
    fs::create_dir(&scratch.0).unwrap();
    scratch
        .outside()
        .execute_batch("CREATE TABLE moz_places (id INTEGER)")
        .unwrap();
    let before = fs::read(scratch.folder().journal()).unwrap();
    has_a_face(&scratch.open().unwrap_err(), "journal-foreign", &scratch);
    assert_eq!(fs::read(scratch.folder().journal()).unwrap(), before);
}

#[test]
fn a_journal_of_a_newer_release() {
    let scratch = Scratch::new();
    write_run(&scratch.journal(), 1);
    scratch
        .outside()
        .pragma_update(None, "user_version", FORMAT + 1)
        .unwrap();
    let fault = scratch.open().unwrap_err();
    has_a_face(&fault, "journal-newer", &scratch);
    assert_eq!(
        fault.to_string(),
        format!(
            "the journal has format {}; this heeler reads up to {FORMAT}",
            FORMAT + 1
        )
    );
}

#[test]
fn a_number_that_json_does_not_know_is_refused_before_it_is_lost() {
    let scratch = Scratch::new();
    let journal = scratch.journal();
    let look = heeler_core::event::Event::LookAnswered {
        instance: None,
        look: "traffic".into(),
        label: "traffic".into(),
        value: heeler_core::value::Value::Number(f64::NAN),
        trace: Vec::new(),
        raw: None,
    };
    let fault = wait(journal.append(vec![record(run(1), 1, look)])).unwrap_err();
    has_a_face(&fault, "journal-unstorable", &scratch);
    assert_eq!(wait(journal.records(run(1))).unwrap(), []);
}
