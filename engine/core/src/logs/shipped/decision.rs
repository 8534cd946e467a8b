//! The answer: where what was not shipped begins, and what is to be said of it.

use std::fmt;

use super::seen::Place;
use crate::logs::{Moment, SegmentName};

/// Where what was not shipped of a container's log begins.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Decision {
    /// Nothing that is left and was not shipped lies before it, whatever can't be known. `None`: there
    /// is no segment.
    pub from: Option<Place>,
    /// Where it begins as far as the records tell; never before `from`. What lies between the two was
    /// probably shipped.
    pub likely: Option<Place>,
    /// What can't be known, or is not as it should be.
    pub doubts: Vec<Doubt>,
    /// What the collector had not read, and is gone.
    pub lost: Vec<Lost>,
}

impl Decision {
    /// Whether the place is exact: nothing comes twice, and nothing is missing but for what is lost.
    pub fn is_certain(&self) -> bool {
        self.doubts.is_empty() && self.from == self.likely
    }
}

/// A file that was not read to its end, as far as is known, and is gone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lost {
    /// The file, as the collector knows it.
    pub path: String,
    /// From this byte of it on.
    pub byte: u64,
    /// The first line behind it that is left.
    pub until: Option<Moment>,
}

impl fmt::Display for Lost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Lost { path, byte, until } = self;
        write!(f, "{path} is gone: what it had from byte {byte} on")?;
        match until {
            Some(until) => write!(f, ", up to the line of {until}"),
            None => Ok(()),
        }
    }
}

/// Why a place is not certain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Doubt {
    /// There is no record of the container, or of its starts up to this segment.
    NoRecord(SegmentName),
    /// There is no record of this segment any more, and there is one of what was written later.
    Forgotten(SegmentName),
    /// The collector has first seen this segment when it had lines already.
    Late {
        /// The segment.
        segment: SegmentName,
        /// When it was seen, where that is known.
        seen: Option<Moment>,
    },
    /// The record fits more than one segment; the first one is taken.
    Several {
        /// The file of the record.
        path: String,
        /// The segment that is taken.
        taken: SegmentName,
    },
    /// The record may be of a file that is gone.
    MaybeGone(String),
    /// A segment may be the file of this record, and has other bytes before the position, or fewer.
    Replaced(String),
    /// The record has no checksum, and its file was packed since: it may be of another one that has got
    /// its inode.
    Unchecked(String),
    /// What is before the position in this segment could not be looked at, or is one long line.
    Unseen(SegmentName),
    /// The record counts packed bytes.
    Packed(String),
}

impl fmt::Display for Doubt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Doubt::NoRecord(segment) => {
                let name = segment.file_name();
                write!(
                    f,
                    "there is no record of {name}: all of it counts as not shipped"
                )
            }
            Doubt::Forgotten(segment) => {
                let name = segment.file_name();
                write!(
                    f,
                    "there is no record of {name} any more: collectors drop it when a file is rotated or gone, whether or not it was read to its end"
                )
            }
            Doubt::Late { segment, seen } => {
                let name = segment.file_name();
                match seen {
                    Some(seen) => write!(
                        f,
                        "the collector has first seen {name} at {seen}, when it had lines for more than a minute: whether it has read those, and what was before them, is not known"
                    ),
                    None => write!(
                        f,
                        "when the collector has first seen {name} is not known, and so not whether it has read its first lines"
                    ),
                }
            }
            Doubt::Several { path, taken } => write!(
                f,
                "{path} may be one of several segments: the first of them is taken, {}",
                taken.file_name()
            ),
            Doubt::MaybeGone(path) => write!(f, "{path} may be a file that is gone"),
            Doubt::Replaced(path) => write!(
                f,
                "no segment has what was before the position in {path}: its file was replaced, or is gone"
            ),
            Doubt::Unchecked(path) => write!(
                f,
                "the record of {path} has no checksum: it may be of another file that has got the inode of one that was packed"
            ),
            Doubt::Unseen(segment) => write!(
                f,
                "what is before the position in {} can't be seen: it is taken from its first byte",
                segment.file_name()
            ),
            Doubt::Packed(path) => write!(
                f,
                "the record of {path} counts packed bytes: it is taken from its first byte"
            ),
        }
    }
}
