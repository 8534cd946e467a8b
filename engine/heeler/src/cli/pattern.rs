//! Regular expressions as they are typed.

use regex::bytes::{Regex, RegexBuilder};

use crate::failure::Failure;

/// Most bytes that one may take.
const MOST: usize = 1 << 20;

/// Reads a regular expression of this option.
///
/// # Errors
/// Why it is none.
pub(super) fn pattern(text: &str, option: &str) -> Result<Regex, Failure> {
    let built = RegexBuilder::new(text).size_limit(MOST).build();
    built.map_err(|error| {
        let why = error.to_string();
        let why = why.lines().last().unwrap_or_default();
        let why = why.trim_start_matches("error: ");
        Failure::usage(
            "pattern-syntax",
            format!("this is no regular expression: {why}"),
            option,
            "write one as Rust's regex crate reads it; a plain word is one too",
        )
    })
}
