//! Expressions as they are written.

use crate::syntax::Span;

/// What people write who know other languages.
const SLIPS: [(&str, &str); 6] = [
    ("&&", "write `and`"),
    ("||", "write `or`"),
    ("!", "write `not`"),
    ("=", "write `==`"),
    (
        "{{",
        "`{{ }}` belongs into text; here the expression stands alone",
    ),
    (
        "}}",
        "`{{ }}` belongs into text; here the expression stands alone",
    ),
];

/// The way out where an expression stops making sense at `rest`.
pub(super) fn slip(rest: &str) -> Option<&'static str> {
    let rest = rest.trim_start();
    let found = SLIPS.iter().find(|(sign, _)| rest.starts_with(sign));
    found.map(|(_, help)| *help)
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
