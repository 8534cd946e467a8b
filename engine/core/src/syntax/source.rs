//! A text with a name, and places in it.

use std::ops::Range;

/// A text as it was handed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// What diagnostics call it: a path, or the name of a bundled runbook.
    pub name: String,
    /// The whole text.
    pub text: String,
}

/// A part of a [`Source`]'s text, in bytes, on the borders of characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Span {
    /// Offset of the first byte.
    pub start: usize,
    /// Offset behind the last byte.
    pub end: usize,
}

impl Span {
    /// From `start` up to and without `end`.
    pub fn new(start: usize, end: usize) -> Span {
        Span { start, end }
    }

    /// The smallest span that holds both.
    pub fn to(self, other: Span) -> Span {
        Span::new(self.start.min(other.start), self.end.max(other.end))
    }

    /// Whether the other one lies in it.
    pub fn holds(self, other: Span) -> bool {
        self.start <= other.start && other.end <= self.end
    }

    /// As a range of bytes.
    pub fn range(self) -> Range<usize> {
        self.start..self.end
    }
}

/// A value with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spanned<T> {
    /// The value.
    pub value: T,
    /// Where it stands.
    pub span: Span,
}

impl<T> Spanned<T> {
    /// A value with its place.
    pub fn new(value: T, span: Span) -> Spanned<T> {
        Spanned { value, span }
    }
}

/// Where a part of a scalar's value stands in the file.
///
/// YAML strips indentation, folds lines and resolves escapes, so the value is walked beside the
/// text that it came from. `None` where the two can't be matched: the whole scalar has to do.
pub(super) fn place_in_scalar(text: &str, scalar: &Spanned<String>, part: Span) -> Option<Span> {
    let written = text.get(scalar.span.range())?;
    let opening = usize::from(written.starts_with(['"', '\'']));
    let mut walk = Walk {
        written,
        at: opening,
        quote: written.chars().next().filter(|_| opening == 1),
    };
    let mut start = None;
    for (offset, letter) in scalar.value.char_indices() {
        if offset >= part.end {
            break;
        }
        let rest = scalar.value.get(offset..)?;
        let place = walk.step(letter, rest)?;
        if offset == part.start {
            start = Some(place);
        }
    }
    // A part behind the last letter, such as the end of an unfinished expression.
    let start = start.or_else(|| (part.start >= scalar.value.len()).then_some(walk.at))?;
    let from = scalar.span.start;
    Some(Span::new(from + start, from + walk.at.max(start)))
}

/// A position in the written form of a scalar.
struct Walk<'t> {
    written: &'t str,
    at: usize,
    quote: Option<char>,
}

impl Walk<'_> {
    /// Takes what stands for `letter`, the first of `rest`; gives its offset.
    fn step(&mut self, letter: char, rest: &str) -> Option<usize> {
        if self.peek()? == '\r' {
            self.at += 1;
        }
        let written = self.peek()?;
        let place = self.at;
        if written == '\n' && matches!(letter, '\n' | ' ') {
            self.at += 1;
            self.skip_indent(rest.get(letter.len_utf8()..).unwrap_or_default());
            return Some(place);
        }
        let escape = match self.quote {
            Some('\'') => written == '\'',
            Some('"') => written == '\\',
            _ => false,
        };
        self.at += usize::from(escape);
        if self.peek()? != letter {
            return None;
        }
        self.at += letter.len_utf8();
        Some(place)
    }

    /// Skips the indentation of a new line, and empty lines that folding drops.
    fn skip_indent(&mut self, rest: &str) {
        let indent = |text: &str| text.len() - text.trim_start_matches(' ').len();
        let mut ahead = self.written.get(self.at..).unwrap_or_default();
        if !rest.starts_with('\n') {
            let empty = ahead.len() - ahead.trim_start_matches([' ', '\r', '\n']).len();
            let lines = ahead.get(..empty).unwrap_or_default();
            let line_start = lines.rfind('\n').map_or(0, |last| last + 1);
            self.at += line_start;
            ahead = ahead.get(line_start..).unwrap_or_default();
        }
        self.at += indent(ahead).saturating_sub(indent(rest));
    }

    fn peek(&self) -> Option<char> {
        self.written.get(self.at..)?.chars().next()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::{Faults, Tree, parse_yaml};

    /// The text that the place of `part` in the scalar below `a` covers.
    fn placed(yaml: &str, part: &str) -> Option<String> {
        let source = Source {
            name: "t".into(),
            text: yaml.into(),
        };
        let tree = parse_yaml(&source, &mut Faults::of(&source)).expect("it is YAML");
        let scalar = tree.get("a").and_then(Tree::as_text).expect("it is text");
        let start = scalar.value.find(part).expect("the part is there");
        let span = place_in_scalar(yaml, scalar, Span::new(start, start + part.len()))?;
        yaml.get(span.range()).map(str::to_string)
    }

    #[test]
    fn parts_of_every_style_of_scalar_are_found() {
        for yaml in [
            "a: one two.three four\n",
            "a: \"one two.three \\\"four\\\"\"\n",
            "a: 'it''s two.three'\n",
            "a: |\n  one\n    more\n  two.three\n",
            "a: |\r\n  one\r\n  two.three\r\n",
            "a: >-\n  one\n  more\n\n  two.three\n",
            "a: one\n  é\n  two.three\n",
        ] {
            assert_eq!(
                placed(yaml, "two.three").as_deref(),
                Some("two.three"),
                "{yaml}"
            );
        }
    }

    #[test]
    fn an_escape_that_stands_for_another_letter_is_not_guessed_at() {
        assert_eq!(placed("a: \"tab\\tword\"\n", "word"), None);
        assert_eq!(placed("a: \"tab\\tword\"\n", "tab").as_deref(), Some("tab"));
    }
}
