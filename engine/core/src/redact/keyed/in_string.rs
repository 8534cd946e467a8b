//! Lines within a string of JSON, where `\n` stands between them: a value may be on another one than its
//! name there too.

use super::super::kind::Kind;
use super::super::mark::Form;
use super::super::text::{Ends, Found, Look, Text};
use super::separator::{Name, Tie, Tied};

/// Behind line ends that are written `\n` or `\r\n`, and the blanks after them.
pub(super) fn behind_ends(text: Text<'_>, from: usize) -> usize {
    let mut at = from;
    while let Some((behind, _)) = end(text, at) {
        at = text.skip_blanks(behind);
    }
    at
}

/// Behind a line's end that is written here, and how many backslashes it has.
fn end(text: Text<'_>, from: usize) -> Option<(usize, usize)> {
    let letter = text.run(from, 64, |byte| byte == b'\\');
    let is_end = letter > from && matches!(text.byte(letter), Some(b'n' | b'r'));
    is_end.then_some((letter + 1, letter - from))
}

/// `- …` on the next line of a string: where the item begins.
pub(super) fn item(text: Text<'_>, from: usize) -> Option<usize> {
    let line = behind_ends(text, from);
    let value = text.skip_blanks(line + 2);
    (line > from && text.is_at(line, b"- ") && !text.is_at(value, b"-")).then_some(value)
}

/// The lines of a string that are the value of `name: |`, as one secret.
pub(super) fn block(text: Text<'_>, name: Name, tied: Tied, kind: Kind) -> Look {
    let mark = text.byte(tied.value).filter(|byte| b"|>".contains(byte));
    let marks = text.run(tied.value + 1, 3, |byte| {
        byte.is_ascii_digit() || b"+-".contains(&byte)
    });
    let first = end(text, text.skip_blanks(marks));
    let (Tie::Colon, Some(_), Some((mut at, slashes))) = (tied.tie, mark, first) else {
        return Look::Nothing;
    };
    let indent = indent(text, name);
    let mut secret: Option<(usize, usize)> = None;
    loop {
        let own = text.run(at, 4096, |byte| byte == b' ');
        let (line_end, next) = line(text, own, slashes);
        // What is empty belongs to it, wherever it ends.
        if line_end > own {
            let is_key = secret.is_none() && text.is_at(own, b"-----BEGIN");
            if own - at <= indent || is_key {
                break;
            }
            secret = Some((secret.map_or(own, |(start, _)| start), line_end));
        }
        match next {
            Some(next) => at = next,
            None => break,
        }
    }
    let Some((start, end)) = secret else {
        return Look::Nothing;
    };
    Look::Secret(Found {
        range: start..end,
        kind,
        form: Form::Json(slashes.ilog2() + 1),
        ends: Ends::Quote(b'"'),
    })
}

/// How far a name is indented: what stands below the name of an item, and no further to the right, goes
/// with it.
fn indent(text: Text<'_>, name: Name) -> usize {
    name.start - text.run_back(name.start, 256, |byte| b" -".contains(&byte))
}

/// Where a line ends that stands in a string, and where the next begins, if one does.
fn line(text: Text<'_>, from: usize, slashes: usize) -> (usize, Option<usize>) {
    let mut at = from;
    while let Some(long) = memchr::memchr2(b'"', b'\\', text.from(at)) {
        let place = at + long;
        let behind = text.run(place, 1 << 10, |byte| byte == b'\\');
        let count = behind - place;
        match text.byte(behind) {
            Some(b'"') if count < slashes => return (place, None),
            // Twice as many are one that is meant.
            Some(b'n' | b'r') if count % (2 * slashes) == slashes => {
                return (place + count - slashes, Some(behind + 1));
            }
            _ => at = behind + 1,
        }
    }
    (text.bytes.len(), None)
}
