//! Taking an entry, or an item of a list, out of a text.

use crate::syntax::{Entry, Patch, Span, Spanned};

/// The patch that removes an entry of a block map, with all that belongs to it. `None` where it is
/// the only one, or shares its lines with others.
pub(super) fn entry(entries: &[Entry], name: &str, text: &str) -> Option<Patch> {
    let entry = entries.iter().find(|entry| entry.key.value == name)?;
    if entries.len() < 2 {
        return None;
    }
    whole_lines(entry, text)
}

/// The same for an entry that may be the only one.
pub(super) fn whole_lines(entry: &Entry, text: &str) -> Option<Patch> {
    let key = entry.key.span.start;
    let start = line_start(text, key);
    let indent = text.get(start..key)?;
    if !indent.chars().all(|letter| letter == ' ') {
        return None;
    }
    let mut end = key;
    let mut at = start;
    for (index, line) in text.get(start..)?.split_inclusive('\n').enumerate() {
        let content = line.trim_start_matches(' ');
        let is_blank = content.trim().is_empty() || content.starts_with('#');
        let depth = line.len() - content.len();
        let is_item = depth == indent.len() && content.starts_with("- ");
        if index > 0 && !is_blank && depth <= indent.len() && !is_item {
            break;
        }
        at += line.len();
        if index == 0 || !is_blank {
            end = at;
        }
    }
    let span = Span::new(start, end);
    let inside = entry.value.span().end <= end;
    inside.then(|| Patch {
        span,
        text: String::new(),
    })
}

/// The patch that removes an item of a list, with the comma or the dash before it.
pub(super) fn item(items: &[&Spanned<String>], index: usize, text: &str) -> Option<Patch> {
    let item = items.get(index)?;
    let before = items.get(index.checked_sub(1)?)?;
    let between = text.get(before.span.end..item.span.start)?;
    let separator = between.trim();
    let patch = |span| Patch {
        span,
        text: String::new(),
    };
    match separator {
        "," => Some(patch(Span::new(before.span.end, item.span.end))),
        "-" => {
            let start = line_start(text, item.span.start);
            let rest = text.get(item.span.end..)?;
            let end = rest
                .find('\n')
                .map_or(text.len(), |end| item.span.end + end + 1);
            let alone = text.get(item.span.end..end)?.trim().is_empty();
            alone.then(|| patch(Span::new(start, end)))
        }
        _ => None,
    }
}

fn line_start(text: &str, at: usize) -> usize {
    let before = text.get(..at).unwrap_or_default();
    before.rfind('\n').map_or(0, |end| end + 1)
}
