//! Why a text was not read, for its author.

use serde_yaml::Error;
use serde_yaml::budget::BudgetBreach;

use super::super::fault::Faults;
use super::super::limits::{ANCHORS, DEPTH, NODES};
use super::super::slips::malformed;
use super::super::source::Span;
use super::span_of;

/// The library speaks to programmers; this speaks to the author of a runbook.
pub(super) fn explain(text: &str, error: &Error, faults: &mut Faults) {
    let error = error.without_snippet();
    let span = error
        .location()
        .map_or(Span::default(), |location| span_of(text, &location));
    match error {
        Error::DuplicateMappingKey { key, .. } => {
            let key = key.as_deref().unwrap_or_default();
            faults
                .error(
                    "yaml-duplicate-key",
                    span,
                    format!("the key `{key}` occurs twice"),
                )
                .here("the second one")
                .help("remove one, or give it another name");
        }
        Error::MultipleDocuments { .. } => {
            faults
                .error(
                    "yaml-documents",
                    span,
                    "the file holds more than one document",
                )
                .here("the second one starts here")
                .help("write one runbook per file, without `---`");
        }
        Error::MergeKeyNotAllowed { .. } | Error::UnknownAnchor { .. } => {
            aliases(anchor_before(text, span), faults);
        }
        Error::Budget { breach, .. } => over_budget(text, breach, span, faults),
        _ => {
            let message = error.to_string();
            // The scanner has a limit of its own, which brackets on one line meet first.
            match message.contains("recursion limit") {
                true => too_deep(span, faults),
                false => malformed(text, &message, span, faults),
            }
        }
    }
}

/// The anchor in front of what it names; the library points behind it.
fn anchor_before(text: &str, span: Span) -> Span {
    let before = text.get(..span.start).unwrap_or_default().trim_end();
    let word = before
        .rfind(char::is_whitespace)
        .map_or(0, |blank| blank + 1);
    match before.get(word..) {
        Some(anchor) if anchor.starts_with('&') => Span::new(word, before.len()),
        _ => span,
    }
}

fn aliases(span: Span, faults: &mut Faults) {
    faults
        .error(
            ANCHORS.code,
            span,
            "anchors, aliases and merge keys are not allowed",
        )
        .help("write it out; quote text that starts with `&` or `*`");
}

fn over_budget(text: &str, breach: &BudgetBreach, span: Span, faults: &mut Faults) {
    match breach {
        BudgetBreach::Anchors { .. } | BudgetBreach::Aliases { .. } => {
            aliases(anchor_before(text, span), faults);
        }
        BudgetBreach::Depth { .. } => too_deep(span, faults),
        _ => {
            faults
                .error(
                    NODES.code,
                    span,
                    format!("the file has more than {} entries", NODES.most),
                )
                .help("a runbook is a page; logs and data belong elsewhere");
        }
    }
}

fn too_deep(span: Span, faults: &mut Faults) {
    faults
        .error(
            DEPTH.code,
            span,
            format!("lists and maps are nested more than {} deep", DEPTH.most),
        )
        .help("a runbook is a page; is this the right file?");
}
