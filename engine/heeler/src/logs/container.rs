//! A container's log from its first segment to its last, and what became of reading it.

use std::sync::atomic::AtomicBool;

use heeler_core::logs::{Batch, LogPath};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::flow::Folder;
use super::reader::Reader;
use super::span::Span;
use super::told::{Account, Why};
use crate::world::resolve::Container;
use crate::world::{CallError, Cluster};

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

/// A node, as all see it who read from it.
#[derive(Debug, Default)]
pub(super) struct Node {
    /// It did not answer for so long that somebody has given it up.
    pub(super) is_lost: AtomicBool,
    /// It was said that it is waited for.
    pub(super) is_told: AtomicBool,
}

/// What a container's log is read by.
pub(super) struct Errand<'a> {
    pub(super) cluster: &'a dyn Cluster,
    pub(super) source: &'a Source,
    pub(super) span: Span,
    pub(super) sender: &'a mpsc::Sender<Batch>,
    pub(super) cancel: &'a CancellationToken,
    /// Takes what people are told meanwhile.
    pub(super) tell: &'a (dyn Fn(&str) + Send + Sync),
    pub(super) node: &'a Node,
}

/// Reads the whole log of a container, and hands it on in batches until nobody takes them.
///
/// # Errors
/// Why nothing at all could be read.
pub(super) async fn read(errand: Errand<'_>) -> Result<Account, CallError> {
    let source = errand.source;
    let name = &source.container.name;
    let (Some(logs), Some(path)) = (errand.cluster.node_logs(), source.folder.folder(name)) else {
        return Ok(Account::lost("this cluster gives no logs of nodes"));
    };
    let cancel = errand.cancel.clone();
    let folder = Folder {
        logs,
        node: &source.node,
        path: &path,
    };
    let mut reader = Reader::new(folder, errand);
    let read = tokio::select! {
        read = reader.read() => read,
        () = cancel.cancelled() => Err(Stop::Cancelled),
    };
    match read {
        Err(Stop::Failed(error)) if reader.is_fresh() => return Err(error),
        Err(Stop::Failed(error)) => reader.miss(Why::Unread(error.what())),
        Err(Stop::Cancelled) => reader.miss(Why::Interrupted),
        Err(Stop::Unwanted) | Ok(()) => {}
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
