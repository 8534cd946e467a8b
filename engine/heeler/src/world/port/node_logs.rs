//! The files below a node's `/var/log`, as its kubelet serves them. Reads alone: nothing else of what the
//! kubelet would let its caller do is asked for.

use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;
use futures::stream::BoxStream;
use heeler_core::logs::LogPath;
use serde_json::Value;
use tokio_util::bytes::Bytes;

use super::{Answer, Cluster};
use crate::world::CallError;

/// A file on its way.
pub struct OpenFile {
    /// The byte of the file with which it begins: 0 also where somebody on the way knows no parts.
    pub from: u64,
    /// How many bytes come, as far as it was said.
    pub length: Option<u64>,
    /// The bytes. It may stop without an end: whoever reads it has to have a limit.
    pub bytes: BoxStream<'static, Result<Bytes, CallError>>,
}

/// What a kubelet says of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KubeletPage {
    /// Its effective configuration.
    Configuration,
    /// What its node and its pods use.
    Summary,
}

impl KubeletPage {
    /// Where it says so.
    pub fn path(self) -> &'static str {
        match self {
            KubeletPage::Configuration => "/configz",
            KubeletPage::Summary => "/stats/summary",
        }
    }
}

/// What is asked of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// All of it.
    Whole,
    /// From this byte on.
    From(u64),
    /// So many bytes from its beginning.
    First(u64),
}

/// The logs of nodes.
pub trait NodeLogs: Send + Sync {
    /// What the kubelet says of itself; `None`: it does not.
    fn page<'a>(&'a self, node: &'a str, page: KubeletPage) -> Answer<'a, Option<Value>>;

    /// The names in a folder, with a `/` behind those of folders; `None`: there is no such folder.
    fn list<'a>(&'a self, node: &'a str, folder: &'a LogPath) -> Answer<'a, Option<Vec<String>>>;

    /// Opens a file; `None`: there is none, or it has no such byte.
    fn open<'a>(
        &'a self,
        node: &'a str,
        file: &'a LogPath,
        part: Part,
    ) -> Answer<'a, Option<OpenFile>>;
}

/// A pod that somebody wants to be made on a node, to read its files by. It is never made unasked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DebugPod {
    /// Its image, which the node has or can pull, with `sh`, `ls`, `cat`, `head` and `tail` in it.
    pub image: String,
    /// Where; the context's namespace otherwise.
    pub namespace: Option<String>,
}

/// Ways that are taken only by those who name them, as each leaves something with somebody else.
#[derive(Default)]
pub struct NamedWays {
    /// The kubelet itself also where the node proxy is allowed: it sees the caller's credentials, and whoever is
    /// root on its node can make the proxy fail.
    pub kubelet: bool,
    /// Sessions of Session Manager, of which the account may keep transcripts.
    pub sessions: Option<SessionsOf>,
    /// A pod on the node.
    pub debug_pod: Option<DebugPod>,
}

/// Makes the rung of sessions for a cluster that knows its nodes' instances.
pub type SessionsOf = Box<dyn FnOnce(Arc<dyn Cluster>) -> Arc<dyn Rung> + Send>;

/// A way to the files of nodes, one of several.
pub trait Rung: NodeLogs {
    /// What it is called: `node proxy`.
    fn name(&self) -> &'static str;

    /// What it takes: `get nodes/proxy`.
    fn right(&self) -> &'static str;

    /// Why the caller can't take it to this node, or to all of them; `None`: nothing speaks against it. No
    /// node is asked for that.
    fn barred<'a>(&'a self, node: Option<&'a str>) -> Answer<'a, Option<String>>;

    /// How long a folder's names may take of a node that is well.
    fn patience(&self) -> Duration {
        Duration::from_secs(10)
    }

    /// What is followed by it is asked for no more often than that.
    fn pace(&self) -> Duration {
        Duration::ZERO
    }

    /// Takes back what it has made to get there. What may be left, in words.
    fn tidy(&self) -> BoxFuture<'_, Vec<String>> {
        Box::pin(async { Vec::new() })
    }
}
