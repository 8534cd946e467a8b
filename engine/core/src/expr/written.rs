//! Expressions as they are written.

use super::ast::{Fold, Pair};
use crate::syntax::{Faults, Span, Spanned};

/// The functions, for messages.
pub(super) const FUNCTIONS: &str = "there are larger, smaller, and any, all, count, share and max \
                                    over the nodes of a run or over a list";
/// The names of all functions.
pub(super) const NAMES: [&str; 7] = ["larger", "smaller", "any", "all", "count", "share", "max"];

/// What a function is.
pub(super) enum Function {
    /// One of two values.
    Pair(Pair),
    /// One value of many.
    Fold(Fold),
}

pub(super) fn function_named(name: &str) -> Option<Function> {
    Some(match name {
        "larger" => Function::Pair(Pair::Larger),
        "smaller" => Function::Pair(Pair::Smaller),
        "any" => Function::Fold(Fold::Any),
        "all" => Function::Fold(Fold::All),
        "count" => Function::Fold(Fold::Count),
        "share" => Function::Fold(Fold::Share),
        "max" => Function::Fold(Fold::Max),
        _ => return None,
    })
}

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
        if rest.trim_start().starts_with("}}") {
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
