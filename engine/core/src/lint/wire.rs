//! Diagnostics for machines: one JSON document of our own, and SARIF 2.1.0 for code scanning.

mod sarif;

pub use sarif::sarif;

use serde_json::{Value as Json, json};

use crate::syntax::{Diagnostic, Level, Lines, Source, Span};

/// A file that was checked, or could not be.
#[derive(Debug)]
pub struct Page {
    /// Its text, as far as it could be read.
    pub source: Source,
    /// What is wrong.
    pub diagnostics: Vec<Diagnostic>,
    /// Warnings that the author has allowed, each with the reason.
    pub allowed: Vec<(Diagnostic, String)>,
}

impl Page {
    /// How many diagnostics are of this level.
    pub fn count(&self, level: Level) -> usize {
        let of_level = |found: &&Diagnostic| found.level == level;
        self.diagnostics.iter().filter(of_level).count()
    }
}

/// Everything that was found, versioned.
pub fn json(pages: &[Page]) -> Json {
    let count = |level| pages.iter().map(|page| page.count(level)).sum::<usize>();
    json!({
        "format": 1,
        "errors": count(Level::Error),
        "warnings": count(Level::Warning),
        "files": pages.iter().map(page).collect::<Vec<_>>(),
    })
}

fn page(page: &Page) -> Json {
    let lines = Lines::of(&page.source.text);
    let allowed = page.allowed.iter().map(|(found, reason)| {
        let mut found = diagnostic(found, &lines);
        if let Some(fields) = found.as_object_mut() {
            fields.insert("allowed".to_owned(), json!(reason));
        }
        found
    });
    let diagnostics = page.diagnostics.iter();
    json!({
        "file": page.source.name,
        "diagnostics": diagnostics.map(|found| diagnostic(found, &lines)).collect::<Vec<_>>(),
        "allowed": allowed.collect::<Vec<_>>(),
    })
}

fn diagnostic(found: &Diagnostic, lines: &Lines<'_>) -> Json {
    let labels = found.labels.iter().map(|(span, text)| {
        let mut place = place(*span, lines);
        if let Some(fields) = place.as_object_mut() {
            fields.insert("text".to_owned(), json!(text));
        }
        place
    });
    let patches = found.patches.iter().map(|patch| {
        let mut place = place(patch.span, lines);
        if let Some(fields) = place.as_object_mut() {
            fields.insert("text".to_owned(), json!(patch.text));
        }
        place
    });
    json!({
        "code": found.code,
        "level": level(found.level),
        "title": found.title,
        "help": found.help,
        "labels": labels.collect::<Vec<_>>(),
        "patches": patches.collect::<Vec<_>>(),
    })
}

/// The name of a level, as both formats have it.
fn level(level: Level) -> &'static str {
    match level {
        Level::Warning => "warning",
        Level::Error => "error",
    }
}

/// Bytes for programs, lines and columns for people.
fn place(span: Span, lines: &Lines<'_>) -> Json {
    let (start, end) = (lines.place(span.start), lines.place(span.end));
    json!({
        "start": span.start,
        "end": span.end,
        "line": start.line,
        "column": start.column,
        "end_line": end.line,
        "end_column": end.column,
    })
}
