//! From what the library tells to a tree with places.

use std::collections::BTreeMap;

use serde_yaml::Spanned as Located;

use super::super::fault::Faults;
use super::super::slips::{malformed, odd_key};
use super::super::source::{Span, Spanned};
use super::super::tree::{Entry, Tree};
use super::{Shape, span_of};

/// `None` where it holds a key that is no text: then what is meant by the rest can't be told.
pub(super) fn lift(text: &str, node: Located<Shape>, faults: &mut Faults) -> Option<Tree> {
    let span = span_of(text, &node.referenced);
    let written = || Spanned::new(text.get(span.range()).unwrap_or_default().to_string(), span);
    Some(match node.value {
        Shape::Nothing => Tree::Nothing(span),
        Shape::Bool(value) => Tree::Bool(value, written()),
        Shape::Number => Tree::Number(written()),
        Shape::Text(value) => Tree::Text(Spanned::new(value, span)),
        Shape::List(items) => {
            let items: Vec<Option<Tree>> = items
                .into_iter()
                .map(|item| lift(text, item, faults))
                .collect();
            list(text, span, items.into_iter().collect::<Option<_>>()?)
        }
        Shape::Map(entries) => {
            let entries = lift_map(text, entries, faults)?;
            map(text, span, entries)
        }
    })
}

/// A list that begins there.
pub(super) fn list(text: &str, span: Span, items: Vec<Tree>) -> Tree {
    let span = items.iter().fold(span, |span, item| span.to(item.span()));
    let span = closed(text, span, '[', ']');
    Tree::List(Spanned::new(items, span))
}

/// A map that begins there.
pub(super) fn map(text: &str, span: Span, entries: Vec<Entry>) -> Tree {
    let span = entries.iter().fold(span, |span, entry| {
        span.to(entry.key.span).to(entry.value.span())
    });
    let span = closed(text, span, '{', '}');
    Tree::Map(Spanned::new(entries, span))
}

fn lift_map(
    text: &str,
    entries: Vec<(Located<Shape>, Located<Shape>)>,
    faults: &mut Faults,
) -> Option<Vec<Entry>> {
    let mut first: BTreeMap<String, Span> = BTreeMap::new();
    let mut lifted = Some(Vec::with_capacity(entries.len()));
    for (key, value) in entries {
        let span = span_of(text, &key.referenced);
        let value = lift(text, value, faults);
        let key = match key.value {
            Shape::Text(key) => key,
            // A number or boolean is the name that it is written as.
            Shape::Bool(_) | Shape::Number => text.get(span.range()).unwrap_or_default().to_owned(),
            Shape::Map(_)
                if text
                    .get(..span.start)
                    .is_some_and(|before| before.ends_with('{')) =>
            {
                malformed(
                    text,
                    "a map that is a key, expected string scalar",
                    span,
                    faults,
                );
                lifted = None;
                continue;
            }
            Shape::Nothing | Shape::List(_) | Shape::Map(_) => {
                odd_key(span, faults);
                lifted = None;
                continue;
            }
        };
        if let Some(earlier) = first.get(&key) {
            twice(&key, span, *earlier, faults);
            continue;
        }
        first.insert(key.clone(), span);
        if let (Some(entries), Some(value)) = (&mut lifted, value) {
            let key = Spanned::new(key, span);
            entries.push(Entry { key, value });
        } else {
            lifted = None;
        }
    }
    lifted
}

fn twice(key: &str, span: Span, earlier: Span, faults: &mut Faults) {
    faults
        .error(
            "yaml-duplicate-key",
            span,
            format!("the key `{key}` occurs twice"),
        )
        .here("the second one")
        .label(earlier, "the first")
        .help("remove one, or give it another name");
}

/// The library tells where brackets open; they close behind the last entry, its comma and comments.
fn closed(text: &str, span: Span, opening: char, closing: char) -> Span {
    let opens = |rest: &str| rest.starts_with(opening);
    if !text.get(span.start..).is_some_and(opens) {
        return span;
    }
    let end = span.end.max(span.start + opening.len_utf8());
    let mut comment = false;
    for (offset, letter) in text.get(end..).unwrap_or_default().char_indices() {
        match letter {
            '#' => comment = true,
            '\n' => comment = false,
            _ if comment || letter == ',' || letter.is_whitespace() => {}
            _ if letter == closing => return Span::new(span.start, end + offset + 1),
            _ => break,
        }
    }
    span
}
