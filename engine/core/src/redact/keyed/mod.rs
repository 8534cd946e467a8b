//! Secrets that are known by the name before them: `password=…`, `token: …`, `"client_secret":"…"`,
//! `--api-key …`.

mod in_string;
mod judge;
mod name;
mod separator;
mod value;

use super::header;
use super::kind::Kind;
use super::prefixed;
use super::text::{Found, Look, Text};
use judge::Judge;
use name::Says;
use separator::{Name, Tie, Tied};
pub(super) use value::Start;

/// So much of a value is looked at to see what it is.
const JUDGED: usize = 320;

/// What the name around an anchor is followed by.
pub(super) fn look(text: Text<'_>, start: usize, end: usize) -> Look {
    let Some(name) = Name::around(text, start, end) else {
        return Look::Nothing;
    };
    let Some(tied) = Tied::read(text, name) else {
        return on_next_line(text, name);
    };
    let Some((kind, says)) = name::says(text.slice(name.start..name.end)) else {
        return Look::Nothing;
    };
    match says {
        Says::Authorization => return header::value(text, tied.value),
        Says::Cookie if tied.tie != Tie::Equals => return header::cookie(text, tied.value),
        Says::Cookie => return Look::Nothing,
        _ => {}
    }
    let says = match (says, tied.tie) {
        (Says::Little, Tie::Flag | Tie::Listed) if kind == Kind::Token => Says::Much,
        (says, _) => says,
    };
    if tied.tie == Tie::Blank && kind != Kind::Password {
        return Look::Nothing;
    }
    if let Some(indent) = block(text, name, tied)
        .filter(|_| matches!(says, Says::All | Says::Much) || kind == Kind::UserData)
    {
        return Look::BlockNext { kind, indent };
    }
    if matches!(says, Says::All | Says::Much) || kind == Kind::UserData {
        match in_string::block(text, name, tied, kind) {
            Look::Nothing => {}
            found => return found,
        }
    }
    let query =
        tied.tie == Tie::Equals && matches!(text.before(name.start), Some(b'?' | b'&' | b';'));
    value(
        text,
        tied,
        Judge {
            name,
            kind,
            says,
            tie: tied.tie,
        },
        query,
    )
}

/// The value of a name, should it be a secret.
fn value(text: Text<'_>, tied: Tied, judge: Judge, query: bool) -> Look {
    let start = Start::read(text, tied.value, query);
    let end = start.end(text, JUDGED);
    let Some(end) = judge.secret(text, start, end) else {
        return Look::Nothing;
    };
    let whole = end - start.at >= JUDGED;
    let end = if whole {
        start.end(text, usize::MAX)
    } else {
        end
    };
    let value = text.slice(start.at..end);
    Look::Secret(Found {
        range: start.at..end,
        kind: prefixed::known(value).unwrap_or(judge.kind),
        form: start.form(),
        ends: start.ends(),
    })
}

/// A name at the end of its line, whose value may stand on the next one.
fn on_next_line(text: Text<'_>, name: Name) -> Look {
    let at = text
        .quote(name.end)
        .map_or(name.end, |(behind, _, _)| behind);
    let at = at + usize::from(text.byte(at) == Some(b','));
    let rest = text.from(text.skip_blanks(at));
    if text.open || !rest.is_empty() && rest != b"\r" {
        return Look::Nothing;
    }
    let listed = separator::is_value(text, name);
    let item = name.dashes > 0 && is_item(text, name);
    match name::says(text.slice(name.start..name.end)) {
        Some((_, Says::Authorization | Says::Cookie | Says::Pair | Says::Signature)) | None => {
            Look::Nothing
        }
        Some((kind, _)) if listed => Look::ValueNext(kind),
        Some((kind, _)) if item => Look::ItemNext(kind),
        Some(_) => Look::Nothing,
    }
}

/// Whether a flag is an item of a list that has a line for each.
fn is_item(text: Text<'_>, name: Name) -> bool {
    let before = name.start - name.dashes;
    let start = text.run_back(before, 256, |byte| b" \t\"'".contains(&byte));
    start < before && (start == 0 || matches!(text.before(start), Some(b'-' | b'\n')))
}

/// The indentation of a name whose value is a block of lines: `name: |`.
fn block(text: Text<'_>, name: Name, tied: Tied) -> Option<usize> {
    let mark = text.byte(tied.value).filter(|byte| b"|>".contains(byte));
    let end = text.run(tied.value + 1, 3, |byte| {
        byte.is_ascii_digit() || b"+-".contains(&byte)
    });
    let rest = text.from(text.skip_blanks(end));
    if tied.tie != Tie::Colon || mark.is_none() || text.open || !(rest.is_empty() || rest == b"\r")
    {
        return None;
    }
    let start = text.run_back(name.start, 256, |byte| b" \t\"'-.".contains(&byte));
    let alone = start == 0 || text.before(start) == Some(b'\n');
    // Behind `- ` too: the item's other names stand below its first.
    alone.then(|| text.run(start, 256, |byte| b" -".contains(&byte)) - start)
}

/// The value on a line of its own: behind `value:`, or an item of a list.
pub(super) fn next_line(text: Text<'_>, kind: Kind, is_item: bool) -> Look {
    let from = if is_item { item(text) } else { listed(text) };
    let Some(value_at) = from else {
        return Look::Nothing;
    };
    let name = Name {
        start: value_at,
        end: value_at,
        dashes: 0,
    };
    let says = if kind == Kind::Password {
        Says::All
    } else {
        Says::Much
    };
    let tied = Tied {
        tie: Tie::Listed,
        value: value_at,
        quoted: false,
    };
    value(
        text,
        tied,
        Judge {
            name,
            kind,
            says,
            tie: Tie::Listed,
        },
        false,
    )
}

/// `value: …`, wherever the line's own text begins.
fn listed(text: Text<'_>) -> Option<usize> {
    let line = text.slice(0..text.bytes.len().min(512));
    memchr::memmem::find_iter(line, b"alue").find_map(|at| {
        let start = at.checked_sub(1)?;
        let first = start == 0
            || text
                .before(start)
                .is_some_and(|byte| b" \t\"'\\".contains(&byte));
        first.then(|| separator::value_of_list(text, start))?
    })
}

/// `- …`, or a string of a list of JSON that is written on lines.
fn item(text: Text<'_>) -> Option<usize> {
    let start = text.skip_blanks(0);
    if text.is_at(start, b"- ") {
        let value = text.skip_blanks(start + 2);
        return (!text.is_at(value, b"-")).then_some(value);
    }
    text.quote(start)
        .filter(|(inside, _, _)| !text.is_at(*inside, b"-"))
        .map(|_| start)
}
