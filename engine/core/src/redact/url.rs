//! Passwords in URLs and in names of data sources.

use memchr::{memchr, memrchr};

use super::kind::Kind;
use super::mark::Form;
use super::prefixed;
use super::shape;
use super::text::{Ends, Found, Look, Text};

/// No user and password are longer together.
const LONGEST: usize = 1 << 10;
/// A user without a password that is this long, and looks like chance, is a token.
const SHORTEST_TOKEN: usize = 20;

/// What stands behind `://`.
pub(super) fn look(text: Text<'_>, start: usize) -> Look {
    let ends = |byte: u8| byte <= b' ' || b"\"'`<>\\".contains(&byte);
    let stop = text.run(start, LONGEST, |byte| {
        !ends(byte) && !b"/?#".contains(&byte)
    });
    let Some(at) =
        memrchr(b'@', text.slice(start..stop)).or_else(|| behind_slash(text, start, stop))
    else {
        return Look::Nothing;
    };
    // `docker-pullable://nginx:1.25@sha256:…` has no password.
    let host = start + at + 1;
    if text.is_at(host, b"sha256:") || text.is_at(host, b"sha512:") {
        return Look::Nothing;
    }
    let user = text.slice(start..start + at);
    let range = match memchr(b':', user) {
        Some(colon) => start + colon + 1..start + at,
        None if shape::is_random(user, SHORTEST_TOKEN) => start..start + at,
        None => return Look::Nothing,
    };
    let has_name = range.start > start;
    let kind = if has_name {
        Kind::Password
    } else {
        Kind::Token
    };
    password(text, range, kind, Form::Percent)
}

/// A password with a slash in it, which it shouldn't have: `user:pa/ss@host`.
fn behind_slash(text: Text<'_>, start: usize, slash: usize) -> Option<usize> {
    let colon = memchr(b':', text.slice(start..slash))?;
    let first = text.slice(start + colon + 1..slash);
    if text.byte(slash) != Some(b'/')
        || first.iter().all(u8::is_ascii_digit)
        || first.contains(&b']')
    {
        return None;
    }
    let end = text.run(slash, 64, |byte| {
        byte > b' ' && !b"\"'`<>\\".contains(&byte)
    });
    memrchr(b'@', text.slice(start..end))
}

/// `user:password@tcp(host)/base`: what stands before the `@`.
pub(super) fn data_source(text: Text<'_>, at: usize) -> Look {
    let start = text.run_back(at, 256, |byte| byte > b' ' && !b"\"'`=".contains(&byte));
    let start = text.run(start, 64, |byte| byte == b'\\');
    match memchr(b':', text.slice(start..at)) {
        Some(colon) => password(text, start + colon + 1..at, Kind::Password, Form::Plain),
        None => Look::Nothing,
    }
}

fn password(text: Text<'_>, range: std::ops::Range<usize>, kind: Kind, form: Form) -> Look {
    let value = text.slice(range.clone());
    if value.is_empty() || shape::is_placeholder(value) {
        return Look::Nothing;
    }
    Look::Secret(Found {
        kind: prefixed::known(value).unwrap_or(kind),
        range,
        form,
        ends: Ends::Blank,
    })
}
