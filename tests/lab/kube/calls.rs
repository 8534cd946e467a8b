//! The request log.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;

/// One request that reached the server, health probes and discovery included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// `GET`, `PATCH` …
    pub method: String,
    /// The path without the query.
    pub path: String,
    /// The query as it was sent, without the question mark.
    pub query: String,
    /// Whose token came along; `None` without a valid one.
    pub user: Option<String>,
    /// The answer's status code; `None` as long as there is no answer.
    pub status: Option<u16>,
    /// When the request arrived.
    pub at: Timestamp,
}

#[derive(Debug, Default)]
pub(crate) struct CallLog(Mutex<Entries>);

#[derive(Debug, Default)]
struct Entries {
    next: u64,
    calls: BTreeMap<u64, Call>,
}

impl CallLog {
    /// Notes a request and returns its number.
    pub(crate) fn arrived(&self, call: Call) -> u64 {
        let mut entries = self.entries();
        entries.next += 1;
        let number = entries.next;
        entries.calls.insert(number, call);
        number
    }

    /// Notes a request's answer.
    pub(crate) fn answered(&self, number: u64, status: u16) {
        if let Some(call) = self.entries().calls.get_mut(&number) {
            call.status = Some(status);
        }
    }

    pub(crate) fn all(&self) -> Vec<Call> {
        self.entries().calls.values().cloned().collect()
    }

    pub(crate) fn forget(&self) {
        self.entries().calls.clear();
    }

    fn entries(&self) -> MutexGuard<'_, Entries> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
