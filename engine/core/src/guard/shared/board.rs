//! The board: the ConfigMap that everybody reads before they change anything.

use std::fmt;

use jiff::{SignedDuration, Timestamp};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::cord::Cord;
use super::lease::NodeLease;
use crate::event::{InstanceId, RunId};
use crate::guard::approval::{ApprovalId, LIFE};

/// The key of the stop cord.
const STOP: &str = "stop";
/// The key of the changes that were started.
const STARTED: &str = "started";
/// The key of the approvals that were used.
const APPROVALS: &str = "approvals";
/// How long a start is remembered at least: limits are asked for an hour.
pub(super) const HOUR: SignedDuration = SignedDuration::from_hours(1);

/// What stands on the board.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Board {
    /// `Some`: no new change starts.
    pub cord: Option<Cord>,
    pub(super) started: Vec<Start>,
    used: Vec<Used>,
}

/// A change that was let in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Start {
    pub(super) run: RunId,
    /// The run about all nodes, where it is one of several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) ramp: Option<RunId>,
    pub(super) instance: InstanceId,
    pub(super) at: Timestamp,
}

impl Start {
    /// The fix that it is of, which may be on several nodes.
    pub(super) fn fix(&self) -> RunId {
        self.ramp.unwrap_or(self.run)
    }
}

/// An approval that was used. After `until` its own end refuses it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Used {
    id: ApprovalId,
    run: RunId,
    until: Timestamp,
}

/// The board holds something that heeler has not written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BoardFault {
    /// The key.
    pub key: &'static str,
}

impl fmt::Display for BoardFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the ConfigMap holds something else than heeler writes below `{}`",
            self.key
        )
    }
}

impl Board {
    /// The stop cord of a ConfigMap, whatever else it holds.
    pub fn cord(map: &Value) -> Option<Cord> {
        text(map, STOP).map(Cord::read)
    }

    /// Reads a ConfigMap.
    ///
    /// # Errors
    /// When it holds something else.
    pub fn read(map: &Value) -> Result<Board, BoardFault> {
        Ok(Board {
            cord: Self::cord(map),
            started: list(map, STARTED)?,
            used: list(map, APPROVALS)?,
        })
    }

    /// The ConfigMap that it was read from, with what stands on the board now; its resource version
    /// and whatever else is in it stay.
    pub fn onto(&self, map: &Value) -> Value {
        with_data(map, |data| {
            put(data, STOP, self.cord.as_ref().map(Cord::text));
            put(data, STARTED, lines(&self.started));
            put(data, APPROVALS, lines(&self.used));
        })
    }

    /// The ConfigMap with the cord pulled, or without it. What else stands there is not touched,
    /// readable or not.
    pub fn with_cord(map: &Value, cord: Option<&Cord>) -> Value {
        with_data(map, |data| put(data, STOP, cord.map(Cord::text)))
    }

    /// The board on which a run has used these approvals. It may ask again: an answer may have been
    /// lost on its way.
    ///
    /// # Errors
    /// The first one that another run has used.
    pub fn using(
        &self,
        run: RunId,
        ids: &[ApprovalId],
        now: Timestamp,
    ) -> Result<Board, ApprovalId> {
        let mut board = self.clone();
        board.used.retain(|used| used.until > now);
        // Twice its life, as the clock that it was signed by is another one.
        let until = now.checked_add(LIFE * 2).unwrap_or(Timestamp::MAX);
        for id in ids.iter().copied() {
            match board.used.iter().find(|used| used.id == id) {
                Some(used) if used.run != run => return Err(id),
                Some(_) => {}
                None => board.used.push(Used { id, run, until }),
            }
        }
        Ok(board)
    }

    /// Whether this change was let in.
    pub fn has_started(&self, run: RunId, instance: &InstanceId) -> bool {
        let mut started = self.started.iter();
        started.any(|start| (start.run, &start.instance) == (run, instance))
    }

    /// The board with one more change, without those that nobody asks for any more.
    pub(super) fn starting(&self, next: Start, leases: &[NodeLease]) -> Board {
        let now = next.at;
        let mut board = self.clone();
        board.started.retain(|start| {
            let is_held =
                |lease: &NodeLease| lease.is_of(start.run, &start.instance) && lease.is_live(now);
            now.duration_since(start.at) < HOUR || leases.iter().any(is_held)
        });
        board.started.push(next);
        board
    }
}

fn text<'m>(map: &'m Value, key: &str) -> Option<&'m str> {
    map.get("data")?.get(key)?.as_str()
}

/// One JSON object a line, so that people can read it.
fn list<T: DeserializeOwned>(map: &Value, key: &'static str) -> Result<Vec<T>, BoardFault> {
    let lines = text(map, key).unwrap_or_default().lines();
    lines
        .map(|line| serde_json::from_str(line).map_err(|_| BoardFault { key }))
        .collect()
}

fn lines<T: Serialize>(rows: &[T]) -> Option<String> {
    let lines = rows.iter().map(|row| serde_json::to_string(row));
    // Ids and times are always JSON.
    let lines: Vec<String> = lines.map(Result::unwrap_or_default).collect();
    (!lines.is_empty()).then(|| lines.join("\n"))
}

fn with_data(map: &Value, change: impl FnOnce(&mut Map<String, Value>)) -> Value {
    let mut data = map
        .get("data")
        .and_then(Value::as_object)
        .cloned()
        .unwrap_or_default();
    change(&mut data);
    let mut map = map.clone();
    if let Some(fields) = map.as_object_mut() {
        fields.insert("data".to_owned(), data.into());
    }
    map
}

fn put(data: &mut Map<String, Value>, key: &str, text: Option<String>) {
    match text {
        Some(text) => data.insert(key.to_owned(), json!(text)),
        None => data.remove(key),
    };
}
