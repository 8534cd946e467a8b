//! The output of a dressed script, read as it comes: see [`super::dress`].

use std::io::{self, Write};
use std::mem;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::write::MultiGzDecoder;
use sha2::{Digest as _, Sha256};

use super::ChannelFault;
use super::machine::plain;
use crate::frame::Nonce;

/// The longest line: base64 comes in lines of 76.
const MOST_LINE: usize = 4_096;

/// How a script ended, all of whose output has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ended {
    /// Its exit code; 124: it ran into its limit.
    pub exit: i32,
    /// How much it printed.
    pub size: u64,
    /// What it said on standard error, as far as that was kept.
    pub said: String,
}

/// Reads what a dressed script prints.
pub struct Reading {
    nonce: Nonce,
    most: u64,
    line: Vec<u8>,
    unpack: Option<Unpack>,
    seen: Sha256,
    size: u64,
    ended: Option<Ended>,
}

enum Unpack {
    Plain(Bounded),
    Gzip(Box<MultiGzDecoder<Bounded>>),
}

/// What was unpacked and not taken yet. It takes so much and no more, while it is unpacked: a thousandth of that may
/// hold it all.
#[derive(Default)]
pub(super) struct Bounded {
    pub(super) bytes: Vec<u8>,
    /// Bytes that it takes still.
    pub(super) room: u64,
    /// There was more.
    pub(super) has_more: bool,
}

impl Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let room = usize::try_from(self.room).unwrap_or(usize::MAX);
        let taken = bytes.get(..room).unwrap_or(bytes);
        if taken.is_empty() && !bytes.is_empty() {
            self.has_more = true;
            return Err(io::ErrorKind::StorageFull.into());
        }
        self.bytes.extend_from_slice(taken);
        self.room = self.room.saturating_sub(taken.len() as u64);
        Ok(taken.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Reading {
    /// Reads the output of the script with this nonce: so many bytes at most.
    pub fn new(nonce: Nonce, most: u64) -> Self {
        Reading {
            nonce,
            most,
            line: Vec::new(),
            unpack: None,
            seen: Sha256::new(),
            size: 0,
            ended: None,
        }
    }

    /// Takes what came next, cut anywhere, and gives what the script printed, as far as that can be told.
    ///
    /// # Errors
    /// What came is nothing that a dressed script prints, or not what it printed, or more than is taken.
    pub fn take(&mut self, bytes: &[u8]) -> Result<Vec<u8>, ChannelFault> {
        let mut printed = Vec::new();
        for part in bytes.split_inclusive(|byte| *byte == b'\n') {
            if self.line.len() + part.len() > MOST_LINE {
                return Err(ChannelFault::Odd("a line of it does not end".to_owned()));
            }
            self.line.extend_from_slice(part);
            if part.ends_with(b"\n") {
                let line = mem::take(&mut self.line);
                printed.extend(self.line(line.trim_ascii())?);
            }
        }
        Ok(printed)
    }

    /// How it ended.
    ///
    /// # Errors
    /// The end is missing.
    pub fn finish(&self) -> Result<&Ended, ChannelFault> {
        self.ended.as_ref().ok_or(ChannelFault::CutShort)
    }

    fn line(&mut self, line: &[u8]) -> Result<Vec<u8>, ChannelFault> {
        if self.unpack.is_none() && is_off(line) {
            return Err(ChannelFault::AdminOff);
        }
        let odd = || ChannelFault::Odd(plain(&String::from_utf8_lossy(line)));
        if self.ended.is_some() {
            return Err(odd());
        }
        let Some(own) = line.strip_prefix(b"=") else {
            let bytes = STANDARD.decode(line).map_err(|_| odd())?;
            let unpack = self.unpack.as_mut().ok_or_else(odd)?;
            let printed = unpack.take(&bytes);
            let printed = printed.map_err(|has_more| match has_more {
                true => ChannelFault::TooMuch,
                false => odd(),
            })?;
            return Ok(self.count(printed));
        };
        let own = String::from_utf8_lossy(own);
        let own = own.strip_prefix(self.nonce.as_str()).ok_or_else(odd)?;
        let words: Vec<&str> = own.split_whitespace().collect();
        let bounded = Bounded {
            room: self.most,
            ..Bounded::default()
        };
        match (words.as_slice(), self.unpack.take()) {
            (["begin", "cat"], None) => self.unpack = Some(Unpack::Plain(bounded)),
            (["begin", "gzip"], None) => {
                let gunzip = MultiGzDecoder::new(bounded);
                self.unpack = Some(Unpack::Gzip(Box::new(gunzip)));
            }
            (["end", words @ ..], Some(unpack)) => {
                let last = unpack.finish().map_err(|has_more| match has_more {
                    true => ChannelFault::TooMuch,
                    false => ChannelFault::CutShort,
                })?;
                let last = self.count(last);
                self.end(words).unwrap_or_else(|| Err(odd()))?;
                return Ok(last);
            }
            _ => return Err(odd()),
        }
        Ok(Vec::new())
    }

    fn count(&mut self, printed: Vec<u8>) -> Vec<u8> {
        self.seen.update(&printed);
        self.size += printed.len() as u64;
        printed
    }

    /// `rc 0`, the size, the digest with the `-` of its file, and `said=…`, in any order; `None`: something else.
    fn end(&mut self, words: &[&str]) -> Option<Result<(), ChannelFault>> {
        let (mut exit, mut said) = (None, String::new());
        let (mut size, mut digest) = (None, None);
        let mut words = words.iter();
        while let Some(word) = words.next() {
            match *word {
                "rc" => exit = Some(words.next()?.parse().ok()?),
                "-" => {}
                word if word.starts_with("said=") => {
                    let bytes = STANDARD.decode(word.strip_prefix("said=")?).ok()?;
                    said = plain(&String::from_utf8_lossy(&bytes));
                }
                word if word.len() == 64 => digest = Some(word),
                word => size = Some(word.parse::<u64>().ok()?),
            }
        }
        let (exit, size, digest) = (exit?, size?, digest?);
        let own = mem::take(&mut self.seen).finalize();
        let own: String = own.iter().map(|byte| format!("{byte:02x}")).collect();
        Some(if size != self.size {
            Err(ChannelFault::Differs("it has another size"))
        } else if digest != own {
            Err(ChannelFault::Differs("its digest differs"))
        } else {
            self.ended = Some(Ended { exit, size, said });
            Ok(())
        })
    }
}

/// The words of containerd's `ctr`, behind `apiclient exec`, for a host container that does not run.
fn is_off(line: &[u8]) -> bool {
    let line = String::from_utf8_lossy(line);
    let found = line.strip_prefix("ctr: ");
    found.is_some_and(|words| {
        words.starts_with("no running task found")
            || (words.starts_with("container \"admin\" ") && words.ends_with(": not found"))
    })
}

impl Unpack {
    /// What these bytes unpack to; otherwise, whether they would have been more than is taken.
    fn take(&mut self, bytes: &[u8]) -> Result<Vec<u8>, bool> {
        let written = match self {
            Unpack::Plain(whole) => whole.write_all(bytes),
            Unpack::Gzip(decoder) => decoder.write_all(bytes),
        };
        let whole = match self {
            Unpack::Plain(whole) => whole,
            Unpack::Gzip(decoder) => decoder.get_mut(),
        };
        match written {
            Ok(()) => Ok(mem::take(&mut whole.bytes)),
            Err(_) => Err(whole.has_more),
        }
    }

    /// The rest of it; otherwise, whether it would have been more than is taken.
    fn finish(self) -> Result<Vec<u8>, bool> {
        match self {
            Unpack::Plain(whole) => Ok(whole.bytes),
            Unpack::Gzip(mut decoder) => match decoder.try_finish() {
                Ok(()) => Ok(mem::take(&mut decoder.get_mut().bytes)),
                Err(_) => Err(decoder.get_ref().has_more),
            },
        }
    }
}
