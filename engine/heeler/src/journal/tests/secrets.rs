//! A planted secret is searched for in every byte on the disk.

use std::fs;

use heeler_core::action::shell_quote;
use heeler_core::event::Event;
use heeler_core::value::Value;

use super::super::{Journal as _, Redactor, SqliteJournal};
use super::{Scratch, noted, record, run, started, wait};

const SECRET: &str = "s3cr\"et\\with\nquo'tes";

fn redactor(secrets: &[&str]) -> Redactor {
    Redactor::new(secrets.iter().map(ToString::to_string))
}

fn events() -> Vec<Event> {
    let quoted = serde_json::json!({ "password": SECRET }).to_string();
    vec![
        started(),
        noted(&format!("before {SECRET} after")),
        noted(&format!("a document: {quoted}")),
        noted(&format!("a command: {}", shell_quote(SECRET))),
        Event::LookAnswered {
            instance: None,
            look: "kube".into(),
            label: "kube".into(),
            value: Value::record([(SECRET, Value::List(vec![Value::text(SECRET)]))]),
            trace: Vec::new(),
            raw: None,
        },
    ]
}

/// Whether any file of the journal holds the text, as it is or as JSON escapes it.
fn on_disk(scratch: &Scratch, text: &str) -> bool {
    let once = serde_json::Value::from(text).to_string();
    let twice = serde_json::Value::from(once.trim_matches('"')).to_string();
    let needles = [text, once.trim_matches('"'), twice.trim_matches('"')];
    fs::read_dir(&scratch.0).unwrap().any(|file| {
        let bytes = fs::read(file.unwrap().path()).unwrap();
        needles
            .iter()
            .any(|n| bytes.windows(n.len()).any(|window| window == n.as_bytes()))
    })
}

fn write(scratch: &Scratch, redactor: Redactor) {
    let journal = SqliteJournal::open(&scratch.folder(), redactor).unwrap();
    let records = (1..)
        .zip(events())
        .map(|(seq, event)| record(run(1), seq, event))
        .collect();
    wait(journal.append(records)).unwrap();
}

#[test]
fn a_planted_secret_never_reaches_the_disk() {
    let bare = Scratch::new();
    write(&bare, Redactor::default());
    assert!(on_disk(&bare, SECRET), "the search finds what is there");

    let scratch = Scratch::new();
    write(&scratch, redactor(&[SECRET]));
    assert!(!on_disk(&scratch, SECRET));
    let records = wait(scratch.journal().records(run(1))).unwrap();
    assert_eq!(records[1].event, noted("before [secret] after"));
    assert_eq!(
        records[2].event,
        noted(r#"a document: {"password":"[secret]"}"#)
    );
    assert_eq!(records[3].event, noted("a command: '[secret]'"));
}

#[test]
fn a_secret_that_is_part_of_another_leaves_nothing_of_it() {
    let scratch = Scratch::new();
    let journal =
        SqliteJournal::open(&scratch.folder(), redactor(&["hunter", "hunter2-long"])).unwrap();
    let records = vec![record(run(1), 1, noted("it is hunter2-long, or hunter"))];
    wait(journal.append(records)).unwrap();
    let stored = wait(journal.records(run(1))).unwrap();
    assert_eq!(stored[0].event, noted("it is [secret], or [secret]"));
}

#[test]
fn a_secret_that_the_record_itself_needs_stops_the_run() {
    let scratch = Scratch::new();
    let journal = SqliteJournal::open(&scratch.folder(), redactor(&["noted"])).unwrap();
    let fault = wait(journal.append(vec![record(run(1), 1, noted("text"))])).unwrap_err();
    assert_eq!(fault.code(), "journal-unstorable");
    assert_eq!(wait(journal.records(run(1))).unwrap(), []);
}

#[test]
fn an_empty_secret_is_none_and_debug_shows_nothing() {
    let redactor = redactor(&["", "hunter2"]);
    assert!(!format!("{redactor:?}").contains("hunter2"));
    let json = serde_json::json!({ "a": "b" });
    assert_eq!(redactor.redact(json.clone()), json);
}
