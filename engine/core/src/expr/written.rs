//! Expressions as they are written.

use crate::syntax::{Faults, Span, Spanned};

/// What people write who know other languages, and what they mean.
const FOREIGN: [(&str, &str); 7] = [
    ("&&", "and"),
    ("||", "or"),
    ("AND ", "and "),
    ("OR ", "or "),
    ("NOT ", "not "),
    ("!", "not "),
    ("=", "=="),
];

/// The sign of another language where an expression stops making sense at `rest`, and ours.
fn foreign(rest: &str) -> Option<(&'static str, &'static str)> {
    let rest = rest.trim_start();
    let found = FOREIGN.iter().find(|(sign, _)| rest.starts_with(sign));
    found.copied()
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
    let Some((wrong, right)) = foreign(rest) else {
        let title = "the expression can't be read";
        let fault = faults.error_within("malformed-expression", scalar, span, title);
        fault.here(detail);
        if rest.trim_start().starts_with(['{', '}']) {
            fault.help("`{{ }}` belongs into text; here the expression stands alone");
        }
        return;
    };
    let start = span.start + rest.len() - rest.trim_start().len();
    let span = Span::new(start, start + wrong.len());
    let patch = faults.written(scalar, span, right);
    let title = format!("there is no `{}` here", wrong.trim());
    faults
        .error_within("foreign-operator", scalar, span, title)
        .help(format!("write `{}`", right.trim()))
        .patches
        .extend(patch);
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
