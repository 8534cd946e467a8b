//! Which file of a container's folder comes next, while they are rotated, packed and removed beside it.
//!
//! Pure: what the node lists and how its files begin goes in, what to do next comes out. What it relies
//! on of the kubelet and containerd (kubernetes 1.36, `pkg/kubelet/logs/container_log_manager.go`;
//! containerd's `ReopenContainerLog`):
//!
//! - A file that was rotated away keeps the time in its name, packed or not. Only `N.log` is another file
//!   at another time, which its beginning tells.
//! - Nothing is added to a file once a later one is there: what was asked for then is whole at its end.
//!   The last one is asked for again as soon as it is not the last one any more.
//! - A folder is listed while its files are renamed, so that one listing may lack a file that is there.

mod listings;
mod step;

use std::collections::BTreeMap;
use std::collections::btree_map::OccupiedEntry;

use self::listings::{Gone, Listings};
pub use self::step::{Ended, Missing, Opened, ReadFrom, Step};
use super::segment::{Beginning, SegmentName};

/// How often a file may be missed, or break off without a byte of it, in a row.
const TRIES: u32 = 5;
/// So many segments may come to be while a log is read.
const MOST_LATER: usize = 64;

/// A container's log on its way to be read, oldest first.
#[derive(Debug, Default)]
pub struct Trail {
    folder: Listings,
    /// Segments of the first listing.
    at_first: usize,
    is_stale: bool,
    /// What was opened, in the order in which it was written.
    segments: Vec<Segment>,
    /// The live file that was opened last.
    live: Option<Live>,
    /// How often a file that is listed was not there, in a row.
    missed: u32,
    /// What was listed, and gone before it was opened, by the file before which it is told.
    gone: BTreeMap<SegmentName, Gone>,
    to_tell: Vec<Gone>,
}

/// A file that is open, before it is known which segment it is.
#[derive(Debug)]
struct Live {
    name: SegmentName,
    begins: Option<Beginning>,
    /// How often the folder had been listed then.
    then: u64,
}

#[derive(Debug)]
struct Segment {
    /// What its file was called last.
    name: SegmentName,
    begins: Option<Beginning>,
    /// So many bytes of it were handed on.
    bytes: u64,
    /// It is open, and was opened under that listing.
    open: Option<u64>,
    /// The listing under which what is being read was asked for.
    asked: u64,
    /// The same of what was read to its end.
    ended: Option<u64>,
    is_done: bool,
    /// The file that is called so is this one.
    is_sure: bool,
    tries: u32,
}

impl Trail {
    /// The folder was listed: its segments in any order. Empty: there is none, or no folder.
    pub fn listed(&mut self, names: Vec<SegmentName>) {
        let Some(before) = self.folder.take(names) else {
            return;
        };
        self.is_stale = false;
        if self.folder.settled == 1 {
            self.at_first = self.folder.now.len();
        }
        self.recognize();
        let missing = self
            .folder
            .missing(&before, |name| self.find(name).is_some());
        self.gone.extend(missing);
    }

    /// Which of the segments are called so still: a live file may have been rotated where new rotated ones
    /// are there.
    fn recognize(&mut self) {
        let now = &self.folder.now;
        let is_new = |name: &&SegmentName| name.rotated.is_some() && self.find(name).is_none();
        let news: Vec<u32> = now.iter().filter(is_new).map(|name| name.restart).collect();
        for segment in &mut self.segments {
            let own = &segment.name;
            if segment.is_done {
                // Its file may have another name by now, also the one that it had before, and another one its
                // name.
                segment.is_sure &= match own.rotated {
                    Some(_) => now.iter().any(|name| name.is_same(own)),
                    None => !news.contains(&own.restart),
                };
                continue;
            }
            let name = now.iter().find(|name| name.is_same(own)).cloned();
            let is_other =
                own.rotated.is_none() && (!segment.is_sure || news.contains(&own.restart));
            segment.is_sure = name.is_some() && !is_other;
            segment.name = name.unwrap_or_else(|| own.clone());
        }
        // What had no line and was not read is known by its name alone.
        let is_bare = |one: &Segment| one.begins.is_none() && one.bytes == 0;
        self.segments
            .retain(|one| one.is_done || one.is_sure || !is_bare(one));
    }

    /// What the folder has, in the order in which it was written.
    pub fn listing(&self) -> &[SegmentName] {
        &self.folder.now
    }

    /// Leaves a segment out: nobody wants it.
    pub fn skip(&mut self, name: &SegmentName) {
        let mut segment = Segment::new(name, None);
        segment.is_done = true;
        self.segments.push(segment);
    }

    /// A file was to be opened.
    pub fn opened(&mut self, name: &SegmentName, opened: Opened) {
        let begins = match opened {
            Opened::Begins(begins) => Some(begins),
            Opened::Bare => None,
            Opened::Absent => {
                self.is_stale = true;
                self.missed += 1;
                if self.missed > TRIES {
                    self.is_stale = false;
                    self.give_up(name, "it is listed again and again, and is not there");
                }
                return;
            }
            Opened::Refused(why) => return self.give_up(name, &why),
        };
        self.missed = 0;
        match name.rotated {
            Some(_) => self.place(name, begins, self.folder.settled),
            None => {
                self.live = Some(Live {
                    name: name.clone(),
                    begins,
                    then: self.folder.settled,
                });
            }
        }
    }

    /// A file was read, and begins so, as far as that is known.
    pub fn read(&mut self, name: &SegmentName, begins: Option<Beginning>, ended: Ended) {
        let (listings, is_last) = (self.folder.settled, self.folder.now.last() == Some(name));
        let Some(index) = self.find(name) else {
            return;
        };
        let Some(segment) = self.segments.get_mut(index) else {
            return;
        };
        // It had less than a line when it was opened.
        segment.begins = segment.begins.take().or(begins);
        match ended {
            Ended::At(bytes) => {
                (segment.bytes, segment.ended) = (bytes, Some(segment.asked));
                let is_whole = !is_last && segment.asked == listings;
                // What has no whole line is read when nothing can come any more.
                segment.is_done = is_whole || segment.begins.is_none();
            }
            Ended::Elsewhere(bytes) => {
                let is_further = bytes > segment.bytes;
                segment.tries = if is_further { 0 } else { segment.tries + 1 };
                segment.bytes = bytes;
                segment.is_sure = false;
                self.is_stale = true;
                if segment.tries > TRIES {
                    self.is_stale = false;
                    self.give_up(name, "its file breaks off again and again, and begins anew");
                }
            }
            Ended::Broken(bytes, why) => {
                segment.bytes = bytes;
                self.give_up(name, &why);
            }
        }
    }

    /// More may have been written since the end: the folder is looked at again, and what was added to its
    /// last file is read.
    pub fn again(&mut self) {
        self.is_stale = true;
        self.at_first = self.at_first.max(self.segments.len());
        let last = self.folder.now.last().cloned();
        let index = last.and_then(|last| self.find(&last));
        let Some(index) = index else { return };
        // What had no line yet may have one now.
        let is_bare = |one: &Segment| one.begins.is_none() && one.bytes == 0;
        if self.segments.get(index).is_some_and(is_bare) {
            self.segments.remove(index);
        } else if let Some(segment) = self.segments.get_mut(index) {
            segment.ended = None;
        }
    }

    /// What to do next.
    pub fn step(&mut self) -> Step {
        if let Some((name, why)) = self.to_tell.pop() {
            return Step::Tell(name, why);
        }
        if self.is_stale || self.folder.is_unsettled() {
            return Step::List;
        }
        for (place, name) in self.folder.now.clone().iter().enumerate() {
            let known = self.find(name).and_then(|index| self.segments.get(index));
            if known.is_some_and(|segment| segment.is_done && segment.is_sure) {
                continue;
            }
            let first = self.gone.first_entry().filter(|gone| gone.key() <= name);
            if let Some((gone, why)) = first.map(OccupiedEntry::remove) {
                return Step::Tell(gone, why);
            }
            let is_last = place + 1 == self.folder.now.len();
            if let Some(step) = self.step_at(name, is_last) {
                return step;
            }
        }
        // What broke off, and nothing came after it.
        let lost =
            |segment: &Segment| !segment.is_done && !segment.is_sure && segment.ended.is_none();
        match self.segments.iter().position(lost) {
            Some(lost) => self.miss(lost),
            None => match self.gone.pop_first() {
                Some((_, (gone, why))) => Step::Tell(gone, why),
                None => Step::End,
            },
        }
    }

    fn step_at(&mut self, name: &SegmentName, is_last: bool) -> Option<Step> {
        let known = self.find(name).and_then(|index| self.segments.get(index));
        if !known.is_some_and(|segment| segment.is_sure) {
            if name.rotated.is_some() {
                return Some(self.open(name));
            }
            match self.live.take() {
                // What was rotated before it was opened is listed by now, and was compared with it.
                Some(live) if live.name == *name && live.then + 1 == self.folder.settled => {
                    self.place(name, live.begins, live.then);
                }
                Some(live) if live.name == *name && live.then == self.folder.settled => {
                    self.live = Some(live);
                    return Some(Step::List);
                }
                _ => return Some(self.open(name)),
            }
        }
        let index = self.find(name)?;
        let mut before = self.segments.iter().take(index);
        if let Some(lost) = before.position(|one| !one.is_done && !one.is_sure) {
            return Some(self.miss(lost));
        }
        let listings = self.folder.settled;
        // It may have been done with under another name.
        let segment = self.segments.get_mut(index).filter(|one| !one.is_done)?;
        match (segment.ended, is_last, &segment.begins) {
            (Some(then), true, _) if then == listings => return Some(Step::List),
            // Nor was there a line in it when it was opened.
            (Some(_), true, _) | (None, true, None) => return None,
            _ => {}
        }
        let is_open = segment.open.take().filter(|_| segment.begins.is_some());
        segment.asked = is_open.unwrap_or(listings);
        let from = match is_open {
            Some(_) => ReadFrom::Opened,
            None => ReadFrom::Byte(segment.bytes),
        };
        Some(Step::Read(name.clone(), from))
    }

    fn open(&mut self, name: &SegmentName) -> Step {
        if self.segments.len() < self.at_first + MOST_LATER {
            return Step::Open(name.clone());
        }
        self.folder.now.clear();
        self.segments.clear();
        Step::Tell(name.clone(), Missing::Outrun)
    }

    /// A segment was not found under any name.
    fn miss(&mut self, index: usize) -> Step {
        let Some(segment) = self.segments.get_mut(index) else {
            return Step::End;
        };
        segment.is_done = true;
        Step::Tell(segment.name.clone(), Missing::Removed)
    }

    fn give_up(&mut self, name: &SegmentName, why: &str) {
        self.missed = 0;
        if self.find(name).is_none() {
            self.segments.push(Segment::new(name, None));
        }
        let index = self.find(name);
        if let Some(segment) = index.and_then(|index| self.segments.get_mut(index)) {
            (segment.is_done, segment.is_sure) = (true, true);
        }
        let why = Missing::Unread(why.to_owned());
        self.to_tell.push((name.clone(), why));
    }

    /// Which segment a file is that begins so: one that was read under another name, or a new one.
    fn place(&mut self, name: &SegmentName, begins: Option<Beginning>, then: u64) {
        let is_this = |one: &Segment| {
            let may_be = !one.is_sure && one.name.restart == name.restart;
            may_be && one.begins.is_some() && one.begins == begins
        };
        let known = self.segments.iter().position(is_this);
        let index = known.unwrap_or_else(|| {
            self.segments.push(Segment::new(name, begins.clone()));
            self.segments.len() - 1
        });
        if let Some(segment) = self.segments.get_mut(index) {
            segment.name = name.clone();
            segment.is_sure = true;
            segment.open = (segment.bytes == 0).then_some(then);
        }
        // It was opened before it was rotated: what is called so now is another one.
        if name.rotated.is_some() && begins.is_some() {
            self.live.take_if(|live| live.begins == begins);
        }
    }

    /// The segment of this name: a sure one, rather than one that has lost it.
    fn find(&self, name: &SegmentName) -> Option<usize> {
        let has_name = |one: &Segment| one.name.is_same(name);
        let all = || self.segments.iter();
        let sure = all().position(|one| has_name(one) && one.is_sure);
        sure.or_else(|| all().position(has_name))
    }
}

impl Segment {
    fn new(name: &SegmentName, begins: Option<Beginning>) -> Self {
        Segment {
            name: name.clone(),
            begins,
            bytes: 0,
            open: None,
            asked: 0,
            ended: None,
            is_done: false,
            is_sure: true,
            tries: 0,
        }
    }
}
