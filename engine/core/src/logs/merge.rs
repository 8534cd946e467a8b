//! What several containers have said, by time.
//!
//! The order of a file is kept, also where a clock was set back in between: there an entry counts as
//! no earlier than the one before it. Of entries of the same moment those of the first source come
//! first, so that the same files always give the same order. What goes on with a line has the line's time, and
//! so follows it at once.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::decode::{Batch, Entry};
use super::line::Moment;

/// Merges sources that hand in their entries in batches.
#[derive(Debug, Default)]
pub struct Merge {
    sources: Vec<Source>,
    /// The next entry's time of each source that has one, but for the current source.
    heads: BinaryHeap<Reverse<(Moment, usize)>>,
    /// The source that is read until another one has something earlier.
    current: Option<usize>,
    /// Sources that have to hand in a batch before anything can go on.
    hungry: Vec<usize>,
}

#[derive(Debug)]
struct Source {
    batch: Batch,
    next: usize,
    /// The latest time so far.
    latest: Moment,
}

impl Source {
    fn head(&self) -> Option<Moment> {
        let entry = self.batch.entries().get(self.next)?;
        Some(entry.at.max(self.latest))
    }
}

/// What comes next.
#[derive(Debug, PartialEq, Eq)]
pub enum Next<'a> {
    /// An entry of this source, and what it says.
    Entry(usize, &'a Entry, &'a [u8]),
    /// Nothing, until this source has handed in a batch, or has ended.
    Hungry(usize),
    /// All sources have ended.
    End,
}

impl Merge {
    /// Another source, which has handed in nothing yet; its number is how many there were before.
    pub fn add(&mut self) {
        self.hungry.insert(0, self.sources.len());
        self.sources.push(Source {
            batch: Batch::default(),
            next: 0,
            latest: Moment(i64::MIN),
        });
    }

    /// So many sources, none of which has handed in anything yet.
    pub fn of(sources: usize) -> Self {
        let mut merge = Self::default();
        (0..sources).for_each(|_| merge.add());
        merge
    }

    /// Hands in the next batch of a source that is hungry, or had ended. An empty one leaves it as it is.
    pub fn hand_in(&mut self, source: usize, batch: Batch) {
        let Some(of) = self.sources.get_mut(source) else {
            return;
        };
        (of.batch, of.next) = (batch, 0);
        if let Some(head) = of.head() {
            self.hungry.retain(|hungry| *hungry != source);
            self.heads.push(Reverse((head, source)));
        }
    }

    /// A source that is hungry has ended, or has nothing now: the others go on without it.
    pub fn end(&mut self, source: usize) {
        self.hungry.retain(|hungry| *hungry != source);
    }

    /// What comes next.
    pub fn step(&mut self) -> Next<'_> {
        if let Some(hungry) = self.hungry.last() {
            return Next::Hungry(*hungry);
        }
        let Some(current) = self.pick() else {
            return match self.hungry.last() {
                Some(hungry) => Next::Hungry(*hungry),
                None => Next::End,
            };
        };
        let Some(source) = self.sources.get_mut(current) else {
            return Next::End;
        };
        let Source {
            batch,
            next,
            latest,
        } = source;
        let Some(entry) = batch.entries().get(*next) else {
            return Next::End;
        };
        *next += 1;
        *latest = entry.at.max(*latest);
        Next::Entry(current, entry, batch.text(entry))
    }

    /// The source with the earliest entry, of which the next one is to be taken.
    fn pick(&mut self) -> Option<usize> {
        if let Some(current) = self.current {
            let source = self.sources.get(current)?;
            let Some(head) = source.head() else {
                self.current = None;
                self.hungry.push(current);
                return None;
            };
            let is_first = match self.heads.peek() {
                Some(Reverse(other)) => (head, current) <= *other,
                None => true,
            };
            if is_first {
                return Some(current);
            }
            self.heads.push(Reverse((head, current)));
        }
        let Reverse((_, first)) = self.heads.pop()?;
        self.current = Some(first);
        Some(first)
    }
}
