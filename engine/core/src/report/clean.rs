//! The one place where text from outside (names, log lines, errors) is made fit for a terminal.

use std::borrow::Cow;

/// Shows control characters instead of obeying them. A value stays on its line, so that no log
/// line can pass for a line of ours; what turns the direction of text round is shown as well.
pub fn clean(text: &str) -> Cow<'_, str> {
    let text = text.trim_end();
    if !text.chars().any(hostile) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '\t' => out.push(' '),
            c if hostile(c) => out.extend(c.escape_default()),
            c => out.push(c),
        }
    }
    Cow::Owned(out)
}

/// The same for text of several lines that are all ours.
pub fn clean_lines(text: &str) -> String {
    let lines: Vec<Cow<'_, str>> = text.lines().map(clean).collect();
    lines.join("\n")
}

/// The same for JSON: what it means stays the same, as such a character can only stand in a string of it.
pub fn clean_json(json: &str) -> Cow<'_, str> {
    if !json.chars().any(hostile) {
        return Cow::Borrowed(json);
    }
    let mut out = String::with_capacity(json.len() + 8);
    let mut units = [0; 2];
    for c in json.chars() {
        match hostile(c) {
            true => out.extend(
                c.encode_utf16(&mut units)
                    .iter()
                    .map(|unit| format!("\\u{unit:04x}")),
            ),
            false => out.push(c),
        }
    }
    Cow::Owned(out)
}

/// Whether a terminal would do something other than show the character.
pub(super) fn hostile(c: char) -> bool {
    let invisible = matches!(c,
        '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}');
    c.is_control() || invisible
}

/// One word for a POSIX shell.
pub(super) fn shell_word(text: &str) -> Cow<'_, str> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_./:=@%+,-".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(format!("'{}'", text.replace('\'', r"'\''")))
    }
}
