//! A file of a node as a reader for a thread of its own.

use std::io::{self, Read};
use std::sync::Arc;
use std::time::Duration;

use heeler_core::capture::{Capture, Captured, CapturedFile};
use heeler_core::logs::LogPath;
use tokio::sync::mpsc;
use tokio::time::sleep;
use tokio_util::bytes::{Buf as _, Bytes};
use tokio_util::sync::CancellationToken;

use super::archive::Digest;
use super::sessions::There;
use crate::world::Cluster;
use crate::world::arriving::{Arriving, Break};
use crate::world::port::{NodeLogs as _, Object, Part, S3};

/// Before each further try of a connection that broke: together ten seconds, in which a kubelet starts anew.
const PAUSES: [Duration; 4] = [
    Duration::from_millis(400),
    Duration::from_millis(1_600),
    Duration::from_secs(3),
    Duration::from_secs(5),
];
/// Pieces that wait to be read.
const AHEAD: usize = 16;

/// The way to a node's files.
#[derive(Clone)]
pub(super) struct Way {
    pub(super) cluster: Arc<dyn Cluster>,
    pub(super) node: String,
    pub(super) cancel: CancellationToken,
}

/// A file of a capture that comes, or why it does not.
pub(super) struct Coming {
    pub(super) file: CapturedFile,
    /// From where, in words.
    pub(super) from: String,
    pub(super) content: Result<Content, String>,
}

/// Where a file is.
pub(super) enum Origin {
    /// Below a node's `/var/log`.
    Node(Way, LogPath),
    /// In S3.
    Stored(Arc<dyn S3>, Object),
}

/// The content of a file, before it is read.
pub(super) enum Content {
    /// Elsewhere: it is fetched when it is read, unless this is pulled.
    There(Origin, CancellationToken),
    /// On the node, behind a session: likewise.
    Session(There),
    /// Here.
    Here(Vec<u8>),
}

impl Content {
    /// Begins to read it.
    pub(super) fn open(self) -> Fetched {
        match self {
            Content::There(origin, cancel) => origin.fetch(true, cancel),
            Content::Session(there) => there.fetch(),
            Content::Here(bytes) => Fetched::of(bytes),
        }
    }
}

/// A file on its way. It fails where it does not come whole.
pub(super) struct Fetched {
    pieces: mpsc::Receiver<Result<Bytes, String>>,
    rest: Bytes,
    seen: Digest,
}

impl Way {
    /// What comes of it, unless somebody interrupts.
    pub(super) async fn unless_cancelled<T>(
        &self,
        work: impl Future<Output = Option<T>>,
    ) -> Option<T> {
        tokio::select! {
            done = work => done,
            () = self.cancel.cancelled() => None,
        }
    }

    /// The files of a capture, one after the other as they are read.
    pub(super) fn files(&self, capture: &Capture, captured: &Captured) -> Vec<Coming> {
        let support = LogPath::root().folder("support");
        let folder =
            support.and_then(|support| support.folder("heeler")?.folder(&capture.folder()));
        let coming = captured.files.iter().map(|file| {
            let path = folder.as_ref().and_then(|folder| folder.file(&file.name));
            let path = path.ok_or_else(|| "it has no name that a file could have".to_owned());
            Coming {
                from: path.as_ref().map_or(String::new(), ToString::to_string),
                content: path.map(|path| {
                    Content::There(Origin::Node(self.clone(), path), self.cancel.clone())
                }),
                file: file.clone(),
            }
        });
        coming.collect()
    }

    /// Fetches a file.
    pub(super) fn fetch(&self, file: LogPath, is_still: bool) -> Fetched {
        Origin::Node(self.clone(), file).fetch(is_still, self.cancel.clone())
    }
}

impl Origin {
    /// Fetches a file. One that nobody writes to any more is gone on with where a connection breaks; of any other
    /// the rest might be another file's.
    fn fetch(self, is_still: bool, cancel: CancellationToken) -> Fetched {
        let (sender, fetched) = Fetched::through(AHEAD);
        tokio::spawn(async move {
            let pumped = tokio::select! {
                pumped = self.pump(is_still, &sender) => pumped,
                () = cancel.cancelled() => Err("interrupted".to_owned()),
            };
            if let Err(why) = pumped {
                let _ = sender.send(Err(why)).await;
            }
        });
        fetched
    }

    async fn pump(
        &self,
        is_still: bool,
        sender: &mpsc::Sender<Result<Bytes, String>>,
    ) -> Result<(), String> {
        let (mut at, mut pauses) = (0, PAUSES.iter());
        loop {
            let before = at;
            let why = match self.pass(&mut at, sender).await {
                Ok(()) => return Ok(()),
                Err(Stop::Unwanted) => return Ok(()),
                Err(Stop::Broke(Break::Way(why))) if is_still || at == 0 => why,
                Err(Stop::Broke(Break::Way(why) | Break::File(why))) => return Err(why),
            };
            if at > before {
                pauses = PAUSES.iter();
            }
            match pauses.next() {
                Some(pause) => sleep(*pause).await,
                None => return Err(format!("{why}; no other try came further")),
            }
        }
    }

    async fn open(&self, part: Part) -> Result<Arriving, Break> {
        let opened = match self {
            Origin::Node(way, file) => {
                let logs = way.cluster.node_logs();
                let logs = logs
                    .ok_or_else(|| Break::File("this cluster gives no logs of nodes".to_owned()))?;
                logs.open(&way.node, file, part).await
            }
            Origin::Stored(s3, object) => s3.open(object, part).await,
        };
        let opened = opened?.ok_or_else(|| Break::File("it is not there".to_owned()))?;
        Ok(opened.into())
    }

    /// Hands on what comes from this byte on.
    async fn pass(
        &self,
        at: &mut u64,
        sender: &mpsc::Sender<Result<Bytes, String>>,
    ) -> Result<(), Stop> {
        let part = if *at == 0 {
            Part::Whole
        } else {
            Part::From(*at)
        };
        let mut opened = self.open(part).await?;
        // Somebody on the way may know no parts.
        let mut early = at.saturating_sub(opened.begins_at());
        while let Some(mut piece) = opened.next().await? {
            let skip = usize::try_from(early)
                .unwrap_or(usize::MAX)
                .min(piece.len());
            piece.advance(skip);
            early -= skip as u64;
            *at += piece.len() as u64;
            sender.send(Ok(piece)).await.map_err(|_| Stop::Unwanted)?;
        }
        Ok(())
    }
}

/// Why a file is not read on.
enum Stop {
    /// Nobody reads it any more.
    Unwanted,
    /// It came to no end.
    Broke(Break),
}

impl From<Break> for Stop {
    fn from(broke: Break) -> Self {
        Stop::Broke(broke)
    }
}

impl Fetched {
    /// What comes through a channel, of which so many pieces wait.
    pub(super) fn through(ahead: usize) -> (mpsc::Sender<Result<Bytes, String>>, Self) {
        let (sender, pieces) = mpsc::channel(ahead);
        let fetched = Fetched {
            pieces,
            rest: Bytes::new(),
            seen: Digest::default(),
        };
        (sender, fetched)
    }

    /// What is here already.
    fn of(bytes: Vec<u8>) -> Self {
        let (_, pieces) = mpsc::channel(1);
        Fetched {
            pieces,
            rest: bytes.into(),
            seen: Digest::default(),
        }
    }

    /// The SHA-256 of what was read, in hexadecimal digits.
    pub(super) fn sha256(self) -> String {
        self.seen.hex()
    }
}

impl Read for Fetched {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.rest.is_empty() {
            match self.pieces.blocking_recv() {
                None => return Ok(0),
                Some(Ok(piece)) => self.rest = piece,
                Some(Err(why)) => return Err(io::Error::other(why)),
            }
        }
        let count = self.rest.len().min(buffer.len());
        let piece = self.rest.split_to(count);
        self.seen.add(&piece);
        for (to, from) in buffer.iter_mut().zip(&piece) {
            *to = *from;
        }
        Ok(count)
    }
}
