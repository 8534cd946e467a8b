//! Folders and files of a node, by sessions. A session brings no more than fits in memory: it is listened to as fast as
//! it comes, however slowly it is read, as an agent whose client is slow loses the end of what it has to say. The next
//! one goes on where it ended.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures::StreamExt as _;
use futures::stream::try_unfold;
use heeler_core::logs::LogPath;
use tokio_util::bytes::Bytes;
use tokio_util::task::TaskTracker;

use super::running::{Door, Running};
use super::script::{self, ABSENT, Head, MOST_HEAD};
use crate::world::error::{CallError, Cause};
use crate::world::port::{OpenFile, Part};
use crate::world::ways::commands::{MOST_LISTED, names};

/// What one session brings at most.
const STRETCH: u64 = 16 << 20;
/// At least, where many files are open.
const SHORT: u64 = 256 << 10;
/// What all together may keep in memory.
const MEMORY: u64 = 64 << 20;

/// What all sessions of a rung have in common.
#[derive(Clone)]
pub(super) struct Common {
    /// Those that run.
    pub(super) tasks: TaskTracker,
    /// Files that are open.
    pub(super) open: Arc<AtomicUsize>,
    /// By which the audit knows what they were for.
    pub(super) reason: Arc<str>,
}

/// Counts a file as open.
struct Open(Arc<AtomicUsize>);

/// A file that is being read.
struct Reading {
    door: Arc<Door>,
    common: Common,
    _open: Open,
    file: LogPath,
    head: Head,
    /// The byte that comes next.
    at: u64,
    /// Where what is wanted ends.
    end: u64,
    /// The session that brings it, and the byte with which that begins.
    running: Option<(Running, u64)>,
}

impl Open {
    fn count(all: &Arc<AtomicUsize>) -> Self {
        all.fetch_add(1, Ordering::Relaxed);
        Open(Arc::clone(all))
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Common {
    /// What the next session brings at most.
    fn stretch(&self) -> u64 {
        let open = self.open.load(Ordering::Relaxed).max(1);
        let each = MEMORY / u64::try_from(open).unwrap_or(u64::MAX);
        each.clamp(SHORT, STRETCH)
    }

    /// A session that prints a part of a file.
    fn part(&self, door: &Door, file: &LogPath, (from, most): (u64, u64)) -> Running {
        let script = script::print(file, from, most);
        let most = most.saturating_add(MOST_HEAD as u64);
        door.run(&self.tasks, (script, most, &self.reason))
    }

    /// The names in a folder; `None`: there is no such folder.
    pub(super) async fn names(
        &self,
        door: &Door,
        folder: &LogPath,
    ) -> Result<Option<Vec<String>>, CallError> {
        let asked = (script::list(folder), MOST_LISTED as u64, &*self.reason);
        let printed = door.run(&self.tasks, asked).whole().await?;
        match printed.split_first() {
            Some((&ABSENT, [])) => Ok(None),
            Some((b'+', listing)) => Ok(Some(names(listing))),
            _ => Err(senseless(door, &printed)),
        }
    }

    /// Opens a file; `None`: there is none, or it has no such byte.
    pub(super) async fn file(
        &self,
        door: &Arc<Door>,
        file: &LogPath,
        part: Part,
    ) -> Result<Option<OpenFile>, CallError> {
        let open = Open::count(&self.open);
        let (from, wanted) = match part {
            Part::Whole => (0, u64::MAX),
            Part::From(byte) => (byte, u64::MAX),
            Part::First(bytes) => (0, bytes),
        };
        let mut running = self.part(door, file, (from, wanted.min(self.stretch())));
        let Some(head) = begun(door, &mut running).await? else {
            return Ok(None);
        };
        if from > 0 && head.size <= from {
            return Ok(None);
        }
        let end = head.size.min(from.saturating_add(wanted));
        let reading = Reading {
            door: Arc::clone(door),
            common: self.clone(),
            _open: open,
            file: file.clone(),
            head,
            at: from,
            end,
            running: Some((running, from)),
        };
        let bytes = try_unfold(reading, async |mut reading| {
            Ok(reading.next().await?.map(|piece| (piece, reading)))
        });
        Ok(Some(OpenFile {
            from,
            length: Some(end - from),
            bytes: bytes.boxed(),
        }))
    }
}

impl Reading {
    /// What comes next; `None` at its end, where the last session has said that all came as the node had it.
    async fn next(&mut self) -> Result<Option<Bytes>, CallError> {
        loop {
            let left = self.end - self.at;
            let (mut running, from) = match self.running.take() {
                Some(running) => running,
                None if left == 0 => return Ok(None),
                None => (self.go_on().await?, self.at),
            };
            match running.next().await.transpose()? {
                // What was written meanwhile comes another time.
                Some(_) if left == 0 => self.running = Some((running, from)),
                Some(mut piece) => {
                    piece.truncate(usize::try_from(left).unwrap_or(usize::MAX));
                    self.at += piece.len() as u64;
                    self.running = Some((running, from));
                    return Ok(Some(piece));
                }
                None if left == 0 || self.at > from => {}
                None => return Err(self.moved("has less than it had")),
            }
        }
    }

    /// The session that brings what comes next.
    async fn go_on(&mut self) -> Result<Running, CallError> {
        let most = (self.end - self.at).min(self.common.stretch());
        let part = (self.at, most);
        let mut running = self.common.part(&self.door, &self.file, part);
        match begun(&self.door, &mut running).await? {
            None => Err(self.moved("is gone while it is read")),
            Some(head) if head.id != self.head.id => Err(self.moved("is another file by now")),
            Some(head) if head.size < self.end => Err(self.moved("is shorter by now")),
            Some(_) => Ok(running),
        }
    }

    /// Whoever reads the log finds where it goes on.
    fn moved(&self, why: &str) -> CallError {
        let cause = Cause::TimedOut(format!("{} {why}", self.file));
        self.door.error(cause)
    }
}

/// How what a session prints of a file begins; `None`: there is no such file.
async fn begun(door: &Door, running: &mut Running) -> Result<Option<Head>, CallError> {
    let line = running.line(MOST_HEAD).await?;
    if *line == [ABSENT] {
        return Ok(None);
    }
    let head = script::head(&line);
    head.map(Some).ok_or_else(|| senseless(door, &line))
}

fn senseless(door: &Door, printed: &[u8]) -> CallError {
    let begins = printed.get(..MOST_HEAD).unwrap_or(printed);
    let begins = String::from_utf8_lossy(begins);
    let why = format!("it begins with {:?}", begins.as_ref());
    door.error(Cause::Unreadable(why))
}
