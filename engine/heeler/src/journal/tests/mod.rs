//! The journal on a real disk, with real processes.

mod crash;
mod folder;
mod refusals;
mod secrets;
mod stream;

use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

use futures::executor::block_on;
use heeler_core::event::{
    Event, Exit, InstanceId, NodeGroup, NodeTarget, PodTarget, Record, RunId,
};
use jiff::Timestamp;
use uuid::Uuid;

use super::{Answer, Journal as _, JournalFault, Redactor, SqliteJournal, StateFolder};

/// A folder of a test's own, removed when the test is over.
struct Scratch(PathBuf);

impl Scratch {
    fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("heeler-journal-{}-{number}", std::process::id());
        Scratch(std::env::temp_dir().join(name))
    }

    fn folder(&self) -> StateFolder {
        StateFolder::new(&self.0)
    }

    fn open(&self) -> Result<SqliteJournal, JournalFault> {
        SqliteJournal::open(&self.folder(), Redactor::default())
    }

    fn journal(&self) -> SqliteJournal {
        self.open().unwrap()
    }

    /// A connection that is not the journal's.
    fn outside(&self) -> rusqlite::Connection {
        rusqlite::Connection::open(self.folder().journal()).unwrap()
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn wait<T>(answer: Answer<'_, T>) -> Result<T, JournalFault> {
    block_on(answer)
}

/// Runs in the order of their numbers.
fn run(number: u64) -> RunId {
    let random = 0x8000_0000_0000_0000 | number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    RunId::new(Uuid::from_u64_pair(
        0x0192_f4b2_0000_7000 + (number << 16),
        random,
    ))
}

fn record(run: RunId, seq: u64, event: Event) -> Record {
    Record {
        run,
        seq,
        at: Timestamp::from_second(1_772_334_720 + i64::try_from(seq).unwrap()).unwrap(),
        event,
    }
}

fn started() -> Event {
    Event::RunStarted {
        command: "run".into(),
        runbook: "conntrack-exhaustion".into(),
        digest: "9f2c".into(),
        file: None,
        inputs: Vec::new(),
        about: None,
        unconfined: false,
        version: "0.1.0".into(),
    }
}

fn noted(text: &str) -> Event {
    Event::Noted {
        code: "note".into(),
        text: text.into(),
    }
}

fn ended() -> Event {
    Event::RunEnded {
        exit: Exit::Clear,
        elapsed_ms: 3400,
        commands: 1,
        changed: false,
    }
}

fn resolved(node: &str, pod: &str) -> Event {
    let instance: InstanceId = "i-0abc1234def567890".parse().unwrap();
    Event::Resolved {
        targets: vec![NodeTarget {
            node: Some(node.into()),
            instance,
            pod: Some(PodTarget {
                namespace: "shop".into(),
                name: pod.into(),
                uid: "0f1e".into(),
                host_network: false,
            }),
            boot: None,
            os_version: None,
            cpus: None,
            cluster_verified: None,
            node_group: NodeGroup::Unseen,
        }],
    }
}

/// A whole run in the journal.
fn write_run(journal: &SqliteJournal, number: u64) -> Vec<Record> {
    let records = vec![
        record(run(number), 1, started()),
        record(run(number), 2, noted("two")),
        record(run(number), 3, ended()),
    ];
    wait(journal.append(records.clone())).unwrap();
    records
}
