//! A command in the debug pod, over a WebSocket in which the first byte of each message is the number of its
//! stream. Source: apimachinery `util/remotecommand/constants.go`.
//!
//! Who reads it sets the pace, and only the status that comes at the end says that all has come: a
//! connection that ends before it was cut.

use futures::StreamExt as _;
use futures::stream::BoxStream;
use kube::Client;
use kube::api::AttachParams;
use kube::core::{Request, Status};
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_util::bytes::Bytes;

use super::super::client::{malformed, path, segment};
use super::super::failure;
use super::pod::CONTAINER;
use super::{ANSWER, Made};
use crate::world::error::Cause;

const STDOUT: u8 = 1;
const STDERR: u8 = 2;
const STATUS: u8 = 3;
/// Most bytes of a complaint that are kept.
const COMPLAINT: usize = 2_000;

/// A command that runs.
pub(super) struct Running {
    messages: BoxStream<'static, Result<Message, Error>>,
    complaint: Vec<u8>,
}

/// What comes of it.
pub(super) enum Said {
    /// What it has written.
    Bytes(Bytes),
    /// It has done what it should.
    Done,
}

/// Starts a command.
pub(super) async fn start(
    client: &Client,
    made: &Made,
    command: &[&str],
) -> Result<Running, Cause> {
    let path = path("api/v1", "pods", Some(&made.namespace))?;
    let parameters = AttachParams {
        container: Some(CONTAINER.to_owned()),
        ..AttachParams::default()
    };
    let request = Request::new(path)
        .exec(segment(&made.name)?, command.iter().copied(), &parameters)
        .map_err(malformed)?;
    match timeout(ANSWER, client.connect(request)).await {
        Ok(Ok(connection)) => Ok(Running {
            messages: connection.into_stream().boxed(),
            complaint: Vec::new(),
        }),
        Ok(Err(error)) => Err(failure::cause(&error)),
        Err(_) => Err(silent()),
    }
}

impl Running {
    /// What comes next; nothing comes behind [`Said::Done`]. There is no limit of time.
    pub(super) async fn next(&mut self) -> Result<Said, Cause> {
        while let Some(message) = self.messages.next().await {
            let Message::Binary(mut bytes) = message.map_err(|error| cut(&error))? else {
                continue;
            };
            if bytes.len() < 2 {
                // Says that the connection stands.
                continue;
            }
            match bytes.split_to(1).first() {
                Some(&STDOUT) => return Ok(Said::Bytes(bytes)),
                Some(&STDERR) => {
                    let room = COMPLAINT.saturating_sub(self.complaint.len());
                    self.complaint.extend(bytes.iter().take(room));
                }
                Some(&STATUS) => return self.ended(&bytes),
                _ => {}
            }
        }
        Err(cut(&"it was closed"))
    }

    /// The same within the time that an answer may take.
    pub(super) async fn soon(&mut self) -> Result<Said, Cause> {
        timeout(ANSWER, self.next())
            .await
            .unwrap_or_else(|_| Err(silent()))
    }

    /// What its end means. The missing file is the one that it is told by name.
    fn ended(&self, status: &[u8]) -> Result<Said, Cause> {
        let status: Status = serde_json::from_slice(status)
            .map_err(|error| Cause::Unreadable(format!("how a command has ended: {error}")))?;
        if status.is_success() {
            return Ok(Said::Done);
        }
        let complaint = String::from_utf8_lossy(&self.complaint);
        let complaint = complaint.trim();
        if status.reason != "NonZeroExitCode" {
            return Err(Cause::Refused {
                code: "exec".to_owned(),
                detail: status.message.clone(),
            });
        }
        match complaint.to_lowercase().contains("no such file") {
            true => Err(Cause::NotFound(complaint.to_owned())),
            false => Err(Cause::Refused {
                code: "exec".to_owned(),
                detail: match complaint {
                    "" => status.message.clone(),
                    said => said.to_owned(),
                },
            }),
        }
    }
}

fn cut(why: &dyn std::fmt::Display) -> Cause {
    Cause::TimedOut(format!(
        "the connection ended before the command had: {why}"
    ))
}

fn silent() -> Cause {
    Cause::TimedOut(format!("no answer within {} s", ANSWER.as_secs()))
}
