//! The token that stands in a secret's place.

use std::fmt;

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use super::kind::Kind;

/// So many bytes of the HMAC are in a token.
const DIGEST: usize = 4;
/// Of a longer secret only so much is looked at, so that where a window ends makes no difference.
const LONGEST: usize = 32 << 10;
/// How many times JSON within JSON is undone.
const DEEPEST: u32 = 8;

/// The key of a bundle's tokens. Whoever has it can try guesses, so it is a secret itself.
#[derive(Clone)]
pub struct RedactionKey(Hmac<Sha256>);

impl RedactionKey {
    /// A key; it should be random.
    pub fn new(key: [u8; 32]) -> Self {
        // HMAC fills a shorter key up with zeros by itself; a whole block is the one that can't fail.
        let mut block = [0_u8; 64];
        for (to, from) in block.iter_mut().zip(key) {
            *to = from;
        }
        RedactionKey(Hmac::new(&block.into()))
    }

    /// A digest that is fed part by part.
    pub(super) fn begin(&self) -> Digest {
        Digest(self.0.clone())
    }
}

impl fmt::Debug for RedactionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RedactionKey")
    }
}

/// How a secret is written where it was found. Tokens are made of what it says, so that they are the
/// same in a file and in JSON that quotes the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// As it is.
    Plain,
    /// Within a string of JSON, so many strings deep.
    Json(u32),
    /// Within a URL.
    Percent,
    /// Base64 with line ends in between, which may be written `\n`.
    Lines,
}

/// A secret's digest.
#[derive(Clone)]
pub(super) struct Digest(Hmac<Sha256>);

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Digest")
    }
}

impl Digest {
    pub(super) fn update(&mut self, secret: &[u8], form: Form) {
        let secret = secret.get(..LONGEST).unwrap_or(secret);
        match form {
            Form::Plain => self.0.update(secret),
            Form::Percent => self.0.update(&without_percent(secret)),
            Form::Lines => self.0.update(&without_line_ends(secret)),
            Form::Json(levels) => {
                let mut text = secret.to_vec();
                for _ in 0..levels.min(DEEPEST) {
                    text = without_escapes(&text);
                }
                self.0.update(&text);
            }
        }
    }

    /// Writes the token.
    pub(super) fn write(self, kind: Kind, out: &mut Vec<u8>) {
        out.extend_from_slice(b"[redacted:");
        out.extend_from_slice(kind.name().as_bytes());
        out.push(b':');
        for byte in self.0.finalize().into_bytes().iter().take(DIGEST) {
            out.extend_from_slice(format!("{byte:02x}").as_bytes());
        }
        out.push(b']');
    }
}

fn without_percent(text: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((first, behind)) = rest.split_first() {
        let code = behind.first_chunk::<2>().filter(|_| *first == b'%');
        match code.and_then(|code| number(code)) {
            Some(byte) => {
                plain.extend(u8::try_from(byte));
                rest = behind.get(2..).unwrap_or_default();
            }
            None => {
                plain.push(*first);
                rest = behind;
            }
        }
    }
    plain
}

fn without_line_ends(text: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(text.len());
    let mut escaped = false;
    for &byte in text {
        match byte {
            b'\\' => escaped = true,
            b'n' | b'r' | b't' if escaped => escaped = false,
            _ => {
                escaped = false;
                if byte.is_ascii_alphanumeric() || b"+/=".contains(&byte) {
                    plain.push(byte);
                }
            }
        }
    }
    plain
}

fn without_escapes(text: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((first, behind)) = rest.split_first() {
        rest = behind;
        let (b'\\', Some((letter, after))) = (*first, behind.split_first()) else {
            plain.push(*first);
            continue;
        };
        rest = after;
        match letter {
            b'n' => plain.push(b'\n'),
            b'r' => plain.push(b'\r'),
            b't' => plain.push(b'\t'),
            b'u' => match after.first_chunk::<4>().and_then(|code| number(code)) {
                Some(code) => {
                    let letter = char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER);
                    plain.extend_from_slice(letter.encode_utf8(&mut [0; 4]).as_bytes());
                    rest = after.get(4..).unwrap_or_default();
                }
                None => plain.extend_from_slice(b"\\u"),
            },
            b'"' | b'\\' | b'/' | b'\'' => plain.push(*letter),
            _ => plain.extend_from_slice(&[b'\\', *letter]),
        }
    }
    plain
}

/// What hexadecimal digits say.
fn number(digits: &[u8]) -> Option<u32> {
    digits.iter().try_fold(0_u32, |sum, &digit| {
        Some(sum * 16 + char::from(digit).to_digit(16)?)
    })
}
