//! A container's log from its first segment to its last, and what became of reading it.

use std::time::Duration;

use heeler_core::logs::LogPath;
use tokio::sync::{Semaphore, mpsc};
use tokio_util::sync::CancellationToken;

use super::crowd::Said;
use super::flow::Folder;
use super::gap::Gap;
use super::nodes::Node;
use super::reader::Reader;
use super::span::Span;
use super::told::{Account, Why};
use crate::world::CallError;
use crate::world::resolve::Container;
use crate::world::ways::Ways;

/// A container whose log is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// `shop/checkout-7d9f5c-x2vqz`.
    pub pod: String,
    /// The node's name.
    pub node: String,
    /// The pod's folder there.
    pub folder: LogPath,
    /// The container.
    pub container: Container,
    /// Only the starts that are over.
    pub previous: bool,
}

/// What a container's log is read by.
pub(super) struct Errand<'a> {
    pub(super) ways: &'a Ways,
    pub(super) source: &'a Source,
    pub(super) span: Span,
    pub(super) sender: &'a mpsc::Sender<Said>,
    pub(super) cancel: &'a CancellationToken,
    /// Takes what people are told meanwhile.
    pub(super) tell: &'a (dyn Fn(&str) + Send + Sync),
    pub(super) node: &'a Node,
    pub(super) asking: &'a Semaphore,
    /// What a collector has shipped.
    pub(super) shipped: Option<&'a Gap>,
    /// It is followed: after its end it is looked at again so often.
    pub(super) pace: Option<Duration>,
}

/// Reads the whole log of a container, and hands it on in batches until nobody takes them.
///
/// # Errors
/// Why nothing at all could be read.
pub(super) async fn read(errand: Errand<'_>) -> Result<Account, CallError> {
    let source = errand.source;
    let name = &source.container.name;
    let Some(path) = source.folder.folder(name) else {
        return Ok(Account::lost("its name makes no folder's name"));
    };
    let (cancel, tell, is_followed) = (errand.cancel.clone(), errand.tell, errand.pace.is_some());
    let folder = Folder {
        logs: errand.ways,
        node: &source.node,
        path: &path,
        asking: [&errand.node.asking, errand.asking],
    };
    let mut reader = Reader::new(folder, errand);
    let read = tokio::select! {
        read = reader.read() => read,
        () = cancel.cancelled() => Err(Stop::Cancelled),
    };
    if let (Err(Stop::Failed(error)), true) = (&read, is_followed) {
        let (name, pod) = (&source.container.name, &source.pod);
        tell(&format!(
            "{name} of {pod} is not followed any more: {}",
            error.what()
        ));
    }
    match read {
        Err(Stop::Failed(error)) if reader.is_fresh() => return Err(error),
        Err(Stop::Failed(error)) => reader.miss(Why::Unread(error.what())),
        // Who ends what is followed has seen all that there was.
        Err(Stop::Cancelled) if !reader.has_caught_up => reader.miss(Why::Interrupted),
        Err(Stop::Cancelled | Stop::Unwanted) | Ok(()) => {}
    }
    Ok(reader.finish().await)
}

/// Why a log is not read any further.
pub(super) enum Stop {
    /// Nobody takes more.
    Unwanted,
    /// Who asked has interrupted it.
    Cancelled,
    /// A call has failed.
    Failed(CallError),
}
