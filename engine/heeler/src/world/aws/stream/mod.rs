//! Session Manager: a script on a node whose output comes as it is printed.
//!
//! A session is started with `AWS-StartNonInteractiveCommand`, whose agent says the exit code and keeps both streams
//! apart when asked to. The rest is the data channel: [`socket`] opens it, [`pump`] listens, and `heeler_core::channel`
//! knows what it says. A session's address and token are secrets: they are in no error and no journal.

mod pump;
mod socket;
#[cfg(test)]
mod tests;

use std::time::Duration;

use aws_config::SdkConfig;
use aws_sdk_ssm::config::SharedCredentialsProvider;
use futures::future::BoxFuture;
use futures::stream::StreamExt as _;
use heeler_core::channel::{Dressed, dress};
use heeler_core::frame::Nonce;
use tokio::sync::mpsc;
use tokio::time::sleep;
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
}

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
            },
            running: TaskTracker::new(),
        }
    }

    async fn open(&self, script: &StreamedScript) -> Result<Printed, CallError> {
        let nonce = Nonce::new(Uuid::now_v7().as_u64_pair().1.to_be_bytes());
        let dressed = dress(&script.script, script.limit, nonce).ok_or_else(|| {
            let cause = Cause::Refused {
                code: "script".to_owned(),
                detail: "it is longer than a session takes".to_owned(),
            };
            CallError::new(Service::Aws, START, &self.link.door.region, cause)
        })?;
        let opened = self.link.start(script, &dressed).await?;
        let socket = match self.link.door.enter(&opened.address).await {
            Ok(socket) => socket,
            Err(error) => {
                self.link.terminate(&opened.id).await;
                return Err(error);
            }
        };
        let (sender, pieces) = mpsc::unbounded_channel();
        let pump = Pump::new(
            self.link.clone(),
            opened.id,
            (script, dressed.nonce),
            sender,
        );
        self.running.spawn(pump.run(socket));
        let pieces = futures::stream::unfold(pieces, async |mut pieces| {
            let piece = pieces.recv().await?;
            Some((piece, pieces))
        });
        Ok(pieces.boxed())
    }
}

impl Link {
    /// Starts a session. A call whose fate is not known is not repeated: a session without a client starts nothing,
    /// and ends by itself.
    async fn start(&self, script: &StreamedScript, dressed: &Dressed) -> Result<Opened, CallError> {
        let reason: String = script.reason.chars().take(REASON).collect();
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
                (Cause::Throttled(_), Some(pause)) => sleep(*pause).await,
                _ => return Err(error),
            }
        };
        let lacks = || unreadable(START, &self.door.region, "it lacks id, address or token");
        Ok(Opened {
            id: answer.session_id.ok_or_else(lacks)?,
            address: Address {
                url: answer.stream_url.ok_or_else(lacks)?,
                token: answer.token_value.ok_or_else(lacks)?,
            },
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

    /// Ends a session. Where that fails the service ends it, once nobody has used it for a while.
    async fn terminate(&self, id: &str) {
        let _ = self.sdk.terminate_session().session_id(id).send().await;
    }
}

impl Streams for Client {
    fn stream<'a>(&'a self, script: &'a StreamedScript) -> Answer<'a, Printed> {
        Box::pin(self.open(script))
    }

    fn settled(&self) -> BoxFuture<'_, ()> {
        Box::pin(async {
            self.running.close();
            self.running.wait().await;
            self.running.reopen();
        })
    }
}
