//! A journal that could not be opened, for what must be done all the same.

use std::collections::BTreeSet;

use heeler_core::event::{Event, Record, RunId};
use heeler_core::guard::approval::ApprovalId;

use super::{Answer, Chain, Found, Journal, JournalFault, Placement, RunEntry};

/// Keeps nothing, and says why each time.
pub struct ClosedJournal(pub JournalFault);

impl ClosedJournal {
    fn fails<T: Send>(&self) -> Answer<'_, T> {
        Box::pin(async { Err(self.0.clone()) })
    }
}

impl Journal for ClosedJournal {
    /// Only for runs that have no secrets.
    fn without_secrets(&self, event: Event) -> Event {
        event
    }

    fn append(&self, _: Vec<Record>) -> Answer<'_, ()> {
        self.fails()
    }

    fn runs(&self, _: usize) -> Answer<'_, Vec<RunEntry>> {
        self.fails()
    }

    fn records(&self, _: RunId) -> Answer<'_, Vec<Record>> {
        self.fails()
    }

    fn find(&self, _: &str) -> Answer<'_, Found> {
        self.fails()
    }

    fn reverts(&self, _: RunId) -> Answer<'_, Vec<RunId>> {
        self.fails()
    }

    fn last_placement(&self, _: &str, _: &str) -> Answer<'_, Option<Placement>> {
        self.fails()
    }

    fn used_approvals(&self) -> Answer<'_, BTreeSet<ApprovalId>> {
        self.fails()
    }

    fn verify(&self, _: RunId) -> Answer<'_, Chain> {
        self.fails()
    }
}
