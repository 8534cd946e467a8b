//! What a core does with the bytes of logs, without any wire: taking lines apart, merging, unpacking.

use std::hint::black_box;
use std::io::{Read as _, Write as _};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, anyhow, ensure};
use flate2::Compression;
use flate2::read::MultiGzDecoder;
use flate2::write::GzEncoder;
use heeler_core::logs::{Batch, Decoder, Gunzip, Merge, Next};

use super::cluster::NODES;
use super::lines::Log;

/// Bytes of each source.
const EACH: u64 = 16 << 20;
/// So many of them are packed, into one file.
const PACKED: usize = 2;
/// What comes from the wire at once: a record of TLS.
const PIECE: usize = 16 << 10;

/// Logs of several containers, in memory.
pub(crate) struct Logs {
    plain: Vec<Vec<u8>>,
    packed: Vec<u8>,
    lines: u64,
}

impl Logs {
    /// One for each node.
    ///
    /// # Errors
    /// Never: there is memory for them.
    pub(crate) fn new() -> Result<Self> {
        let (mut plain, mut lines) = (Vec::new(), 0);
        for seed in 0..NODES {
            let mut bytes = Vec::new();
            lines += Log::seeded(seed).write(EACH, &mut bytes)?.lines;
            plain.push(bytes);
        }
        let mut packer = GzEncoder::new(Vec::new(), Compression::default());
        for bytes in plain.iter().take(PACKED) {
            packer.write_all(bytes)?;
        }
        Ok(Self {
            packed: packer.finish()?,
            plain,
            lines,
        })
    }

    /// All their bytes.
    pub(crate) fn bytes(&self) -> u64 {
        self.plain.iter().map(|bytes| bytes.len() as u64).sum()
    }

    /// What the packed file holds.
    pub(crate) fn packed_bytes(&self) -> u64 {
        self.plain
            .iter()
            .take(PACKED)
            .map(|bytes| bytes.len() as u64)
            .sum()
    }

    /// Takes all lines apart and merges them.
    ///
    /// # Errors
    /// When a line is missing.
    pub(crate) fn decode_and_merge(&self) -> Result<Duration> {
        let began = Instant::now();
        let mut sources: Vec<_> = self
            .plain
            .iter()
            .map(|bytes| (Decoder::default(), bytes.chunks(PIECE)))
            .collect();
        let mut merge = Merge::of(sources.len());
        let (mut lines, mut text) = (0, 0);
        loop {
            let number = match merge.step() {
                Next::Entry(_, entry, said) => {
                    lines += u64::from(entry.ends);
                    text += black_box(said).len();
                    continue;
                }
                Next::Hungry(number) => number,
                Next::End => break,
            };
            let (decoder, pieces) = sources.get_mut(number).context("no such source")?;
            match pieces.next() {
                Some(piece) => {
                    let mut batch = Batch::default();
                    decoder.push(piece, &mut batch);
                    merge.hand_in(number, batch);
                }
                None => merge.end(number),
            }
        }
        let took = began.elapsed();
        ensure!(lines == self.lines && text > 0, "{lines} of {}", self.lines);
        Ok(took)
    }

    /// Unpacks a file piece by piece, as it comes.
    ///
    /// # Errors
    /// When it is no good.
    pub(crate) fn unpack(&self) -> Result<Duration> {
        let began = Instant::now();
        let (mut gunzip, mut bytes) = (Gunzip::default(), 0);
        for mut piece in self.packed.chunks(PIECE) {
            while !piece.is_empty() {
                let good = gunzip.bite(&mut piece);
                good.map_err(|error| anyhow!(error))?;
                bytes += black_box(gunzip.given()).len();
            }
        }
        gunzip.finish().map_err(|error| anyhow!(error))?;
        self.is_whole(began, bytes)
    }

    /// The same by the decompressor itself, into one place, with all that is packed in memory.
    ///
    /// # Errors
    /// When it is no good.
    pub(crate) fn unpack_alone(&self) -> Result<Duration> {
        let began = Instant::now();
        let (mut unpacked, mut bytes) = (MultiGzDecoder::new(self.packed.as_slice()), 0);
        let mut place = vec![0; 64 << 10];
        loop {
            match unpacked.read(&mut place)? {
                0 => return self.is_whole(began, bytes),
                count => bytes += black_box(count),
            }
        }
    }

    fn is_whole(&self, began: Instant, bytes: usize) -> Result<Duration> {
        let took = began.elapsed();
        let all = self.packed_bytes();
        ensure!(bytes as u64 == all, "{bytes} bytes of {all}");
        Ok(took)
    }
}
