//! What a folder has, by listings of which one may lack what is renamed just then: two have to agree.

use super::step::Missing;
use crate::logs::SegmentName;

/// Listings in a row that differ from each other.
const MOST_DOUBTS: u32 = 6;

/// What is missing, and why.
pub(super) type Gone = (SegmentName, Missing);

/// A folder, as it was listed last.
#[derive(Debug, Default)]
pub(super) struct Listings {
    /// Its files, in the order in which they were written; the first listing, as long as none is settled.
    pub(super) now: Vec<SegmentName>,
    /// How often that was settled.
    pub(super) settled: u64,
    /// A listing that says something new, until another one says the same.
    doubtful: Option<Vec<SegmentName>>,
    doubts: u32,
    /// What listings had that were not settled.
    seen: Vec<SegmentName>,
}

/// What a listing was before another one was settled.
pub(super) struct Before {
    /// The one that was settled.
    files: Vec<SegmentName>,
    /// What others had.
    seen: Vec<SegmentName>,
}

impl Listings {
    /// Whether the folder has to be listed once more to know what it has.
    pub(super) fn is_unsettled(&self) -> bool {
        self.settled == 0 || self.doubtful.is_some()
    }

    /// Takes a listing; gives what was before it, where that settles what there is.
    pub(super) fn take(&mut self, mut names: Vec<SegmentName>) -> Option<Before> {
        // Of one that is being packed the packed file comes last, and is whole as soon as it is called so.
        names.sort();
        names.reverse();
        names.dedup_by(|plain, packed| plain.is_same(packed));
        names.reverse();
        let agrees = |other: &[SegmentName]| {
            let mut pairs = other.iter().zip(&names);
            other.len() == names.len() && pairs.all(|(one, two)| one.is_same(two))
        };
        let is_known = self.settled > 0 && agrees(&self.now);
        let is_seen_twice = self.doubtful.as_deref().is_some_and(agrees);
        self.doubts += 1;
        if !is_known && !is_seen_twice && self.doubts < MOST_DOUBTS {
            if self.settled == 0 && self.now.is_empty() {
                self.now.clone_from(&names);
            }
            self.seen.extend(names.iter().cloned());
            self.doubtful = Some(names);
            return None;
        }
        (self.doubtful, self.doubts) = (None, 0);
        self.settled += 1;
        Some(Before {
            files: std::mem::replace(&mut self.now, names),
            seen: std::mem::take(&mut self.seen),
        })
    }

    /// Whether this file is there.
    fn has(&self, name: &SegmentName) -> bool {
        is_in(&self.now, name)
    }

    /// What is missing now of what was not opened, each by the file before which it is told.
    pub(super) fn missing(
        &self,
        before: &Before,
        is_opened: impl Fn(&SegmentName) -> bool,
    ) -> Vec<(SegmentName, Gone)> {
        let all = before.files.iter().chain(&before.seen);
        let unopened = all.filter(|name| !is_opened(name));
        let mut missing: Vec<_> = unopened
            .filter_map(|name| self.gone(name, &before.files))
            .collect();
        for (place, (name, why)) in self.unseen(&before.files) {
            if !missing.iter().any(|(_, (told, _))| *told == name) {
                missing.push((place, (name, why)));
            }
        }
        missing
    }

    /// What is told of a file that was listed and is not there any more, and before which file. A live
    /// file has another name then: the next one, where one that was there before is there still; else
    /// nobody knows.
    fn gone(&self, name: &SegmentName, before: &[SegmentName]) -> Option<(SegmentName, Gone)> {
        let rotated = |one: &&SegmentName| one.restart == name.restart && one.rotated.is_some();
        let own = self.now.iter().filter(rotated);
        let mut news = own.filter(|one| !is_in(before, one));
        let first = news.next().filter(|_| name.rotated.is_none());
        let Some(first) = first else {
            let removed = (name.clone(), Missing::Removed);
            return (!self.has(name)).then(|| (name.clone(), removed));
        };
        let mut old = before.iter().filter(rotated);
        let is_next = news.next().is_none() || !is_in(before, name);
        let is_clear = is_next || old.any(|one| self.has(one));
        (!is_clear).then(|| (first.clone(), (name.clone(), Missing::Unclear)))
    }

    /// What came and went between two listings: starts of the container without a file, and what was
    /// rotated of a start before anybody saw its first file.
    fn unseen(&self, before: &[SegmentName]) -> Vec<(SegmentName, Gone)> {
        let mut last = before.last().map(|name| name.restart);
        let mut unseen = Vec::new();
        for name in &self.now {
            let Some(last) = last.as_mut().filter(|last| **last < name.restart) else {
                continue;
            };
            if *last + 1 < name.restart {
                unseen.push((name.clone(), (name.of_start(*last + 1), Missing::Unseen)));
            } else if name.rotated.is_some() {
                unseen.push((name.clone(), (name.of_start(name.restart), Missing::Unseen)));
            }
            *last = name.restart;
        }
        unseen
    }
}

fn is_in(all: &[SegmentName], name: &SegmentName) -> bool {
    all.iter().any(|one| one.is_same(name))
}
