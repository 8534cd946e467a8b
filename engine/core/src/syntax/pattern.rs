//! Regular expressions as runbooks write them, bounded before anything is matched. The engine never
//! goes back in the text, so that matching takes time in proportion to text and expression.

use regex::{Regex, RegexBuilder};

use super::fault::Faults;
use super::limits::PATTERN;
use super::source::Spanned;

/// The largest one when compiled, in bytes: repetitions of large classes grow.
const MOST_COMPILED: usize = 1 << 20;

/// Reads a regular expression. `None` when it is none, or too large; the fault says so.
pub fn pattern(text: &Spanned<String>, faults: &mut Faults) -> Option<Regex> {
    short_pattern(text, faults)?;
    compile(&text.value, text, faults)
}

/// Refuses a regular expression that is longer than anyone reads.
pub fn short_pattern(text: &Spanned<String>, faults: &mut Faults) -> Option<()> {
    if text.value.len() <= PATTERN.most {
        return Some(());
    }
    faults
        .error(
            PATTERN.code,
            text.span,
            format!("the pattern is longer than {} bytes", PATTERN.most),
        )
        .help("search for less: a few words of the line do");
    None
}

/// The same for one that has to match the whole of a text.
pub fn whole_pattern(text: &Spanned<String>, faults: &mut Faults) -> Option<Regex> {
    // First alone: what is wrong with it must not be blamed on what is put around it.
    pattern(text, faults)?;
    compile(&format!(r"\A(?:{})\z", text.value), text, faults)
}

fn compile(regex: &str, text: &Spanned<String>, faults: &mut Faults) -> Option<Regex> {
    let compiled = RegexBuilder::new(regex).size_limit(MOST_COMPILED).build();
    match compiled {
        Ok(regex) => Some(regex),
        Err(regex::Error::CompiledTooBig(_)) => {
            faults
                .error(
                    "pattern-too-large",
                    text.span,
                    "the regular expression grows too large",
                )
                .help("repeat less, or a smaller class: `[0-9]` instead of `\\d`");
            None
        }
        Err(error) => {
            let said = error.to_string();
            let why = said.lines().last().unwrap_or_default();
            let why = why.strip_prefix("error: ").unwrap_or(why);
            faults
                .error(
                    "bad-pattern",
                    text.span,
                    "this is no regular expression that can be read",
                )
                .help(why);
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::Span;

    fn codes(text: &str) -> Vec<&'static str> {
        let mut faults = Faults::new();
        let text = Spanned::new(text.to_string(), Span::default());
        whole_pattern(&text, &mut faults);
        faults.into_vec().iter().map(|fault| fault.code).collect()
    }

    #[test]
    fn a_whole_pattern_matches_from_end_to_end() {
        let text = Spanned::new("a|ab".to_string(), Span::default());
        let regex = whole_pattern(&text, &mut Faults::new()).expect("it is one");
        assert!(regex.is_match("ab") && regex.is_match("a"));
        assert!(!regex.is_match("abc") && !regex.is_match("a\n"));
    }

    #[test]
    fn what_is_none_or_too_large_is_said_once() {
        assert_eq!(codes("(a"), ["bad-pattern"]);
        assert_eq!(codes("a)|(b"), ["bad-pattern"]);
        assert_eq!(codes("(?x) a # b"), ["bad-pattern"]);
        assert_eq!(codes("a{1000}{1000}"), ["pattern-too-large"]);
        assert_eq!(codes(r"(\w{90}){90}"), ["pattern-too-large"]);
        assert_eq!(codes(&"a".repeat(501)), ["pattern-too-long"]);
        assert_eq!(codes(&"(".repeat(400)), ["bad-pattern"]);
        assert_eq!(codes("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?"), [""; 0]);
    }
}
