//! Parameters that several actions have.

use crate::syntax::limits::PATTERN;
use crate::syntax::{Faults, Fields, Key, Shape, Spanned, Spelling, Tree};

/// The time between two readings of counters. Shorter ones say little about a rate, longer ones
/// keep people waiting.
pub(super) const OVER: Key = Key::or(
    "over",
    Shape::Duration(Some(("1s", "60s"))),
    "2s",
    "How long the counters are watched: the time between the two readings",
);

/// A name of the runbook's own, by which expressions read a part of the answer.
pub(super) fn own_name(name: &Spanned<String>, faults: &mut Faults) -> Option<String> {
    if Spelling::Snake.fits(&name.value) {
        return Some(name.value.clone());
    }
    faults
        .error(
            "not-a-name",
            name.span,
            format!("`{}` can't be named in expressions", name.value),
        )
        .help(format!("write it in {}", Spelling::Snake));
    None
}

/// Refuses a regular expression that is longer than anyone reads.
pub(super) fn short_pattern(pattern: &Spanned<String>, faults: &mut Faults) -> Option<()> {
    if pattern.value.len() <= PATTERN.most {
        return Some(());
    }
    faults
        .error(
            PATTERN.code,
            pattern.span,
            format!("the pattern is longer than {} bytes", PATTERN.most),
        )
        .help("search for less: a few words of the line do");
    None
}

/// A look without parameters, or with these only.
pub(super) fn fields<'t>(
    action: &str,
    parameters: &'t Tree,
    keys: &'static [Key],
    faults: &mut Faults,
) -> Option<Fields<'t>> {
    Fields::read(parameters, &format!("a `{action}` look"), keys, faults)
}
