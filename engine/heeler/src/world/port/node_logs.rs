//! The files below a node's `/var/log`, as its kubelet serves them. Reads alone: nothing else of what the
//! kubelet would let its caller do is asked for.

use futures::stream::BoxStream;
use heeler_core::logs::LogPath;
use tokio_util::bytes::Bytes;

use super::Answer;
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
    /// How many files the kubelet keeps of one start of a container, the one that is written to included;
    /// `None`: it does not say.
    fn kept_files<'a>(&'a self, node: &'a str) -> Answer<'a, Option<u32>>;

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
