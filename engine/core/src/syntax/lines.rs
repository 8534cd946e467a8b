//! Lines and columns of a text, as editors count them.

use super::source::Span;

/// Where the lines of a text start.
#[derive(Debug, Clone)]
pub struct Lines<'t> {
    text: &'t str,
    starts: Vec<usize>,
}

/// A place as editors name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// From 1.
    pub line: usize,
    /// From 1, in letters (code points).
    pub column: usize,
}

impl<'t> Lines<'t> {
    /// Of this text.
    pub fn of(text: &'t str) -> Lines<'t> {
        let ends = text.match_indices('\n').map(|(at, _)| at + 1);
        Lines {
            text,
            starts: std::iter::once(0).chain(ends).collect(),
        }
    }

    /// The line of an offset, from 1.
    pub fn line(&self, offset: usize) -> usize {
        self.starts.partition_point(|start| *start <= offset)
    }

    /// The line and column of an offset.
    pub fn place(&self, offset: usize) -> Place {
        let line = self.line(offset);
        let start = self.start(line);
        let before = self.text.get(start..offset.min(self.text.len()));
        Place {
            line,
            column: before.map_or(0, |before| before.chars().count()) + 1,
        }
    }

    /// A line with the sign that ends it.
    pub fn span(&self, line: usize) -> Span {
        let start = self.start(line);
        let next = self.starts.get(line).copied();
        Span::new(start, next.unwrap_or(self.text.len()))
    }

    fn start(&self, line: usize) -> usize {
        let index = line.saturating_sub(1);
        self.starts.get(index).copied().unwrap_or(self.text.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_counted_as_editors_do() {
        let lines = Lines::of("é: a\n\nb: c");
        let place = |offset| {
            let place = lines.place(offset);
            (place.line, place.column)
        };
        assert_eq!(place(0), (1, 1));
        assert_eq!(place(2), (1, 2));
        assert_eq!(place(6), (2, 1));
        assert_eq!(place(7), (3, 1));
        assert_eq!(place(10), (3, 4));
        assert_eq!(place(99), (3, 5));
        assert_eq!(lines.span(1), Span::new(0, 6));
        assert_eq!(lines.span(3), Span::new(7, 11));
    }
}
