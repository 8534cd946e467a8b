//! How things are named.

use crate::syntax::{Faults, Span, Spanned, Spelling};

/// Names that expressions have without a look.
const RESERVED: [&str; 6] = ["inputs", "target", "node", "pod", "run", "each"];
/// Words that expressions are made of.
const WORDS: [&str; 10] = [
    "and", "or", "not", "is", "in", "if", "else", "true", "false", "none",
];
/// What YAML takes for something else wherever it stands without quotes.
const BOOLEANS: [&str; 2] = ["true", "false"];

/// Names that no look and no input can have.
pub(super) fn taken() -> Vec<&'static str> {
    [RESERVED.as_slice(), WORDS.as_slice()].concat()
}

/// A name that expressions use: `snake_case`, because `time-wait` would be a subtraction.
pub(super) fn operand(name: &Spanned<String>, what: &str, faults: &mut Faults) -> bool {
    let text = name.value.as_str();
    if taken().contains(&text) {
        return reserved(name, what, faults);
    }
    let fits = Spelling::Snake.fits(text);
    if !fits {
        wrong(name, what, '_', Spelling::Snake, faults);
    }
    fits
}

/// A name that is never an operand: `kebab-case`.
pub(super) fn label(name: &Spanned<String>, what: &str, faults: &mut Faults) -> bool {
    if BOOLEANS.contains(&name.value.as_str()) {
        return reserved(name, what, faults);
    }
    let fits = Spelling::Kebab.fits(&name.value);
    if !fits {
        wrong(name, what, '-', Spelling::Kebab, faults);
    }
    fits
}

fn wrong(name: &Spanned<String>, what: &str, joint: char, spelling: Spelling, faults: &mut Faults) {
    let right = respelled(&name.value, joint, spelling);
    let patch = right
        .as_deref()
        .and_then(|right| faults.written(name, Span::new(0, name.value.len()), right));
    let right = right.unwrap_or_else(|| "name".to_owned());
    faults
        .error(
            "bad-name",
            name.span,
            format!("{what} can't be named `{}`", name.value),
        )
        .help(format!("write it in {spelling}: `{right}`"))
        .patches
        .extend(patch);
}

fn reserved(name: &Spanned<String>, what: &str, faults: &mut Faults) -> bool {
    faults
        .error(
            "reserved-name",
            name.span,
            format!("`{}` means something else already", name.value),
        )
        .help(format!("give {what} another name"));
    false
}

/// What people read where a look or finding has no label of its own.
pub(super) fn spoken(name: &str) -> String {
    name.replace(['_', '-'], " ")
}

/// The name in the right spelling; `None` where nothing is left of it.
fn respelled(text: &str, joint: char, spelling: Spelling) -> Option<String> {
    let mut out = String::new();
    for letter in text.chars() {
        if letter.is_ascii_alphanumeric() {
            out.push(letter.to_ascii_lowercase());
        } else if !out.is_empty() && !out.ends_with(joint) {
            out.push(joint);
        }
    }
    let word = out.trim_end_matches(joint);
    spelling.fits(word).then(|| word.to_owned())
}
