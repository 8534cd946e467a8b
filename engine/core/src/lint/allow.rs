//! `# heeler: allow CODE because REASON`: a warning that its author knows of and has a reason for.
//! It stands above the line that it is about, or at its end.

use super::comments::comments;
use crate::syntax::codes;
use crate::syntax::{Diagnostic, Entry, Faults, Level, Lines, Patch, Source, Span, Tree, nearest};

/// One such comment.
#[derive(Debug)]
pub(super) struct Allow {
    /// The words behind `heeler:`.
    words: String,
    span: Span,
    /// The lines that it is about.
    lines: std::ops::RangeInclusive<usize>,
}

/// The comments of a text that mean this, or were meant to.
pub(super) fn read(tree: &Tree, text: &str) -> Vec<Allow> {
    let comments = comments(tree, text).into_iter();
    let meant: Vec<(Span, &str)> = comments
        .filter_map(|span| Some((span, words(text.get(span.range())?)?)))
        .collect();
    if meant.is_empty() {
        return Vec::new();
    }
    let lines = Lines::of(text);
    let allow = |(span, words): (Span, &str)| {
        let line = next_code(lines.line(span.start), span, text, &lines);
        Allow {
            words: words.to_owned(),
            span,
            lines: line..=end_of_text(tree, line, &lines).max(line),
        }
    };
    meant.into_iter().map(allow).collect()
}

/// The words behind `heeler:`, where the first is `allow` or was meant to be.
fn words(comment: &str) -> Option<&str> {
    let words = comment
        .trim_start_matches(['#', ' '])
        .strip_prefix("heeler:")?;
    // `# heeler: 1` is a runbook that somebody has commented out.
    let first = words.split_whitespace().next().unwrap_or_default();
    nearest(first, ["allow"])?;
    Some(words.trim())
}

/// The line itself where something stands before the comment, else the next one that is neither
/// empty nor a comment.
fn next_code(line: usize, comment: Span, text: &str, lines: &Lines<'_>) -> usize {
    let before = text.get(lines.span(line).start..comment.start);
    if before.is_some_and(|before| !before.trim().is_empty()) {
        return line;
    }
    let last = lines.line(text.len());
    let is_code = |line: &usize| {
        let text = text.get(lines.span(*line).range()).unwrap_or_default();
        !text.trim().is_empty() && !text.trim_start().starts_with('#')
    };
    (line + 1..=last).find(is_code).unwrap_or(line)
}

/// The last line of a text that begins on this line, or whose key does: no comment can stand in it.
fn end_of_text(tree: &Tree, line: usize, lines: &Lines<'_>) -> usize {
    let end = |start: usize, value: &Tree| match value.as_text() {
        Some(text) if lines.line(start) == line => {
            lines.line(text.span.end.saturating_sub(1).max(text.span.start))
        }
        _ => end_of_text(value, line, lines),
    };
    let entries = tree.entries().unwrap_or_default().iter();
    let values = entries.map(|Entry { key, value }| end(key.span.start, value));
    let items = tree.items().unwrap_or_default().iter();
    let items = items.map(|item| end(item.span().start, item));
    values.chain(items).max().unwrap_or_default()
}

/// Sets aside what is allowed, and reports comments that allow nothing, if all else is `sound`.
pub(super) fn apply(
    allows: Vec<Allow>,
    source: &Source,
    mut diagnostics: Vec<Diagnostic>,
    sound: bool,
) -> (Vec<Diagnostic>, Vec<(Diagnostic, String)>) {
    if allows.is_empty() {
        return (diagnostics, Vec::new());
    }
    let lines = Lines::of(&source.text);
    let mut allowed = Vec::new();
    let mut faults = Faults::of(source);
    for allow in allows {
        let is_covered = |found: &Diagnostic| allow.lines.contains(&lines.line(found.span().start));
        let Some((code, reason)) = allow.meaning(&mut faults) else {
            // Something was to be kept as it is: nothing is mended there before that is settled.
            let covered = diagnostics.iter_mut().filter(|found| is_covered(found));
            covered.for_each(|found| found.patches.clear());
            continue;
        };
        let (covered, rest): (Vec<_>, Vec<_>) = diagnostics.into_iter().partition(|found| {
            found.code == code && found.level == Level::Warning && is_covered(found)
        });
        diagnostics = rest;
        // With an error not everything has been checked.
        if covered.is_empty() && sound {
            let patch = allow.removal(&source.text, &lines);
            let title = format!("there is no `{code}` here to allow");
            let fault = faults.warning("allow-unused", allow.span, title);
            fault.help("remove the comment").patches.push(patch);
        }
        allowed.extend(covered.into_iter().map(|found| (found, reason.clone())));
    }
    diagnostics.extend(faults.into_vec());
    diagnostics.sort_by_key(|found| found.span().start);
    (diagnostics, allowed)
}

impl Allow {
    /// The code and the reason; `None` when the comment has a fault of its own.
    fn meaning(&self, faults: &mut Faults) -> Option<(&'static str, String)> {
        let words = self.words.as_str();
        let Some(("allow", rest)) = words.split_once(' ') else {
            faults
                .warning("allow-malformed", self.span, "this comment allows nothing")
                .help("write `# heeler: allow CODE because REASON`");
            return None;
        };
        let rest = rest.trim();
        let (name, reason) = rest.split_once(' ').unwrap_or((rest, ""));
        let Some(code) = codes::find(name) else {
            let near = nearest(name, codes::all().map(|code| code.name));
            faults
                .warning(
                    "allow-unknown-code",
                    self.span,
                    format!("there is no code `{name}`"),
                )
                .help("`heeler explain` lists them all")
                .did_you_mean(near);
            return None;
        };
        let reason = reason.trim().strip_prefix("because").map(str::trim);
        let Some(reason) = reason.filter(|reason| !reason.is_empty()) else {
            faults
                .warning(
                    "allow-without-reason",
                    self.span,
                    format!("`{name}` is allowed without a reason"),
                )
                .help("add `because` and the reason");
            return None;
        };
        if code.level == Level::Error {
            faults
                .warning(
                    "allow-error",
                    self.span,
                    format!("`{name}` is an error and can't be allowed"),
                )
                .help("mend it; only warnings can be allowed");
            return None;
        }
        Some((code.name, reason.to_owned()))
    }

    /// The comment with the blanks before it, or its whole line.
    fn removal(&self, text: &str, lines: &Lines<'_>) -> Patch {
        let line = lines.span(lines.line(self.span.start));
        let before = text.get(line.start..self.span.start).unwrap_or_default();
        let code = before.trim_end();
        let span = if code.is_empty() {
            line
        } else {
            Span::new(line.start + code.len(), self.span.end)
        };
        Patch {
            span,
            text: String::new(),
        }
    }
}
