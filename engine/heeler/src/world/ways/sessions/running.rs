//! One session: it is listened to by a task of its own, so that it ends, and its turn is over, however slowly it is
//! read.

use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt as _;
use heeler_core::event::InstanceId;
use heeler_core::frame::Place;
use tokio::sync::Semaphore;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio_util::bytes::{Bytes, BytesMut};
use tokio_util::task::TaskTracker;

use crate::world::error::{CallError, Cause, Service};
use crate::world::port::{StreamedScript, Streams};

/// What a node may take for a session.
const LIMIT: Duration = Duration::from_secs(300);
/// A disk that is read says something sooner.
const IDLE: Duration = Duration::from_secs(15);
/// Sessions of one node at once: an agent starts a process for each, and others may want some.
const AT_ONCE: usize = 4;
/// How what fails here is called.
const OPERATION: &str = "ssm:StartSession";

/// A node that sessions lead to.
pub(super) struct Door {
    streams: Arc<dyn Streams>,
    instance: InstanceId,
    region: String,
    turns: Arc<Semaphore>,
}

/// A session that runs, or waits for its turn.
pub(super) struct Running {
    pieces: UnboundedReceiver<Result<Bytes, CallError>>,
    begun: BytesMut,
}

impl Door {
    pub(super) fn new(streams: Arc<dyn Streams>, instance: InstanceId, region: &str) -> Self {
        Door {
            streams,
            instance,
            region: region.to_owned(),
            turns: Arc::new(Semaphore::new(AT_ONCE)),
        }
    }

    /// Has a script run in the admin container.
    pub(super) fn run(
        &self,
        tasks: &TaskTracker,
        (script, most, reason): (String, u64, &str),
    ) -> Running {
        let (sender, pieces) = unbounded_channel();
        let script = StreamedScript {
            instance: self.instance.clone(),
            place: Place::Admin,
            script,
            limit: LIMIT,
            idle: IDLE,
            most,
            reason: reason.to_owned(),
        };
        let (streams, turns) = (Arc::clone(&self.streams), Arc::clone(&self.turns));
        tasks.spawn(async move {
            let turn = tokio::select! {
                turn = turns.acquire_owned() => turn,
                () = sender.closed() => return,
            };
            listen(streams.as_ref(), &script, &sender).await;
            drop(turn);
        });
        Running {
            pieces,
            begun: BytesMut::new(),
        }
    }

    /// What has come makes no sense, or is not what it should be.
    pub(super) fn error(&self, cause: Cause) -> CallError {
        CallError::new(Service::Aws, OPERATION, &self.region, cause)
    }

    /// Waits until none of its sessions is open any more. Which may be, in words.
    pub(super) async fn settled(&self) -> Vec<String> {
        self.streams.settled().await
    }
}

/// Hands on what a session prints, as long as somebody wants it.
async fn listen(
    streams: &dyn Streams,
    script: &StreamedScript,
    sender: &UnboundedSender<Result<Bytes, CallError>>,
) {
    let printed = tokio::select! {
        printed = streams.stream(script) => printed,
        () = sender.closed() => return,
    };
    let mut printed = match printed {
        Ok(printed) => printed,
        Err(error) => {
            // Nobody may wait for it any more.
            let _ = sender.send(Err(error));
            return;
        }
    };
    loop {
        let piece = tokio::select! {
            piece = printed.next() => piece,
            () = sender.closed() => return,
        };
        let Some(piece) = piece else { return };
        if sender.send(piece.map_err(of_script)).is_err() {
            return;
        }
    }
}

/// A script that has failed says nothing of what there is.
fn of_script(error: CallError) -> CallError {
    match &error.cause {
        Cause::NotFound(said) => error.because(Cause::Refused {
            code: "script".to_owned(),
            detail: said.clone(),
        }),
        _ => error,
    }
}

impl Running {
    /// What comes next; `None` where all has come.
    pub(super) async fn next(&mut self) -> Option<Result<Bytes, CallError>> {
        match self.begun.is_empty() {
            true => self.pieces.recv().await,
            false => Some(Ok(self.begun.split().freeze())),
        }
    }

    /// What comes up to the end of a line, which is taken off; at most so many bytes, or what there is.
    pub(super) async fn line(&mut self, most: usize) -> Result<Bytes, CallError> {
        loop {
            let end = self.begun.iter().position(|byte| *byte == b'\n');
            if let Some(end) = end.filter(|end| *end <= most) {
                let line = self.begun.split_to(end);
                let _ = self.begun.split_to(1);
                return Ok(line.freeze());
            }
            match self.pieces.recv().await {
                Some(piece) if self.begun.len() <= most => self.begun.extend_from_slice(&piece?),
                Some(Err(error)) => return Err(error),
                _ => return Ok(self.begun.split().freeze()),
            }
        }
    }

    /// All that comes.
    pub(super) async fn whole(&mut self) -> Result<Vec<u8>, CallError> {
        let mut whole = Vec::new();
        while let Some(piece) = self.next().await {
            whole.extend_from_slice(&piece?);
        }
        Ok(whole)
    }
}
