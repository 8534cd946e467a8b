//! Where values begin and end.

use super::super::mark::Form;
use super::super::text::{Ends, Text};

/// Where a value begins, and how it is quoted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) struct Start {
    pub(in super::super) at: usize,
    /// How many backslashes stand before its quotation marks, and which they are.
    pub(in super::super) quote: Option<(usize, u8)>,
    /// Whether it is a parameter of a URL or a form.
    pub(in super::super) query: bool,
}

impl Start {
    /// The value's beginning, behind what it is wrapped in.
    pub(in super::super) fn read(text: Text<'_>, from: usize, query: bool) -> Self {
        let mut at = from;
        for wrap in [&b"Some("[..], b"[", b"b", b"$"] {
            let inside = at + wrap.len();
            let quoted = text.quote(inside).is_some();
            let list =
                wrap == b"[" && !text.is_at(at, b"[redacted") && !text.is_at(at, b"[REDACTED");
            if text.is_at(at, wrap) && (quoted || list) {
                at = inside;
            }
        }
        match text.quote(at) {
            Some((inside, slashes, mark)) => Start {
                at: inside,
                quote: Some((slashes, mark)),
                query,
            },
            None => Start {
                at,
                quote: None,
                query,
            },
        }
    }

    /// How what stands there is written.
    pub(in super::super) fn form(self) -> Form {
        match self.quote {
            // Each level of JSON doubles the backslashes and adds one.
            Some((slashes, b'"')) => Form::Json((slashes + 1).ilog2() + 1),
            _ if self.query => Form::Percent,
            _ => Form::Plain,
        }
    }

    /// What ends it, should it be very long.
    pub(in super::super) fn ends(self) -> Ends {
        match self.quote {
            Some((0, mark)) => Ends::Quote(mark),
            _ => Ends::Blank,
        }
    }

    /// Where it ends, if within so many bytes.
    pub(in super::super) fn end(self, text: Text<'_>, most: usize) -> usize {
        match self.quote {
            Some((slashes, mark)) => match quoted_end(text, self.at, (slashes, mark), most) {
                Some(end) => end,
                // Not closed: the line was cut off, or the mark was none.
                None => text.run(self.at, most, |byte| byte > b' ' && byte != mark),
            },
            None => bare_end(text, self.at, most, self.query),
        }
    }
}

/// Where a string ends that is quoted like this.
fn quoted_end(
    text: Text<'_>,
    from: usize,
    (slashes, mark): (usize, u8),
    most: usize,
) -> Option<usize> {
    let unit = slashes + 1;
    let mut at = from;
    let until = text.bytes.len().min(from.saturating_add(most));
    while at < until {
        let Some(long) = memchr::memchr2(mark, b'\\', text.slice(at..until)) else {
            break;
        };
        let place = at + long;
        let run = text.run(place, 1 << 10, |byte| byte == b'\\') - place;
        let behind = place + run;
        if text.byte(behind) != Some(mark) {
            at = behind.max(place + 1);
            continue;
        }
        // Marks within the string have more backslashes; what is escaped itself comes in pairs.
        let doubled = slashes == 0 && mark == b'\'' && text.byte(behind + 1) == Some(mark);
        if (run < unit || run % (2 * unit) == slashes) && !doubled {
            return Some(behind - run.min(slashes));
        }
        at = behind + if doubled { 2 } else { 1 };
    }
    // What is quoted may be longer than is looked at.
    (until < text.bytes.len() || text.open).then_some(until)
}

/// Where a value without quotation marks ends.
fn bare_end(text: Text<'_>, from: usize, most: usize, query: bool) -> usize {
    let mut at = from;
    let mut depth = 0_usize;
    let until = text.bytes.len().min(from.saturating_add(most));
    while at < until {
        let Some(byte) = text.byte(at) else { break };
        let stops = match byte {
            b'"' | b'`' => true,
            b'\'' => is_end(text, at + 1),
            b'\\' => text
                .byte(at + 1)
                .is_none_or(|next| b"nrtu\"'\\".contains(&next)),
            b'&' => query || is_name_ahead(text, at + 1) || text.is_at(at, b"&amp;"),
            b',' | b';' | b'|' => is_end(text, at + 1) || is_name_ahead(text, at + 1),
            b'<' => text.is_at(at, b"</"),
            b'(' | b'[' | b'{' => {
                depth += 1;
                false
            }
            b')' | b']' | b'}' if depth == 0 => is_end(text, at + 1),
            b')' | b']' | b'}' => {
                depth -= 1;
                false
            }
            _ => byte <= b' ' || byte == 0x7f,
        };
        if stops {
            break;
        }
        at += 1;
    }
    // A full stop at the end belongs to the sentence.
    if at > from + 1
        && text.before(at) == Some(b'.')
        && text.byte(at).is_none_or(|byte| byte == b' ')
    {
        at - 1
    } else {
        at
    }
}

/// Whether nothing more of a value can stand here.
fn is_end(text: Text<'_>, at: usize) -> bool {
    text.byte(at)
        .is_none_or(|byte| byte <= b' ' || b"\"'\\`,;)]}|".contains(&byte))
}

/// Whether another name with its value stands here.
fn is_name_ahead(text: Text<'_>, at: usize) -> bool {
    let end = text.run(at, 48, |byte| {
        byte.is_ascii_alphanumeric() || b"_.-".contains(&byte)
    });
    end > at
        && text.byte(at).is_some_and(|byte| !byte.is_ascii_digit())
        && matches!(text.byte(end), Some(b'=' | b':'))
}
