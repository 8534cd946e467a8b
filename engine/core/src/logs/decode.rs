//! From the bytes of a segment to entries: lines as programs have written them.

use std::ops::Range;

use memchr::memchr;

use super::line::{Line, Moment, Stream};

/// A line that is longer than this comes as several entries, one after the other: memory does not
/// depend on what programs write.
const LONGEST: usize = 1 << 20;
/// What comes before the text of lines.
const HEADS: [&[u8]; 2] = [
    b"2026-11-20T12:12:12.472962276+01:00 stdout F ",
    b"2026-11-20T12:12:12.472962276Z stderr F ",
];

/// A line as a program has written it, or a part of a very long one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// When its first part was written. Of a line that is not in the format: when the one before it was.
    pub at: Moment,
    /// Where the program has written it; `None`: it is not in the format.
    pub stream: Option<Stream>,
    /// Whether it ends here. Where it does not, the next entry of the segment goes on with it.
    pub ends: bool,
    text: Range<usize>,
}

/// Entries, and the bytes that they consist of.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Batch {
    bytes: Vec<u8>,
    entries: Vec<Entry>,
}

impl Batch {
    /// The entries, in the order of their file.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// What an entry of this batch says.
    pub fn text(&self, entry: &Entry) -> &[u8] {
        self.bytes.get(entry.text.clone()).unwrap_or_default()
    }

    fn push(&mut self, (at, stream, ends): (Moment, Option<Stream>, bool), text: &[u8]) {
        let from = self.bytes.len();
        self.bytes.extend_from_slice(text);
        self.entries.push(Entry {
            at,
            stream,
            ends,
            text: from..self.bytes.len(),
        });
    }
}

/// Decodes the segments of one start of a container, piece by piece. What the pieces are makes no
/// difference.
#[derive(Debug, Default)]
pub struct Decoder {
    /// The line that has not ended yet.
    rest: Vec<u8>,
    /// The same of a line that is too long to wait for its end: what comes belongs to its text.
    within: Option<Within>,
    /// Lines of which parts are here, by [`Slot`].
    open: [Option<Open>; 3],
    /// When the last line in the format was written.
    last: Option<Moment>,
    /// How many lines were not in the format.
    foreign: u64,
}

/// A line whose beginning was read, and not its end.
#[derive(Debug, Clone, Copy)]
struct Within {
    slot: Slot,
    at: Moment,
    ends: bool,
}

/// A line of which parts are here.
#[derive(Debug)]
struct Open {
    at: Moment,
    text: Vec<u8>,
}

/// Where a program has written a line; `None`: it is not in the format.
type Slot = Option<Stream>;

fn index(slot: Slot) -> usize {
    match slot {
        Some(Stream::Stdout) => 0,
        Some(Stream::Stderr) => 1,
        None => 2,
    }
}

impl Decoder {
    /// Takes the next bytes of the segment, and adds what they complete to the batch.
    pub fn push(&mut self, mut bytes: &[u8], batch: &mut Batch) {
        while let Some(end) = memchr(b'\n', bytes) {
            let (line, behind) = bytes.split_at(end);
            bytes = behind.get(1..).unwrap_or_default();
            if let Some(within) = self.within.take() {
                self.text(within, line, batch);
                self.close(within, batch);
            } else if self.rest.is_empty() {
                self.line(line, batch);
            } else {
                let mut whole = std::mem::take(&mut self.rest);
                whole.extend_from_slice(line);
                self.line(&whole, batch);
                whole.clear();
                self.rest = whole;
            }
        }
        if let Some(within) = self.within {
            return self.text(within, bytes, batch);
        }
        self.rest.extend_from_slice(bytes);
        if self.rest.len() > LONGEST {
            let rest = std::mem::take(&mut self.rest);
            let (within, text) = self.begin(&rest);
            self.text(within, text, batch);
            self.within = Some(within);
        }
    }

    /// The file has ended, and another segment of the same start of the container follows: a line may
    /// go on there.
    pub fn end_file(&mut self, batch: &mut Batch) {
        let rest = std::mem::take(&mut self.rest);
        match self.within.take() {
            Some(within) => self.close(within, batch),
            None if rest.is_empty() => {}
            None => self.line(&rest, batch),
        }
    }

    /// What follows is not known: what is there of lines is handed out as it is, so that nobody joins it
    /// with the rest of others.
    pub fn cut(&mut self, batch: &mut Batch) {
        self.end_file(batch);
        self.hand_out_all(true, batch);
    }

    /// Nothing more is read, and somebody may be writing still: what is there of a line is handed out as one that
    /// goes on. Of a line of which not even the time is all there nothing is, as the program has said nothing
    /// of it yet.
    pub fn finish(&mut self, batch: &mut Batch) {
        let rest = std::mem::take(&mut self.rest);
        if self.within.take().is_none() && !is_head(&rest) {
            let (within, text) = self.begin(&rest);
            self.text(within, text, batch);
        }
        self.hand_out_all(false, batch);
    }

    fn hand_out_all(&mut self, ends: bool, batch: &mut Batch) {
        for slot in [Some(Stream::Stdout), Some(Stream::Stderr), None] {
            self.hand_out(slot, ends, batch);
        }
    }

    /// Whether a line has begun whose end has not come.
    pub fn is_within(&self) -> bool {
        self.within.is_some() || self.open.iter().any(Option::is_some)
    }

    /// How many lines were not in the format so far.
    pub fn foreign_lines(&self) -> u64 {
        self.foreign
    }

    fn line(&mut self, line: &[u8], batch: &mut Batch) {
        let (within, text) = self.begin(line);
        let Within { slot, at, ends } = within;
        let is_open = self.open.get(index(slot)).is_some_and(Option::is_some);
        if ends && !is_open && text.len() <= LONGEST {
            // Nearly all are so.
            return batch.push((at, slot, true), text);
        }
        self.text(within, text, batch);
        self.close(within, batch);
    }

    /// What a line is, and what it says.
    fn begin<'a>(&mut self, line: &'a [u8]) -> (Within, &'a [u8]) {
        let (slot, ends, text) = match Line::read(line) {
            Some(read) => {
                self.last = Some(read.at);
                (Some(read.stream), read.ends, read.text)
            }
            None => {
                self.foreign += 1;
                (None, true, line)
            }
        };
        let at = self.last.unwrap_or(Moment(0));
        (Within { slot, at, ends }, text)
    }

    /// More of a line; what is too much for one entry is handed out.
    fn text(&mut self, within: Within, mut text: &[u8], batch: &mut Batch) {
        let Within { slot, at, .. } = within;
        let Some(place) = self.open.get_mut(index(slot)) else {
            return;
        };
        let open = place.get_or_insert_with(|| Open {
            at,
            text: Vec::new(),
        });
        while let Some((part, rest)) = text.split_at_checked(LONGEST - open.text.len()) {
            if rest.is_empty() {
                break;
            }
            open.text.extend_from_slice(part);
            batch.push((open.at, slot, false), &open.text);
            open.text.clear();
            text = rest;
        }
        open.text.extend_from_slice(text);
    }

    fn close(&mut self, within: Within, batch: &mut Batch) {
        if within.ends {
            self.hand_out(within.slot, true, batch);
        }
    }

    fn hand_out(&mut self, slot: Slot, ends: bool, batch: &mut Batch) {
        let open = self.open.get_mut(index(slot)).and_then(Option::take);
        if let Some(open) = open {
            batch.push((open.at, slot, ends), &open.text);
        }
    }
}

/// Whether this may become what comes before the text of a line.
fn is_head(bytes: &[u8]) -> bool {
    let becomes = |rest: &[u8]| {
        let whole = [bytes, rest].concat();
        Line::read(&whole).is_some_and(|line| line.text.is_empty())
    };
    HEADS.iter().any(|head| {
        let mut ends = (0..head.len()).filter_map(|from| head.get(from..));
        bytes.len() < head.len() && ends.any(becomes)
    })
}
