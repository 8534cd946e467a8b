//! The keys of an input, and which of them belongs to which type.

use super::naming;
use crate::syntax::limits;
use crate::syntax::{Entries, Key, Rule, Shape, Spelling, Where, Word, quantity};

/// What stands below `inputs:`.
pub(super) const INPUTS: Entries = Entries {
    taken: naming::taken,
    most: Some(limits::INPUTS.most),
    ..Entries::of(Spelling::Snake, &Shape::Named("input", &Shape::Keys(KEYS)))
};

/// The keys of an input.
pub(super) const KEYS: &[Key] = &[
    Key::required("type", Shape::Word(types), "What it holds"),
    Key::optional(
        "default",
        Shape::OneOrMore(&Shape::Text),
        "What it is where the caller gives nothing; without one it must be given",
    )
    .ruled(&[
        Rule::Only(Where::IsNot("secret", &["true"])),
        Rule::Takes(Where::IsNot("type", &["list"]), &Shape::Text),
        Rule::Takes(Where::Is("type", &["integer"]), &WHOLE),
        Rule::Takes(Where::Is("type", &["boolean"]), &Shape::Word(booleans)),
        Rule::Takes(Where::Is("type", &["duration"]), &Shape::Duration(None)),
        Rule::Takes(Where::Is("type", &["quantity"]), &QUANTITY),
    ]),
    Key::optional(
        "minimum",
        Shape::Text,
        "The smallest value that is accepted",
    )
    .ruled(LIMIT),
    Key::optional("maximum", Shape::Text, "The largest value that is accepted").ruled(LIMIT),
    Key::optional(
        "pattern",
        Shape::Text,
        "A regular expression that the whole text has to match",
    )
    .ruled(&[Rule::Only(Where::Is("type", &["text"]))]),
    Key::optional(
        "values",
        Shape::List {
            of: &Shape::Text,
            least: 1,
        },
        "The words that are accepted",
    )
    .ruled(&[
        Rule::Only(Where::Is("type", &["enum"])),
        Rule::Needed(Where::Is("type", &["enum"])),
    ]),
    Key::optional(
        "of",
        Shape::Word(item_types),
        "What the items of a list are",
    )
    .ruled(&[
        Rule::Only(Where::Is("type", &["list"])),
        Rule::Needed(Where::Is("type", &["list"])),
    ]),
    Key::or(
        "secret",
        Shape::Boolean,
        "false",
        "Whether it is never printed, stored or sent to a node; text only, given as `-i NAME=@FILE`",
    )
    .ruled(&[Rule::Takes(
        Where::IsNot("type", &["text"]),
        &Shape::Word(no),
    )]),
    Key::required("help", Shape::Text, "What it is for, in one line"),
];

/// `minimum` and `maximum`.
const LIMIT: &[Rule] = &[
    Rule::Only(Where::Is("type", &["integer", "duration", "quantity"])),
    Rule::Takes(Where::Is("type", &["integer"]), &WHOLE),
    Rule::Takes(Where::Is("type", &["duration"]), &Shape::Duration(None)),
    Rule::Takes(Where::Is("type", &["quantity"]), &QUANTITY),
];
const WHOLE: Shape = Shape::Spelt(Spelling::Own {
    example: "75",
    pattern: "^[-+]?[0-9]+$",
    fits: |text| text.parse::<i64>().is_ok(),
});
const QUANTITY: Shape = Shape::Spelt(Spelling::Own {
    example: "512Mi",
    pattern: r"^([0-9]+\.?[0-9]*|\.[0-9]+)((k|Ki|[MGTPE]i?)?B?|[eE]\+?[0-9]+)$",
    fits: |text| quantity(text).is_ok(),
});

/// The types that an input can have.
const TYPES: [Word; 9] = [
    ("text", "text as it is"),
    ("integer", "a whole number"),
    ("boolean", "`true` or `false`"),
    ("duration", "a length of time: `250ms`, `60s`, `1h30m`"),
    ("quantity", "an amount of memory or disk: `512Mi`, `5G`"),
    ("enum", "one of the words of `values`"),
    (
        "list",
        "several values of the type `of`; the command line separates them with commas",
    ),
    ("node", "the name of a Kubernetes node"),
    ("pod", "a pod, as `NAMESPACE/NAME`"),
];
/// The types that the items of a list can have.
const ITEM_TYPES: [&str; 4] = ["text", "integer", "duration", "quantity"];

/// The words of `type`.
pub(super) fn types() -> Vec<Word> {
    TYPES.to_vec()
}

/// The words of `of`.
pub(super) fn item_types() -> Vec<Word> {
    let listed = |(name, _): &Word| ITEM_TYPES.contains(name);
    TYPES.into_iter().filter(listed).collect()
}

fn booleans() -> Vec<Word> {
    vec![("true", "yes"), ("false", "no")]
}

fn no() -> Vec<Word> {
    vec![("false", "no")]
}
