//! Parts of what a script printed, by regular expressions.

use regex::{Regex, RegexBuilder};

use crate::action::answer::garbled;
use crate::action::parameters::{self, MOST_PATTERN};
use crate::action::scalar::{kind, scalar};
use crate::syntax::{Faults, Fields, Spanned, Tree};
use crate::value::{Kind, Unseen, Value};

/// Memory that one compiled pattern may take: `(a{1000}){1000}` is short to write.
const MOST_COMPILED: usize = 1 << 20;
/// The fields that every answer has.
const OWN: [&str; 3] = ["exit", "text", "lines"];

/// One named part.
#[derive(Debug)]
pub(super) struct Extract {
    pub(super) name: String,
    pub(super) kind: Kind,
    pattern: Regex,
}

/// Reads `extract: {name: {pattern, type}}`.
pub(super) fn read(tree: &Tree, faults: &mut Faults) -> Option<Vec<Extract>> {
    let entries = tree.expect_map("`extract`", faults)?;
    let extracts: Vec<Option<Extract>> = entries
        .iter()
        .map(|entry| {
            let what = format!("the extract `{}`", entry.key.value);
            let name = name(&entry.key, faults);
            let fields = Fields::read(&entry.value, &what, &["pattern", "type"], faults)?;
            let pattern = fields
                .require("pattern", &what, faults)
                .and_then(|tree| tree.expect_text("`pattern`", faults))
                .and_then(|text| pattern(text, faults));
            let kind = fields
                .require("type", &what, faults)
                .and_then(|tree| kind(tree, faults));
            Some(Extract {
                name: name?,
                pattern: pattern?,
                kind: kind?,
            })
        })
        .collect();
    extracts.into_iter().collect()
}

fn name(name: &Spanned<String>, faults: &mut Faults) -> Option<String> {
    if OWN.contains(&name.value.as_str()) {
        faults
            .error(
                "reserved-name",
                name.span,
                format!("every answer of a script has `{}` already", name.value),
            )
            .help("give it another name");
        return None;
    }
    parameters::own_name(name, faults)
}

fn pattern(text: &Spanned<String>, faults: &mut Faults) -> Option<Regex> {
    if text.value.len() > MOST_PATTERN {
        let title = format!("the pattern is longer than {MOST_PATTERN} bytes");
        faults
            .error("pattern-too-long", text.span, title)
            .help("search for less: a few words of the line do");
        return None;
    }
    let compiled = RegexBuilder::new(&text.value)
        .size_limit(MOST_COMPILED)
        .build();
    let pattern = match compiled {
        Ok(pattern) => pattern,
        Err(error) => {
            let words = error.to_string();
            let last = words.lines().last().unwrap_or_default();
            faults
                .error("not-a-pattern", text.span, "the pattern can't be read")
                .help(last.trim_start_matches("error: ").to_owned());
            return None;
        }
    };
    // The whole match counts as a group.
    let groups = pattern.captures_len() - 1;
    if groups != 1 {
        let title = format!("the pattern has {groups} groups, and one of them is taken");
        faults
            .error("not-a-pattern", text.span, title)
            .help("put round brackets around the part that is wanted; `(?:a|b)` takes nothing");
        return None;
    }
    Some(pattern)
}

impl Extract {
    /// What the group of the first match holds. Absent where nothing matches; unseen where it is not
    /// of its type.
    pub(super) fn take(&self, text: &str, look: &str) -> Value {
        let found = self
            .pattern
            .captures(text)
            .and_then(|captures| captures.get(1));
        let Some(found) = found.map(|group| group.as_str()) else {
            return Value::Absent;
        };
        scalar(&self.kind, found).unwrap_or_else(|| {
            Value::Unseen(vec![Unseen {
                look: look.to_owned(),
                why: garbled(format!("`{}` is `{found}`, not {}", self.name, self.kind)),
            }])
        })
    }
}
