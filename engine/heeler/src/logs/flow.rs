//! A file of a log on its way: its unpacked bytes, as far as they come.

use heeler_core::logs::{Beginning, Gunzip, LogPath, SegmentName};
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio_util::bytes::{Buf as _, Bytes};

use crate::world::CallError;
use crate::world::arriving::{Arriving, Break};
use crate::world::port::{NodeLogs, Part};

/// How the name of a file ends that is being packed.
const PACKING: &str = ".tmp";

/// A container's folder on its node.
#[derive(Clone, Copy)]
pub(super) struct Folder<'a> {
    pub(super) logs: &'a dyn NodeLogs,
    pub(super) node: &'a str,
    pub(super) path: &'a LogPath,
    /// Who asks takes one of each, in this order, until the answer has begun.
    pub(super) asking: [&'a Semaphore; 2],
}

impl Folder<'_> {
    /// The segments in it, and whether one is being packed; `None`: it is not there.
    pub(super) async fn segments(&self) -> Result<Option<(Vec<SegmentName>, bool)>, CallError> {
        let turn = self.turn().await;
        let names = self.logs.list(self.node, self.path).await?;
        drop(turn);
        let segments = |names: Vec<String>| {
            let read = names.iter().filter_map(|name| SegmentName::read(name));
            let is_packing = names.iter().any(|name| name.ends_with(PACKING));
            (read.collect(), is_packing)
        };
        Ok(names.map(segments))
    }

    /// Opens a segment; `None`: no file is called so, or it has no such byte.
    pub(super) async fn open(
        &self,
        name: &SegmentName,
        part: Part,
    ) -> Result<Option<Flow>, CallError> {
        let Some(path) = self.path.file(&name.file_name()) else {
            return Ok(None);
        };
        let turn = self.turn().await;
        let file = self.logs.open(self.node, &path, part).await?;
        drop(turn);
        Ok(file.map(|file| Flow {
            at: file.from,
            file: file.into(),
            gunzip: name.packed.then(Gunzip::default),
            rest: Bytes::new(),
            given: Bytes::new(),
            trouble: None,
            has_ended: false,
        }))
    }

    /// Waits until it may ask.
    async fn turn(&self) -> [Option<SemaphorePermit<'_>>; 2] {
        let [node, all] = self.asking;
        let node = node.acquire().await.ok();
        [node, all.acquire().await.ok()]
    }

    /// What the file is called on the node.
    pub(super) fn place(&self, name: &SegmentName) -> String {
        self.path.to_string() + &name.file_name()
    }
}

/// A file that is open.
pub(super) struct Flow {
    file: Arriving,
    /// Unpacks it, where it is packed.
    gunzip: Option<Gunzip>,
    /// What has come of it and was not handed on yet.
    rest: Bytes,
    /// Those that were handed on last, where they are not packed.
    given: Bytes,
    /// The unpacked byte that comes next.
    pub(super) at: u64,
    /// What is told once what came before it was handed on.
    trouble: Option<Break>,
    has_ended: bool,
}

impl Flow {
    /// How many bytes come, as far as it was said: packed ones of a packed file.
    pub(super) fn length(&self) -> Option<u64> {
        self.file.length()
    }

    /// The next unpacked bytes; `None` at its end.
    pub(super) async fn next(&mut self) -> Result<Option<&[u8]>, Break> {
        loop {
            if let Some(trouble) = &self.trouble {
                return Err(trouble.clone());
            }
            if self.has_ended {
                return Ok(None);
            }
            if self.rest.is_empty() {
                match self.file.next().await? {
                    Some(piece) => self.rest = piece,
                    None => self.has_ended = true,
                }
            }
            // What was good before it is handed on first.
            self.trouble = self.unpack().err().map(Break::File);
            if !self.given().is_empty() {
                break;
            }
        }
        self.at += self.given().len() as u64;
        Ok(Some(self.given()))
    }

    /// How it begins, and all that has come until that was known.
    pub(super) async fn head(&mut self) -> (Vec<u8>, Result<Option<Beginning>, Break>) {
        let mut head = Vec::new();
        loop {
            if let Some(begins) = Beginning::of(&head) {
                return (head, Ok(Some(begins)));
            }
            match self.next().await {
                Ok(Some(bytes)) => head.extend_from_slice(bytes),
                Ok(None) => return (head, Ok(None)),
                Err(why) => return (head, Err(why)),
            }
        }
    }

    /// Unpacks some of what has come; at the end, whether it is whole.
    fn unpack(&mut self) -> Result<(), String> {
        let Some(gunzip) = &mut self.gunzip else {
            self.given = std::mem::take(&mut self.rest);
            return Ok(());
        };
        if self.has_ended {
            return gunzip.finish();
        }
        let mut rest: &[u8] = &self.rest;
        let good = gunzip.bite(&mut rest);
        let taken = self.rest.len() - rest.len();
        self.rest.advance(taken);
        good
    }

    /// What is handed on now.
    fn given(&self) -> &[u8] {
        match &self.gunzip {
            Some(gunzip) => gunzip.given(),
            None => &self.given,
        }
    }
}
