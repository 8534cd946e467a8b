//! Scripts whose output comes as it is printed, without an end to its size: sessions of Session Manager.

use std::time::Duration;

use futures::future::BoxFuture;
use futures::stream::BoxStream;
use heeler_core::event::InstanceId;
use heeler_core::frame::Place;
use tokio_util::bytes::Bytes;

use super::Answer;
use crate::world::CallError;

/// A script for a container of one node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StreamedScript {
    /// Which node.
    pub instance: InstanceId,
    /// Where: in the control container as `ssm-user`, who may read what everybody may, and call `apiclient`; in the
    /// admin container as root. The host has no shell.
    pub place: Place,
    /// POSIX sh, as written.
    pub script: String,
    /// How long it may run. Somewhat later its session is ended from this side, whatever still comes.
    pub limit: Duration,
    /// For so long nothing may come of it.
    pub idle: Duration,
    /// So many bytes are taken. They are here as soon as they come, read or not: an agent whose client is slow loses
    /// the end of what it has to say.
    pub most: u64,
    /// Why, for the audit: CloudTrail and the list of sessions keep it.
    pub reason: String,
}

/// What a script prints. The stream ends well only where all of it came, as the script printed it, and the script
/// ended with 0; otherwise its last item says why not.
pub type Printed = BoxStream<'static, Result<Bytes, CallError>>;

/// Sessions of Session Manager. What is asked twice runs twice.
pub trait Streams: Send + Sync {
    /// Starts a script. Whoever drops the stream, or does not wait for it, ends the session.
    fn stream<'a>(&'a self, script: &'a StreamedScript) -> Answer<'a, Printed>;

    /// Waits until no session is open any more whose stream was read to its end or dropped. Which may be open all the
    /// same, and why, in words: each is told once.
    fn settled(&self) -> BoxFuture<'_, Vec<String>>;
}
