//! The time of a switch: it comes when a test says so. No test waits for it, and under no load does it
//! come before that.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::action::tests::node::Node;

use super::file::uptime;
use super::locked::Locked;

/// Longer than any time that a test waits for: such a switch comes only if it is told to.
pub(super) const NEVER: u64 = 600;
/// Scripts wait for nothing else so long at once, in seconds.
const LONG: f64 = 100.0;

pub(super) fn wait_until(what: &str, done: impl Fn() -> bool) {
    let give_up = Instant::now() + Duration::from_secs(30);
    while !done() {
        assert!(Instant::now() < give_up, "{what}");
        sleep(Duration::from_millis(10));
    }
}

/// The time of the node's switches has come.
pub(super) fn lapse(node: &Node) {
    wait_until("a switch waits", || !waiting(node).is_empty());
    for process in waiting(node) {
        // One that has ended meanwhile is none of ours.
        drop(Command::new("kill").arg(process).status());
    }
}

/// The processes in which switches of the node wait.
pub(super) fn waiting(node: &Node) -> Vec<String> {
    let own = format!("TMPDIR={}", node.folder().display());
    let processes = fs::read_dir("/proc").expect("processes").flatten();
    let processes = processes.map(|entry| entry.path());
    let waits = processes.filter(|process| is_long(process) && is_of(process, &own));
    let names = waits.filter_map(|process| Some(process.file_name()?.to_str()?.to_owned()));
    names.collect()
}

fn is_long(process: &Path) -> bool {
    let command = fs::read_to_string(process.join("cmdline")).unwrap_or_default();
    match command.split('\0').collect::<Vec<_>>().as_slice() {
        [program, seconds, ..] if program.ends_with("sleep") => {
            seconds.parse().is_ok_and(|seconds: f64| seconds >= LONG)
        }
        _ => false,
    }
}

fn is_of(process: &Path, own: &str) -> bool {
    let environment = fs::read(process.join("environ")).unwrap_or_default();
    let mut settings = environment.split(|byte| *byte == 0);
    settings.any(|setting| setting == own.as_bytes())
}

/// The time of a lock has passed.
pub(super) fn expire(locked: &Locked<'_>) {
    let record = locked.home().join("lock/record");
    let text = fs::read_to_string(&record).expect("a record");
    let until = locked.held().expect("a lock").until_s.to_string();
    let passed = text.replace(&until, &(uptime() - 1).to_string());
    fs::write(&record, passed).expect("a record");
}

/// A script in the node's folder waits here until a test lets it go on.
pub(super) const GATE: &str = "true >reached; until [ -e open ]; do /bin/sleep 0.05; done";

pub(super) fn reached(node: &Node) {
    let reached = node.folder().join("reached");
    wait_until("the script comes to its gate", || reached.exists());
}

pub(super) fn open(node: &Node) {
    fs::write(node.folder().join("open"), "").expect("a gate");
}
