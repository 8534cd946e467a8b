//! From what is known of each segment to the one place where what was not shipped begins.

use super::decision::{Decision, Doubt};
use super::seen::{Looked, Place, Seen, line_start};
use crate::logs::Moment;

/// How far a segment was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Known {
    /// The byte that comes next, at the beginning of a line.
    pub(super) byte: u64,
    /// It was seen when it had lines already: then, where that is known.
    pub(super) late: Option<Option<Moment>>,
    /// The record may be of another file: what it says of this one, and of those before it, is a guess.
    pub(super) is_guess: bool,
}

/// Where a line begins at or before a place that was looked at; the first byte of the segment, where that
/// can't be told.
pub(super) fn back(place: &Place, looked: &Looked, doubts: &mut Vec<Doubt>) -> u64 {
    if place.byte == 0 {
        return 0;
    }
    let start = match looked.get(place) {
        Some(super::seen::Before::Bytes(before)) => line_start(before, place.byte),
        _ => None,
    };
    start.unwrap_or_else(|| {
        doubts.push(Doubt::Unseen(place.segment.clone()));
        0
    })
}

/// Goes from the oldest segment on until one was not read to its end. Which segments have no record any
/// more because the collector was done with them, tells `is_forgotten`.
pub(super) fn walk(
    segments: &[Seen],
    known: &[Option<Known>],
    is_forgotten: impl Fn(usize) -> bool,
    decision: &mut Decision,
) {
    let place = |seen: &Seen, byte: u64| Place {
        segment: seen.name.clone(),
        byte,
    };
    let (mut safe, mut likely, mut whole) = (None, None, None);
    // The first of those before that have no record any more, in a row of one start.
    let mut forgotten: Option<&Seen> = None;
    let mut is_recorded = false;
    for (index, segment) in segments.iter().enumerate() {
        let begin = place(segment, 0);
        forgotten = forgotten.filter(|first| first.name.restart == segment.name.restart);
        if segment.length == Some(0) {
            whole = Some(begin);
            continue;
        }
        let Some(known) = known.get(index).and_then(Option::as_ref) else {
            if is_forgotten(index) {
                let doubt = Doubt::Forgotten(segment.name.clone());
                decision.doubts.push(doubt);
                safe.get_or_insert(begin);
                forgotten = forgotten.or(Some(segment));
                continue;
            }
            let name = segment.name.clone();
            if !is_recorded && decision.lost.is_empty() {
                decision.doubts.push(Doubt::NoRecord(name));
            } else if is_recorded && name.rotated.is_some() {
                decision.doubts.push(Doubt::Forgotten(name));
            }
            likely = Some(begin);
            break;
        };
        is_recorded = true;
        if known.is_guess
            && let Some(oldest) = segments.first()
        {
            safe.get_or_insert(place(oldest, 0));
        }
        if let Some(seen) = known.late {
            decision.doubts.push(Doubt::Late {
                segment: segment.name.clone(),
                seen,
            });
            likely = Some(forgotten.map_or(begin, |first| place(first, 0)));
            break;
        }
        let reached = place(segment, known.byte);
        if segment.length.is_none_or(|length| known.byte < length) {
            likely = Some(reached);
            break;
        }
        (whole, forgotten) = (Some(reached), None);
    }
    decision.likely = likely.or(whole);
    decision.from = safe.or_else(|| decision.likely.clone());
}
