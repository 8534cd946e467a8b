//! A segment of a container's log by its file's name, and by how it begins.
//!
//! `N.log`: N is how often the container had been started anew. `N.log.20261120-121212`: rotated away
//! from under that name at that time of the node's own zone; `….gz` the same, packed. `….tmp`: half of
//! one that is being packed, whose plain file is still there. Source: kubernetes 1.36,
//! `pkg/kubelet/logs/container_log_manager.go`; measured.

use std::cmp::Ordering;

use super::line::{Moment, moment};

/// `20261120-121212`.
const STAMP: usize = 15;

/// When a segment was rotated away, as its node's clock had it: it sorts as it was, and says nothing of
/// its zone.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rotation(String);

impl Rotation {
    fn read(stamp: &str) -> Option<Self> {
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        let (date, time) = stamp.split_once('-')?;
        let good = stamp.len() == STAMP && date.len() == 8 && digits(date) && digits(time);
        good.then(|| Rotation(stamp.to_owned()))
    }
}

/// The name of a segment's file.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SegmentName {
    /// How often the container had been started anew.
    pub restart: u32,
    /// When it was rotated away; `None`: the container runtime writes to it, or has until the container
    /// ended.
    pub rotated: Option<Rotation>,
    /// Whether the file is packed by gzip.
    pub packed: bool,
}

impl SegmentName {
    /// Reads the name of a file in a container's folder. `None`: it is no segment, or half of one.
    pub fn read(name: &str) -> Option<Self> {
        let (restart, rest) = name.split_once(".log")?;
        let is_number = !restart.is_empty() && restart.bytes().all(|byte| byte.is_ascii_digit());
        if !is_number || (restart.len() > 1 && restart.starts_with('0')) {
            return None;
        }
        let restart = restart.parse().ok()?;
        let plain = SegmentName {
            restart,
            rotated: None,
            packed: false,
        };
        if rest.is_empty() {
            return Some(plain);
        }
        let stamp = rest.strip_prefix('.')?;
        let (stamp, packed) = match stamp.strip_suffix(".gz") {
            Some(stamp) => (stamp, true),
            None => (stamp, false),
        };
        Some(SegmentName {
            rotated: Some(Rotation::read(stamp)?),
            packed,
            ..plain
        })
    }

    /// The live file of another start.
    pub(super) fn of_start(&self, restart: u32) -> Self {
        SegmentName {
            restart,
            rotated: None,
            packed: false,
        }
    }

    /// The file's name.
    pub fn file_name(&self) -> String {
        let mut name = format!("{}.log", self.restart);
        if let Some(Rotation(stamp)) = &self.rotated {
            name += ".";
            name += stamp;
        }
        if self.packed {
            name += ".gz";
        }
        name
    }

    /// Whether both are files of the same segment: one may be packed already, the other not yet
    /// removed.
    pub fn is_same(&self, other: &Self) -> bool {
        self.restart == other.restart && self.rotated == other.rotated
    }
}

impl Ord for SegmentName {
    /// In the order in which they were written.
    fn cmp(&self, other: &Self) -> Ordering {
        let last = |name: &Self| name.rotated.is_none();
        let key = |name: &'_ Self| (name.restart, last(name));
        key(self)
            .cmp(&key(other))
            .then_with(|| self.rotated.cmp(&other.rotated))
            .then_with(|| self.packed.cmp(&other.packed))
    }
}

impl PartialOrd for SegmentName {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// How a segment begins. What is only ever added to begins the same for ever, whatever its file is
/// called: this tells segments apart, where names and sizes can't.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Beginning(Vec<u8>);

impl Beginning {
    /// Bytes that tell: time, to the nanosecond, and text of the first lines.
    pub const MOST: usize = 512;

    /// Takes the beginning of a segment's unpacked bytes; `None` as long as it has not a whole line, nor
    /// [`Beginning::MOST`] bytes.
    pub fn of(bytes: &[u8]) -> Option<Self> {
        let most = bytes.get(..Self::MOST.min(bytes.len())).unwrap_or(bytes);
        match most.iter().position(|byte| *byte == b'\n') {
            Some(end) => most.get(..=end).map(|line| Beginning(line.to_vec())),
            None => (most.len() == Self::MOST).then(|| Beginning(most.to_vec())),
        }
    }

    /// When the first line was written.
    pub fn at(&self) -> Option<Moment> {
        moment(&self.0).map(|(at, _)| at)
    }
}
