//! Compares the members that differ: each archive is read once more, and only short texts are held.

use std::collections::HashMap;
use std::convert::Infallible;
use std::io::{self, Read};
use std::ops::ControlFlow;
use std::path::Path;

use super::super::super::digest::Digest;
use super::super::super::fault::ArchiveFault;
use super::super::super::label::{clean, shortened};
use super::super::super::limits::Limits;
use super::super::super::read::{Content, open, read};
use super::super::super::told::Member;
use super::super::edits::edits;
use super::super::shapes::Shapes;
use super::{Changed, How};

/// A longer text is a log.
const SHORT: u64 = 512 << 10;
/// Bytes of short texts of one archive that are held at the same time.
const HELD: u64 = 64 << 20;
/// Shapes of all members, and of one.
const ROOM: usize = 100_000;
const ROOM_OF_ONE: usize = 20_000;
/// What is named of a member.
const LINES: usize = 200;
const LETTERS: usize = 1_000;
const SHAPES: usize = 50;

/// A member of both archives.
struct Pair<'m> {
    of: [&'m Member; 2],
    /// What it says in each of them, where it is short.
    texts: Option<[Vec<u8>; 2]>,
    shapes: Shapes,
    /// Shapes that there is room for.
    room: usize,
    grown: bool,
}

/// Compares pairs of members that differ.
pub(super) fn compare(
    (a, b): (&Path, &Path),
    differ: &[(&Member, &Member)],
    limits: &Limits,
) -> Result<Vec<Changed>, ArchiveFault> {
    let (mut changed, mut pairs, mut held) = (Vec::new(), HashMap::new(), 0);
    for (a, b) in differ.iter().copied() {
        if a.binary || b.binary {
            let why = "it is no text".to_owned();
            changed.push(told([a, b], How::Size { why }));
            continue;
        }
        let larger = a.size.max(b.size);
        let is_short = larger <= SHORT && held + larger <= HELD;
        held += if is_short { larger } else { 0 };
        let pair = Pair {
            of: [a, b],
            texts: is_short.then(Default::default),
            shapes: Shapes::default(),
            room: ROOM_OF_ONE,
            grown: false,
        };
        pairs.insert(a.label.as_str(), pair);
    }
    let logs = pairs.values().filter(|pair| pair.texts.is_none()).count();
    for pair in pairs.values_mut().filter(|pair| pair.texts.is_none()) {
        pair.room = pair.room.min(ROOM / logs);
    }
    for (path, is_second) in [(a, false), (b, true)] {
        // The answer is there without reading it once more.
        if pairs.is_empty() {
            break;
        }
        let Ok(_) = read(open(path)?, limits, |head, content| {
            if let Some(pair) = pairs.get_mut(head.label) {
                pair.take(content, is_second);
            }
            Ok::<_, Infallible>(ControlFlow::Continue(()))
        });
    }
    changed.extend(pairs.into_values().map(Pair::told));
    Ok(changed)
}

impl Pair<'_> {
    fn take(&mut self, content: &mut Content<'_>, is_second: bool) {
        // That it breaks off is known from the first time.
        if let Some([a, b]) = &mut self.texts {
            let text = if is_second { b } else { a };
            let _ = content.take(SHORT).read_to_end(text);
            return;
        }
        let [a, b] = self.of;
        let other = if is_second { a } else { b };
        let mut beginning = Beginning {
            inner: content,
            left: other.size,
            digest: Digest::default(),
        };
        self.shapes
            .take_all(&mut beginning, is_second, &mut self.room);
        // Of the same length and another digest it has not grown.
        let is_all_there = beginning.left == 0 && other.size > 0 && other.cut.is_none();
        self.grown |= is_all_there && beginning.digest.hex() == other.sha256;
    }

    fn told(mut self) -> Changed {
        if let Some([a, b]) = &self.texts {
            if let Some(how) = by_lines(a, b) {
                return told(self.of, how);
            }
            for (mut text, is_second) in [(a.as_slice(), false), (b.as_slice(), true)] {
                self.shapes.take_all(&mut text, is_second, &mut self.room);
            }
        }
        let (lines_a, lines_b) = self.shapes.lines;
        let uncounted = self.shapes.uncounted;
        let [(only_a, shapes_a), (only_b, shapes_b)] = self.shapes.only(SHAPES);
        let how = How::Shapes {
            grown: self.grown,
            lines_a,
            lines_b,
            only_a,
            shapes_a,
            only_b,
            shapes_b,
            uncounted,
        };
        told(self.of, how)
    }
}

fn told([a, b]: [&Member; 2], how: How) -> Changed {
    Changed {
        label: a.label.clone(),
        size_a: a.size,
        size_b: b.size,
        cut: a.cut.is_some() || b.cut.is_some(),
        how,
    }
}

fn by_lines(a: &[u8], b: &[u8]) -> Option<How> {
    let (a, b) = (split(a), split(b));
    let mut lines = edits(&a, &b)?;
    let added = lines.iter().filter(|line| line.added).count();
    let removed = lines.len() - added;
    lines.truncate(LINES);
    for line in &mut lines {
        line.text = shortened(&clean(line.text.as_bytes()), LETTERS);
    }
    Some(How::Lines {
        removed: removed as u64,
        added: added as u64,
        lines,
    })
}

fn split(text: &[u8]) -> Vec<&[u8]> {
    text.split_inclusive(|byte| *byte == b'\n').collect()
}

/// Digests as much of a member as the other one has.
struct Beginning<'r> {
    inner: &'r mut dyn Read,
    left: u64,
    digest: Digest,
}

impl Read for Beginning<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(into)?;
        let part = usize::try_from(self.left).unwrap_or(usize::MAX).min(count);
        self.digest.add(into.get(..part).unwrap_or_default());
        self.left -= part as u64;
        Ok(count)
    }
}
