//! Regular expressions that a runbook holds: whether they can be read, whether they can ever match,
//! and what they take.

use regex_syntax::ast::{ErrorKind, parse::ParserBuilder as AstParser};
use regex_syntax::hir::{Hir, HirKind, Look, translate::TranslatorBuilder};

use super::fault::Faults;
use super::source::{Span, Spanned};

/// Who reads a pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// `grep -E` on the node: POSIX extended, as GNU has it.
    Extended,
    /// Heeler itself: the syntax of the regex crate.
    Own,
}

/// What a pattern is held against.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// Any part of a line.
    Line,
    /// A whole text.
    Whole,
}

/// The longest pattern, in bytes.
const MOST_BYTES: usize = 1_000;
/// The most states that it may come to: a repetition counts as often as it may repeat.
const MOST_STATES: u64 = 10_000;
/// How deep groups may be nested.
const MOST_DEEP: u32 = 50;

/// Checks a pattern. `false`: it has an error; that it never matches, or always, is a warning.
pub fn check_pattern(
    text: &Spanned<String>,
    dialect: Dialect,
    subject: Subject,
    faults: &mut Faults,
) -> bool {
    let pattern = text.value.as_str();
    if pattern.len() > MOST_BYTES {
        return too_large(text, faults);
    }
    let errors = faults.len();
    if dialect == Dialect::Extended {
        foreign(text, faults);
    }
    let Some(hir) = parsed(text, dialect, faults) else {
        return faults.len() == errors;
    };
    if states(&hir) > MOST_STATES {
        return too_large(text, faults);
    }
    if never(&hir, subject) {
        faults
            .warning("pattern-never-matches", text.span, "this can never match")
            .help("`^` stands first and `$` last; a line holds no line break");
    } else if subject == Subject::Line && matches_everything(&hir) {
        faults
            .warning("pattern-matches-all", text.span, "this matches every line")
            .help("name something that the line has to hold");
    }
    true
}

fn too_large(text: &Spanned<String>, faults: &mut Faults) -> bool {
    faults
        .error("pattern-too-large", text.span, "the pattern is too large")
        .help(format!(
            "at most {MOST_BYTES} bytes, and {MOST_STATES} states where repetitions are written out"
        ));
    false
}

/// The pattern as a tree; `None` where it can't be read, which is an error only where its reader
/// can't read it either.
fn parsed(text: &Spanned<String>, dialect: Dialect, faults: &mut Faults) -> Option<Hir> {
    let pattern = text.value.as_str();
    let ast = AstParser::new()
        .nest_limit(MOST_DEEP)
        .build()
        .parse(pattern);
    let (what, span) = match ast {
        Ok(ast) => {
            let mut translator = TranslatorBuilder::new().build();
            match translator.translate(pattern, &ast) {
                Ok(hir) => return Some(hir),
                Err(error) => (error.kind().to_string(), *error.span()),
            }
        }
        Err(error) if matches!(error.kind(), ErrorKind::NestLimitExceeded(_)) => {
            too_large(text, faults);
            return None;
        }
        Err(error) if dialect == Dialect::Extended && !is_wrong_everywhere(error.kind()) => {
            return None;
        }
        Err(error) => (error.kind().to_string(), *error.span()),
    };
    let part = Span::new(span.start.offset, span.end.offset);
    faults
        .error_within("bad-pattern", text, part, "the pattern can't be read")
        .here(what)
        .help("a sign that stands for itself has a backslash before it");
    None
}

/// What GNU grep refuses as well; it takes a brace or a star without anything before it as it is.
fn is_wrong_everywhere(kind: &ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::ClassUnclosed
            | ErrorKind::ClassRangeInvalid
            | ErrorKind::EscapeUnexpectedEof
            | ErrorKind::GroupUnclosed
            | ErrorKind::GroupUnopened
            | ErrorKind::RepetitionCountInvalid
    )
}

/// Perl's classes and groups mean something else to `grep -E`, or nothing.
fn foreign(text: &Spanned<String>, faults: &mut Faults) {
    const FOREIGN: [(&str, &str); 7] = [
        ("\\d", "[0-9]"),
        ("\\D", "[^0-9]"),
        ("(?:", "("),
        ("(?i)", ""),
        ("*?", "*"),
        ("+?", "+"),
        ("\\t", "[[:blank:]]"),
    ];
    let mut at = 0;
    while let Some(rest) = text.value.get(at..).filter(|rest| !rest.is_empty()) {
        let found = FOREIGN.iter().find(|(sign, _)| rest.starts_with(sign));
        if let Some((sign, right)) = found {
            let part = Span::new(at, at + sign.len());
            // Ignoring case is not to be had by leaving the sign out.
            let patch = Some(right)
                .filter(|right| !right.is_empty())
                .and_then(|right| faults.written(text, part, right));
            let title = format!("`{sign}` is not known to `grep -E`");
            let fault = faults.warning_within("pattern-dialect", text, part, title);
            match right.is_empty() {
                true => fault.help("write both letters: `[Ee]rror`"),
                false => fault.help(format!("write `{right}`")),
            };
            fault.patches.extend(patch);
        }
        let step = if rest.starts_with('\\') { 2 } else { 1 };
        at = text
            .value
            .ceil_char_boundary((at + step).min(text.value.len()));
    }
}

/// How many states it comes to when repetitions are written out.
fn states(hir: &Hir) -> u64 {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => 0,
        HirKind::Literal(literal) => u64::try_from(literal.0.len()).unwrap_or(u64::MAX),
        HirKind::Class(_) => 1,
        HirKind::Capture(group) => states(&group.sub),
        HirKind::Repetition(repetition) => {
            let most = repetition.max.unwrap_or(repetition.min).max(1);
            states(&repetition.sub).saturating_mul(u64::from(most))
        }
        HirKind::Concat(parts) | HirKind::Alternation(parts) => {
            parts.iter().map(states).fold(0, u64::saturating_add)
        }
    }
}

/// Whether nothing can ever match it.
fn never(hir: &Hir, subject: Subject) -> bool {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => false,
        HirKind::Literal(literal) => subject == Subject::Line && literal.0.contains(&b'\n'),
        HirKind::Class(class) => {
            let only_breaks = class.literal().is_some_and(|only| only == b"\n");
            class.minimum_len().is_none() || subject == Subject::Line && only_breaks
        }
        HirKind::Capture(group) => never(&group.sub, subject),
        HirKind::Repetition(repetition) => repetition.min > 0 && never(&repetition.sub, subject),
        HirKind::Alternation(parts) => parts.iter().all(|part| never(part, subject)),
        HirKind::Concat(parts) => parts.iter().any(|part| never(part, subject)) || is_torn(parts),
    }
}

/// Something has to stand before a start, or behind an end.
fn is_torn(parts: &[Hir]) -> bool {
    let takes = |part: &Hir| {
        part.properties()
            .minimum_len()
            .is_some_and(|least| least > 0)
    };
    let mut taken = false;
    let mut ended = false;
    for part in parts {
        let starts = part.properties().look_set_prefix().contains(Look::Start);
        if taken && starts || ended && takes(part) {
            return true;
        }
        taken |= takes(part);
        ended |= part.properties().look_set_suffix().contains(Look::End);
    }
    false
}

/// It asks for no letter and no place.
fn matches_everything(hir: &Hir) -> bool {
    let properties = hir.properties();
    let one_sided = properties.look_set().len() < 2;
    properties.minimum_len() == Some(0) && one_sided
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(pattern: &str, dialect: Dialect, subject: Subject) -> Vec<&'static str> {
        let text = Spanned::new(pattern.to_owned(), Span::new(0, pattern.len()));
        let mut faults = Faults::new();
        let sound = check_pattern(&text, dialect, subject, &mut faults);
        assert_eq!(sound, faults.is_empty(), "{pattern}");
        faults.into_vec().iter().map(|fault| fault.code).collect()
    }

    fn on_lines(pattern: &str) -> Vec<&'static str> {
        codes(pattern, Dialect::Extended, Subject::Line)
    }

    #[test]
    fn patterns_that_never_match_are_found() {
        for pattern in [
            "$a",
            "a^b",
            "(a$)b",
            "x(^a|^b)",
            "[^\\x00-\\x{10FFFF}]",
            "a\\nb",
            "\\n",
        ] {
            assert_eq!(on_lines(pattern), ["pattern-never-matches"], "{pattern}");
        }
        for pattern in [
            "^a$",
            "(^|,)a",
            "a(,|$)",
            "^$",
            "(nf|ip)_conntrack: .* full",
            "a|$b",
            "[^a]b",
        ] {
            assert_eq!(on_lines(pattern), [""; 0], "{pattern}");
        }
        assert_eq!(codes("a\\nb", Dialect::Own, Subject::Whole), [""; 0]);
    }

    #[test]
    fn patterns_that_say_nothing_are_found() {
        for pattern in ["", ".*", "a*", "(a|)", "^", "^.*"] {
            assert_eq!(on_lines(pattern), ["pattern-matches-all"], "{pattern}");
        }
        assert_eq!(codes(".*", Dialect::Own, Subject::Whole), [""; 0]);
    }

    #[test]
    fn patterns_that_nobody_can_read_are_found() {
        for pattern in ["a(b", "a)b", "[ab", "a{3,1}", "a\\", "[z-a]"] {
            assert_eq!(on_lines(pattern), ["bad-pattern"], "{pattern}");
            assert_eq!(
                codes(pattern, Dialect::Own, Subject::Line),
                ["bad-pattern"],
                "{pattern}"
            );
        }
        // grep takes these, each in its own way.
        for pattern in ["a{x", "*a", "(a)\\1", "[[:alpha:]]+"] {
            assert_eq!(on_lines(pattern), [""; 0], "{pattern}");
        }
        assert_eq!(on_lines("\\d+ (?:a|b)"), ["pattern-dialect"; 2]);
        assert_eq!(on_lines("\\\\d"), [""; 0]);
        assert_eq!(codes("\\d+ (?:a|b)", Dialect::Own, Subject::Line), [""; 0]);
    }

    #[test]
    fn patterns_are_bounded() {
        assert_eq!(on_lines("(((a{100}){100}){100})"), ["pattern-too-large"]);
        assert_eq!(on_lines(&"a".repeat(2_000)), ["pattern-too-large"]);
        assert_eq!(
            on_lines(&format!("{}{}", "(".repeat(100), ")".repeat(100))),
            ["pattern-too-large"]
        );
        assert_eq!(on_lines("a{1,200}"), [""; 0]);
    }
}
