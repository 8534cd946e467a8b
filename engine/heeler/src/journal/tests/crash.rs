//! Several processes, and one that is killed.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use super::super::{Chain, Journal as _, Redactor, SqliteJournal, StateFolder};
use super::{Scratch, noted, record, run, started, wait};

const FOLDER: &str = "HEELER_TEST_JOURNAL";
const NUMBER: &str = "HEELER_TEST_RUN";
const COUNT: &str = "HEELER_TEST_COUNT";

/// The process that the tests below start; by itself it does nothing. It says each number once its
/// record is durable.
#[test]
fn writer() {
    let Some(folder) = std::env::var_os(FOLDER) else {
        return;
    };
    let number = |name: &str| std::env::var(name).unwrap().parse::<u64>().unwrap();
    let run = run(number(NUMBER));
    let journal = SqliteJournal::open(&StateFolder::new(folder), Redactor::default()).unwrap();
    for seq in 1..=number(COUNT) {
        let event = if seq == 1 { started() } else { noted("again") };
        wait(journal.append(vec![record(run, seq, event)])).unwrap();
        println!("durable {seq}");
    }
}

fn start(scratch: &Scratch, number: u64, count: u64) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "--nocapture"])
        .arg(format!(
            "{}::writer",
            module_path!().split_once("::").unwrap().1
        ))
        .env(FOLDER, &scratch.0)
        .env(NUMBER, number.to_string())
        .env(COUNT, count.to_string())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// Kills the process once it has said so many numbers; gives the highest that it said.
fn kill_after(mut child: Child, wanted: u64) -> u64 {
    let mut said = 0;
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    while said < wanted {
        let line = lines.next().expect("the writer ended early").unwrap();
        said = line
            .rsplit_once("durable ")
            .map_or(said, |(_, seq)| seq.parse().unwrap());
    }
    child.kill().unwrap();
    child.wait().unwrap();
    let rest = lines.map_while(Result::ok);
    rest.filter_map(|line| line.rsplit_once("durable ")?.1.parse().ok())
        .last()
        .unwrap_or(said)
}

#[test]
fn a_killed_process_leaves_every_record_that_it_was_promised() {
    for wanted in [1, 2, 17] {
        let scratch = Scratch::new();
        let said = kill_after(start(&scratch, 1, 1_000_000), wanted);
        let journal = scratch.journal();
        let records = wait(journal.records(run(1))).unwrap();
        let written = u64::try_from(records.len()).unwrap();
        assert!(written >= said, "{written} of {said}");
        assert_eq!(
            wait(journal.verify(run(1))).unwrap(),
            Chain::Whole { records: written }
        );
        let entries = wait(journal.runs(1)).unwrap();
        assert_eq!(entries[0].report.as_ref().unwrap().ending, None);
        wait(journal.append(vec![record(run(1), written + 1, noted("resumed"))])).unwrap();
    }
}

#[test]
fn processes_that_begin_at_once_share_one_journal() {
    let scratch = Scratch::new();
    let children: Vec<Child> = (1..=4).map(|number| start(&scratch, number, 20)).collect();
    for child in children {
        let output = child.wait_with_output().unwrap();
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stdout)
        );
    }
    let journal = scratch.journal();
    for number in 1..=4 {
        assert_eq!(
            wait(journal.verify(run(number))).unwrap(),
            Chain::Whole { records: 20 }
        );
    }
}
