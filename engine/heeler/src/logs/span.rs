//! From when to when.

use heeler_core::logs::{Entry, Moment};

/// A span of time; both ends are in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// From then on.
    pub since: Moment,
    /// Until then.
    pub until: Moment,
}

impl Span {
    /// All that there is.
    pub const ALL: Span = Span {
        since: Moment(i64::MIN),
        until: Moment(i64::MAX),
    };

    /// Whether an entry is in it. One whose time nobody knows is kept.
    pub fn has(self, entry: &Entry) -> bool {
        let is_timeless = entry.stream.is_none() && entry.at == Moment(0);
        is_timeless || self.since <= entry.at && entry.at <= self.until
    }
}
