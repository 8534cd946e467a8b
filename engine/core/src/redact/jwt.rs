//! JSON web tokens.

use super::kind::Kind;
use super::text::{Look, Text, is_base64_of_urls};

/// A header is no shorter: `{"alg":"none"}`.
const SHORTEST: usize = 12;
/// No part is longer, as far as this knows.
const LONGEST: usize = 32 << 10;

/// A web token, should one begin here.
pub(super) fn look(text: Text<'_>, start: usize) -> Look {
    if !text.begins_word(start) {
        return Look::Nothing;
    }
    match end(text, start) {
        Some(end) => Text::found(start..end, Kind::Jwt),
        None => Look::Nothing,
    }
}

/// Where the web token ends that begins here.
pub(super) fn end(text: Text<'_>, start: usize) -> Option<usize> {
    if !text.is_at(start, b"eyJ") {
        return None;
    }
    let header = part(text, start);
    if header - start < SHORTEST || text.byte(header) != Some(b'.') {
        return None;
    }
    let body = part(text, header + 1);
    let signed = text.byte(body) == Some(b'.') && part(text, body + 1) > body + 1;
    // An encrypted key may be empty; what says how it is signed or encrypted makes it a token even
    // where it is cut off.
    let says_how = text.is_at(start, b"eyJhbGci")
        || text.is_at(start, b"eyJraWQi")
        || text.is_at(start, b"eyJ0eXAi");
    if !(text.is_at(header + 1, b"eyJ") || says_how || signed && body > header + 1) {
        return None;
    }
    let mut end = body;
    for _ in 0..3 {
        match text.byte(end) {
            Some(b'.') => end = part(text, end + 1),
            _ => break,
        }
    }
    // A full stop behind it belongs to a sentence.
    Some(if text.before(end) == Some(b'.') {
        end - 1
    } else {
        end
    })
}

fn part(text: Text<'_>, from: usize) -> usize {
    text.run(from, LONGEST, is_base64_of_urls)
}
