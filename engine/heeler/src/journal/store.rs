//! The journal's statements, on a connection that one thread owns.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use heeler_core::event::{Event, InstanceId, Record, RunId};
use heeler_core::guard::approval::ApprovalId;
use heeler_core::report::Report;
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, Transaction, TransactionBehavior, params};
use uuid::Uuid;

use super::chain::{self, Chain, NOTHING, Row};
use super::fault::JournalFault;
use super::redact::Redactor;
use super::{Found, Placement, RunEntry, schema};

/// A connection and what belongs to it.
pub(super) struct Store {
    pub(super) connection: Connection,
    path: PathBuf,
    redactor: Redactor,
}

impl Store {
    pub(super) fn open(path: &Path, redactor: Redactor) -> Result<Self, JournalFault> {
        Ok(Store {
            connection: schema::open(path)?,
            path: path.to_owned(),
            redactor,
        })
    }

    /// Writes records, all or none, in one durable transaction.
    pub(super) fn append(&mut self, records: &[Record]) -> Result<(), JournalFault> {
        let stored: Vec<Stored> = records
            .iter()
            .map(|record| self.prepare(record))
            .collect::<Result<_, _>>()?;
        let path = &self.path;
        let fault = |error: rusqlite::Error| JournalFault::sqlite(path, &error);
        let transaction = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(fault)?;
        for record in &stored {
            insert(&transaction, path, record)?;
        }
        transaction.commit().map_err(fault)
    }

    /// The record as it will be stored: without secrets, and proved to be readable again.
    fn prepare(&self, record: &Record) -> Result<Stored, JournalFault> {
        let unstorable = |error: serde_json::Error| JournalFault::Unstorable {
            path: self.path.clone(),
            run: record.run,
            seq: record.seq,
            error: error.to_string(),
        };
        let json = self
            .redactor
            .redact(serde_json::to_value(&record.event).map_err(unstorable)?);
        let text = json.to_string();
        let event = serde_json::from_str(&text).map_err(unstorable)?;
        Ok(Stored {
            run: record.run,
            seq: record.seq,
            at: record.at.to_string(),
            text,
            event,
        })
    }

    pub(super) fn runs(&self, limit: usize) -> Result<Vec<RunEntry>, JournalFault> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        // A version 7 UUID begins with its time.
        let runs = self.ids(
            "SELECT id FROM run ORDER BY id DESC LIMIT ?1",
            params![limit],
        )?;
        let entry = |run| RunEntry {
            run,
            report: self.records(run).map(|records| Report::fold(&records)),
        };
        Ok(runs.into_iter().map(entry).collect())
    }

    pub(super) fn records(&self, run: RunId) -> Result<Vec<Record>, JournalFault> {
        let rows = self.rows(run)?;
        rows.into_iter()
            .map(|row| {
                let unreadable = |error: String| JournalFault::Unreadable {
                    path: self.path.clone(),
                    run,
                    seq: row.seq,
                    error,
                };
                Ok(Record {
                    run,
                    seq: row.seq,
                    at: row
                        .at
                        .parse()
                        .map_err(|error: jiff::Error| unreadable(error.to_string()))?,
                    event: serde_json::from_str(&row.event)
                        .map_err(|error| unreadable(error.to_string()))?,
                })
            })
            .collect()
    }

    pub(super) fn verify(&self, run: RunId) -> Result<Chain, JournalFault> {
        Ok(chain::follow(&run.uuid().to_string(), &self.rows(run)?))
    }

    pub(super) fn find(&self, prefix: &str) -> Result<Found, JournalFault> {
        if prefix.is_empty() {
            return Ok(Found::None);
        }
        let query = "SELECT id FROM run WHERE substr(letters, 1, length(?1)) = ?1 OR id = ?1 \
                     ORDER BY id DESC";
        let mut runs = self.ids(query, params![prefix.to_ascii_lowercase()])?;
        Ok(match (runs.pop(), runs.is_empty()) {
            (None, _) => Found::None,
            (Some(only), true) => Found::One(only),
            (Some(oldest), false) => {
                runs.push(oldest);
                Found::Several(runs)
            }
        })
    }

    /// A run says in its first record what it is about.
    pub(super) fn reverts(&self, run: RunId) -> Result<Vec<RunId>, JournalFault> {
        let query = "SELECT run FROM record WHERE seq = 1 \
                     AND event ->> '$.run-started.about' = ?1 \
                     AND event ->> '$.run-started.command' = 'revert' ORDER BY run DESC";
        self.ids(query, params![run.uuid().to_string()])
    }

    pub(super) fn last_placement(
        &self,
        namespace: &str,
        pod: &str,
    ) -> Result<Option<Placement>, JournalFault> {
        let query = "SELECT node, instance, at, run FROM placement \
                     WHERE namespace = ?1 AND pod = ?2 ORDER BY at DESC, rowid DESC LIMIT 1";
        self.connection
            .query_row(query, params![namespace, pod], |row| {
                Ok(Placement {
                    node: row.get(0)?,
                    instance: parsed::<InstanceId>(row, 1)?,
                    at: parsed::<Timestamp>(row, 2)?,
                    run: RunId::new(parsed::<Uuid>(row, 3)?),
                })
            })
            .optional()
            .map_err(|error| JournalFault::sqlite(&self.path, &error))
    }

    /// Every signature that an approved plan of any run has used.
    pub(super) fn used_approvals(&self) -> Result<BTreeSet<ApprovalId>, JournalFault> {
        let query = "SELECT signed.value ->> 'id' FROM record, \
                     json_each(record.event, '$.fix-approved.signed') AS signed";
        let read = || {
            let mut statement = self.connection.prepare_cached(query)?;
            let ids = statement.query_map((), |row| parsed::<Uuid>(row, 0).map(ApprovalId::new))?;
            ids.collect::<rusqlite::Result<_>>()
        };
        read().map_err(|error| JournalFault::sqlite(&self.path, &error))
    }

    fn rows(&self, run: RunId) -> Result<Vec<Row>, JournalFault> {
        let query = "SELECT seq, at, event, prev, digest FROM record WHERE run = ?1 ORDER BY seq";
        let read = || {
            let mut statement = self.connection.prepare_cached(query)?;
            let rows = statement.query_map([run.uuid().to_string()], |row| {
                Ok(Row {
                    seq: number(row, 0)?,
                    at: row.get(1)?,
                    event: row.get(2)?,
                    prev: row.get(3)?,
                    digest: row.get(4)?,
                })
            })?;
            rows.collect::<rusqlite::Result<_>>()
        };
        read().map_err(|error| JournalFault::sqlite(&self.path, &error))
    }

    fn ids(
        &self,
        query: &str,
        parameters: &[&dyn rusqlite::ToSql],
    ) -> Result<Vec<RunId>, JournalFault> {
        let read = || {
            let mut statement = self.connection.prepare_cached(query)?;
            let ids =
                statement.query_map(parameters, |row| parsed::<Uuid>(row, 0).map(RunId::new))?;
            ids.collect::<rusqlite::Result<_>>()
        };
        read().map_err(|error| JournalFault::sqlite(&self.path, &error))
    }
}

/// A record ready for its row.
struct Stored {
    run: RunId,
    seq: u64,
    at: String,
    text: String,
    event: Event,
}

fn insert(transaction: &Transaction<'_>, path: &Path, record: &Stored) -> Result<(), JournalFault> {
    let fault = |error: rusqlite::Error| JournalFault::sqlite(path, &error);
    let run = record.run.uuid().to_string();
    let (last, prev) = last(transaction, &run).map_err(fault)?;
    if record.seq != last + 1 {
        return Err(JournalFault::OutOfOrder {
            path: path.to_owned(),
            run: record.run,
            wanted: last + 1,
            got: record.seq,
        });
    }
    let digest = chain::digest(&prev, &run, record.seq, &record.at, &record.text);
    let seq = i64::try_from(record.seq).unwrap_or(i64::MAX);
    let write = || {
        if seq == 1 {
            transaction
                .prepare_cached("INSERT INTO run (id, letters) VALUES (?1, ?2)")?
                .execute(params![run, record.run.letters()])?;
        }
        transaction
            .prepare_cached(
                "INSERT INTO record (run, seq, at, event, prev, digest) \
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )?
            .execute(params![run, seq, record.at, record.text, prev, digest])?;
        place(transaction, &run, record)
    };
    write().map_err(fault)
}

/// The last record's number and digest; 0 and nothing for a new run.
fn last(transaction: &Transaction<'_>, run: &str) -> rusqlite::Result<(u64, String)> {
    let query = "SELECT seq, digest FROM record WHERE run = ?1 ORDER BY seq DESC LIMIT 1";
    let found = transaction
        .prepare_cached(query)?
        .query_row([run], |row| Ok((number(row, 0)?, row.get(1)?)))
        .optional()?;
    Ok(found.unwrap_or((0, NOTHING.to_owned())))
}

/// Notes where pods are, for the day when the Kubernetes API is down.
fn place(transaction: &Transaction<'_>, run: &str, record: &Stored) -> rusqlite::Result<()> {
    let Event::Resolved { targets } = &record.event else {
        return Ok(());
    };
    let mut statement = transaction.prepare_cached(
        "INSERT INTO placement (namespace, pod, at, node, instance, run) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?;
    for target in targets {
        let Some(pod) = &target.pod else { continue };
        let instance = target.instance.as_str();
        statement.execute(params![
            pod.namespace,
            pod.name,
            record.at,
            target.node,
            instance,
            run
        ])?;
    }
    Ok(())
}

/// A column that holds no negative number.
fn number(row: &rusqlite::Row<'_>, column: usize) -> rusqlite::Result<u64> {
    let number: i64 = row.get(column)?;
    u64::try_from(number).map_err(|_| rusqlite::Error::IntegralValueOutOfRange(column, number))
}

/// A column of text as what it stands for.
fn parsed<T>(row: &rusqlite::Row<'_>, column: usize) -> rusqlite::Result<T>
where
    T: std::str::FromStr<Err: std::fmt::Display>,
{
    let text: String = row.get(column)?;
    text.parse().map_err(|error: T::Err| {
        rusqlite::Error::FromSqlConversionFailure(
            column,
            rusqlite::types::Type::Text,
            format!("{error}").into(),
        )
    })
}
