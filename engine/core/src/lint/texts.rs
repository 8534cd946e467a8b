//! Texts that people read: none is empty, and none shows brackets that were meant to be filled in.

use crate::runbook::Reading;
use crate::syntax::{Entry, Faults, Span, Spanned, Tree};

/// Texts that are printed as they stand.
const FIXED: [&str; 3] = ["label", "summary", "help"];
/// Texts that values are filled into.
const FILLED: [&str; 5] = ["says", "details", "because", "lasting", "effect"];
/// Texts that are one line of a report.
const LINES: [&str; 5] = ["label", "summary", "help", "says", "effect"];

pub(super) fn check(reading: &Reading, faults: &mut Faults) {
    let sections = reading.tree.entries().unwrap_or_default();
    entries(sections, reading, faults);
    for section in sections {
        for entry in section.value.entries().unwrap_or_default() {
            entries(entry.value.entries().unwrap_or_default(), reading, faults);
        }
    }
}

fn entries(entries: &[Entry], reading: &Reading, faults: &mut Faults) {
    for Entry { key, value } in entries {
        let key = key.value.as_str();
        let items = value.items().unwrap_or_default().iter();
        for text in items.filter_map(Tree::as_text).chain(value.as_text()) {
            if !FIXED.contains(&key) && !FILLED.contains(&key) {
                continue;
            }
            if text.value.trim().is_empty() {
                faults
                    .warning("empty-text", text.span, format!("`{key}` says nothing"))
                    .help("say something, or remove it");
            }
            if LINES.contains(&key) && text.value.trim_end().contains('\n') {
                faults
                    .warning("not-one-line", text.span, format!("`{key}` is one line"))
                    .help("fold it with `>-`, or move the rest to `details`");
            }
            if FILLED.contains(&key) {
                brackets(text, reading, faults);
            } else if text.value.contains("{{") {
                faults
                    .warning(
                        "template-not-rendered",
                        text.span,
                        format!("nothing is filled into `{key}`"),
                    )
                    .help(
                        "`{{ }}` belongs into `says`, `details`, `because`, `lasting` and `effect`",
                    );
            }
        }
    }
}

/// A `}}` that closes nothing, and `{ name }` where `{{ name }}` was meant.
fn brackets(text: &Spanned<String>, reading: &Reading, faults: &mut Faults) {
    let value = text.value.as_str();
    let mut at = 0;
    while let Some(found) = value.get(at..).and_then(|rest| rest.find(['{', '}'])) {
        let start = at + found;
        let rest = value.get(start..).unwrap_or_default();
        at = start + 1;
        if rest.starts_with("{{") {
            // What stands in it is read as an expression; a quoted `}}` is rare enough.
            at = start + rest.find("}}").map_or(rest.len(), |end| end + 2);
        } else if rest.starts_with("}}") {
            faults
                .warning_within(
                    "unopened-template",
                    text,
                    Span::new(start, start + 2),
                    "this `}}` closes nothing",
                )
                .help("write `{{` before the value");
            at = start + 2;
        } else if let Some(inner) = rest.strip_prefix('{').and_then(|rest| rest.split_once('}')) {
            single(text, start, inner.0, reading, faults);
        }
    }
}

fn single(
    text: &Spanned<String>,
    start: usize,
    inner: &str,
    reading: &Reading,
    faults: &mut Faults,
) {
    let root = inner.trim().split('.').next().unwrap_or_default();
    let is_path = inner
        .trim()
        .chars()
        .all(|letter| letter.is_alphanumeric() || matches!(letter, '_' | '.'));
    if !is_path || !reading.names.iter().any(|name| name == root) {
        return;
    }
    let whole = Span::new(start, start + inner.len() + 2);
    // Only what is put in is written, so that nothing else has to be escaped.
    let opening = faults.place(text, Span::new(start, start + 1)).start;
    let closing = faults.place(text, Span::new(whole.end - 1, whole.end)).end;
    let fault = faults.warning_within("single-brace", text, whole, "nothing is filled in here");
    fault.help(format!("write `{{{{ {} }}}}`", inner.trim()));
    if closing == opening + inner.len() + 2 {
        fault.patch(Span::new(opening, opening), "{");
        fault.patch(Span::new(closing, closing), "}");
    }
}
