//! What the author of a faulty runbook has marked by hand, and what was reported, in the same form.
//!
//! A marker stands below the line that it is about: carets below the span, `#~`, and the code, with
//! `warning` before the code where it is no error. `#~` stands before the carets, so that the line
//! is a comment, or behind them where the span begins too far to the left for that. A span that
//! goes on below its first line has `+N` behind the code, the number of further lines.
//!
//! ```text
//!     when: tabel.count > 10
//! #~        ^^^^^ unknown-name
//! sumary: The table is full
//! ^^^^^^ #~ unknown-key
//! ```
//!
//! Markers are taken out before a runbook is read. So they can stand anywhere, also in a text of
//! several lines, and what is tried is what an author would write. `#~ 1100 times: TEXT` is taken
//! out as well, and TEXT stands in its place that many times, each on a line of its own and with
//! its number, from 0 on, for `%`.

use std::fmt;
use std::ops::Range;

use crate::syntax::{Diagnostic, Level};

/// A fault with its place.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Marker {
    /// Counted from 1, without the markers' own lines.
    pub(super) line: usize,
    /// First column and last column, counted in characters from 1.
    pub(super) columns: (usize, usize),
    /// Lines on which the span goes on.
    pub(super) further: usize,
    /// Whether it is an error.
    pub(super) error: bool,
    /// The diagnostic's code.
    pub(super) code: String,
}

impl fmt::Display for Marker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (first, last) = self.columns;
        let level = if self.error { "error" } else { "warning" };
        write!(f, "{}:{first}-{last} {level} {}", self.line, self.code)?;
        match self.further {
            0 => Ok(()),
            lines => write!(f, " +{lines}"),
        }
    }
}

/// The runbook without its markers, and the markers, sorted.
pub(super) fn taken_out(marked: &str) -> Result<(String, Vec<Marker>), String> {
    let (mut text, mut markers) = (String::new(), Vec::new());
    for line in marked.split_inclusive('\n') {
        if !is_marker(line) {
            text.push_str(line);
        } else if let Some(lines) = repeated(line) {
            text.push_str(&lines);
        } else {
            let above = text.lines().count().max(1);
            markers.push(marker(line, above).ok_or(format!("this is no marker: {line}"))?);
        }
    }
    markers.sort();
    Ok((text, markers))
}

fn is_marker(line: &str) -> bool {
    line.trim_start_matches(['^', ' ']).starts_with("#~")
}

fn repeated(line: &str) -> Option<String> {
    let (count, text) = line.strip_prefix("#~ ")?.split_once(" times: ")?;
    let lines =
        (0..count.parse().ok()?).map(|number: usize| text.replace('%', &number.to_string()));
    Some(lines.collect())
}

fn marker(line: &str, above: usize) -> Option<Marker> {
    let first = line.chars().position(|letter| letter == '^')?;
    let carets = line.chars().filter(|letter| *letter == '^').count();
    let words = line.replacen("#~", " ", 1);
    let mut words = words.split_whitespace();
    if words.next()? != "^".repeat(carets) {
        return None;
    }
    let mut code = words.next()?;
    let error = code != "warning";
    if !error {
        code = words.next()?;
    }
    let further = match words.next() {
        Some(lines) => lines.strip_prefix('+')?.parse().ok()?,
        None => 0,
    };
    words.next().is_none().then(|| Marker {
        line: above,
        columns: (first + 1, first + carets),
        further,
        error,
        code: code.to_string(),
    })
}

/// A diagnostic as it would have been marked. Where nothing is covered, one column is.
pub(super) fn reported(text: &str, diagnostic: &Diagnostic) -> Marker {
    let (span, _) = diagnostic.labels.first().expect("it has a place");
    let part = |range: Range<usize>| text.get(range).expect("it is a place in the text");
    let before = part(0..span.start);
    let line_start = before.rfind('\n').map_or(0, |end| end + 1);
    let covered = part(span.range()).trim_end_matches(['\r', '\n']);
    let first_line = covered.lines().next().unwrap_or_default();
    let first = part(line_start..span.start).chars().count() + 1;
    let width = first_line.chars().count().max(1);
    Marker {
        line: before.matches('\n').count() + 1,
        columns: (first, first + width - 1),
        further: covered.lines().count().saturating_sub(1),
        error: diagnostic.level == Level::Error,
        code: diagnostic.code.to_string(),
    }
}

/// What was marked and not reported, and what was reported and not marked.
pub(super) fn differences(marked: &[Marker], reported: &[Marker]) -> Vec<String> {
    let mut unmarked = reported.to_vec();
    let mut wrong = Vec::new();
    for marker in marked {
        match unmarked.iter().position(|other| other == marker) {
            Some(found) => drop(unmarked.remove(found)),
            None => wrong.push(format!("marked and not reported: {marker}")),
        }
    }
    wrong.extend(
        unmarked
            .iter()
            .map(|marker| format!("reported and not marked: {marker}")),
    );
    wrong
}
