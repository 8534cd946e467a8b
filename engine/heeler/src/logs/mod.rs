//! The logs of containers, read from the disks of their nodes by whatever way is open: the log collector does not have to
//! work for it, nor does `kubectl logs`.
//!
//! A container's log is read by a task of its own (`crowd`, `container`, `reader`), file by file (`segment`,
//! `flow`), also while it is rotated: which one comes next says [`heeler_core::logs::Trail`]. What all of
//! them say is merged by time and handed to a [`Sink`]. What could not be read is part of the answer: a log
//! with a hole says so.

mod begin;
mod container;
mod crowd;
mod flow;
mod gap;
mod lost;
mod nodes;
mod reader;
mod segment;
pub mod shipped;
mod show;
mod span;
mod told;

use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt as _;
use futures::stream::BoxStream;
use heeler_core::logs::{Entry, Merge, Next};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use crate::world::CallError;
use crate::world::ways::Ways;

pub use container::Source;
pub use gap::Gap;
pub use nodes::Nodes;

use self::crowd::Crowd;
pub use show::{Look, Writing};
pub use span::Span;
pub use told::{Account, Hole, Why};

/// Of logs that are followed, one that is waited for so long comes later.
const SILENT: Duration = Duration::from_secs(3);

/// Takes what people are told while they wait.
pub type Tell = Arc<dyn Fn(&str) + Send + Sync>;

/// Takes entries, in their order.
pub trait Sink {
    /// Takes an entry of a source, and says whether it takes more.
    fn take(&mut self, source: &Source, entry: &Entry, text: &[u8]) -> bool;

    /// Nothing more comes for a while: what was taken may be shown. Says whether it takes more.
    fn pause(&mut self) -> bool;
}

/// What is read, and how.
#[derive(Clone)]
pub struct Reading<'a> {
    /// By which ways.
    pub ways: &'a Arc<Ways>,
    /// What is known of its nodes by now.
    pub nodes: Arc<Nodes>,
    /// From when to when.
    pub span: Span,
    /// What a collector has shipped, which is left out.
    pub shipped: Option<Arc<Gap>>,
    /// Whether it goes on after the end.
    pub follow: bool,
    /// Takes what people are told meanwhile.
    pub tell: Tell,
    /// Ends it.
    pub cancel: &'a CancellationToken,
}

/// Reads the logs of containers, merges them and hands them on; answers with an account of each. More
/// containers may turn up: the first ones are waited for before anything is handed on, as they may have
/// said the first thing.
///
/// # Errors
/// Why none of them could be read at all: a right that is missing, a cluster that is not there.
pub async fn read(
    reading: Reading<'_>,
    sources: Vec<Source>,
    mut more: BoxStream<'_, Vec<Source>>,
    sink: &mut dyn Sink,
) -> Result<Vec<(Source, Account)>, CallError> {
    let (mut crowd, mut merge) = (Crowd::new(reading.clone()), Merge::default());
    crowd.add(sources, &mut merge);
    let ended = tokio::select! {
        ended = merged(&mut crowd, &mut merge, &mut more, (sink, &reading)) => ended,
        () = reading.cancel.cancelled() => Merged::Cut,
    };
    let mut first = None;
    let mut accounts = Vec::new();
    for (source, account) in crowd.finish(ended == Merged::Refused).await {
        let mut account = account.unwrap_or_else(|error| {
            let account = Account::lost(&error.what());
            first.get_or_insert(error);
            account
        });
        // Who follows a log has seen all of it whenever it ends.
        if ended == Merged::Cut && !reading.follow {
            account.interrupted();
        }
        accounts.push((source, account));
    }
    match first.filter(|_| ended != Merged::Cut) {
        Some(error) if accounts.iter().all(|(_, account)| account.files.is_empty()) => Err(error),
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

async fn merged(
    crowd: &mut Crowd<'_>,
    merge: &mut Merge,
    more: &mut BoxStream<'_, Vec<Source>>,
    (sink, reading): (&mut dyn Sink, &Reading<'_>),
) -> Merged {
    let mut may_come = true;
    if let Some(first) = more.next().await {
        crowd.add(first, merge);
    }
    loop {
        let hungry = match merge.step() {
            Next::Entry(number, entry, text) => {
                let source = crowd.source(number).filter(|_| reading.span.has(entry));
                if source.is_some_and(|source| !sink.take(source, entry, text)) {
                    return Merged::Refused;
                }
                continue;
            }
            Next::Hungry(number) => Some(number),
            Next::End if crowd.is_silent() && !(reading.follow && may_come) => return Merged::All,
            Next::End => None,
        };
        // As long as there is something to write nothing else is waited for.
        if reading.cancel.is_cancelled() {
            return Merged::Cut;
        }
        if hungry.is_some_and(|hungry| crowd.feed(hungry, merge)) {
            continue;
        }
        if !sink.pause() {
            return Merged::Refused;
        }
        let is_waited_for = reading.follow && hungry.is_some();
        tokio::select! {
            () = crowd.wait(hungry, merge) => {}
            // Who says nothing holds nobody back for long.
            () = sleep(SILENT), if is_waited_for => crowd.rest(hungry, merge),
            found = more.next(), if reading.follow && may_come => match found {
                Some(found) => crowd.add(found, merge),
                None => may_come = false,
            },
        }
    }
}
