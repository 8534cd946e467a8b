//! Lines that match, in all members of several archives.

use std::io::{self, Write};
use std::ops::{ControlFlow, Range};
use std::path::{Path, PathBuf};

use heeler_core::report;
use regex::bytes::Regex;
use serde::Serialize;

use super::super::MANIFEST;
use super::super::fault::ArchiveFault;
use super::super::limits::Limits;
use super::super::lines::{Cut, Piece, pieces};
use super::super::manifest::FORMAT;
use super::super::read::{Content, LOOKED_AT, open, read};
use super::super::told::{Trouble, TroubleKind, Whole};
use super::Form;
use super::words;

/// A line that is longer is searched piece by piece.
const WINDOW: Cut = Cut {
    most: 1 << 20,
    overlap: 64 << 10,
};
/// Bytes of a line that are shown.
const SHOWN: usize = 2_000;
/// Bytes before a match that are shown of a long line.
const BEFORE: usize = 200;

/// What is searched for.
#[derive(Debug, Clone)]
pub struct Grep {
    /// What a line must match.
    pub pattern: Regex,
    /// The members that are searched; all but the manifest without it.
    pub members: Option<Regex>,
    /// After so many matches it is enough.
    pub most: u64,
}

/// What came of a search.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Grepped {
    /// The format's version.
    #[serde(rename = "heeler-bundle")]
    pub format: u32,
    /// Matches in all of them.
    pub matches: u64,
    /// Whether there may be more: it was enough.
    pub has_more: bool,
    /// The archives, in their order.
    pub bundles: Vec<Searched>,
}

/// An archive that was searched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Searched {
    /// The file.
    pub bundle: String,
    /// Members that were searched.
    pub members: u64,
    /// Lines that match.
    pub matches: u64,
    /// Lines that were searched piece by piece: a match of more than 64 KiB may have been missed in them.
    pub long_lines: u64,
    /// Whether it was searched to its end.
    pub whole: Whole,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Match<'a> {
    #[serde(rename = "heeler-bundle")]
    format: u32,
    bundle: &'a str,
    member: &'a str,
    line: u64,
    text: &'a str,
    /// Whether the text is not all of the line.
    shortened: bool,
}

/// Writes the lines that match; in JSON what came of it, too, behind them. An archive that can't be
/// opened or read to its end is part of the answer: the others are searched.
///
/// # Errors
/// When the answer can't be written.
pub fn grep(
    paths: &[PathBuf],
    wanted: &Grep,
    limits: &Limits,
    (form, out): (Form, &mut dyn Write),
) -> Result<Grepped, ArchiveFault> {
    let mut grepped = Grepped {
        format: FORMAT,
        matches: 0,
        has_more: false,
        bundles: Vec::new(),
    };
    for path in paths {
        let left = wanted.most.saturating_sub(grepped.matches);
        if left == 0 {
            grepped.has_more = true;
            break;
        }
        let mut search = Search {
            wanted,
            left,
            form,
            out: &mut *out,
            told: Searched {
                bundle: path.display().to_string(),
                members: 0,
                matches: 0,
                long_lines: 0,
                whole: Whole::Unread,
            },
        };
        search.archive(path, limits)?;
        grepped.matches += search.told.matches;
        grepped.has_more |= search.told.whole == Whole::Unread;
        grepped.bundles.push(search.told);
    }
    if form == Form::Json {
        words::json(out, &grepped)?;
    }
    out.flush()?;
    Ok(grepped)
}

struct Search<'a> {
    wanted: &'a Grep,
    left: u64,
    form: Form,
    out: &'a mut dyn Write,
    told: Searched,
}

impl Search<'_> {
    fn archive(&mut self, path: &Path, limits: &Limits) -> Result<(), ArchiveFault> {
        let file = match open(path) {
            Ok(file) => file,
            Err(fault) => {
                let trouble = Trouble::new(TroubleKind::Unreadable, fault.to_string());
                self.told.whole = Whole::Partial(trouble);
                return Ok(());
            }
        };
        let contents = read(file, limits, |head, content| {
            let is_wanted = match &self.wanted.members {
                Some(members) => members.is_match(head.label.as_bytes()),
                None => head.label != MANIFEST,
            };
            if is_wanted {
                self.member(head.label, content)?;
            }
            Ok::<_, ArchiveFault>(match self.left {
                0 => ControlFlow::Break(()),
                _ => ControlFlow::Continue(()),
            })
        })?;
        self.told.whole = contents.whole;
        Ok(())
    }

    fn member(&mut self, label: &str, content: &mut Content<'_>) -> io::Result<()> {
        self.told.members += 1;
        let (mut line, mut is_binary, mut looked_at) = (0, false, 0);
        // That it breaks off is known to whoever reads the archive.
        let _ = pieces(content, WINDOW, |piece| {
            if looked_at < LOOKED_AT {
                looked_at += piece.bytes.len() as u64 + 1;
                is_binary |= memchr::memchr(0, piece.bytes).is_some();
            }
            self.told.long_lines += u64::from(piece.begins && !piece.ends);
            if piece.number == line {
                return Ok(ControlFlow::Continue(()));
            }
            let Some(found) = found(&self.wanted.pattern, piece) else {
                return Ok(ControlFlow::Continue(()));
            };
            line = piece.number;
            self.told.matches += 1;
            self.left = self.left.saturating_sub(1);
            self.write(label, piece, found, is_binary)?;
            // A file that is no text has no lines that anybody wants to see.
            Ok::<_, io::Error>(match is_binary || self.left == 0 {
                true => ControlFlow::Break(()),
                false => ControlFlow::Continue(()),
            })
        })?;
        Ok(())
    }

    fn write(
        &mut self,
        label: &str,
        piece: Piece<'_>,
        found: Range<usize>,
        is_binary: bool,
    ) -> io::Result<()> {
        let (text, shortened) = match is_binary {
            true => ("(no text) matches".into(), true),
            false => excerpt(piece, found),
        };
        let bundle = &self.told.bundle;
        if self.form == Form::Json {
            let found = Match {
                format: FORMAT,
                bundle,
                member: label,
                line: piece.number,
                text: &text,
                shortened,
            };
            return words::json(self.out, &found);
        }
        let (bundle, number) = (report::clean(bundle), piece.number);
        writeln!(
            self.out,
            "{bundle}: {label}:{number}: {}",
            report::clean(&text)
        )
    }
}

/// Where the pattern matches, if it is certain that it does.
fn found(pattern: &Regex, piece: Piece<'_>) -> Option<Range<usize>> {
    if piece.begins && piece.ends {
        // Lines that were written elsewhere end in two bytes.
        let line = piece.bytes.strip_suffix(b"\r").unwrap_or(piece.bytes);
        return pattern.find(line).map(|found| found.range());
    }
    // What is no beginning of a line is none for the pattern either, as something comes before it.
    let from = usize::from(!piece.begins);
    if from > piece.bytes.len() {
        return None;
    }
    let end = pattern.shortest_match_at(piece.bytes, from)?;
    // At the end of a piece more is to come: the next one has the end of it, too, and is asked again.
    let is_certain = piece.ends || end < piece.bytes.len();
    is_certain.then(|| end.saturating_sub(1)..end)
}

/// As much of a line around the match as people read.
fn excerpt(piece: Piece<'_>, found: Range<usize>) -> (String, bool) {
    let whole = piece.begins && piece.ends && piece.bytes.len() <= SHOWN;
    if whole {
        return (String::from_utf8_lossy(piece.bytes).into_owned(), false);
    }
    let start = match found.start < SHOWN - BEFORE && piece.begins {
        true => 0,
        false => found.start.saturating_sub(BEFORE),
    };
    let end = piece.bytes.len().min(start + SHOWN);
    let text = String::from_utf8_lossy(piece.bytes.get(start..end).unwrap_or_default());
    let before = if start > 0 || !piece.begins {
        "…"
    } else {
        ""
    };
    let after = if end < piece.bytes.len() || !piece.ends {
        "…"
    } else {
        ""
    };
    (format!("{before}{text}{after}"), true)
}
