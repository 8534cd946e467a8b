//! The packed bytes of a bundle, wherever they go.

use std::io::{self, BufWriter, Read, Write};

use flate2::Compression;
use flate2::write::GzEncoder;
use jiff::Timestamp;
use tar::{Builder, EntryType, Header};

use super::super::FOLDER;
use super::super::digest::{Digest, Digesting};

/// Bytes that are written at once.
const PIECE: usize = 256 << 10;

/// A tar within a gzip, digested.
pub(super) struct Tarball<W: Write> {
    builder: Builder<GzEncoder<Digesting<BufWriter<W>>>>,
    /// Seconds: the same for all members.
    at: u64,
}

impl<W: Write> Tarball<W> {
    pub(super) fn new(out: W, at: Timestamp) -> Self {
        let out = Digesting::new(BufWriter::with_capacity(PIECE, out));
        Tarball {
            builder: Builder::new(GzEncoder::new(out, Compression::default())),
            at: u64::try_from(at.as_second()).unwrap_or_default(),
        }
    }

    /// Adds a file that is so long.
    pub(super) fn add(&mut self, label: &str, size: u64, content: impl Read) -> io::Result<()> {
        let mut header = Header::new_gnu();
        header.set_entry_type(EntryType::Regular);
        header.set_size(size);
        header.set_mode(0o600);
        header.set_mtime(self.at);
        let path = format!("{FOLDER}{label}");
        self.builder.append_data(&mut header, path, content)
    }

    /// Ends it, and gives what it was written to and its digest.
    pub(super) fn finish(self) -> io::Result<(W, Digest)> {
        let packed = self.builder.into_inner()?.finish()?;
        let out = packed.inner.into_inner();
        Ok((out.map_err(io::IntoInnerError::into_error)?, packed.digest))
    }
}
