//! What authorizes a request: the header `Authorization` in the forms in which logs hold it, `Bearer`
//! wherever it stands, and cookies.

use super::keyed::Start;
use super::kind::Kind;
use super::prefixed;
use super::shape;
use super::text::{Look, Text};

/// Schemes that are known to be followed by a secret.
const SCHEMES: &[&str] = &[
    "bearer",
    "basic",
    "token",
    "apikey",
    "api-key",
    "key",
    "negotiate",
    "ntlm",
    "digest",
    "hoba",
    "jwt",
    "oauth",
    "sso-key",
    "googlelogin",
    "splunk",
    "bot",
    "genie-key",
    "sharedkey",
    "klaviyo-api-key",
    "pat",
    "hawk",
    "mac",
];
/// A bearer's token without a header around it is no shorter.
const SHORTEST_BEARER: usize = 16;
/// No scheme's name is longer.
const LONGEST_SCHEME: usize = 24;
/// So much of a value is looked at to see what it is.
const JUDGED: usize = 320;

/// The value of `Authorization`, behind the separator.
pub(super) fn value(text: Text<'_>, from: usize) -> Look {
    let opened = opened(text, from);
    let start = opened.at;
    let word = text.run(start, LONGEST_SCHEME, |byte| {
        byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_'
    });
    let scheme = text.slice(start..word);
    if scheme.len() >= 4 && scheme.starts_with(b"AWS") || scheme.is_empty() {
        // Its key's id and its signature are found by themselves.
        return Look::Nothing;
    }
    let Some(blank) = blank(text, word) else {
        let likely = |value: &[u8]| shape::is_random(value, 8);
        return found(text, start, Kind::Token, likely, |most| {
            end(text, start, most)
        });
    };
    let known = SCHEMES
        .iter()
        .any(|known| scheme.eq_ignore_ascii_case(known.as_bytes()));
    let kind = if scheme.eq_ignore_ascii_case(b"basic") {
        Kind::Credentials
    } else {
        Kind::Token
    };
    let whole = ["digest", "hawk", "mac", "oauth"]
        .iter()
        .any(|whole| scheme.eq_ignore_ascii_case(whole.as_bytes()));
    let parameters = text
        .slice(blank..text.run(blank, 24, |byte| byte != b'"'))
        .contains(&b'=');
    let likely = |value: &[u8]| known && value.len() >= 4 || shape::is_random(value, 8);
    found(text, blank, kind, likely, |most| {
        if whole && parameters {
            end_of_header(
                text,
                Start {
                    at: blank,
                    ..opened
                },
                most,
            )
        } else {
            end(text, blank, most)
        }
    })
}

/// `Bearer` with a token behind it.
pub(super) fn bearer(text: Text<'_>, start: usize, end: usize) -> Look {
    let Some(from) = blank(text, end).filter(|_| text.begins_word(start)) else {
        return Look::Nothing;
    };
    let parameter = text.slice(
        from..text.run(from, 24, |byte| {
            byte.is_ascii_lowercase() || byte == b'_' || byte == b'='
        }),
    );
    let names = parameter.contains(&b'=')
        && text
            .byte(from + parameter.len())
            .is_some_and(|byte| byte == b'"' || byte == b'\\');
    let likely =
        |value: &[u8]| value.len() >= SHORTEST_BEARER && !names && shape::is_random(value, 8);
    found(text, from, Kind::Token, likely, |most| {
        self::end(text, from, most)
    })
}

/// The value of a header with cookies.
pub(super) fn cookie(text: Text<'_>, from: usize) -> Look {
    let opened = opened(text, from);
    let likely = |value: &[u8]| value.contains(&b'=');
    found(text, opened.at, Kind::Cookie, likely, |most| {
        end_of_header(text, opened, most)
    })
}

/// Behind what lists and strings begin with.
fn opened(text: Text<'_>, from: usize) -> Start {
    let mut start = Start {
        at: from,
        quote: None,
        query: false,
    };
    for _ in 0..4 {
        start.at = text.skip_blanks(start.at);
        if text.is_at(start.at, b"[]string{") {
            start.at += 9;
        } else if text.byte(start.at) == Some(b'[') {
            start.at += 1;
        } else if let Some((at, slashes, mark)) = text.quote(start.at) {
            start = Start {
                at,
                quote: Some((slashes, mark)),
                query: false,
            };
        } else {
            break;
        }
    }
    start
}

/// Behind the blank between the scheme and the rest.
fn blank(text: Text<'_>, at: usize) -> Option<usize> {
    if text.is_at(at, b"%20") {
        return Some(at + 3);
    }
    let behind = text.skip_blanks(at);
    (behind > at).then_some(behind)
}

fn end(text: Text<'_>, from: usize, most: usize) -> usize {
    text.run(from, most, |byte| {
        byte > b' ' && !b"\"'`,;\\<>)]}{".contains(&byte)
    })
}

/// Headers are quoted, listed, or go on to the line's end; the whole line may stand in a string.
fn end_of_header(text: Text<'_>, start: Start, most: usize) -> usize {
    match start.quote {
        Some(_) => start.end(text, most),
        None => end_of_bare_header(text, start.at, most),
    }
}

/// Values within a header may be quoted: `a="b"`. Any other quotation mark ends the string that the header
/// stands in.
fn end_of_bare_header(text: Text<'_>, from: usize, most: usize) -> usize {
    let (mut at, mut within) = (from, false);
    let until = from.saturating_add(most);
    while let Some(byte) = text.byte(at).filter(|_| at < until) {
        if byte < b' ' || b"'`]\\".contains(&byte) {
            break;
        }
        if byte == b'"' {
            let opens = text.before(at) == Some(b'=')
                && text
                    .byte(at + 1)
                    .is_some_and(|next| next > b' ' && !b",}]".contains(&next));
            if !within && !opens {
                break;
            }
            within = !within;
        }
        at += 1;
    }
    at
}

/// The secret that begins here. Whether it is one is seen by its beginning; only then is its end looked
/// for, so that nothing is gone through twice.
fn found(
    text: Text<'_>,
    start: usize,
    kind: Kind,
    likely: impl Fn(&[u8]) -> bool,
    end: impl Fn(usize) -> usize,
) -> Look {
    let judged = end(JUDGED);
    let value = text.slice(start..judged);
    let code = text.byte(judged) == Some(b'(') || value.contains(&b'(');
    let none = code || value.is_empty() || shape::is_placeholder(value) || shape::is_word(value);
    if none || !likely(value) {
        return Look::Nothing;
    }
    let whole = if value.len() < JUDGED {
        judged
    } else {
        end(usize::MAX)
    };
    let value = text.slice(start..whole);
    Text::found(start..whole, prefixed::known(value).unwrap_or(kind))
}
