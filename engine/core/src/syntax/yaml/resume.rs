//! Reading on behind text that is no YAML. Where it is certain what is meant, the rest is read as if
//! it stood there, so that an author sees everything that is wrong at once.

use super::super::fault::{Faults, Patch};
use super::super::source::{Span, Spanned};
use super::super::tree::{Entry, Tree};
use super::parse_with_care;

/// How many texts without quotes are passed over; behind more of them reading ends.
const MOST: usize = 20;

/// Reads a text, and what follows on texts that lack their quotes.
pub(super) fn read_on(text: &str, faults: &mut Faults) -> Option<Tree> {
    let mut mended = Mended {
        original: text,
        text: text.to_owned(),
        edits: Vec::new(),
    };
    loop {
        let mut found = Faults::of_text(&mended.text);
        let tree = parse_with_care(&mended.text, &mut found);
        let patch = found
            .last()
            .filter(|last| last.code == "yaml-unquoted" && mended.edits.len() < MOST)
            .and_then(|last| last.patches.first().cloned());
        faults.adopt(found, |span| mended.place(span));
        match (tree, patch) {
            (Some(tree), _) => return Some(mended.moved(tree)),
            (None, Some(patch)) => mended.apply(patch),
            (None, None) => return None,
        }
    }
}

/// A text with quotes put in, and the way back to the places of the original.
struct Mended<'t> {
    original: &'t str,
    text: String,
    /// What was replaced by how many bytes, each in the text that the ones before it left.
    edits: Vec<(Span, usize)>,
}

impl Mended<'_> {
    fn apply(&mut self, patch: Patch) {
        let Some(before) = self.text.get(..patch.span.start) else {
            return;
        };
        let behind = self.text.get(patch.span.end..).unwrap_or_default();
        let text = format!("{before}{}{behind}", patch.text);
        self.edits.push((patch.span, patch.text.len()));
        self.text = text;
    }

    /// The same place in the original.
    fn place(&self, span: Span) -> Span {
        let offset = |offset: usize| {
            let before = self.edits.iter().rev().fold(offset, back);
            self.original.floor_char_boundary(before)
        };
        Span::new(offset(span.start), offset(span.end))
    }

    fn moved(&self, tree: Tree) -> Tree {
        if self.edits.is_empty() {
            return tree;
        }
        let text = |text: Spanned<String>| Spanned::new(text.value, self.place(text.span));
        match tree {
            Tree::Nothing(span) => Tree::Nothing(self.place(span)),
            Tree::Bool(value, written) => Tree::Bool(value, text(written)),
            Tree::Number(written) => Tree::Number(text(written)),
            Tree::Text(written) => Tree::Text(text(written)),
            Tree::List(items) => {
                let span = self.place(items.span);
                let items = items.value.into_iter().map(|item| self.moved(item));
                Tree::List(Spanned::new(items.collect(), span))
            }
            Tree::Map(entries) => {
                let span = self.place(entries.span);
                let entries = entries.value.into_iter().map(|entry| Entry {
                    key: text(entry.key),
                    value: self.moved(entry.value),
                });
                Tree::Map(Spanned::new(entries.collect(), span))
            }
        }
    }
}

/// An offset as it was before an edit that put one quote in front.
fn back(offset: usize, (replaced, length): &(Span, usize)) -> usize {
    let end = replaced.start.saturating_add(*length);
    if offset <= replaced.start {
        offset
    } else if offset >= end {
        offset - end + replaced.end
    } else {
        replaced.end.min(offset - 1)
    }
}
