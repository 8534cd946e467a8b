//! Small words that all answers are written with.

use std::io::{self, Write};
use std::path::Path;

use heeler_core::report;
use serde::Serialize;

use super::super::label::shortened;
use super::super::told::Whole;

/// Letters of a line of somebody else's.
const LINE: usize = 400;

/// Writes one line without what a terminal would act on.
pub(super) fn line(out: &mut dyn Write, text: &str) -> io::Result<()> {
    writeln!(out, "{}", report::clean(text))
}

/// Writes one value of JSON on a line of its own.
pub(super) fn json(out: &mut dyn Write, value: &impl Serialize) -> io::Result<()> {
    serde_json::to_writer(&mut *out, value)?;
    out.write_all(b"\n")
}

/// The name of a file, for people.
pub(super) fn name(path: &Path) -> String {
    report::clean(&path.display().to_string()).into_owned()
}

/// Somebody else's text, short enough for a line.
pub(super) fn short(text: &str) -> String {
    shortened(text, LINE)
}

/// Bytes, for people.
pub(super) fn bytes(count: u64) -> String {
    let units = [(1_000_000_000, "GB"), (1_000_000, "MB"), (1_000, "kB")];
    match units.iter().find(|(size, _)| count >= *size) {
        Some((size, unit)) => {
            let tenths = count / (size / 10);
            format!("{}.{} {unit}", tenths / 10, tenths % 10)
        }
        None => format!("{count} B"),
    }
}

/// So many of something.
pub(super) fn count(count: u64, one: &str, several: &str) -> String {
    match count {
        1 => format!("1 {one}"),
        _ => format!("{count} {several}"),
    }
}

/// Whether an archive is whole.
pub(super) fn whole(whole: &Whole) -> String {
    match whole {
        Whole::Whole => "whole".to_owned(),
        Whole::Partial(trouble) => format!("partial: {trouble}"),
        Whole::Unread => "not read to its end".to_owned(),
    }
}
