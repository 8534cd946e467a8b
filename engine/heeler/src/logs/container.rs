//! A container's log from its first segment to its last, and what became of reading it.

use std::sync::atomic::AtomicBool;
use std::time::Duration;

use heeler_core::logs::LogPath;
use tokio::sync::{OnceCell, mpsc};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use super::crowd::Said;
use super::flow::Folder;
use super::gap::Gap;
use super::reader::Reader;
use super::span::Span;
use super::told::{Account, Why};
use crate::world::port::KubeletPage;
use crate::world::resolve::Container;
use crate::world::{CallError, Cluster};

/// A kubelet that is well says at once how it is configured.
const KEEPS: Duration = Duration::from_secs(5);

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
    /// How many files of a start its kubelet keeps, as far as it says so.
    keeps: OnceCell<Option<u32>>,
}

impl Node {
    /// Asks the kubelet once how many files of a start it keeps.
    pub(super) async fn keeps(&self, folder: Folder<'_>) -> Option<u32> {
        let ask = async {
            let said = folder.logs.page(folder.node, KubeletPage::Configuration);
            let said = timeout(KEEPS, said).await.ok()?.ok().flatten()?;
            let kept = said
                .pointer("/kubeletconfig/containerLogMaxFiles")?
                .as_u64()?;
            u32::try_from(kept).ok()
        };
        *self.keeps.get_or_init(|| ask).await
    }
}

/// What a container's log is read by.
pub(super) struct Errand<'a> {
    pub(super) cluster: &'a dyn Cluster,
    pub(super) source: &'a Source,
    pub(super) span: Span,
    pub(super) sender: &'a mpsc::Sender<Said>,
    pub(super) cancel: &'a CancellationToken,
    /// Takes what people are told meanwhile.
    pub(super) tell: &'a (dyn Fn(&str) + Send + Sync),
    pub(super) node: &'a Node,
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
    let (Some(logs), Some(path)) = (errand.cluster.node_logs(), source.folder.folder(name)) else {
        return Ok(Account::lost("this cluster gives no logs of nodes"));
    };
    let (cancel, tell, is_followed) = (errand.cancel.clone(), errand.tell, errand.pace.is_some());
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
