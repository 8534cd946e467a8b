//! Expressions as they are written.

use crate::syntax::{Faults, Span, Spanned};

/// What people write who know other languages, and what they mean.
const FOREIGN: [(&str, &str); 9] = [
    ("=>", ">="),
    ("=<", "<="),
    ("&&", "and"),
    ("||", "or"),
    ("AND ", "and "),
    ("OR ", "or "),
    ("NOT ", "not "),
    ("!", "not "),
    ("=", "=="),
];

/// Signs whose beginning is an operator of ours, so that reading stops in the middle of them: the
/// beginning, the rest, and what they mean.
const BEGUN: [(&str, &str, &str); 3] = [("==", "=", "=="), ("!=", "=", "!="), ("|", "|", "or")];

/// The sign of another language where an expression stops making sense, and ours. It begins so many
/// bytes before `rest`, and takes so many of it.
fn foreign(before: &str, rest: &str) -> Option<(usize, usize, &'static str)> {
    let is_begun =
        |(begin, end, _): &&(&str, &str, &str)| before.ends_with(begin) && rest.starts_with(end);
    if let Some((begin, end, right)) = BEGUN.iter().find(is_begun) {
        return Some((begin.len(), end.len(), right));
    }
    let found = FOREIGN.iter().find(|(sign, _)| rest.starts_with(sign));
    found.map(|(sign, right)| (0, sign.len(), *right))
}

/// Reports an expression that makes no sense from `rest` on; a sign of another language is named as
/// such.
pub(super) fn malformed(
    scalar: &Spanned<String>,
    span: Span,
    detail: &str,
    rest: &str,
    faults: &mut Faults,
) {
    let sign = rest.trim_start();
    let start = span.start + rest.len() - sign.len();
    let before = scalar.value.get(..start).unwrap_or_default();
    let Some((back, length, right)) = foreign(before, sign) else {
        let title = "the expression can't be read";
        let fault = faults.error_within("malformed-expression", scalar, span, title);
        fault.here(detail);
        if sign.starts_with(['{', '}']) {
            fault.help("`{{ }}` belongs into text; here the expression stands alone");
        }
        return;
    };
    let span = Span::new(start.saturating_sub(back), start + length);
    let wrong = scalar.value.get(span.range()).unwrap_or_default();
    let patch = faults.written(scalar, span, &apart(scalar, span, right));
    let title = format!("there is no `{}` here", wrong.trim());
    faults
        .error_within("foreign-operator", scalar, span, title)
        .help(format!("write `{}`", right.trim()))
        .patches
        .extend(patch);
}

/// A word with blanks where it would run into its neighbours.
fn apart(scalar: &Spanned<String>, span: Span, word: &str) -> String {
    let joins =
        |letter: char| letter.is_alphanumeric() || matches!(letter, '_' | '"' | '\'' | ')' | '(');
    let before = scalar.value.get(..span.start).unwrap_or_default();
    let after = scalar.value.get(span.end..).unwrap_or_default();
    let is_word = word.starts_with(char::is_alphabetic);
    let blank = |needed: bool| if needed { " " } else { "" };
    let (first, last) = (
        before.ends_with(joins),
        after.starts_with(joins) && !word.ends_with(' '),
    );
    format!(
        "{}{word}{}",
        blank(is_word && first),
        blank(is_word && last)
    )
}

/// Takes in the opening brackets before `start` that are closed before `end`.
pub(super) fn closed(text: &str, start: usize, end: usize) -> Span {
    let count = |from: usize, sign: char| {
        text.get(from..end)
            .unwrap_or_default()
            .matches(sign)
            .count()
    };
    let mut from = start;
    while count(from, ')') > count(from, '(') {
        match text.get(..from).and_then(|before| before.rfind('(')) {
            Some(bracket) => from = bracket,
            None => return Span::new(start, end),
        }
    }
    Span::new(from, end)
}
