//! Takes out of a screen what differs from run to run, so that the rest can be compared whole.

use std::sync::LazyLock;

use anyhow::{Result, ensure};
use regex::Regex;

use super::{Case, Context};

/// The harness's own case.
pub(crate) const CASES: &[Case] = &[Case::new(
    "harness::redacts_what_differs_and_nothing_else",
    &[],
    shown,
)];

/// What is found, and what stands in its place. In this order: the later ones are less exact.
static VOLATILE: LazyLock<Vec<(Regex, &str)>> = LazyLock::new(|| {
    [
        (
            r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b",
            "UUID",
        ),
        (
            r"\b\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?",
            "TIME",
        ),
        (r"\b\d{2}:\d{2}:\d{2}(\.\d+)?\b", "TIME"),
        (
            r"(?m)^\d+(\.\d+)? (s|ms), ((?:\d+|no) command)",
            "DURATION, $3",
        ),
        (
            r"\b(heeler (?:fix|revert|report)) [0-9a-hjkmnp-tv-z]{5,12}\b",
            "$1 RUN",
        ),
        (
            r"\bheeler [0-9a-hjkmnp-tv-z]{12} (\d+ \w+)",
            "heeler RUN $1",
        ),
        (
            r"\brun [0-9a-hjkmnp-tv-z]{5,12} saw it \d+ min",
            "run RUN saw it N min",
        ),
        (r"\bsha256:[0-9a-f]{64}\b", "DIGEST"),
        (r"127\.0\.0\.1:\d{4,5}\b", "127.0.0.1:PORT"),
    ]
    .into_iter()
    .map(|(pattern, instead)| (Regex::new(pattern).expect("a pattern of our own"), instead))
    .collect()
});

/// The text without ids, times, durations and ports.
pub(crate) fn redacted(text: &str) -> String {
    VOLATILE
        .iter()
        .fold(text.to_owned(), |text, (pattern, instead)| {
            pattern.replace_all(&text, *instead).into_owned()
        })
}

fn shown(_: &Context) -> Result<()> {
    let screen = "262,144 of 262,144 entries at 10.0.9.4:5432\n\
                  fix  heeler fix 7k3mq shorten-time-wait   120 → 60 s\n\
                  sent 0192f4b2-1c00-7abc-8000-000001630e87 to i-0abc1234def567890\n\
                  since 2026-03-01T03:12:00Z at http://127.0.0.1:40123\n\
                  3.4 s, 1 command, nothing changed\n";
    let wanted = "262,144 of 262,144 entries at 10.0.9.4:5432\n\
                  fix  heeler fix RUN shorten-time-wait   120 → 60 s\n\
                  sent UUID to i-0abc1234def567890\n\
                  since TIME at http://127.0.0.1:PORT\n\
                  DURATION, 1 command, nothing changed\n";
    let redacted = redacted(screen);
    ensure!(redacted == wanted, "{redacted}");
    Ok(())
}
