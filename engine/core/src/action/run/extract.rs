//! Parts of what a script printed, by regular expressions.

use regex::Regex;

use crate::action::answer::garbled;
use crate::action::parameters;
use crate::action::scalar::{self, kind, scalar};
use crate::syntax::{Entries, Faults, Fields, Key, Shape, Spanned, Spelling, Tree, pattern};
use crate::value::{Kind, Unseen, Value};

/// The fields that every answer has.
const OWN: [&str; 3] = ["exit", "text", "lines"];

/// What stands below `extract`.
pub(super) const EXTRACTS: Entries = Entries {
    taken: || OWN.to_vec(),
    ..Entries::of(Spelling::Snake, &Shape::Keys(KEYS))
};
const KEYS: &[Key] = &[
    Key::required(
        "pattern",
        Shape::Text,
        "A regular expression with one group: what the group of its first match holds is taken",
    ),
    Key::required(
        "type",
        Shape::Word(scalar::types),
        "What the part is read as",
    ),
];

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
            let fields = Fields::read(&entry.value, &what, KEYS, faults)?;
            let pattern = fields
                .require("pattern", &what, faults)
                .and_then(|tree| tree.expect_text("`pattern`", faults))
                .and_then(|text| one_group(text, faults));
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

fn one_group(text: &Spanned<String>, faults: &mut Faults) -> Option<Regex> {
    let pattern = pattern(text, faults)?;
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
