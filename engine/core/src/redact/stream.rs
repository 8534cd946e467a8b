//! Bytes in pieces of any size, cut where it makes no difference.

use memchr::{memchr, memrchr};

use super::mark::RedactionKey;
use super::scan::{Region, Scanner};
use super::tally::Tally;

/// A longer line is gone through in parts of this size.
const WINDOW: usize = 256 << 10;
/// Anchors in the last bytes of a part are left to the next one, so that what follows them is there.
const AHEAD: usize = 64 << 10;
/// What is kept of a part that is done, for looks to the left.
const CONTEXT: usize = 2 << 10;

/// No more than this is kept between two pieces, whatever comes.
pub const LONGEST_KEPT: usize = WINDOW + CONTEXT;

/// Takes secrets out of bytes that come in pieces.
///
/// What it gives back is late by a line at most, and by 256 KiB of a long one.
#[derive(Debug)]
pub struct Redactor {
    scanner: Scanner,
    /// The line that has not ended yet, and of a long one what was before.
    rest: Vec<u8>,
    /// How much of the rest is done.
    done: usize,
}

impl Redactor {
    /// A redactor whose tokens are made with this key.
    pub fn new(key: RedactionKey) -> Self {
        Redactor {
            scanner: Scanner::new(key),
            rest: Vec::new(),
            done: 0,
        }
    }

    /// Takes the next bytes, and adds to `out` what is certain by now.
    pub fn push(&mut self, mut bytes: &[u8], out: &mut Vec<u8>) {
        while !bytes.is_empty() {
            bytes = if self.rest.is_empty() {
                self.whole_lines(bytes, out)
            } else {
                self.more_of_rest(bytes, out)
            };
        }
    }

    /// There are no more bytes: adds what is left to `out`. What is pushed afterwards is another text.
    pub fn finish(&mut self, out: &mut Vec<u8>) {
        self.end_rest(out);
        self.scanner.finish(out);
    }

    /// What was taken out so far.
    pub fn tally(&self) -> &Tally {
        &self.scanner.tally
    }

    /// How many bytes are kept until more come; at most [`LONGEST_KEPT`].
    pub fn kept(&self) -> usize {
        self.rest.len()
    }

    /// Goes through the lines that end in the piece. What is left of it.
    fn whole_lines<'b>(&mut self, bytes: &'b [u8], out: &mut Vec<u8>) -> &'b [u8] {
        let window = bytes.get(..WINDOW).unwrap_or(bytes);
        let Some(last) = memrchr(b'\n', window) else {
            self.rest.extend_from_slice(window);
            let rest = bytes.get(window.len()..).unwrap_or_default();
            self.end_window(out);
            return rest;
        };
        let (lines, rest) = bytes.split_at_checked(last + 1).unwrap_or((bytes, &[]));
        self.scanner.lines(
            Region {
                bytes: lines,
                from: 0,
                to: lines.len(),
                open: false,
            },
            out,
        );
        rest
    }

    /// Adds to the line that has not ended. What is left of the piece.
    fn more_of_rest<'b>(&mut self, bytes: &'b [u8], out: &mut Vec<u8>) -> &'b [u8] {
        let room = WINDOW.saturating_sub(self.rest.len() - self.done);
        let window = bytes.get(..room).unwrap_or(bytes);
        let end = memchr(b'\n', window).map(|end| end + 1);
        let (taken, left) = bytes
            .split_at_checked(end.unwrap_or(window.len()))
            .unwrap_or((bytes, &[]));
        self.rest.extend_from_slice(taken);
        if end.is_some() {
            self.end_rest(out);
        } else {
            self.end_window(out);
        }
        left
    }

    /// Goes through a part of a long line, once there is enough of it.
    fn end_window(&mut self, out: &mut Vec<u8>) {
        if self.rest.len() - self.done < WINDOW {
            return;
        }
        let to = self.done + (WINDOW - AHEAD);
        let region = Region {
            bytes: &self.rest,
            from: self.done,
            to,
            open: true,
        };
        let end = self.scanner.lines(region, out);
        let cut = end.saturating_sub(CONTEXT);
        self.rest.drain(..cut);
        self.done = end - cut;
    }

    /// Goes through what is left of a line.
    fn end_rest(&mut self, out: &mut Vec<u8>) {
        let region = Region {
            bytes: &self.rest,
            from: self.done,
            to: self.rest.len(),
            open: false,
        };
        self.scanner.lines(region, out);
        self.rest.clear();
        self.done = 0;
    }
}
