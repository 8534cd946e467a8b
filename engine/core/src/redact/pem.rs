//! Private keys in PEM. Its first and last line stay: they say what was there. Certificates and
//! public keys stay whole.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::kind::Kind;
use super::mark::Form;
use super::text::{Ends, Found, Look, Text, is_base64};

/// So much stands before `PRIVATE KEY` at most: `-----BEGIN SSH2 ENCRYPTED `.
const BEFORE: usize = 32;
/// Fewer letters than this are no key.
const SHORTEST: usize = 16;

/// A private key, around `PRIVATE KEY`.
pub(super) fn look(text: Text<'_>, start: usize, end: usize) -> Look {
    let before = text.slice(start.saturating_sub(BEFORE)..start);
    let Some(begin) =
        memchr::memmem::rfind(before, b"-- BEGIN ").or(memchr::memmem::rfind(before, b"--BEGIN "))
    else {
        return Look::Nothing;
    };
    let block = if text.is_at(end, b" BLOCK") {
        end + 6
    } else {
        end
    };
    let dashes = text.run(block, 6, |byte| byte == b'-' || byte == b' ');
    if dashes < block + 4 {
        return Look::Nothing;
    }
    let body = skip_ends(text, dashes);
    if body >= text.bytes.len() {
        if text.open {
            return Look::Nothing;
        }
        let line = start.saturating_sub(BEFORE) + begin;
        return Look::KeyBegins {
            fields: fields_before(text, line),
        };
    }
    let letters = text.run(body, SHORTEST, is_base64) - body;
    let headers = [&b"Proc-Type"[..], b"Version", b"Comment"];
    if letters < SHORTEST && !headers.iter().any(|header| text.is_at(body, header)) {
        return Look::Nothing;
    }
    Look::Secret(Found {
        range: body..end_of_body(text, body),
        kind: Kind::PrivateKey,
        form: Form::Lines,
        ends: Ends::Quote(b'"'),
    })
}

/// A private key in PEM that is base64 once more, as in a Secret or a kubeconfig.
pub(super) fn packed(text: Text<'_>, start: usize) -> Look {
    let beginning = text.slice(start..text.run(start, 64, is_base64));
    let whole = beginning.get(..beginning.len() / 4 * 4).unwrap_or_default();
    let decoded = STANDARD.decode(whole).unwrap_or_default();
    if memchr::memmem::find(&decoded, b"PRIVATE KEY").is_none() {
        return Look::Nothing;
    }
    let end = text.run(start, usize::MAX, is_base64);
    Text::found(start..end, Kind::PrivateKey)
}

/// Whether a line is the last one of a private key.
pub(super) fn ends(line: &[u8]) -> bool {
    let end = memchr::memmem::find(line, b"--END ").or(memchr::memmem::find(line, b"-- END "));
    end.is_some_and(|_| memchr::memmem::find(line, b"PRIVATE KEY").is_some())
}

/// The letters of a key on a line of its own, behind as many fields as its first line has before it,
/// or none. Where they begin.
pub(super) fn body_of_line(line: &[u8], fields: usize) -> Option<usize> {
    let line = line.trim_ascii_end();
    let start = memchr::memrchr2(b' ', b'\t', line).map_or(0, |blank| blank + 1);
    let (before, letters) = line.split_at_checked(start)?;
    let count = before
        .split(u8::is_ascii_whitespace)
        .filter(|field| !field.is_empty())
        .count();
    let fits = count == 0 || count == fields || letters.len() >= 40;
    (fits && !letters.is_empty() && letters.iter().all(|byte| is_base64(*byte))).then_some(start)
}

fn fields_before(text: Text<'_>, at: usize) -> usize {
    let start = text.run_back(at, 1 << 10, |byte| byte != b'\n');
    let mark = text.run_back(at, 8, |byte| byte == b'-');
    let before = text.slice(start..mark.max(start));
    before
        .split(u8::is_ascii_whitespace)
        .filter(|field| !field.is_empty())
        .count()
}

/// Behind line ends, also those that are written `\n`.
fn skip_ends(text: Text<'_>, from: usize) -> usize {
    let mut at = from;
    loop {
        let blanks = text.run(at, 64, |byte| byte.is_ascii_whitespace());
        let slashes = text.run(blanks, 64, |byte| byte == b'\\');
        match text.byte(slashes) {
            Some(b'n' | b'r') if slashes > blanks => at = slashes + 1,
            _ => return blanks,
        }
    }
}

/// Where a key on one line ends: before its last line, or at the first byte that is none of it.
fn end_of_body(text: Text<'_>, from: usize) -> usize {
    let mut at = from;
    while let Some(byte) = text.byte(at) {
        let letter = is_base64(byte) || b" \t:,.".contains(&byte);
        let dash = byte == b'-' && !text.is_at(at, b"--");
        let escape = byte == b'\\'
            && text
                .byte(text.run(at, 64, |byte| byte == b'\\'))
                .is_some_and(|next| b"nr".contains(&next));
        if !(letter || dash || escape) {
            break;
        }
        at = if escape {
            text.run(at, 64, |byte| byte == b'\\') + 1
        } else {
            at + 1
        };
    }
    // Line ends before the last line are left to it.
    loop {
        let blanks = text.run_back(at, at - from, |byte| byte.is_ascii_whitespace());
        let letter = text.run_back(blanks, 1, |byte| b"nr".contains(&byte));
        let slashes = text.run_back(letter, 64, |byte| byte == b'\\');
        if slashes == letter || letter == blanks {
            return blanks.max(from);
        }
        at = slashes;
    }
}
