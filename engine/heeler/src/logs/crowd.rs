//! The containers whose logs are read: a task for each, what it has handed in, and what became of it.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt as _;
use futures::future::{join_all, pending, select_all};
use heeler_core::logs::{Batch, Merge};
use tokio::sync::mpsc;
use tokio_util::task::AbortOnDropHandle;

use super::Reading;
use super::container::{self, Errand, Source};
use super::told::Account;
use crate::world::CallError;

/// Batches of a container that wait to be merged: enough to go on while others are slow.
const AHEAD: usize = 2;
/// A log that is followed is looked at so often.
const LOOK: Duration = Duration::from_secs(1);
/// With many of them, each so much later: an API server is asked a few times in a hundred milliseconds.
const EACH: Duration = Duration::from_millis(100);

/// What a container's task hands in.
pub(super) enum Said {
    /// Entries.
    Batch(Batch),
    /// It has nothing more now.
    Idle,
}

/// Who drops the crowd wants nothing more of it: nobody goes on asking nodes.
type Task = AbortOnDropHandle<Result<Account, CallError>>;

/// All of them.
pub(super) struct Crowd<'a> {
    reading: Reading<'a>,
    sources: Vec<Source>,
    inputs: Vec<mpsc::Receiver<Said>>,
    tasks: Vec<Task>,
    /// Who has nothing now and may have something later.
    idle: BTreeSet<usize>,
}

impl<'a> Crowd<'a> {
    pub(super) fn new(reading: Reading<'a>) -> Self {
        Crowd {
            reading,
            sources: Vec::new(),
            inputs: Vec::new(),
            tasks: Vec::new(),
            idle: BTreeSet::new(),
        }
    }

    /// Begins to read more.
    pub(super) fn add(&mut self, sources: Vec<Source>, merge: &mut Merge) {
        let count = u32::try_from(self.sources.len() + sources.len()).unwrap_or(u32::MAX);
        let pace = LOOK.max(EACH.saturating_mul(count));
        for source in sources {
            let (sender, receiver) = mpsc::channel(AHEAD);
            let (tell, cancel) = (Arc::clone(&self.reading.tell), self.reading.cancel.clone());
            let (ways, span) = (Arc::clone(self.reading.ways), self.reading.span);
            let nodes = Arc::clone(&self.reading.nodes);
            let node = nodes.get(&source.node);
            let pace = self.reading.follow.then_some(pace);
            let shipped = self.reading.shipped.clone();
            self.sources.push(source.clone());
            self.inputs.push(receiver);
            merge.add();
            let task = tokio::spawn(async move {
                container::read(Errand {
                    ways: &ways,
                    source: &source,
                    span,
                    sender: &sender,
                    cancel: &cancel,
                    tell: &*tell,
                    node: &node,
                    asking: &nodes.asking,
                    shipped: shipped.as_deref(),
                    pace,
                })
                .await
            });
            self.tasks.push(AbortOnDropHandle::new(task));
        }
    }

    pub(super) fn source(&self, number: usize) -> Option<&Source> {
        self.sources.get(number)
    }

    /// Whether nobody will say anything any more.
    pub(super) fn is_silent(&self) -> bool {
        self.idle.is_empty()
    }

    /// Hands in what is there of a source that is hungry; `false`: nothing is.
    pub(super) fn feed(&mut self, hungry: usize, merge: &mut Merge) -> bool {
        // Who had nothing may have something earlier by now.
        for idle in self.idle.clone() {
            self.take(idle, merge);
        }
        self.take(hungry, merge)
    }

    fn take(&mut self, number: usize, merge: &mut Merge) -> bool {
        // Never `try_recv`: it may park the thread, and takes a wake that is meant for others that wait there.
        let said = match self.inputs.get_mut(number) {
            Some(input) => match input.recv().now_or_never() {
                Some(said) => said,
                None => return false,
            },
            None => None,
        };
        self.hand_in(number, said, merge);
        true
    }

    fn hand_in(&mut self, number: usize, said: Option<Said>, merge: &mut Merge) {
        self.idle.remove(&number);
        match said {
            Some(Said::Batch(batch)) => merge.hand_in(number, batch),
            Some(Said::Idle) => {
                self.idle.insert(number);
                merge.end(number);
            }
            None => merge.end(number),
        }
    }

    /// A source that is hungry is not waited for.
    pub(super) fn rest(&mut self, hungry: Option<usize>, merge: &mut Merge) {
        if let Some(hungry) = hungry {
            self.idle.insert(hungry);
            merge.end(hungry);
        }
    }

    /// Waits for what a source says that is hungry, or that had nothing.
    pub(super) async fn wait(&mut self, hungry: Option<usize>, merge: &mut Merge) {
        let idle = &self.idle;
        let awaited = self
            .inputs
            .iter_mut()
            .enumerate()
            .filter(|(number, _)| Some(*number) == hungry || idle.contains(number));
        let awaited: Vec<_> = awaited
            .map(|(number, input)| Box::pin(async move { (number, input.recv().await) }))
            .collect();
        if awaited.is_empty() {
            return pending().await;
        }
        let ((number, said), _, _) = select_all(awaited).await;
        self.hand_in(number, said, merge);
    }

    /// Nobody takes anything any more; whoever still reads is stopped where it is not wanted.
    pub(super) async fn finish(
        self,
        is_refused: bool,
    ) -> Vec<(Source, Result<Account, CallError>)> {
        drop(self.inputs);
        if is_refused {
            self.tasks.iter().for_each(AbortOnDropHandle::abort);
        }
        let ended = join_all(self.tasks).await.into_iter();
        let account = |ended: Result<Result<Account, CallError>, _>| match (is_refused, ended) {
            (true, _) => Ok(Account::default()),
            (false, Ok(account)) => account,
            (false, Err(error)) => Ok(Account::lost(&tokio::task::JoinError::to_string(&error))),
        };
        self.sources.into_iter().zip(ended.map(account)).collect()
    }
}

#[cfg(test)]
#[path = "crowd_tests.rs"]
mod tests;
