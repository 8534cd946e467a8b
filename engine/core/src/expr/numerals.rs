//! Numbers as people write them elsewhere, which an expression would read as something else.

use crate::syntax::{Faults, Span, Spanned};

/// Units of durations and sizes, which stand in quotes here.
const UNITS: [&str; 10] = ["ms", "s", "m", "h", "d", "B", "KiB", "MiB", "GiB", "TiB"];

/// Reports numbers with separators, units or more than one point. `false`: there was one.
pub(super) fn check_numerals(scalar: &Spanned<String>, part: Span, faults: &mut Faults) -> bool {
    let text = scalar.value.get(part.range()).unwrap_or_default();
    let mut sound = true;
    for numeral in numerals(text) {
        let Some((written, wrong)) = numeral.fault() else {
            continue;
        };
        sound = false;
        let start = part.start + numeral.start;
        let span = Span::new(start, start + written.len());
        let patch = wrong
            .right
            .as_deref()
            .and_then(|right| faults.written(scalar, span, right));
        let fault = match wrong.unit {
            true => faults.error_within(
                "unquoted-unit",
                scalar,
                span,
                "a value with a unit stands without quotes",
            ),
            false => faults.error_within("number-form", scalar, span, "this is no number here"),
        };
        fault.help(wrong.help).patches.extend(patch);
    }
    sound
}

/// What is wrong with a number.
struct Wrong {
    unit: bool,
    right: Option<String>,
    help: String,
}

/// A number, and what stands behind it.
struct Numeral<'t> {
    start: usize,
    rest: &'t str,
    /// Between brackets a comma separates values.
    in_brackets: bool,
}

/// The places where numbers start, outside of quoted text and names.
fn numerals(text: &str) -> Vec<Numeral<'_>> {
    let mut found = Vec::new();
    let mut quote = None;
    let mut depth = 0_usize;
    let mut before = ' ';
    let mut letters = text.char_indices();
    while let Some((at, letter)) = letters.next() {
        match quote {
            Some(_) if letter == '\\' => {
                letters.next();
            }
            Some(open) if letter == open => quote = None,
            Some(_) => {}
            None if matches!(letter, '"' | '\'') => quote = Some(letter),
            None if matches!(letter, '(' | '[') => depth += 1,
            None if matches!(letter, ')' | ']') => depth = depth.saturating_sub(1),
            None if letter.is_ascii_digit() && !is_inside(before) => found.push(Numeral {
                start: at,
                rest: text.get(at..).unwrap_or_default(),
                in_brackets: depth > 0,
            }),
            None => {}
        }
        before = letter;
    }
    found
}

/// Whether a digit behind this letter belongs to something that has begun.
fn is_inside(before: char) -> bool {
    before.is_alphanumeric() || matches!(before, '_' | '.' | ',')
}

impl Numeral<'_> {
    /// The written form and what is wrong with it.
    fn fault(&self) -> Option<(&str, Wrong)> {
        let end = self
            .rest
            .find(|letter: char| !letter.is_ascii_digit())
            .unwrap_or(self.rest.len());
        let (digits, behind) = self.rest.split_at(end);
        self.grouped(digits, behind)
            .or_else(|| self.in_percent(digits, behind))
            .or_else(|| self.with_unit(digits, behind))
            .or_else(|| self.version())
    }

    /// `262,144` and `262_144`.
    fn grouped(&self, digits: &str, behind: &str) -> Option<(&str, Wrong)> {
        let separator = behind.chars().next()?;
        let fits = separator == '_' || separator == ',' && !self.in_brackets;
        let mut right = digits.to_owned();
        let mut rest = behind;
        while fits
            && let Some(group) = rest.strip_prefix(separator).and_then(|rest| rest.get(..3))
            && group.chars().all(|letter| letter.is_ascii_digit())
        {
            right.push_str(group);
            rest = rest.get(4..)?;
        }
        let is_whole = !rest.starts_with(|letter: char| letter.is_ascii_alphanumeric());
        let written = self.rest.get(..self.rest.len() - rest.len())?;
        (right.len() > digits.len() && is_whole).then(|| {
            let help = format!("write it as {right}");
            let right = Some(right);
            (
                written,
                Wrong {
                    unit: false,
                    right,
                    help,
                },
            )
        })
    }

    /// `50%`, but not `50 % 3`.
    fn in_percent(&self, digits: &str, behind: &str) -> Option<(&str, Wrong)> {
        let after = behind.trim_start().strip_prefix('%')?.trim_start();
        let ends = after.is_empty()
            || after.starts_with(')')
            || ["and ", "or ", "else "]
                .iter()
                .any(|word| after.starts_with(word));
        let written = self.rest.get(..self.rest.len() - after.len())?.trim_end();
        let share = digits.parse::<f64>().ok()? / 100.0;
        ends.then(|| {
            let help = format!("a share is written as a part of 1: {share}");
            (
                written,
                Wrong {
                    unit: false,
                    right: None,
                    help,
                },
            )
        })
    }

    /// `2m` and `512MiB`.
    fn with_unit(&self, digits: &str, behind: &str) -> Option<(&str, Wrong)> {
        let end = behind
            .find(|letter: char| !letter.is_ascii_alphanumeric())
            .unwrap_or(behind.len());
        let unit = behind.get(..end)?;
        let is_unit = UNITS.contains(&unit) || is_compound(unit);
        let written = self.rest.get(..digits.len() + end)?;
        is_unit.then(|| {
            let help = format!("write it as \"{written}\"");
            let right = Some(format!("\"{written}\""));
            (
                written,
                Wrong {
                    unit: true,
                    right,
                    help,
                },
            )
        })
    }

    /// `1.33.3`.
    fn version(&self) -> Option<(&str, Wrong)> {
        let end = self
            .rest
            .find(|letter: char| !(letter.is_ascii_digit() || letter == '.'))
            .unwrap_or(self.rest.len());
        let written = self.rest.get(..end)?;
        (written.matches('.').count() > 1 && !written.ends_with('.')).then(|| {
            let help = format!("write it as \"{written}\"");
            let right = Some(format!("\"{written}\""));
            (
                written,
                Wrong {
                    unit: true,
                    right,
                    help,
                },
            )
        })
    }
}

/// `h30m` behind the 1 of `1h30m`.
fn is_compound(unit: &str) -> bool {
    crate::syntax::duration(&format!("1{unit}")).is_ok()
}
