//! Letters that don't belong into a page that people read: what can't be seen can't be reviewed.

use super::fault::Faults;
use super::source::{Source, Span};

/// The longest line that a person still reads.
const LONGEST_LINE: usize = 2_000;
/// Of one kind this many are named; with a thousand of them, the file is of another kind.
const NAMED: usize = 5;

/// Reports letters and lines that don't belong into a runbook. `false`: it can't be read as YAML.
pub fn check_letters(source: &Source, faults: &mut Faults) -> bool {
    let text = source.text.as_str();
    let errors = faults.len();
    if text.starts_with('\u{feff}') {
        faults
            .warning(
                "text-bom",
                Span::new(0, '\u{feff}'.len_utf8()),
                "the file starts with a byte order mark",
            )
            .help("save it as UTF-8 without one")
            .patch(Span::new(0, '\u{feff}'.len_utf8()), "");
    }
    // Most files hold nothing but letters of ASCII.
    let plain = |byte: u8| matches!(byte, b' '..=b'~' | b'\n' | b'\r' | b'\t');
    let kinds: &[LetterKind] = if text.bytes().all(plain) { &[] } else { &KINDS };
    for (code, what, help, fits) in kinds {
        // A mark at the very start has been named already.
        let wrong = text
            .char_indices()
            .filter(|(at, letter)| fits(*letter) && (*at, *letter) != (0, '\u{feff}'));
        for (at, letter) in wrong.take(NAMED) {
            let span = Span::new(at, at + letter.len_utf8());
            faults
                .error(code, span, format!("{what}: U+{:04X}", u32::from(letter)))
                .help(*help);
        }
    }
    lines(text, faults);
    faults.len() == errors
}

/// A code, what it is about, what to do, and the letters that it is about.
type LetterKind = (&'static str, &'static str, &'static str, fn(char) -> bool);

const KINDS: [LetterKind; 3] = [
    (
        "text-nul",
        "the file holds a NUL",
        "is this the right file? remove it",
        |letter| letter == '\0',
    ),
    (
        "text-control",
        "the file holds a control character",
        "remove it; in double quotes an escape such as \"\\x1b\" stands for it",
        |letter| letter.is_control() && !matches!(letter, '\0' | '\t' | '\n' | '\r'),
    ),
    (
        "text-hidden",
        "the file holds a letter that nobody sees",
        "remove it: with it a line can do something else than it shows",
        is_hidden,
    ),
];

/// Marks that turn the direction of writing, and letters without width.
fn is_hidden(letter: char) -> bool {
    matches!(
        letter,
        '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}'
    )
}

fn lines(text: &str, faults: &mut Faults) {
    let mut start = 0;
    let mut first_return = None;
    let mut too_long = None;
    for line in text.split_inclusive('\n') {
        if line.ends_with("\r\n") && first_return.is_none() {
            first_return = Some(start + line.len() - 2);
        }
        if line.len() > LONGEST_LINE && too_long.is_none() {
            too_long = Some(start);
        }
        start += line.len();
    }
    if let Some(at) = first_return {
        faults
            .warning(
                "text-crlf",
                Span::new(at, at),
                "the file's lines end with CR LF",
            )
            .help("save it with LF: git may take it for another text than the bundled one");
    }
    if let Some(at) = too_long {
        faults
            .warning(
                "text-long-line",
                Span::new(at, at),
                format!("the line is longer than {LONGEST_LINE} bytes"),
            )
            .help("fold it: `key: >-` and the text below");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(text: &str) -> Vec<&'static str> {
        let source = Source {
            name: "t".into(),
            text: text.into(),
        };
        let mut faults = Faults::of(&source);
        check_letters(&source, &mut faults);
        faults.into_vec().iter().map(|fault| fault.code).collect()
    }

    #[test]
    fn what_nobody_sees_is_named() {
        assert_eq!(codes("a: \0\n"), ["text-nul"]);
        assert_eq!(codes("\0a: b\n"), ["text-nul"]);
        assert_eq!(codes("a: \u{1b}[1m\n"), ["text-control"]);
        assert_eq!(codes("a: b\u{202e}c\n"), ["text-hidden"]);
        assert_eq!(codes("a: b\u{feff}c\n"), ["text-hidden"]);
        assert_eq!(codes("\u{feff}a: b\n"), ["text-bom"]);
        assert_eq!(codes("a: b\r\nc: d\r\n"), ["text-crlf"]);
        assert_eq!(
            codes(&format!("a: {}\n", "x".repeat(3_000))),
            ["text-long-line"]
        );
        assert_eq!(codes("é: „ü“ → 1\tx\n").len(), 0);
        assert_eq!(codes(&"\0".repeat(1_000)).len(), NAMED);
    }
}
