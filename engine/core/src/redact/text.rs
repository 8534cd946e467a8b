//! A line, or the part of a long one that is here, and ways to look around in it.

use std::ops::Range;

use super::kind::Kind;
use super::mark::Form;

/// Bytes up to the end of a line. What stands before the line may be there too; nothing looks past a
/// line's end to the left.
#[derive(Debug, Clone, Copy)]
pub(super) struct Text<'a> {
    pub(super) bytes: &'a [u8],
    /// Whether the line goes on behind what is here.
    pub(super) open: bool,
}

/// A secret that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) range: Range<usize>,
    pub(super) kind: Kind,
    pub(super) form: Form,
    /// What ends it, should it go on behind what is here.
    pub(super) ends: Ends,
}

/// What ends a secret that is longer than what can be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ends {
    /// A blank, a quotation mark, or the line's end.
    Blank,
    /// This quotation mark, or the line's end.
    Quote(u8),
    /// The line's end.
    Line,
}

/// What was found at an anchor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Look {
    Nothing,
    Secret(Found),
    /// A private key begins on the next line; so many fields stand before it on this one.
    KeyBegins {
        fields: usize,
    },
    /// The next line may hold the value of this line's name: `value: …`.
    ValueNext(Kind),
    /// The next line may hold what belongs to this line's flag: `- …`.
    ItemNext(Kind),
    /// The lines that follow and stand further to the right are the value.
    BlockNext {
        kind: Kind,
        indent: usize,
    },
}

impl<'a> Text<'a> {
    pub(super) fn byte(self, at: usize) -> Option<u8> {
        self.bytes.get(at).copied()
    }

    pub(super) fn before(self, at: usize) -> Option<u8> {
        self.byte(at.checked_sub(1)?)
    }

    pub(super) fn slice(self, range: Range<usize>) -> &'a [u8] {
        self.bytes.get(range).unwrap_or_default()
    }

    pub(super) fn from(self, at: usize) -> &'a [u8] {
        self.bytes.get(at..).unwrap_or_default()
    }

    pub(super) fn is_at(self, at: usize, what: &[u8]) -> bool {
        self.from(at).starts_with(what)
    }

    /// Where a run of such bytes ends, at most so many on.
    pub(super) fn run(self, from: usize, most: usize, is: impl Fn(u8) -> bool) -> usize {
        let run = self.from(from).iter().take(most);
        from + run.take_while(|byte| is(**byte)).count()
    }

    /// Where a run of such bytes begins that ends before `to`, at most so many back.
    pub(super) fn run_back(self, to: usize, most: usize, is: impl Fn(u8) -> bool) -> usize {
        let behind = self.bytes.get(..to).unwrap_or_default();
        let run = behind.iter().rev().take(most);
        to - run.take_while(|byte| is(**byte)).count()
    }

    /// Behind blanks.
    pub(super) fn skip_blanks(self, from: usize) -> usize {
        self.run(from, 64, |byte| byte == b' ' || byte == b'\t')
    }

    /// Behind a quotation mark, with the backslashes before it: how many, and which mark.
    pub(super) fn quote(self, from: usize) -> Option<(usize, usize, u8)> {
        let mark = self.run(from, 1 << 10, |byte| byte == b'\\');
        let which = self.byte(mark).filter(|byte| b"\"'`".contains(byte))?;
        Some((mark + 1, mark - from, which))
    }

    /// Whether a word can begin here. `\n` and `%3D` before it end the one before.
    pub(super) fn begins_word(self, at: usize) -> bool {
        let Some(before) = self.before(at) else {
            return true;
        };
        if !(before.is_ascii_alphanumeric() || before == b'_' || before == b'-') {
            return true;
        }
        let back = |by: usize| at.checked_sub(by).and_then(|place| self.byte(place));
        let escape = b"nrt".contains(&before) && back(2) == Some(b'\\');
        let percent = back(3) == Some(b'%') && back(2).is_some_and(|byte| byte.is_ascii_digit());
        let code = back(6) == Some(b'\\') && back(5) == Some(b'u');
        escape || percent || code
    }

    /// The secret that stands here.
    pub(super) fn found(range: Range<usize>, kind: Kind) -> Look {
        Look::Secret(Found {
            range,
            kind,
            form: Form::Plain,
            ends: Ends::Blank,
        })
    }
}

pub(super) fn is_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"+/=".contains(&byte)
}

pub(super) fn is_base64_of_urls(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-_".contains(&byte)
}
