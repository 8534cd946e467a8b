//! What stands between a name and its value.

use super::super::text::Text;
use super::in_string;

/// A name in the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Name {
    pub(super) start: usize,
    pub(super) end: usize,
    /// How many dashes stood before it.
    pub(super) dashes: usize,
}

/// How a value is tied to its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tie {
    /// `name=value`, `name => value`.
    Equals,
    /// `name: value`.
    Colon,
    /// `name:value`.
    TightColon,
    /// `--name value`, `"--name", "value"`.
    Flag,
    /// `PASSWORD 'value'`.
    Blank,
    /// `"name": "NAME", "value": "value"`.
    Listed,
}

/// Where the value begins, and how it is tied to its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Tied {
    pub(super) tie: Tie,
    pub(super) value: usize,
    /// Whether the name is quoted, as JSON's are.
    pub(super) quoted: bool,
}

/// The longest name.
const LONGEST: usize = 96;

fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"_.-".contains(&byte)
}

impl Name {
    /// The name around an anchor.
    pub(super) fn around(text: Text<'_>, start: usize, end: usize) -> Option<Name> {
        let end = end - usize::from(text.before(end) == Some(b'='));
        let end = text.run(end, LONGEST, is_name);
        let mut first = text.run_back(start, LONGEST, is_name);
        // `\n` before a name in a string is no letter of it.
        if text.before(first) == Some(b'\\')
            && text.byte(first).is_some_and(|byte| b"nrt".contains(&byte))
            && first < start
        {
            first += 1;
        }
        let dashed = text.run(first, 8, |byte| byte == b'-').min(start);
        let fits = end - dashed <= LONGEST
            && text
                .before(end)
                .is_some_and(|byte| byte.is_ascii_alphanumeric());
        fits.then_some(Name {
            start: dashed,
            end,
            dashes: dashed - first,
        })
    }
}

impl Tied {
    /// What a name is tied to.
    pub(super) fn read(text: Text<'_>, name: Name) -> Option<Tied> {
        let mut at = name.end;
        let closed = text.quote(at);
        if let Some((behind, _, _)) = closed {
            at = behind;
        }
        if text.byte(at) == Some(b']') {
            at += 1;
        }
        let quoted = closed.is_some();
        let tied = |tie, value| Some(Tied { tie, value, quoted });
        let blanks = text.skip_blanks(at);
        let spaced = blanks > at;
        let rest = |by: usize| text.skip_blanks(blanks + by);
        match text.byte(blanks) {
            Some(b'=') if text.byte(blanks + 1) == Some(b'>') => return tied(Tie::Equals, rest(2)),
            Some(b'=') if text.byte(blanks + 1) == Some(b'=') => return None,
            // Nothing behind it is an empty value; what follows is another's.
            Some(b'=') if spaced => return tied(Tie::Equals, rest(1)),
            Some(b'=') => return tied(Tie::Equals, blanks + 1),
            Some(b':') if text.byte(blanks + 1) == Some(b'=') => return tied(Tie::Equals, rest(2)),
            Some(b':') if rest(1) > blanks + 1 || quoted => return tied(Tie::Colon, rest(1)),
            Some(b':') if !spaced && stands_alone(text, name) => {
                return tied(Tie::TightColon, blanks + 1);
            }
            Some(b'>') if text.before(name.start) == Some(b'<') => {
                return tied(Tie::Equals, blanks + 1);
            }
            Some(b'%') if text.is_at(blanks, b"%3D") || text.is_at(blanks, b"%3d") => {
                return tied(Tie::Equals, blanks + 3);
            }
            Some(b'\\') if text.is_at(blanks, b"\\u003d") => return tied(Tie::Equals, blanks + 6),
            _ => {}
        }
        if let Some(value) = listed(text, name, blanks) {
            return tied(Tie::Listed, value);
        }
        if name.dashes > 0 && quoted {
            // `"--password", "value"`, also without the comma.
            let comma = usize::from(text.byte(blanks) == Some(b','));
            let value = in_string::behind_ends(text, rest(comma));
            return text.quote(value).and_then(|_| tied(Tie::Flag, value));
        }
        if name.dashes > 0
            && let Some(value) = in_string::item(text, blanks)
        {
            return tied(Tie::Flag, value);
        }
        if name.dashes > 0 && spaced {
            return tied(Tie::Flag, blanks);
        }
        let sql = spaced && !quoted && text.byte(blanks) == Some(b'\'');
        (sql || spaced && is_netrc(text, name)).then_some(Tied {
            tie: Tie::Blank,
            value: blanks,
            quoted,
        })
    }
}

/// Whether a name with a colon right behind it is one, and no part of an ARN or an image.
fn stands_alone(text: Text<'_>, name: Name) -> bool {
    let before = text.before(name.start - name.dashes);
    before.is_none_or(|byte| byte <= b' ' || b"{[(,;&?\"'|<\\".contains(&byte))
}

/// `"name": "NAME", "value": "…"` and `Name:NAME Value:…`: where the value begins.
fn listed(text: Text<'_>, name: Name, from: usize) -> Option<usize> {
    if !is_value(text, name) {
        return None;
    }
    let comma = from + usize::from(text.byte(from) == Some(b','));
    value_of_list(text, in_string::behind_ends(text, text.skip_blanks(comma)))
}

/// Where the value begins of `value: …`, should that stand here.
pub(super) fn value_of_list(text: Text<'_>, from: usize) -> Option<usize> {
    let start = text.quote(from).map_or(from, |(inside, _, _)| inside);
    let word = text.slice(start..start + 5);
    if !word.eq_ignore_ascii_case(b"value") {
        return None;
    }
    let end = text
        .quote(start + 5)
        .map_or(start + 5, |(behind, _, _)| behind);
    let colon = text.skip_blanks(end);
    matches!(text.byte(colon), Some(b':' | b'=')).then(|| text.skip_blanks(colon + 1))
}

/// Whether a name stands in a value's place: behind `name:` or `key:`.
pub(super) fn is_value(text: Text<'_>, name: Name) -> bool {
    let back = text.run_back(name.start - name.dashes, 40, |byte| {
        b" \t\"'\\".contains(&byte)
    });
    let Some(before) = back
        .checked_sub(1)
        .filter(|at| matches!(text.byte(*at), Some(b':' | b'=')))
    else {
        return false;
    };
    let end = text.run_back(before, 8, |byte| b" \t\"'\\".contains(&byte));
    let start = text.run_back(end, 8, |byte| byte.is_ascii_alphabetic());
    let word = text.slice(start..end);
    [&b"name"[..], b"key"]
        .iter()
        .any(|known| word.eq_ignore_ascii_case(known))
}

/// `machine example.com login user password …`.
fn is_netrc(text: Text<'_>, name: Name) -> bool {
    let blank = |byte| byte == b' ' || byte == b'\t';
    let user = text.run_back(text.run_back(name.start, 8, blank), 128, |byte| byte > b' ');
    let login = text.run_back(user, 8, blank);
    let start = text.run_back(login, 8, |byte| byte.is_ascii_lowercase());
    login < user && text.slice(start..login) == b"login"
}
