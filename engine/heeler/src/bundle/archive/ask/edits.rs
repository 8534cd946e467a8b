//! The lines that differ between two short texts.

use serde::Serialize;

/// More differences than that are no answer for anybody: the texts are not versions of each other.
const MOST: usize = 600;

/// A line that only one of two texts has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct LineChange {
    /// Whether the second text has it; the first one otherwise.
    pub added: bool,
    /// Its number in the text that has it, from 1 on.
    pub line: u64,
    /// The line.
    pub text: String,
}

/// The fewest lines that lead from one text to the other, in order; `None`: they are too many.
///
/// The way is found as Myers has it: for each number of differences, how far one comes on each diagonal.
pub(super) fn edits(a: &[&[u8]], b: &[&[u8]]) -> Option<Vec<LineChange>> {
    let same = a.iter().zip(b).take_while(|(a, b)| a == b).count();
    let (a, b) = (a.get(same..)?, b.get(same..)?);
    let tail = a.iter().rev().zip(b.iter().rev());
    let tail = tail.take_while(|(a, b)| a == b).count();
    let (a, b) = (a.get(..a.len() - tail)?, b.get(..b.len() - tail)?);
    let trace = trace(a, b)?;
    Some(walk_back(a, b, same, &trace))
}

/// How far in `a` one has come on a diagonal, by number of differences. Diagonals are counted from the
/// lowest one of that number on, in steps of two.
type Trace = Vec<Vec<usize>>;

/// From where one comes to a diagonal `at` of the ones of `depth` differences: how far it is in `a`, and
/// whether a line of `b` was taken.
fn arrive(before: &[usize], at: usize, depth: usize) -> (usize, bool) {
    let below = at.checked_sub(1).and_then(|at| before.get(at)).copied();
    let above = before.get(at).copied();
    match (below, above) {
        _ if depth == 0 => (0, true),
        (Some(below), Some(above)) if below < above => (above, true),
        (Some(below), _) => (below + 1, false),
        (None, above) => (above.unwrap_or_default(), true),
    }
}

/// The line of `b` on diagonal `at` of `depth`, at line `x` of `a`; `None`: before the first one.
fn other(x: usize, at: usize, depth: usize) -> Option<usize> {
    // The diagonal is x − y = 2·at − depth.
    (x + depth).checked_sub(2 * at)
}

fn trace(a: &[&[u8]], b: &[&[u8]]) -> Option<Trace> {
    let mut trace = Trace::new();
    for depth in 0..=MOST {
        let before = trace.last().map(Vec::as_slice).unwrap_or_default();
        let mut furthest = Vec::with_capacity(depth + 1);
        let mut has_arrived = false;
        for at in 0..=depth {
            let (mut x, _) = arrive(before, at, depth);
            while let Some(y) = other(x, at, depth) {
                match (a.get(x), b.get(y)) {
                    (Some(one), Some(another)) if one == another => x += 1,
                    _ => break,
                }
            }
            furthest.push(x);
            let y = other(x, at, depth);
            has_arrived |= x >= a.len() && y.is_some_and(|y| y >= b.len());
            if has_arrived {
                break;
            }
        }
        trace.push(furthest);
        if has_arrived {
            return Some(trace);
        }
    }
    None
}

fn walk_back(a: &[&[u8]], b: &[&[u8]], same: usize, trace: &Trace) -> Vec<LineChange> {
    let mut changes = Vec::new();
    let Some(last) = trace.last() else {
        return changes;
    };
    let mut at = last.len().saturating_sub(1);
    for depth in (1..trace.len()).rev() {
        let before = trace.get(depth - 1).map(Vec::as_slice).unwrap_or_default();
        let (x, added) = arrive(before, at, depth);
        // Where one stands behind the step; the step took the line before it.
        let (lines, index) = match added {
            true => (b, other(x, at, depth).and_then(|y| y.checked_sub(1))),
            false => (a, x.checked_sub(1)),
        };
        if let Some((index, text)) = index.and_then(|index| Some((index, lines.get(index)?))) {
            changes.push(LineChange {
                added,
                line: (same + index + 1) as u64,
                text: String::from_utf8_lossy(text).into_owned(),
            });
        }
        at = if added { at } else { at.saturating_sub(1) };
    }
    changes.reverse();
    changes
}
