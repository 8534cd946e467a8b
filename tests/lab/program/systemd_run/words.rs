//! A command line in one text, as systemd takes it apart (systemd `src/basic/extract-word.c` with
//! `EXTRACT_UNQUOTE` and `EXTRACT_CUNESCAPE`; `escape.c`): quotes of both kinds, and the escapes of
//! C in and outside of them.

use std::str::Chars;

const SEPARATORS: [char; 4] = [' ', '\t', '\n', '\r'];

/// The words; `None` where a quote stays open or an escape is unknown. Escapes of single bytes
/// above ASCII are unknown here.
pub(super) fn split(line: &str) -> Option<Vec<String>> {
    let mut letters = line.chars();
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote: Option<char> = None;
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => word.get_or_insert_default().push(unescape(&mut letters)?),
            _ if quote == Some(letter) => quote = None,
            '"' | '\'' if quote.is_none() => {
                quote = Some(letter);
                word.get_or_insert_default();
            }
            _ if quote.is_none() && SEPARATORS.contains(&letter) => words.extend(word.take()),
            _ => word.get_or_insert_default().push(letter),
        }
    }
    words.extend(word);
    quote.is_none().then_some(words)
}

fn unescape(after: &mut Chars<'_>) -> Option<char> {
    let letter = match after.next()? {
        'a' => '\x07',
        'b' => '\x08',
        'f' => '\x0c',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'v' => '\x0b',
        's' => ' ',
        same @ ('\\' | '"' | '\'') => same,
        'x' => ascii(number(after, 2, 16)?)?,
        'u' => char::from_u32(number(after, 4, 16)?)?,
        'U' => char::from_u32(number(after, 8, 16)?)?,
        digit => {
            let high = digit.to_digit(8)?;
            ascii(high * 64 + number(after, 2, 8)?)?
        }
    };
    (letter != '\0').then_some(letter)
}

fn number(digits: &mut Chars<'_>, length: usize, radix: u32) -> Option<u32> {
    (0..length).try_fold(0_u32, |number, _| {
        let digit = digits.next()?.to_digit(radix)?;
        number.checked_mul(radix)?.checked_add(digit)
    })
}

fn ascii(code: u32) -> Option<char> {
    char::from_u32(code).filter(char::is_ascii)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_come_apart_as_systemd_takes_them_apart() {
        let words = |line: &str| split(line).map(|words| words.join("|"));
        let is = |line: &str, wanted: &str| assert_eq!(words(line).as_deref(), Some(wanted));
        is("  /usr/bin/mv -T  a\tb ", "/usr/bin/mv|-T|a|b");
        is("grep \"a b\" 'c \"d'", "grep|a b|c \"d");
        is("a\"b c\"d '' \"\"", "ab cd||");
        is(
            r"\x41\102\u00e9\s\n 'it\'s' $A \\;",
            "AB\u{e9} \n|it's|$A|\\;",
        );
        is("", "");
        for wrong in [
            "\"a", "'a", "a\\", r"\;", r"\$", r"\x4", r"\x00", r"\400", r"\xff",
        ] {
            assert_eq!(words(wrong), None, "{wrong}");
        }
    }
}
