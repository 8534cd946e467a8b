//! Session Manager: a script on a node whose output comes as it is printed.
//!
//! A session is started with `AWS-StartNonInteractiveCommand`, whose agent says the exit code and keeps both streams
//! apart when asked to. The rest is the data channel: [`socket`] opens it, [`pump`] listens, and `heeler_core::channel`
//! knows what it says. A session's address and token are secrets: they are in no error and no journal.

mod pump;
mod socket;
#[cfg(test)]
mod tests;
mod torn;

use std::mem;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aws_config::SdkConfig;
use aws_sdk_ssm::config::SharedCredentialsProvider;
use futures::future::BoxFuture;
use futures::stream::StreamExt as _;
use heeler_core::action::shell_quote;
use heeler_core::channel::{Dressed, dress};
use heeler_core::frame::Nonce;
use tokio::sync::mpsc::{self, UnboundedSender};
use tokio::sync::oneshot;
use tokio::time::sleep;
use tokio_util::bytes::Bytes;
use tokio_util::task::TaskTracker;
use uuid::Uuid;

use self::pump::Pump;
use self::socket::{Address, Door};
use super::account::{once, reads};
use super::failure::{failed, unreadable};
use crate::world::error::{CallError, Cause, Service};
use crate::world::port::{Answer, Printed, StreamedScript, Streams};

/// The document; its JSON was never read, its parameters are those that people use (session-manager-plugin issue 59).
const DOCUMENT: &str = "AWS-StartNonInteractiveCommand";
const START: &str = "ssm:StartSession";
const RESUME: &str = "ssm:ResumeSession";
const TERMINATE: &str = "ssm:TerminateSession";
/// Characters of a session's reason (StartSession's model).
const REASON: usize = 256;
/// Pauses after a throttled StartSession, which started nothing.
const THROTTLE_PAUSES: [Duration; 3] = [
    Duration::from_millis(500),
    Duration::from_secs(1),
    Duration::from_secs(2),
];

/// Sessions in one region.
pub(super) struct Client {
    link: Link,
    running: TaskTracker,
}

/// What a session needs of the outside while it runs.
#[derive(Clone)]
struct Link {
    sdk: aws_sdk_ssm::Client,
    door: Door,
    unended: Unended,
}

/// Sessions that may be open, and nobody here can end: in words.
#[derive(Clone, Default)]
struct Unended(Arc<Mutex<Vec<String>>>);

/// A session that was started.
struct Opened {
    id: String,
    address: Address,
}

impl Client {
    pub(super) fn new(config: &SdkConfig, region: &str) -> Self {
        let credentials: Option<SharedCredentialsProvider> = config.credentials_provider();
        let config = aws_sdk_ssm::config::Builder::from(config)
            .retry_config(reads())
            .build();
        Client {
            link: Link {
                sdk: aws_sdk_ssm::Client::from_conf(config),
                door: Door {
                    region: region.to_owned(),
                    credentials,
                },
                unended: Unended::default(),
            },
            running: TaskTracker::new(),
        }
    }

    async fn open(&self, script: &StreamedScript) -> Result<Printed, CallError> {
        let nonce = Nonce::new(Uuid::now_v7().as_u64_pair().1.to_be_bytes());
        let dressed =
            dress(&script.script, script.place, script.limit, nonce).ok_or_else(|| {
                let cause = Cause::Refused {
                    code: "script".to_owned(),
                    detail: "it is longer than a session takes, or for a place without a shell"
                        .to_owned(),
                };
                CallError::new(Service::Aws, START, &self.link.door.region, cause)
            })?;
        let (sender, pieces) = mpsc::unbounded_channel();
        let (asker, opened) = oneshot::channel();
        // Whoever asks may be gone before it is open: what was started is ended all the same.
        let run = self
            .link
            .clone()
            .run(script.clone(), dressed, (asker, sender));
        self.running.spawn(run);
        let lost = |_| self.link.door.error(Cause::TimedOut("it was lost".into()));
        opened.await.map_err(lost)??;
        let pieces = futures::stream::unfold(pieces, async |mut pieces| {
            let piece = pieces.recv().await?;
            Some((piece, pieces))
        });
        Ok(pieces.boxed())
    }
}

/// Who waits for a session to be open, and gets what it prints.
type Asker = oneshot::Sender<Result<(), CallError>>;

impl Unended {
    fn add(&self, text: String) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.push(text);
    }

    fn take(&self) -> Vec<String> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        mem::take(&mut known)
    }
}

impl Link {
    /// Opens a session and listens to it until it is over, or nobody wants it any more.
    async fn run(
        self,
        script: StreamedScript,
        dressed: Dressed,
        (mut asker, sender): (Asker, UnboundedSender<Result<Bytes, CallError>>),
    ) {
        if asker.is_closed() {
            return;
        }
        let opened = match self.start(&script, &dressed, &asker).await {
            Ok(opened) => opened,
            Err(error) => {
                // Nobody may be there to hear it.
                let _ = asker.send(Err(error));
                return;
            }
        };
        let entered = tokio::select! {
            entered = self.door.enter(&opened.address) => entered,
            () = asker.closed() => return self.terminate(&opened.id).await,
        };
        let socket = match entered {
            Ok(socket) => socket,
            Err(error) => {
                self.terminate(&opened.id).await;
                let _ = asker.send(Err(error));
                return;
            }
        };
        if asker.send(Ok(())).is_err() {
            return self.terminate(&opened.id).await;
        }
        let what = (&script, dressed.nonce);
        Pump::new(self, opened.id, what, sender).run(socket).await;
    }

    /// Starts a session. A call whose fate is not known is not repeated: a session without a client starts nothing,
    /// and ends by itself; that it may be there is told.
    async fn start(
        &self,
        script: &StreamedScript,
        dressed: &Dressed,
        asker: &Asker,
    ) -> Result<Opened, CallError> {
        let reason: String = script.reason.chars().take(REASON).collect();
        let in_doubt = |error: CallError| {
            self.unended.add(format!(
                "a session with {} may have been started: {}; nobody can enter it, and it ends by itself; CloudTrail has \
                 it with the reason {reason:?}",
                script.instance,
                error.what()
            ));
            error
        };
        let mut pauses = THROTTLE_PAUSES.iter();
        let answer = loop {
            let answer = self
                .sdk
                .start_session()
                .target(script.instance.as_str())
                .document_name(DOCUMENT)
                .reason(&reason)
                .parameters("command", vec![dressed.command.clone()])
                .parameters("separateOutputStream", vec!["true".to_owned()])
                .customize()
                .config_override(aws_sdk_ssm::config::Builder::default().retry_config(once()))
                .send()
                .await;
            let error = match answer {
                Ok(answer) => break answer,
                Err(error) => failed(START, &self.door.region, &error),
            };
            match (&error.cause, pauses.next()) {
                (Cause::Throttled(_), Some(pause)) if !asker.is_closed() => sleep(*pause).await,
                (Cause::TimedOut(_) | Cause::Unavailable(_) | Cause::Unreadable(_), _) => {
                    return Err(in_doubt(error));
                }
                _ => return Err(error),
            }
        };
        let lacks = || unreadable(START, &self.door.region, "it lacks id, address or token");
        let id = answer.session_id.ok_or_else(|| in_doubt(lacks()))?;
        let (Some(url), Some(token)) = (answer.stream_url, answer.token_value) else {
            self.terminate(&id).await;
            return Err(lacks());
        };
        Ok(Opened {
            id,
            address: Address { url, token },
        })
    }

    /// A new address of the same session.
    async fn resume(&self, id: &str) -> Result<Address, CallError> {
        let answer = self.sdk.resume_session().session_id(id).send().await;
        let answer = answer.map_err(|error| failed(RESUME, &self.door.region, &error))?;
        match (answer.stream_url, answer.token_value) {
            (Some(url), Some(token)) => Ok(Address { url, token }),
            _ => Err(unreadable(RESUME, &self.door.region, "the session is over")),
        }
    }

    /// Ends a session. Where that fails the service ends it, once nobody has used it for a while, and it is told.
    async fn terminate(&self, id: &str) {
        let ended = self.sdk.terminate_session().session_id(id).send().await;
        let Err(error) = ended else {
            return;
        };
        let error = failed(TERMINATE, &self.door.region, &error);
        if !matches!(error.cause, Cause::NotFound(_)) {
            self.unended.add(format!(
                "a session could not be ended: {}; it ends by itself once it was idle for some time; to end it: aws ssm \
                 terminate-session --region {} --session-id {}",
                error.what(),
                self.door.region,
                shell_quote(id)
            ));
        }
    }
}

impl Streams for Client {
    fn stream<'a>(&'a self, script: &'a StreamedScript) -> Answer<'a, Printed> {
        Box::pin(self.open(script))
    }

    fn settled(&self) -> BoxFuture<'_, Vec<String>> {
        Box::pin(async {
            self.running.close();
            self.running.wait().await;
            self.running.reopen();
            self.link.unended.take()
        })
    }
}
