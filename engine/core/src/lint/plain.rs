//! Plain text that other tools read as something else: YAML 1.1 knows more booleans, dates and
//! numbers than are known here, and editors and linters still follow it.

use crate::syntax::{Faults, Level, Span, Spanned, Tree, older_boolean};

pub(super) fn check(tree: &Tree, text: &str, faults: &mut Faults) {
    match tree {
        Tree::Nothing(_) | Tree::Bool(..) => {}
        Tree::Number(number) => self::number(number, faults),
        Tree::Text(value) => word(value, text, faults),
        Tree::List(items) => {
            for item in &items.value {
                check(item, text, faults);
            }
        }
        Tree::Map(entries) => {
            for entry in &entries.value {
                key(&entry.key, text, faults);
                check(&entry.value, text, faults);
            }
        }
    }
}

fn is_plain(span: Span, text: &str) -> bool {
    let written = text.get(span.range()).unwrap_or_default();
    let before = text.get(..span.start).unwrap_or_default();
    let head = before.trim_end_matches(' ');
    let header = head.lines().last().unwrap_or_default();
    let sign = header.trim_end().rsplit([' ', ':']).next();
    let in_block = head.ends_with('\n') && sign.is_some_and(|sign| sign.starts_with(['|', '>']));
    !written.starts_with(['"', '\'']) && !in_block
}

fn word(text: &Spanned<String>, whole: &str, faults: &mut Faults) {
    let (code, what) = if older_boolean(&text.value).is_some() {
        ("ambiguous-boolean", "a boolean")
    } else if is_date(&text.value) {
        ("ambiguous-date", "a date")
    } else if is_sixties(&text.value) {
        ("ambiguous-number", "a number in base 60")
    } else {
        return;
    };
    let mut found = faults.found().iter();
    if !is_plain(text.span, whole)
        || found.any(|fault| fault.level == Level::Error && fault.span() == text.span)
    {
        return;
    }
    let title = format!("other tools read `{}` as {what}", text.value);
    let quoted = format!("\"{}\"", text.value);
    faults
        .warning(code, text.span, title)
        .here("text")
        .help("quote it")
        .patch(text.span, quoted);
}

/// Octal, hexadecimal, with separators, infinite: read differently by different tools.
fn number(text: &Spanned<String>, faults: &mut Faults) {
    let digits = text.value.trim_start_matches(['+', '-']);
    let octal = digits.len() > 1
        && digits.starts_with('0')
        && digits.chars().all(|letter| letter.is_ascii_digit());
    let is_odd =
        octal || digits.contains(['x', 'o', 'b', '_', 'n', 'i']) || text.value.starts_with('+');
    if is_odd {
        let title = format!("not every tool reads `{}` as the same number", text.value);
        faults
            .warning("ambiguous-number", text.span, title)
            .help("write a plain decimal number, or quote it where it is text");
    }
}

fn key(key: &Spanned<String>, text: &str, faults: &mut Faults) {
    let word = key.value.as_str();
    let is_word = |known: &&str| word.eq_ignore_ascii_case(known);
    let is_other = ["true", "false", "null"].iter().any(is_word)
        || older_boolean(word).is_some()
        || is_date(word)
        || word.parse::<f64>().is_ok();
    if is_other && is_plain(key.span, text) {
        faults
            .warning(
                "ambiguous-key",
                key.span,
                format!("other tools don't read the key `{word}` as text"),
            )
            .help("give it another name, or quote it")
            .patch(key.span, format!("\"{word}\""));
    }
}

/// `2024-01-31`, with or without a time.
fn is_date(text: &str) -> bool {
    if !text.starts_with(|first: char| first.is_ascii_digit()) {
        return false;
    }
    let date: Vec<&str> = text
        .split(['T', 't', ' '])
        .next()
        .unwrap_or_default()
        .split('-')
        .collect();
    let digits = |part: &str, least: usize, most: usize| {
        (least..=most).contains(&part.len()) && part.chars().all(|letter| letter.is_ascii_digit())
    };
    matches!(date.as_slice(), [year, month, day] if digits(year, 4, 4) && digits(month, 1, 2) && digits(day, 1, 2))
}

/// `1:30`.
fn is_sixties(text: &str) -> bool {
    if !text.starts_with(|first: char| first.is_ascii_digit()) {
        return false;
    }
    let parts: Vec<&str> = text.split(':').collect();
    let is_part = |part: &&str| {
        (1..=2).contains(&part.len()) && part.chars().all(|letter| letter.is_ascii_digit())
    };
    parts.len() > 1 && parts.iter().all(is_part)
}
