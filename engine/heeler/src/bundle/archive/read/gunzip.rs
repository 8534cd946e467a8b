//! Unpacks gzip as a stream, within limits, and says exactly what is wrong with it.

use std::io::{self, BufRead, BufReader, ErrorKind, Read};

use flate2::bufread::GzDecoder;

use super::super::label;
use super::super::limits::Limits;
use super::super::pour::PIECE;
use super::super::told::{Trouble, TroubleKind};

/// How a gzip begins.
const MAGIC: [u8; 2] = [0x1f, 0x8b];
/// Letters of what is no gzip that are shown: an answer of a server says what went wrong.
const EXCERPT: usize = 120;

/// The packed bytes, counted.
struct Packed<R> {
    inner: BufReader<R>,
    count: u64,
    /// Why no more of them could be read.
    failed: Option<String>,
}

impl<R: Read> Read for Packed<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let count = self.fill_buf()?.read(into)?;
        self.consume(count);
        Ok(count)
    }
}

impl<R: Read> BufRead for Packed<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        // What is there is handed out again below: the loop only sees to it that something is.
        while let Err(error) = self.inner.fill_buf() {
            if error.kind() != ErrorKind::Interrupted {
                self.failed = Some(error.to_string());
                return Err(error);
            }
        }
        Ok(self.inner.buffer())
    }

    fn consume(&mut self, count: usize) {
        self.count += count as u64;
        self.inner.consume(count);
    }
}

enum State<R> {
    /// Before the first one, between two of them, or behind the last one.
    Between(Packed<R>),
    Within(Box<GzDecoder<Packed<R>>>),
    Ended,
}

/// Unpacks one gzip, or several behind one another.
pub(super) struct Gunzip<R> {
    state: State<R>,
    is_first: bool,
    unpacked: u64,
    total: u64,
    ratio: u64,
    slack: u64,
    trouble: Option<Trouble>,
}

impl<R: Read> Gunzip<R> {
    pub(super) fn new(from: R, limits: &Limits) -> Self {
        Gunzip {
            state: State::Between(Packed {
                inner: BufReader::with_capacity(PIECE, from),
                count: 0,
                failed: None,
            }),
            is_first: true,
            unpacked: 0,
            total: limits.total,
            ratio: limits.ratio,
            slack: limits.slack,
            trouble: None,
        }
    }

    /// What is wrong with it.
    pub(super) fn trouble(&self) -> Option<&Trouble> {
        self.trouble.as_ref()
    }

    /// Some bytes; none at its good end.
    fn some(&mut self, into: &mut [u8]) -> Result<usize, Trouble> {
        loop {
            match std::mem::replace(&mut self.state, State::Ended) {
                State::Ended => return Ok(0),
                State::Between(packed) => self.state = self.begin(packed)?,
                State::Within(mut decoder) => match decoder.read(into) {
                    Ok(0) => {
                        self.is_first = false;
                        self.state = State::Between(decoder.into_inner());
                    }
                    Ok(count) => {
                        self.bound(count, decoder.get_ref().count)?;
                        self.state = State::Within(decoder);
                        return Ok(count);
                    }
                    Err(error) => return Err(self.told(&error, &decoder)),
                },
            }
        }
    }

    fn begin(&mut self, mut packed: Packed<R>) -> Result<State<R>, Trouble> {
        let bytes = packed
            .fill_buf()
            .map_err(|error| Trouble::new(TroubleKind::Unreadable, unread(&error)))?;
        let trouble = |kind, why: String| Err(Trouble::new(kind, why));
        match (bytes, self.is_first) {
            ([], false) => Ok(State::Ended),
            ([], true) => trouble(TroubleKind::NoGzip, "it is empty".to_owned()),
            ([first, ..], _) if *first == MAGIC[0] => {
                Ok(State::Within(Box::new(GzDecoder::new(packed))))
            }
            (bytes, true) => {
                let excerpt = bytes.get(..EXCERPT).unwrap_or(bytes);
                let excerpt = label::clean(excerpt);
                let why = format!("it is no gzip: it begins with {excerpt:?}");
                trouble(TroubleKind::NoGzip, why)
            }
            // Some tools fill the last block of a medium.
            ([0, ..], false) => {
                let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
                packed.consume(zeros);
                Ok(State::Between(packed))
            }
            (_, false) => trouble(
                TroubleKind::Trailing,
                "something that is no gzip comes behind its end".to_owned(),
            ),
        }
    }

    fn bound(&mut self, count: usize, packed: u64) -> Result<(), Trouble> {
        self.unpacked += count as u64;
        let excessive = |why: String| Err(Trouble::new(TroubleKind::Excessive, why));
        if self.unpacked > self.total {
            let total = self.total;
            return excessive(format!("it unpacks to more than {total} bytes"));
        }
        if self.unpacked > self.slack.max(packed.saturating_mul(self.ratio)) {
            let (unpacked, ratio) = (self.unpacked, self.ratio);
            return excessive(format!(
                "{packed} packed bytes came to {unpacked}, more than {ratio} of each: no log packs so well"
            ));
        }
        Ok(())
    }

    fn told(&self, error: &io::Error, decoder: &GzDecoder<Packed<R>>) -> Trouble {
        let has_begun = decoder.header().is_some();
        if let Some(why) = &decoder.get_ref().failed {
            return Trouble::new(
                TroubleKind::Unreadable,
                format!("it could not be read on: {why}"),
            );
        }
        match (error.kind(), has_begun, self.is_first) {
            (ErrorKind::UnexpectedEof, ..) => Trouble::new(
                TroubleKind::Cut,
                "its packed end is missing: it was cut, or is still being written",
            ),
            (_, false, true) => Trouble::new(TroubleKind::NoGzip, "it is no gzip"),
            (_, false, false) => Trouble::new(
                TroubleKind::Trailing,
                "something that is no gzip comes behind its end",
            ),
            _ => Trouble::new(TroubleKind::Damaged, format!("it is damaged: {error}")),
        }
    }
}

impl<R: Read> Read for Gunzip<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if let Some(trouble) = &self.trouble {
            return Err(io::Error::other(trouble.clone()));
        }
        if into.is_empty() {
            return Ok(0);
        }
        self.some(into).map_err(|trouble| {
            self.trouble = Some(trouble.clone());
            io::Error::other(trouble)
        })
    }
}

fn unread(error: &io::Error) -> String {
    format!("it could not be read on: {error}")
}
