//! Parameters that several actions have.

use super::text::Slot;
use super::{Filling, Look, LookText};
use crate::syntax::{
    Dialect, Faults, Fields, Key, Refused, Shape, Spanned, Spelling, Subject, Tree, check_pattern,
};

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

/// A text that is spelt as its key says, or holds `{{ }}`. `None`: it is not there.
pub(super) fn slot(
    fields: &Fields<'_>,
    name: &str,
    what: &str,
    texts: &mut Vec<LookText>,
    faults: &mut Faults,
) -> Result<Option<Slot>, Refused> {
    fields.spelt(name, what, faults)?;
    let text = fields.text(name, faults);
    Ok(text.map(|text| Slot::of(text, Filling::Plain, texts)))
}

/// An extended regular expression for grep: one line, no longer than anyone reads.
pub(super) fn pattern(pattern: &Spanned<String>, faults: &mut Faults) -> Option<()> {
    if !Spelling::Line.fits(&pattern.value) {
        faults
            .error(
                "not-a-pattern",
                pattern.span,
                "`pattern` is not one line of text",
            )
            .help("write an extended regular expression, as for grep -E");
        return None;
    }
    check_pattern(pattern, Dialect::Extended, Subject::Line, faults).then_some(())
}

/// The fault of whoever wants to look with what can only change.
pub(super) fn only_changes(
    action: &str,
    help: &str,
    parameters: &Tree,
    faults: &mut Faults,
) -> Option<Box<dyn Look>> {
    let title = format!("`{action}` only changes; it can't look");
    faults
        .error("not-a-look", parameters.span(), title)
        .help(help);
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
