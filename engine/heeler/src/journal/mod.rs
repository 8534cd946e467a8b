//! The journal: the stored stream of every run's events, from which reports, resuming and evidence
//! come. A record that was appended is on the disk; only then may the step that it announces begin.
//!
//! It keeps what it is given, in order, and lets nobody change it. It does not know what events
//! mean, beyond where a pod was last seen, and it never talks to the network.

mod chain;
mod closed;
mod fault;
mod folder;
mod redact;
mod schema;
mod sqlite;
mod store;

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use futures::future::BoxFuture;
use heeler_core::event::{Event, InstanceId, Record, RunId};
use heeler_core::guard::approval::ApprovalId;
use heeler_core::report::Report;
use jiff::Timestamp;

pub use chain::Chain;
pub use closed::ClosedJournal;
pub use fault::JournalFault;
pub use folder::StateFolder;
pub use redact::Redactor;
pub use sqlite::SqliteJournal;

/// An answer of the journal, which may take as long as the disk does.
pub type Answer<'a, T> = BoxFuture<'a, Result<T, JournalFault>>;

/// A stored stream of events.
pub trait Journal: Send + Sync {
    /// The event as it will be stored: where a node prints a secret of the run, a mark stands in its
    /// place. What is shown of a run is this too.
    fn without_secrets(&self, event: Event) -> Event;
    /// Writes records, all or none, and answers once they are durable. Each must be the next of
    /// its run. What is announced by a record must not be done before this has answered, and must
    /// not be done at all when it failed.
    fn append(&self, records: Vec<Record>) -> Answer<'_, ()>;
    /// The newest runs, the newest first.
    fn runs(&self, limit: usize) -> Answer<'_, Vec<RunEntry>>;
    /// All records of a run, in order.
    fn records(&self, run: RunId) -> Answer<'_, Vec<Record>>;
    /// The run whose short id begins so, or whose whole UUID it is.
    fn find(&self, prefix: &str) -> Answer<'_, Found>;
    /// The runs that were to take a run's changes back, the newest first.
    fn reverts(&self, run: RunId) -> Answer<'_, Vec<RunId>>;
    /// Where a pod was when a run last resolved it.
    fn last_placement(&self, namespace: &str, pod: &str) -> Answer<'_, Option<Placement>>;
    /// The approvals that fixes have used up.
    fn used_approvals(&self) -> Answer<'_, BTreeSet<ApprovalId>>;
    /// Whether a run's records are those that were written.
    fn verify(&self, run: RunId) -> Answer<'_, Chain>;
}

/// One run of the journal. One that can't be read does not hide the others.
#[derive(Debug, Clone, PartialEq)]
pub struct RunEntry {
    /// The run.
    pub run: RunId,
    /// What it came to.
    pub report: Result<Report, JournalFault>,
}

/// What a prefix stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// Exactly this run.
    One(RunId),
    /// These runs, the newest first.
    Several(Vec<RunId>),
    /// No run.
    None,
}

/// Where a pod was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placement {
    /// The node's name in Kubernetes, where it was known.
    pub node: Option<String>,
    /// The instance.
    pub instance: InstanceId,
    /// When it was seen there; its age is the caller's to tell.
    pub at: Timestamp,
    /// The run that saw it.
    pub run: RunId,
}
