//! Parameters that several actions have.

use std::time::Duration;

use super::text::is_known;
use crate::syntax::{Faults, Fields, Spanned, Tree};

/// Shorter windows say little about a rate, longer ones keep people waiting.
const OVER: std::ops::RangeInclusive<Duration> = Duration::from_secs(1)..=Duration::from_secs(60);
/// How long counters are watched where the runbook does not say.
const DEFAULT_OVER: Duration = Duration::from_secs(2);
/// The longest regular expression, in bytes.
pub(super) const MOST_PATTERN: usize = 500;

/// `over`: the time between two readings of counters.
pub(super) fn over(fields: &Fields<'_>, faults: &mut Faults) -> Option<Duration> {
    let Some(tree) = fields.get("over") else {
        return Some(DEFAULT_OVER);
    };
    let over = tree.expect_duration("`over`", faults)?;
    if OVER.contains(&over) {
        return Some(over);
    }
    faults
        .error(
            "out-of-range",
            tree.span(),
            "`over` is too short or too long",
        )
        .help("write a duration from 1s to 60s");
    None
}

/// A whole number within limits, or `default`.
pub(super) fn count(
    fields: &Fields<'_>,
    name: &str,
    default: i64,
    limits: std::ops::RangeInclusive<i64>,
    faults: &mut Faults,
) -> Option<i64> {
    let Some(tree) = fields.get(name) else {
        return Some(default);
    };
    let number = tree.expect_integer(&format!("`{name}`"), faults)?;
    if limits.contains(&number) {
        return Some(number);
    }
    faults
        .error(
            "out-of-range",
            tree.span(),
            format!("`{name}` is too small or too large"),
        )
        .help(format!(
            "write a number from {} to {}",
            limits.start(),
            limits.end()
        ));
    None
}

/// A name of the runbook's own, by which expressions read a part of the answer.
pub(super) fn own_name(name: &Spanned<String>, faults: &mut Faults) -> Option<String> {
    let snake = |text: &str| {
        text.starts_with(|c: char| c.is_ascii_lowercase())
            && text
                .chars()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
    };
    if snake(&name.value) {
        return Some(name.value.clone());
    }
    faults
        .error(
            "not-a-name",
            name.span,
            format!("`{}` can't be named in expressions", name.value),
        )
        .help("write it in snake_case");
    None
}

/// Text of one line that holds only letters, digits and `others`: something that a node knows by
/// that name.
pub(super) fn known_to_node(
    what: &str,
    text: &Spanned<String>,
    others: &[char],
    faults: &mut Faults,
) -> Option<String> {
    if is_known(&text.value, others) {
        return Some(text.value.clone());
    }
    let others: Vec<String> = others.iter().map(|c| format!("`{c}`")).collect();
    faults
        .error(
            "not-a-name",
            text.span,
            format!("`{}` is no {what}", text.value),
        )
        .help(format!(
            "use letters, digits and {}, without two dots in a row",
            others.join(" ")
        ));
    None
}

/// An extended regular expression for grep: one line, no longer than anyone reads.
pub(super) fn pattern(pattern: &Spanned<String>, faults: &mut Faults) -> Option<()> {
    if pattern.value.is_empty() || pattern.value.chars().any(char::is_control) {
        faults
            .error(
                "not-a-pattern",
                pattern.span,
                "`pattern` is not one line of text",
            )
            .help("write an extended regular expression, as for grep -E");
        return None;
    }
    if pattern.value.len() > MOST_PATTERN {
        let title = format!("the pattern is longer than {MOST_PATTERN} bytes");
        faults
            .error("pattern-too-long", pattern.span, title)
            .help("search for less: a few words of the line do");
        return None;
    }
    Some(())
}

/// A look without parameters, or with these only.
pub(super) fn fields<'t>(
    action: &str,
    parameters: &'t Tree,
    known: &[&str],
    faults: &mut Faults,
) -> Option<Fields<'t>> {
    Fields::read(parameters, &format!("a `{action}` look"), known, faults)
}
