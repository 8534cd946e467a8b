//! Which segments the records of Fluent Bit are of.
//!
//! Its records name files by inode, which a node does not tell, and by a name that may have gone to
//! another file since. What tells is: the start, by the container's id or the file's name; when the file was
//! first seen, as it was the live one then; its length; and from 5.0.3 on the bytes before the position.

use super::decision::{Decision, Doubt, Lost};
use super::file::Of;
use super::fluent_bit::{FluentBit, Record};
use super::seen::{Before, Container, Looked, Place, Seen};
use super::walk::{Known, back, walk};
use crate::logs::{Moment, SegmentName};

const SECOND: i64 = 1_000_000_000;
/// A file that comes to be is found within its interval of 60 s, and a little: what has lines for longer
/// was there when Fluent Bit started.
const FOUND: i64 = 65 * SECOND;

/// The segments that may be a record's file.
struct May {
    /// By their places in their row.
    be: Vec<usize>,
    /// It may as well be a file that is gone.
    be_gone: bool,
}

impl FluentBit {
    pub(super) fn places(&self, container: &Container, segments: &[Seen]) -> Vec<Place> {
        let places = |record: &Record| {
            let may = may(record, container, segments).be.into_iter();
            let seen = may.filter_map(|index| segments.get(index));
            let place = |seen: &Seen| at(seen, record.byte);
            seen.map(place).collect::<Vec<_>>()
        };
        self.of_container(container).flat_map(places).collect()
    }

    pub(super) fn decide(
        &self,
        container: &Container,
        segments: &[Seen],
        looked: &Looked,
    ) -> Decision {
        let mut decision = Decision::default();
        let mut known: Vec<Option<Known>> = vec![None; segments.len()];
        for record in self.of_container(container) {
            let May { be, be_gone } = may(record, container, segments);
            let could = !be.is_empty();
            let fits = |index: &usize| {
                let seen = segments.get(*index);
                seen.is_some_and(|seen| fits(record, seen, looked))
            };
            let mut be = be.into_iter().filter(fits);
            let Some((index, seen)) = be.next().and_then(|at| Some((at, segments.get(at)?))) else {
                if could {
                    decision.doubts.push(Doubt::Replaced(record.path.clone()));
                }
                decision.lost.push(lost(record, segments));
                continue;
            };
            let doubts = &mut decision.doubts;
            // What is still there keeps its inode; that of a file that was packed may be another one's by
            // now, and the record with it.
            let is_unchecked = record.marker.is_none() && record.byte > 0 && seen.name.packed;
            let is_one_of_several = be.next().is_some();
            let path = || record.path.clone();
            if is_one_of_several {
                doubts.push(Doubt::Several {
                    path: path(),
                    taken: seen.name.clone(),
                });
            }
            doubts.extend(be_gone.then(|| Doubt::MaybeGone(path())));
            doubts.extend(is_unchecked.then(|| Doubt::Unchecked(path())));
            let byte = match is_packed(record) {
                true => {
                    doubts.push(Doubt::Packed(record.path.clone()));
                    0
                }
                false => back(&at(seen, record.byte), looked, doubts),
            };
            let began = seen.begins().map(|Moment(at)| at.saturating_add(FOUND));
            let is_late = match (record.seen, began) {
                (Some(Moment(seen)), Some(found)) => seen > found,
                (None, _) => true,
                (Some(_), None) => false,
            };
            let new = Known {
                byte,
                late: is_late.then_some(record.seen),
                is_guess: be_gone || is_unchecked || is_one_of_several,
            };
            if let Some(known) = known.get_mut(index) {
                // Two records that may be of one segment: what is further back loses nothing.
                *known = match known.take() {
                    Some(other) => Some(Known {
                        byte: other.byte.min(new.byte),
                        late: other.late.or(new.late),
                        is_guess: other.is_guess || new.is_guess,
                    }),
                    None => Some(new),
                };
            }
        }
        // It drops the record of a file that was rotated; that of a start that is over stays with its file.
        let is_forgotten = |index: usize| {
            let start = segments.get(index).map(|seen| seen.name.restart);
            let later = segments.iter().zip(&known).skip(index);
            let mut own = later.filter(|(seen, _)| Some(seen.name.restart) == start);
            own.any(|(_, known)| known.is_some())
        };
        walk(segments, &known, is_forgotten, &mut decision);
        decision
    }

    /// The records that may be of this container: of another pod of the same name are those with another
    /// uid.
    fn of_container<'a>(&'a self, container: &'a Container) -> impl Iterator<Item = &'a Record> {
        self.records.iter().filter(|record| {
            let file = &record.file;
            let is_pod = file.namespace == container.namespace && file.pod == container.pod;
            let is_own = match &file.of {
                Of::Start(_) => true,
                Of::Segment { uid, .. } => *uid == container.uid,
            };
            is_pod && is_own && file.container == container.name
        })
    }
}

fn at(seen: &Seen, byte: u64) -> Place {
    Place {
        segment: seen.name.clone(),
        byte,
    }
}

fn is_packed(record: &Record) -> bool {
    matches!(&record.file.of, Of::Segment { name, .. } if name.packed)
}

/// The segments that may be a record's file, by its name, its time and their lengths.
fn may(record: &Record, container: &Container, segments: &[Seen]) -> May {
    let starts: Vec<u32> = match &record.file.of {
        Of::Segment { name, .. } if name.rotated.is_some() => {
            // Nothing else is ever called so.
            let is = |seen: &Seen| seen.name.is_same(name);
            let index = segments.iter().position(is);
            return May {
                be: index.into_iter().collect(),
                be_gone: false,
            };
        }
        Of::Segment { name, .. } => vec![name.restart],
        Of::Start(id) => {
            let known = container.ids.iter().find(|(_, known)| *known == id);
            let all = segments.iter().map(|seen| seen.name.restart);
            let mut starts: Vec<u32> = match known {
                Some((start, _)) => vec![*start],
                None => all
                    .filter(|start| !container.ids.contains_key(start))
                    .collect(),
            };
            starts.dedup();
            starts
        }
    };
    let is_named = match &record.file.of {
        Of::Segment { .. } => true,
        Of::Start(id) => container.ids.values().any(|known| known == id),
    };
    let mut may = May {
        be: Vec::new(),
        // A start that is not known may be one that is gone.
        be_gone: !is_named,
    };
    for start in starts {
        let row: Vec<(usize, &Seen)> = segments
            .iter()
            .enumerate()
            .filter(|(_, seen)| seen.name.restart == start)
            .collect();
        let first = row.first().and_then(|(_, seen)| seen.begins());
        // Only what was rotated may have been removed; one file that was is always kept.
        let was_rotated = row.iter().any(|(_, seen)| seen.name.rotated.is_some());
        may.be_gone |= was_rotated && !is_after(record.seen, first);
        for (place, (index, seen)) in row.iter().enumerate() {
            let begins = |place: Option<usize>| row.get(place?).and_then(|(_, seen)| seen.begins());
            let is_too_new = is_before(record.seen, begins(place.checked_sub(1)));
            let is_over = is_after(record.seen, begins(place.checked_add(1)));
            let is_long = seen.length.is_none_or(|length| record.byte <= length);
            if !is_too_new && !is_over && is_long {
                may.be.push(*index);
            }
        }
    }
    may
}

/// Whether a file was seen at or after a line was written, for sure.
fn is_after(seen: Option<Moment>, line: Option<Moment>) -> bool {
    matches!((seen, line), (Some(seen), Some(line)) if seen >= line)
}

/// Whether a file was seen before a line was written, for sure: within the second that begins then.
fn is_before(seen: Option<Moment>, line: Option<Moment>) -> bool {
    let ends = seen.map(|Moment(at)| Moment(at.saturating_add(SECOND)));
    matches!((ends, line), (Some(ends), Some(line)) if ends <= line)
}

/// Whether a segment has what was before the position, as far as that can be told.
fn fits(record: &Record, seen: &Seen, looked: &Looked) -> bool {
    if is_packed(record) {
        return true;
    }
    if seen.length.is_some_and(|length| length < record.byte) {
        return false;
    }
    match looked.get(&at(seen, record.byte)) {
        Some(Before::Short) => false,
        Some(Before::Bytes(before)) => record
            .marker
            .and_then(|marker| marker.fits(before))
            .unwrap_or(true),
        None => true,
    }
}

fn lost(record: &Record, segments: &[Seen]) -> Lost {
    let is_behind = |name: &SegmentName| match &record.file.of {
        Of::Segment { name: gone, .. } if gone.rotated.is_some() => name > gone,
        Of::Segment { name: gone, .. } => name.restart >= gone.restart,
        Of::Start(_) => true,
    };
    let mut behind = segments.iter().filter(|seen| is_behind(&seen.name));
    Lost {
        path: record.path.clone(),
        byte: record.byte,
        until: behind.find_map(Seen::begins),
    }
}
