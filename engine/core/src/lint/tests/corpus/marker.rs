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
//! several lines, and what is tried is what an author would write. What nobody would want to read in
//! a file is written for short, and stands there when the runbook is read:
//! - `#~ 1100 times: TEXT` is TEXT that many times, each on a line of its own and with its number,
//!   from 0 on, for `%`;
//! - `#~ line of 3000: TEXT` is one line of that many letters, which begins with TEXT;
//! - `#~ as utf-16` and `#~ as latin-1` say how the whole file is encoded;
//! - `#~ in the folder NAME` says where it lies.

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

/// A runbook whose markers were taken out.
pub(super) struct Page {
    /// What the runbook's file holds.
    pub(super) bytes: Vec<u8>,
    /// The name of the folder that it lies in, where that matters.
    pub(super) folder: Option<String>,
    /// What is marked, sorted.
    pub(super) markers: Vec<Marker>,
}

impl Page {
    pub(super) fn read(marked: &str) -> Result<Page, String> {
        let (mut text, mut markers, mut folder) = (String::new(), Vec::new(), None);
        let mut encode = encoding("utf-8");
        for line in marked.split_inclusive('\n') {
            if !is_marker(line) {
                text.push_str(line);
            } else if let Some(name) = line.strip_prefix("#~ as ") {
                encode = encoding(name.trim());
            } else if let Some(name) = line.strip_prefix("#~ in the folder ") {
                folder = Some(name.trim().to_owned());
            } else if let Some(lines) = repeated(line).or_else(|| lengthened(line)) {
                text.push_str(&lines);
            } else {
                let above = text.lines().count().max(1);
                markers.push(marker(line, above).ok_or(format!("this is no marker: {line}"))?);
            }
        }
        markers.sort();
        let encode = encode.ok_or("there is no such encoding")?;
        Ok(Page {
            bytes: encode(&text),
            folder,
            markers,
        })
    }
}

fn encoding(name: &str) -> Option<fn(&str) -> Vec<u8>> {
    match name {
        "utf-8" => Some(|text| text.as_bytes().to_vec()),
        "utf-16" => Some(|text| text.encode_utf16().flat_map(u16::to_le_bytes).collect()),
        // Letters that it does not have are not written in it.
        "latin-1" => Some(|text| {
            text.chars()
                .filter_map(|letter| letter.try_into().ok())
                .collect()
        }),
        _ => None,
    }
}

fn is_marker(line: &str) -> bool {
    line.trim_start_matches(['^', ' ']).starts_with("#~")
}

fn repeated(line: &str) -> Option<String> {
    let (count, text) = line.strip_prefix("#~ ")?.split_once(" times: ")?;
    let numbered = |number: usize| text.replace('%', &number.to_string());
    Some((0..count.parse().ok()?).map(numbered).collect())
}

fn lengthened(line: &str) -> Option<String> {
    let (length, text) = line.strip_prefix("#~ line of ")?.split_once(": ")?;
    let length = length.parse().ok()?;
    Some(format!("{:x<length$}\n", text.trim_end()))
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
