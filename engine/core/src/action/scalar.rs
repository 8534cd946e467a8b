//! Single values of open-ended documents, read as what the runbook says they are.

use crate::syntax::{Faults, Tree, Word, duration, nearest, quantity};
use crate::value::{Bytes, DurationSpan, Kind, Value, Version};

/// The kinds that a part of a document can have.
const KINDS: [(Word, Kind); 7] = [
    (("boolean", "`true` or `false`"), Kind::Bool),
    (
        ("bytes", "an amount as Kubernetes writes it: `512Mi`, `5G`"),
        Kind::Bytes,
    ),
    (
        ("duration", "a length of time: `250ms`, `60s`, `1h30m`"),
        Kind::Duration,
    ),
    (("integer", "a whole number"), Kind::Integer),
    (
        ("number", "a number that may have a fraction"),
        Kind::Number,
    ),
    (("text", "text as it is"), Kind::Text),
    (
        ("version", "a version, or the tag of an image: `v1.33.3`"),
        Kind::Version,
    ),
];

/// The words for `type`.
pub(super) fn types() -> Vec<Word> {
    KINDS.iter().map(|(word, _)| *word).collect()
}

/// Reads `type`.
pub(super) fn kind(tree: &Tree, faults: &mut Faults) -> Option<Kind> {
    let text = tree.expect_text("`type`", faults)?;
    let known = KINDS.iter().find(|((name, _), _)| *name == text.value);
    if known.is_none() {
        let names: Vec<&str> = types().into_iter().map(|(name, _)| name).collect();
        faults
            .error(
                "unknown-type",
                text.span,
                format!("there is no type `{}`", text.value),
            )
            .help(format!("types: {}", names.join(", ")))
            .did_you_mean(nearest(&text.value, names.iter().copied()));
    }
    known.map(|(_, kind)| kind.clone())
}

/// The text as a value of that kind; `None` where it is none.
pub(super) fn scalar(kind: &Kind, text: &str) -> Option<Value> {
    Some(match kind {
        Kind::Bool => Value::Bool(text.parse().ok()?),
        Kind::Integer => Value::Integer(text.parse().ok()?),
        Kind::Number => Value::Number(
            text.parse()
                .ok()
                .filter(|number: &f64| number.is_finite())?,
        ),
        Kind::Duration => Value::Duration(DurationSpan(duration(text).ok()?)),
        Kind::Bytes => Value::Bytes(Bytes(quantity(text).ok()?)),
        Kind::Version => Value::Version(version(text)?),
        Kind::Text => Value::text(text),
        Kind::Share | Kind::List(_) | Kind::Record(_) => return None,
    })
}

/// A version by itself, or the tag of an image: `registry:5000/eks/kube-proxy:v1.33.3-eksbuild.4`.
fn version(text: &str) -> Option<Version> {
    let without_digest = text.split('@').next().unwrap_or(text);
    let last = without_digest.rsplit('/').next().unwrap_or(without_digest);
    last.rsplit(':').next().unwrap_or(last).parse().ok()
}
