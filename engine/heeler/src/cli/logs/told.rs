//! What is told beside the logs: what was read, what is missing, and where nobody has looked.

use std::path::Path;

use heeler_core::logs::Moment;
use heeler_core::report;
use serde_json::{Value, json};

use super::super::{said, tell};
use crate::logs::{Account, Hole, Source, Why};
use crate::world::resolve::{Former, Note};
use crate::world::ways::Taken;

/// What came of it all.
#[derive(Default)]
pub(super) struct Told {
    /// Of each container that was read.
    pub(super) accounts: Vec<(Source, Account)>,
    /// Pods whose logs are gone.
    pub(super) gone: Vec<Former>,
    /// Where nobody could look though something may be there.
    pub(super) unseen: Vec<Note>,
    /// Where nobody has looked, and of which nothing is known.
    pub(super) notes: Vec<Note>,
    /// By which way each node was read.
    pub(super) ways: Vec<(String, Taken)>,
}

impl Told {
    /// Whether all that is there was read, as far as anybody has looked.
    pub(super) fn is_all_read(&self) -> bool {
        let read = self
            .accounts
            .iter()
            .all(|(_, account)| account.is_all_read());
        read && self.unseen.is_empty()
    }

    /// Whether somebody has ended it before it was read.
    pub(super) fn is_interrupted(&self) -> bool {
        let mut holes = self.accounts.iter().flat_map(|(_, account)| &account.holes);
        holes.any(|hole| hole.why == Why::Interrupted)
    }

    /// For people, on standard error, as the logs may go into a file.
    pub(super) fn tell(&self) {
        for (source, account) in &self.accounts {
            let (pod, container, node) = (&source.pod, &source.container.name, &source.node);
            for doubt in &account.doubts {
                tell(&format!(
                    "{pod}: {container} on {node}: not certain what was shipped: {doubt}"
                ));
            }
            for hole in &account.holes {
                tell(&format!("{pod}: {container} on {node}: {}", in_words(hole)));
            }
        }
        for former in &self.gone {
            let place = former
                .node
                .as_deref()
                .map_or(String::new(), |node| format!(" on {node}"));
            let (since, until) = (at(former.since), at(former.until));
            tell(&format!(
                "{}: gone: a pod{place} of which events are from {since} to {until}; its logs went with it",
                former.name
            ));
        }
        for note in &self.unseen {
            tell(&format!("PARTIAL: {}", note.text));
        }
        for note in &self.notes {
            tell(&format!("note: {}", note.text));
        }
    }

    /// As the last line of JSON.
    pub(super) fn as_json(&self) -> Value {
        let containers: Vec<_> = self.accounts.iter().map(as_json).collect();
        let gone = self.gone.iter().map(|former| {
            let at = |at: Option<jiff::Timestamp>| at.map(|at| at.to_string());
            json!({"pod": former.name, "node": former.node, "since": at(former.since), "until": at(former.until)})
        });
        json!({
            "heeler-logs": 1,
            "all-read": self.is_all_read(),
            "containers": containers,
            "gone-pods": gone.collect::<Vec<_>>(),
            "ways": self.ways.iter().map(|(node, taken)| taken_json(node, taken)).collect::<Vec<_>>(),
            "not-looked": self.unseen.iter().chain(&self.notes).map(|note| &note.text).collect::<Vec<_>>(),
        })
    }

    /// In a line, where the logs went into a folder.
    pub(super) fn sum_up(&self, folder: &Path) {
        let what = match self.accounts.len() {
            1 => "1 container".to_owned(),
            count => format!("{count} containers"),
        };
        let whole = match self.is_all_read() {
            true => "all that is there",
            false => "PARTIAL: account.json says what was not read",
        };
        said::say(&format!("{}: {what}, {whole}\n", folder.display()));
    }

    /// Tells it as the logs were printed.
    pub(super) fn say(&self, json: bool) {
        match json {
            true => said::say(&format!("{}\n", self.as_json())),
            false => self.tell(),
        }
    }
}

/// The way to a node, and why not those before it.
fn taken_json(node: &str, taken: &Taken) -> Value {
    let not = taken.not.iter();
    let not = not.map(|missed| json!({"way": missed.way, "why": missed.why}));
    json!({"node": node, "way": taken.way, "not": not.collect::<Vec<_>>()})
}

fn at(time: Option<jiff::Timestamp>) -> String {
    time.map_or("an unknown time".to_owned(), |time| format!("{time:.0}"))
}

fn in_words(hole: &Hole) -> String {
    let when = match (hole.after, hole.before) {
        (Some(after), Some(before)) => format!(" between {after} and {before}"),
        (Some(after), None) => format!(" after {after}"),
        (None, Some(before)) => format!(" before {before}"),
        (None, None) => String::new(),
    };
    let lines = hole.lines.map_or(String::new(), |lines| {
        format!(", {lines} lines by their numbers")
    });
    let place = report::clean_lines(&hole.place);
    match &hole.why {
        Why::Unread(why) => format!("PARTIAL: not read{when}{lines}: {why} ({place})"),
        Why::Gone(why) => format!("gone{when}{lines}: {why} ({place})"),
        Why::Perhaps(why) => format!("perhaps gone{when}{lines}: {why} ({place})"),
        Why::Interrupted => "PARTIAL: interrupted; what comes later was not read".to_owned(),
    }
}

fn as_json((source, account): &(Source, Account)) -> Value {
    let holes = account.holes.iter().map(|hole| {
        let (what, why) = match &hole.why {
            Why::Unread(why) => ("unread", why.as_str()),
            Why::Gone(why) => ("gone", why.as_str()),
            Why::Perhaps(why) => ("perhaps-gone", why.as_str()),
            Why::Interrupted => ("interrupted", ""),
        };
        let at = |at: Option<Moment>| at.map(|at| at.to_string());
        json!({"what": what, "why": why, "place": hole.place, "after": at(hole.after), "before": at(hole.before),
            "lines": hole.lines})
    });
    json!({
        "pod": source.pod,
        "node": source.node,
        "container": source.container.name,
        "files": account.files,
        "bytes": account.bytes,
        "foreign-lines": account.foreign,
        "doubts": account.doubts,
        "missing": holes.collect::<Vec<_>>(),
    })
}
