//! What is seen of a container's log on its node, for the decision where what was not shipped begins.

use std::collections::BTreeMap;

use crate::logs::line::moment;
use crate::logs::{Moment, SegmentName};

/// So many of a segment's first bytes are of use, where it has them: as many as Vector looks at.
pub const HEAD: usize = 32 << 10;
/// So many bytes before a [`Place`] are of use, where there are so many: long lines are in several
/// parts of 16 KiB, and it may be in the midst of them.
pub const BEFORE: usize = 256 << 10;

/// A container, as its pod and its folder have it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Container {
    /// The pod's namespace.
    pub namespace: String,
    /// The pod's name.
    pub pod: String,
    /// The pod's uid, as its folder below `/var/log/pods` has it.
    pub uid: String,
    /// The container's name.
    pub name: String,
    /// The ids of its starts, as far as they are known: 64 hex digits, by how often it had been started
    /// anew. Each one that is missing makes Fluent Bit's records less certain.
    pub ids: BTreeMap<u32, String>,
}

/// A segment of the container's folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// Its file's name.
    pub name: SegmentName,
    /// Its first unpacked bytes: [`HEAD`] of them, or all where it has fewer.
    pub head: Vec<u8>,
    /// How many unpacked bytes it has, where that is known.
    pub length: Option<u64>,
}

impl Seen {
    /// When its first line was written.
    pub fn begins(&self) -> Option<Moment> {
        moment(&self.head).map(|(at, _)| at)
    }
}

/// A place in a segment: this unpacked byte of it comes next.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The segment.
    pub segment: SegmentName,
    /// The byte.
    pub byte: u64,
}

/// What is right before a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Before {
    /// These bytes: [`BEFORE`] of them, or all that there are.
    Bytes(Vec<u8>),
    /// The segment has not so many bytes.
    Short,
}

/// What was looked at, place by place. What is missing could not be looked at.
pub type Looked = BTreeMap<Place, Before>;

/// Where the line begins in which a place is, by the bytes before it: the first part of it, where
/// it has several. `None`: it begins before these bytes.
pub(super) fn line_start(before: &[u8], byte: u64) -> Option<u64> {
    let from = byte.checked_sub(u64::try_from(before.len()).ok()?)?;
    // What comes first is the rest of a line, but for the first byte of the file.
    let mut at = match from {
        0 => 0,
        _ => before.iter().position(|byte| *byte == b'\n')? + 1,
    };
    // Where a line of each stream begins that has no end yet, and whether it has one before these bytes.
    let mut open: [(Option<usize>, bool); 2] = [(None, from == 0); 2];
    while let Some(rest) = before.get(at..) {
        let Some(end) = rest.iter().position(|byte| *byte == b'\n') else {
            break;
        };
        let line = rest.get(..end).and_then(super::super::Line::read);
        if let Some(line) = line {
            let stream = usize::from(line.stream == super::super::Stream::Stderr);
            if let Some((begins, is_known)) = open.get_mut(stream) {
                match line.ends {
                    true => (*begins, *is_known) = (None, true),
                    false => *begins = begins.or(Some(at)),
                }
            }
        }
        at += end + 1;
    }
    for (begins, is_known) in open {
        match (begins, is_known) {
            (Some(_), false) => return None,
            (Some(begins), true) => at = at.min(begins),
            (None, _) => {}
        }
    }
    from.checked_add(u64::try_from(at).ok()?)
}
