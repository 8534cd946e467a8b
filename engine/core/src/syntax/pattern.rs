//! Regular expressions that a runbook holds: whether they can be read, whether they can ever match,
//! and what they take. The engine never goes back in the text, so that matching takes time in
//! proportion to text and expression.

use regex::{Regex, RegexBuilder};
use regex_syntax::ast::{ErrorKind, parse::ParserBuilder as AstParser};
use regex_syntax::hir::{Hir, HirKind, Look, translate::TranslatorBuilder};

use super::fault::Faults;
use super::limits::{COMPILED_BYTES, PATTERN};
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
    /// A whole text, or a part of it: it may have several lines.
    Text,
}

/// The most states that it may come to: a repetition counts as often as it may repeat.
const MOST_STATES: u64 = 10_000;
/// How deep groups may be nested.
const MOST_DEEP: u32 = 50;

/// Reads a regular expression of our own that is searched for in a text. `None` when it is none, or
/// too large; the fault says so.
pub fn pattern(text: &Spanned<String>, faults: &mut Faults) -> Option<Regex> {
    check_pattern(text, Dialect::Own, Subject::Text, faults)
        .then(|| compile(&text.value, text, faults))?
}

/// The same for one that has to match the whole of a text.
pub fn whole_pattern(text: &Spanned<String>, faults: &mut Faults) -> Option<Regex> {
    // First alone: what is wrong with it must not be blamed on what is put around it.
    check_pattern(text, Dialect::Own, Subject::Text, faults)
        .then(|| compile(&format!(r"\A(?:{})\z", text.value), text, faults))?
}

fn compile(regex: &str, text: &Spanned<String>, faults: &mut Faults) -> Option<Regex> {
    match RegexBuilder::new(regex).size_limit(COMPILED_BYTES).build() {
        Ok(regex) => Some(regex),
        Err(regex::Error::CompiledTooBig(_)) => {
            too_large(text, faults);
            None
        }
        Err(error) => {
            let said = error.to_string();
            let why = said.lines().last().unwrap_or_default();
            let why = why.strip_prefix("error: ").unwrap_or(why);
            faults
                .error("bad-pattern", text.span, "the pattern can't be read")
                .help(why);
            None
        }
    }
}

/// Checks a pattern. `false`: it has an error; that it never matches, or always, is a warning.
pub fn check_pattern(
    text: &Spanned<String>,
    dialect: Dialect,
    subject: Subject,
    faults: &mut Faults,
) -> bool {
    let pattern = text.value.as_str();
    if pattern.len() > PATTERN.most {
        return too_long(text, faults);
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

fn too_long(text: &Spanned<String>, faults: &mut Faults) -> bool {
    let title = format!("the pattern is longer than {} bytes", PATTERN.most);
    faults
        .error(PATTERN.code, text.span, title)
        .help("search for less: a few words of the line do");
    false
}

fn too_large(text: &Spanned<String>, faults: &mut Faults) -> bool {
    faults
        .error("pattern-too-large", text.span, "the pattern is too large")
        .help(format!(
            "repeat less, or a smaller class: `[0-9]` instead of `\\d`; repetitions written out may come to {MOST_STATES} states"
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
const FOREIGN: [(&str, &str); 7] = [
    ("\\d", "[0-9]"),
    ("\\D", "[^0-9]"),
    ("(?:", "("),
    ("(?i)", ""),
    ("*?", "*"),
    ("+?", "+"),
    ("\\t", "[[:blank:]]"),
];
/// The same within brackets, where a backslash stands for itself.
const FOREIGN_WITHIN: [(&str, &str); 4] = [
    ("\\d", "0-9"),
    ("\\s", "[:space:]"),
    ("\\w", "[:alnum:]_"),
    ("\\t", "[:blank:]"),
];

fn foreign(text: &Spanned<String>, faults: &mut Faults) {
    let pattern = text.value.as_str();
    let (mut at, mut within) = (0, false);
    while let Some(rest) = pattern.get(at..).filter(|rest| !rest.is_empty()) {
        let signs = match within {
            true => FOREIGN_WITHIN.as_slice(),
            false => FOREIGN.as_slice(),
        };
        if let Some((sign, right)) = signs.iter().find(|(sign, _)| rest.starts_with(sign)) {
            report_foreign(text, Span::new(at, at + sign.len()), sign, right, faults);
        }
        let step = match (within, rest) {
            (true, rest) if rest.starts_with("[:") => {
                rest.find(":]").map_or(2, |end| end + ":]".len())
            }
            (true, rest) if rest.starts_with(']') => {
                within = false;
                1
            }
            (false, rest) if rest.starts_with('[') => {
                within = true;
                // Right behind its beginning a bracket stands for itself.
                let begin = ["[^]", "[]", "[^", "["].into_iter();
                let begin = begin.filter(|begin| rest.starts_with(begin));
                begin.map(str::len).next().unwrap_or(1)
            }
            (_, rest) if rest.starts_with("\\\\") => 2,
            (false, rest) if rest.starts_with('\\') => 2,
            _ => 1,
        };
        at = pattern.ceil_char_boundary((at + step).min(pattern.len()));
    }
}

fn report_foreign(
    text: &Spanned<String>,
    part: Span,
    sign: &str,
    right: &str,
    faults: &mut Faults,
) {
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
mod tests;
