//! What a trail asks for, and what it is told.

use crate::logs::{Beginning, SegmentName};

/// What to do next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// List the folder: [`super::Trail::listed`].
    List,
    /// Open this file from its first byte, and see how it begins: [`super::Trail::opened`].
    Open(SegmentName),
    /// Hand on what this file has: [`super::Trail::read`].
    Read(SegmentName, ReadFrom),
    /// Something is missing here: a line that has no end yet ends here.
    Tell(SegmentName, Missing),
    /// All was read that there is.
    End,
}

/// From where a file is to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReadFrom {
    /// All of it, as it was opened.
    Opened,
    /// From this byte of the segment on, by another request; what is there before it has to be what was
    /// read before.
    Byte(u64),
}

/// Why a segment is missing, or the rest of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Missing {
    /// It was there, and was removed before all of it was read.
    Removed,
    /// It was rotated several times since it was listed, and may have been removed meanwhile.
    Unclear,
    /// Files of this start may have come and gone between two listings.
    Unseen,
    /// It can't be read, for this reason.
    Unread(String),
    /// More comes than can be read.
    Outrun,
}

/// How reading a file ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ended {
    /// At its end, which is this byte of the segment.
    At(u64),
    /// At this byte: no file is called so any more, or another one is.
    Elsewhere(u64),
    /// At this byte, for a reason that another try does not change.
    Broken(u64, String),
}

/// How a file begins that was to be opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Opened {
    /// It has less than a line.
    Bare,
    /// So.
    Begins(Beginning),
    /// No file is called so.
    Absent,
    /// It can't be opened, for a reason that another try does not change.
    Refused(String),
}
