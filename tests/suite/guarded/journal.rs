//! The operator's journal, read beside the program that writes it: which records there are, so that
//! the program can be killed after any of them.

use std::path::Path;

use anyhow::{Context as _, Result};
use rusqlite::{Connection, OpenFlags};
use serde_json::Value;

/// The journal of one operator.
pub(crate) struct Journal(Connection);

impl Journal {
    /// Opens the journal in an operator's state folder, for reading only.
    pub(crate) fn of(state: &Path) -> Result<Self> {
        let file = state.join("journal.sqlite");
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(&file, flags);
        Ok(Self(
            connection.with_context(|| format!("open {}", file.display()))?,
        ))
    }

    /// How many records there are, of all runs.
    pub(crate) fn count(&self) -> Result<usize> {
        let mut count = self.0.prepare_cached("SELECT count(*) FROM record")?;
        let count: i64 = count.query_row([], |row| row.get(0))?;
        Ok(usize::try_from(count)?)
    }

    /// What happened after the first `known` records: the events' names, in order.
    pub(crate) fn events_after(&self, known: usize) -> Result<Vec<String>> {
        let mut events = self
            .0
            .prepare_cached("SELECT event FROM record ORDER BY rowid LIMIT -1 OFFSET ?")?;
        let known = i64::try_from(known)?;
        let rows = events.query_map([known], |row| row.get::<_, String>(0))?;
        rows.map(|event| name(&event?)).collect()
    }
}

fn name(event: &str) -> Result<String> {
    let event: Value = serde_json::from_str(event).context("an event is no JSON")?;
    let name = match &event {
        Value::Object(map) => map.iter().next().map(|(name, body)| {
            match body["step"].as_str().or(body["phase"].as_str()) {
                Some(step) => format!("{name}/{step}"),
                None => name.clone(),
            }
        }),
        Value::String(name) => Some(name.clone()),
        _ => None,
    };
    name.with_context(|| format!("an event has no name: {event}"))
}
