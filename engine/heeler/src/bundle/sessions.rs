//! The files of a capture through sessions of Session Manager: for when there is no node proxy.
//!
//! An agent whose client is slow loses the end of what it has to say, and says nothing of it. So no session brings more
//! than fits in memory, and is listened to as fast as it comes, however slowly it is read; the next one goes on where
//! it ended. That is also what happens when one is lost.

use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt as _;
use heeler_core::capture::{Capture, CapturedFile};
use heeler_core::event::InstanceId;
use heeler_core::frame::Place;
use tokio::sync::mpsc;
use tokio::time::sleep;
use tokio_util::bytes::Bytes;
use tokio_util::sync::CancellationToken;

use super::fetch::{Coming, Content, Fetched};
use crate::world::CallError;
use crate::world::port::{Printed, StreamedScript, Streams};

/// What one session brings at most.
const STRETCH: u64 = 16 << 20;
/// What a node may take for that much.
const LIMIT: Duration = Duration::from_secs(300);
/// What it may take for nothing.
const PROBE: Duration = Duration::from_secs(10);
/// A disk that is read says something sooner.
const IDLE: Duration = Duration::from_secs(15);
/// Before each further session, as long as none comes further.
const PAUSES: [Duration; 2] = [Duration::from_secs(1), Duration::from_secs(4)];

/// The way through sessions.
#[derive(Clone)]
pub(super) struct Sessions {
    pub(super) streams: Arc<dyn Streams>,
    pub(super) instance: InstanceId,
    /// By which the audit knows what they were for.
    pub(super) reason: String,
    pub(super) cancel: CancellationToken,
}

/// A file of a capture, to be fetched through sessions.
pub(super) struct There {
    sessions: Sessions,
    capture: Capture,
    file: CapturedFile,
}

impl Sessions {
    /// Whether a session can be had: one is, and it does nothing.
    ///
    /// # Errors
    /// Why not.
    pub(super) async fn probe(&self) -> Result<(), CallError> {
        let mut printed = self.start(":\n".to_owned(), 0, PROBE).await?;
        while let Some(piece) = printed.next().await {
            piece?;
        }
        Ok(())
    }

    /// Files of a capture, one after the other as they are read.
    pub(super) fn files(&self, capture: &Capture, files: Vec<CapturedFile>) -> Vec<Coming> {
        let coming = files.into_iter().map(|file| Coming {
            file: file.clone(),
            from: "a Session Manager stream".to_owned(),
            content: Ok(Content::Session(There {
                sessions: self.clone(),
                capture: capture.clone(),
                file,
            })),
        });
        coming.collect()
    }

    async fn start(
        &self,
        script: String,
        most: u64,
        limit: Duration,
    ) -> Result<Printed, CallError> {
        let script = StreamedScript {
            instance: self.instance.clone(),
            place: Place::Control,
            script,
            limit,
            idle: IDLE,
            most,
            reason: self.reason.clone(),
        };
        self.streams.stream(&script).await
    }
}

impl There {
    /// Fetches it.
    pub(super) fn fetch(self) -> Fetched {
        let (sender, fetched) = Fetched::through(1);
        tokio::spawn(async move {
            let cancel = self.sessions.cancel.clone();
            let pumped = tokio::select! {
                biased;
                () = cancel.cancelled() => Err("interrupted".to_owned()),
                pumped = self.pump(&sender) => pumped,
                // Nobody reads it any more.
                () = sender.closed() => return,
            };
            if let Err(why) = pumped {
                let _ = sender.send(Err(why)).await;
            }
        });
        fetched
    }

    async fn pump(&self, sender: &mpsc::Sender<Result<Bytes, String>>) -> Result<(), String> {
        let (mut at, mut pauses) = (0, PAUSES.iter());
        while at < self.file.size {
            let before = at;
            let Err(error) = self.stretch(&mut at, sender).await else {
                if sender.is_closed() {
                    return Ok(());
                }
                if at == before {
                    return Err("the node has less of it than it said".to_owned());
                }
                continue;
            };
            if at > before {
                pauses = PAUSES.iter();
            }
            match pauses.next() {
                Some(pause) if error.is_passing() => sleep(*pause).await,
                _ => return Err(error.what()),
            }
        }
        Ok(())
    }

    /// Hands on what one session brings from this byte on.
    async fn stretch(
        &self,
        at: &mut u64,
        sender: &mpsc::Sender<Result<Bytes, String>>,
    ) -> Result<(), CallError> {
        let most = (self.file.size - *at).min(STRETCH);
        let script = self.capture.stretch(&self.file.name, *at, most);
        let mut printed = self.sessions.start(script, most, LIMIT).await?;
        while let Some(piece) = printed.next().await {
            let piece = piece?;
            let length = piece.len() as u64;
            if sender.send(Ok(piece)).await.is_err() {
                return Ok(());
            }
            *at += length;
        }
        Ok(())
    }
}
