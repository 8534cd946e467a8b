//! The logs of containers, read through the node proxy: neither the log collector, nor SSM, nor the admin
//! container has to work for it.
//!
//! A container's log is read by a task of its own (`container`, `reader`), file by file (`segment`, `flow`),
//! also while it is rotated: which one comes next says [`heeler_core::logs::Trail`]. What all of them say is merged by time and handed to a [`Sink`]. What could
//! not be read is part of the answer: a log with a hole says so.

mod container;
mod flow;
mod reader;
mod segment;
mod show;
mod span;
mod told;
mod unpack;

#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::sync::Arc;

use futures::future::join_all;
use heeler_core::logs::{Batch, Entry, Merge, Next};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::world::{CallError, Cluster};

pub use container::Source;

use self::container::{Errand, Node};
pub use show::{Look, Writing};
pub use span::Span;
pub use told::{Account, Hole, Why};

/// Batches of a container that wait to be merged: enough to go on while others are slow.
const AHEAD: usize = 2;

/// Takes what people are told while they wait.
pub type Tell = Arc<dyn Fn(&str) + Send + Sync>;

/// Takes entries, in their order.
pub trait Sink {
    /// Takes an entry of a source, and says whether it takes more.
    fn take(&mut self, source: &Source, entry: &Entry, text: &[u8]) -> bool;

    /// Nothing more comes for a while: what was taken may be shown. Says whether it takes more.
    fn pause(&mut self) -> bool;
}

/// Reads the logs of containers, merges them and hands them on; answers with an account of each, in the
/// order of the sources.
///
/// # Errors
/// Why none of them could be read at all: a right that is missing, a cluster that is not there.
pub async fn read(
    cluster: &Arc<dyn Cluster>,
    sources: &[Source],
    span: Span,
    (sink, tell, cancel): (&mut dyn Sink, Tell, &CancellationToken),
) -> Result<Vec<Account>, CallError> {
    let mut nodes: HashMap<&str, Arc<Node>> = HashMap::new();
    let (mut batches, tasks): (Vec<_>, Vec<_>) = sources
        .iter()
        .map(|source| {
            let node = Arc::clone(nodes.entry(&source.node).or_default());
            let beside = (Arc::clone(&tell), cancel.clone(), node);
            begin(Arc::clone(cluster), source.clone(), span, beside)
        })
        .unzip();
    let ended = tokio::select! {
        ended = merge(sources, &mut batches, span, (sink, cancel)) => ended,
        () = cancel.cancelled() => Merged::Cut,
    };
    // Whoever still hands something on finds that nobody takes it.
    drop(batches);
    if ended == Merged::Refused {
        tasks.iter().for_each(JoinHandle::abort);
    }
    let mut first = None;
    let mut accounts = Vec::new();
    for task in join_all(tasks).await {
        accounts.push(match (ended, task) {
            (Merged::Refused, _) => Account::default(),
            (_, Ok(Ok(account))) => account,
            (_, Ok(Err(error))) => {
                let account = Account::lost(&error.what());
                first.get_or_insert(error);
                account
            }
            (_, Err(error)) => Account::lost(&error.to_string()),
        });
    }
    if ended == Merged::Cut {
        accounts.iter_mut().for_each(Account::interrupted);
    }
    match first.filter(|_| ended != Merged::Cut) {
        Some(error) if accounts.iter().all(|account| account.files.is_empty()) => Err(error),
        _ => Ok(accounts),
    }
}

/// How reading ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Merged {
    /// All sources have.
    All,
    /// The sink takes no more.
    Refused,
    /// Somebody has interrupted it.
    Cut,
}

type Task = JoinHandle<Result<Account, CallError>>;

fn begin(
    cluster: Arc<dyn Cluster>,
    source: Source,
    span: Span,
    (tell, cancel, node): (Tell, CancellationToken, Arc<Node>),
) -> (mpsc::Receiver<Batch>, Task) {
    let (sender, receiver) = mpsc::channel(AHEAD);
    let task = tokio::spawn(async move {
        container::read(Errand {
            cluster: cluster.as_ref(),
            source: &source,
            span,
            sender: &sender,
            cancel: &cancel,
            tell: &*tell,
            node: &node,
        })
        .await
    });
    (receiver, task)
}

async fn merge(
    sources: &[Source],
    batches: &mut [mpsc::Receiver<Batch>],
    span: Span,
    (sink, cancel): (&mut dyn Sink, &CancellationToken),
) -> Merged {
    let mut merge = Merge::of(sources.len());
    loop {
        let hungry = match merge.step() {
            Next::Entry(number, entry, text) => {
                let source = sources.get(number).filter(|_| span.has(entry));
                if source.is_some_and(|source| !sink.take(source, entry, text)) {
                    return Merged::Refused;
                }
                continue;
            }
            Next::Hungry(number) => number,
            Next::End => return Merged::All,
        };
        let Some(batches) = batches.get_mut(hungry) else {
            return Merged::All;
        };
        // As long as there is something to write nothing else is waited for.
        if cancel.is_cancelled() {
            return Merged::Cut;
        }
        let next = match batches.try_recv() {
            Ok(batch) => Some(batch),
            Err(_) => {
                if !sink.pause() {
                    return Merged::Refused;
                }
                batches.recv().await
            }
        };
        match next {
            Some(batch) => merge.hand_in(hungry, batch),
            None => merge.end(hungry),
        }
    }
}
