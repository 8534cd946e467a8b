//! Whether the value of a name is a secret.

use super::super::kind::Kind;
use super::super::shape;
use super::super::text::{Text, is_base64};
use super::name::Says;
use super::separator::{Name, Tie};
use super::value::Start;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// What is known of a value before it is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Judge {
    pub(super) name: Name,
    pub(super) kind: Kind,
    pub(super) says: Says,
    pub(super) tie: Tie,
}

impl Judge {
    /// Where the secret ends, if the value that ends at `end` is one.
    pub(super) fn secret(self, text: Text<'_>, start: Start, end: usize) -> Option<usize> {
        let value = text.slice(start.at..end);
        // What is put in later may have blanks in it: `<set to the key 'password' in secret 'db'>`.
        let ahead = text.slice(start.at..text.run(start.at, 128, |_| true));
        let points = shape::is_placeholder(value)
            || start.quote.is_none() && shape::is_bracketed(ahead)
            || shape::is_reference(value)
            || value.starts_with(b"-----BEGIN");
        if value.is_empty() || points || self.is_elsewhere(text, start, value) {
            return None;
        }
        match start.quote {
            Some(_) => self.quoted(value).then_some(end),
            None => self.bare(text, start, end),
        }
    }

    /// What is no value, but the beginning of something else.
    fn is_elsewhere(self, text: Text<'_>, start: Start, value: &[u8]) -> bool {
        let first = value.first().copied().unwrap_or_default();
        let bare = start.quote.is_none();
        let composite =
            bare && b"{}]),;:&".contains(&first) && !(first != b'{' && self.is_certain());
        let closes = bare && value.len() == 1 && b"}])>,;:".contains(&first);
        // `{Password: User:x}`, as Go prints what is empty.
        let capital = text
            .byte(self.name.start)
            .is_some_and(|byte| byte.is_ascii_uppercase());
        let field = value.split(|byte| *byte == b':').next().unwrap_or_default();
        let next = bare
            && self.tie == Tie::Colon
            && capital
            && field.len() < value.len()
            && field.first().is_some_and(u8::is_ascii_uppercase)
            && field.iter().all(u8::is_ascii_alphabetic);
        let flag = self.tie == Tie::Flag && first == b'-';
        composite || closes || next || flag
    }

    fn is_certain(self) -> bool {
        self.says == Says::All && self.tie == Tie::Equals
    }

    /// Whether a string in quotation marks is a secret.
    fn quoted(self, value: &[u8]) -> bool {
        match self.says {
            Says::All => !is_sentence(value) && !self.is_setting(value),
            Says::Much => !is_sentence(value) && !self.is_setting(value) && !shape::is_word(value),
            _ => self.little(value, 6),
        }
    }

    /// Whether a value without quotation marks is a secret, and where it ends.
    fn bare(self, text: Text<'_>, start: Start, end: usize) -> Option<usize> {
        let value = text.slice(start.at..end);
        if self.is_setting(value) || shape::is_word(value) {
            return None;
        }
        let loose = matches!(self.tie, Tie::Colon | Tie::Flag);
        let rest = text.slice(end..text.run(end, 200, |_| true));
        if self.says == Says::All && self.tie == Tie::Colon && self.is_alone(text) {
            let end_of_line = end_of_line(text, end);
            let more = text.slice(end..end_of_line.min(end + 200));
            let words = more.split(|byte| *byte == b' ');
            let others = more.contains(&b'=') || more.contains(&b':') || more.contains(&b',');
            if !others && !words.into_iter().any(shape::is_word) {
                return Some(end_of_line);
            }
        }
        // `Some(value)`, `module::function(…)`, `@file`: programs, not values.
        let code = value.iter().any(|byte| b"(<".contains(byte))
            || memchr::memmem::find(value, b"::").is_some();
        if self.says != Says::All && (code || value.starts_with(b"@") || value.starts_with(b"&")) {
            return None;
        }
        let prose = loose && (is_prose(rest) || value.ends_with(b":"));
        let secret = match self.says {
            Says::All => !prose || shape::is_random(value, 6),
            Says::Much if self.tie == Tie::TightColon || prose => {
                shape::is_random(value, 6) && !value.ends_with(b":")
            }
            Says::Much => !is_plain_word(value, loose),
            _ if prose => shape::is_random(value, 12) && !value.ends_with(b":"),
            _ => self.little(value, if loose { 8 } else { 6 }),
        };
        secret.then_some(end)
    }

    /// Whether a value under a name that says little is a secret.
    fn little(self, value: &[u8], least: usize) -> bool {
        match self.says {
            Says::Pair => is_pair(value),
            Says::Signature => {
                value.len() >= 27
                    && value
                        .iter()
                        .all(|byte| is_base64(*byte) || b"%-_~".contains(byte))
                    && self.tie != Tie::Flag
            }
            Says::Hardly if self.kind == Kind::DockerConfig => {
                value.len() >= 16 && value.iter().all(|byte| is_base64(*byte))
            }
            Says::Hardly => {
                !value.contains(&b' ')
                    && !value.contains(&b':')
                    && value.len() >= 16
                    && shape::is_random(value, 16)
                    && !value.starts_with(b"A")
            }
            // It has the form of a name, too.
            _ if self.kind == Kind::Token && shape::is_bootstrap_token(value) => true,
            _ if self.kind == Kind::UserData => {
                value.len() >= 16
                    && !is_sentence(value)
                    && (!value.contains(&b' ') || self.tie != Tie::Colon)
            }
            _ if self.kind == Kind::PrivateKey => {
                let likely = value.len() >= 16 && shape::is_random(value, 8);
                likely && !is_sentence(value) && !shape::is_name(value)
            }
            _ => {
                let one = !value.iter().any(|byte| b"-./_: ".contains(byte));
                let likely = shape::is_random(value, least) || value.len() >= 24;
                likely
                    && !is_sentence(value)
                    && !shape::is_number(value)
                    && (one || !shape::is_name(value))
            }
        }
    }

    /// Values that settings have.
    fn is_setting(self, value: &[u8]) -> bool {
        let least = if self.says == Says::All { 4 } else { 9 };
        shape::is_number(value) && value.len() < least || value.len() < 2 && self.says != Says::All
    }

    /// Whether nothing but indentation stands before the name.
    fn is_alone(self, text: Text<'_>) -> bool {
        let start = text.run_back(self.name.start, 256, |byte| b" \t\"'-".contains(&byte));
        start == 0 || text.before(start) == Some(b'\n')
    }
}

/// Whether words follow, rather than other names or nothing.
fn is_prose(rest: &[u8]) -> bool {
    let mut words = rest
        .split(|byte| *byte == b' ')
        .filter(|word| !word.is_empty());
    let Some(first) = words.next().filter(|_| rest.starts_with(b" ")) else {
        return false;
    };
    let plain = first
        .iter()
        .all(|byte| byte.is_ascii_alphabetic() || b",.:'".contains(byte));
    let named = first.contains(&b'=') || first.ends_with(b":") && first.len() > 1;
    shape::is_word(first)
        || plain
            && !named
            && words.next().is_some_and(|word| {
                word.iter()
                    .all(|byte| byte.is_ascii_alphabetic() || b",.'".contains(byte))
            })
}

/// Whether it has blanks, and more than one word of prose between them.
fn is_sentence(value: &[u8]) -> bool {
    let words = || {
        value
            .split(|byte| *byte == b' ')
            .filter(|word| !word.is_empty())
    };
    let known = words().filter(|word| shape::is_word(word)).count();
    value.contains(&b' ') && (known > 1 || known > 0 && words().count() < 3)
}

/// Small letters only, in words, as the reasons of errors have them: `invalid_grant`.
fn is_plain_word(value: &[u8], loose: bool) -> bool {
    let words = value.split(|byte| b"_-".contains(byte));
    let known = words.filter(|word| shape::is_word(word)).count();
    let small = value
        .iter()
        .all(|byte| byte.is_ascii_lowercase() || b"_-".contains(byte));
    small && (known >= 1 || loose && value.len() < 5)
        || shape::is_name(value) && value.contains(&b'/')
}

/// Base64 of a user and a password.
fn is_pair(value: &[u8]) -> bool {
    let decoded = STANDARD.decode(value).unwrap_or_default();
    value.len() >= 8 && decoded.contains(&b':') && decoded.iter().all(|byte| *byte >= b' ')
}

/// Where a line's text ends, without a comment.
fn end_of_line(text: Text<'_>, from: usize) -> usize {
    let line = text.from(from);
    let end = memchr::memmem::find(line, b" #").unwrap_or(line.len());
    from + line.get(..end).unwrap_or_default().trim_ascii_end().len()
}
