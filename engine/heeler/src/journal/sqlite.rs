//! The journal in a SQLite file. One thread owns the connection; everybody else sends it work and
//! awaits the answer, so that no task of the engine ever blocks on the disk.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::mpsc;
use std::thread::{self, JoinHandle};

use futures::FutureExt as _;
use heeler_core::event::{Event, Record, RunId};
use heeler_core::guard::approval::ApprovalId;
use tokio::sync::oneshot;

use super::store::Store;
use super::{
    Answer, Chain, Found, Journal, JournalFault, Placement, Redactor, RunEntry, StateFolder,
};

type Job = Box<dyn FnOnce(&mut Store) + Send>;

/// A journal in `journal.sqlite` of the state folder. Dropping it waits for the work that was sent.
#[derive(Debug)]
pub struct SqliteJournal {
    path: PathBuf,
    redactor: Redactor,
    jobs: Option<mpsc::Sender<Job>>,
    thread: Option<JoinHandle<()>>,
}

impl SqliteJournal {
    /// Opens the journal, and makes it where there is none. The redactor knows the secrets of the
    /// run that is about to be written; for reading, [`Redactor::default`] will do.
    ///
    /// # Errors
    /// Whatever [`JournalFault`] says about folder and file; nothing is made half.
    pub fn open(folder: &StateFolder, redactor: Redactor) -> Result<Self, JournalFault> {
        let path = folder.prepare()?;
        let store = Store::open(&path, redactor.clone())?;
        Self::start(path, store, redactor)
    }

    pub(super) fn start(
        path: PathBuf,
        mut store: Store,
        redactor: Redactor,
    ) -> Result<Self, JournalFault> {
        let (jobs, work) = mpsc::channel::<Job>();
        let serve = move || work.into_iter().for_each(|job| job(&mut store));
        let thread = thread::Builder::new()
            .name("journal".into())
            .spawn(serve)
            .map_err(|error| JournalFault::Failed {
                path: path.clone(),
                error: error.to_string(),
            })?;
        Ok(SqliteJournal {
            path,
            redactor,
            jobs: Some(jobs),
            thread: Some(thread),
        })
    }

    /// Sends work at once, whether or not the answer is awaited.
    fn ask<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Store) -> Result<T, JournalFault> + Send + 'static,
    ) -> Answer<'_, T> {
        let (reply, answer) = oneshot::channel();
        // Nobody may be waiting any more; the work is done all the same.
        let job: Job = Box::new(move |store| drop(reply.send(work(store))));
        let sent = self
            .jobs
            .as_ref()
            .is_some_and(|jobs| jobs.send(job).is_ok());
        async move {
            let stopped = || JournalFault::Stopped {
                path: self.path.clone(),
            };
            if !sent {
                return Err(stopped());
            }
            answer.await.unwrap_or_else(|_| Err(stopped()))
        }
        .boxed()
    }
}

impl Drop for SqliteJournal {
    fn drop(&mut self) {
        self.jobs.take();
        if let Some(thread) = self.thread.take() {
            // A thread that panicked has said so already, and there is nothing left to save.
            drop(thread.join());
        }
    }
}

impl Journal for SqliteJournal {
    fn without_secrets(&self, event: Event) -> Event {
        self.redactor.event(event)
    }

    fn append(&self, records: Vec<Record>) -> Answer<'_, ()> {
        self.ask(move |store| store.append(&records))
    }

    fn runs(&self, limit: usize) -> Answer<'_, Vec<RunEntry>> {
        self.ask(move |store| store.runs(limit))
    }

    fn records(&self, run: RunId) -> Answer<'_, Vec<Record>> {
        self.ask(move |store| store.records(run))
    }

    fn find(&self, prefix: &str) -> Answer<'_, Found> {
        let prefix = prefix.to_owned();
        self.ask(move |store| store.find(&prefix))
    }

    fn reverts(&self, run: RunId) -> Answer<'_, Vec<RunId>> {
        self.ask(move |store| store.reverts(run))
    }

    fn last_placement(&self, namespace: &str, pod: &str) -> Answer<'_, Option<Placement>> {
        let (namespace, pod) = (namespace.to_owned(), pod.to_owned());
        self.ask(move |store| store.last_placement(&namespace, &pod))
    }

    fn used_approvals(&self) -> Answer<'_, BTreeSet<ApprovalId>> {
        self.ask(|store| store.used_approvals())
    }

    fn verify(&self, run: RunId) -> Answer<'_, Chain> {
        self.ask(move |store| store.verify(run))
    }
}
