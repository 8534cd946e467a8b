//! `evidence`: which looks prove a finding, and which only suggest it.

use std::collections::BTreeSet;

use super::facts::Facts;
use super::model::{Evidence, Strength};
use crate::syntax::{
    Entry, Faults, Fields, Key, Rule, Shape, Span, Spanned, Spelling, Tree, Where, nearest,
};

/// What `evidence` looks like.
pub(super) const SHAPE: Shape = Shape::List {
    of: &Shape::Keys(KEYS),
    least: 1,
};
/// The keys of an entry, of which it has one.
const KEYS: &[Key] = &[
    Key::optional(
        "proves",
        Shape::Spelt(Spelling::Snake),
        "A look that proves it",
    )
    .ruled(&[
        Rule::Only(Where::Without("suggests")),
        Rule::Needed(Where::Without("suggests")),
    ]),
    Key::optional(
        "suggests",
        Shape::Spelt(Spelling::Snake),
        "A look that only suggests it; where no look proves it, it is said as a suggestion and has no fix",
    ),
];

/// Reads `evidence`. Without it every look proves what is decided by it: those are `decisive`.
pub(super) fn read(
    tree: Option<&Tree>,
    decisive: &BTreeSet<String>,
    facts: &Facts,
    faults: &mut Faults,
) -> Vec<Evidence> {
    let in_order = facts.looks().filter(|look| decisive.contains(*look));
    let Some(tree) = tree else {
        return in_order
            .map(|look| evidence(look, Strength::Proves))
            .collect();
    };
    let mut named: Vec<(&Spanned<String>, Strength)> = Vec::new();
    for item in tree.expect_list("`evidence`", faults).unwrap_or_default() {
        let Some((strength, look)) = one(item, faults) else {
            continue;
        };
        if let Some((first, _)) = named.iter().find(|(known, _)| known.value == look.value) {
            refuse_second(look, first.span, faults);
        } else if known(look, decisive, facts, faults) {
            named.push((look, strength));
        }
    }
    if tree.items().is_some_and(<[Tree]>::is_empty) {
        faults
            .error(
                "empty-evidence",
                tree.span(),
                "nothing speaks for this finding",
            )
            .help("leave `evidence` out: then every look that `when` reads proves it");
    }
    named
        .into_iter()
        .map(|(look, strength)| evidence(&look.value, strength))
        .collect()
}

fn evidence(look: &str, strength: Strength) -> Evidence {
    Evidence {
        look: look.to_string(),
        strength,
    }
}

/// One `proves: LOOK` or `suggests: LOOK`.
fn one<'t>(item: &'t Tree, faults: &mut Faults) -> Option<(Strength, &'t Spanned<String>)> {
    let fields = Fields::read(item, "an entry of `evidence`", KEYS, faults)?;
    let entry = match item.entries().unwrap_or_default() {
        [entry] if fields.known().any(|key| key == entry.key.value) => entry,
        // An unknown key was reported as such.
        [_] => return None,
        entries => {
            refuse_several(item.span(), entries, faults);
            return None;
        }
    };
    let what = format!("`{}`", entry.key.value);
    let look = entry.value.expect_text(&what, faults)?;
    let strength = match entry.key.value.as_str() {
        "suggests" => Strength::Suggests,
        _ => Strength::Proves,
    };
    Some((strength, look))
}

fn refuse_several(span: Span, entries: &[Entry], faults: &mut Faults) {
    let place = entries.get(1).map_or(span, |entry| entry.key.span);
    faults
        .error(
            "evidence-entry",
            place,
            "an entry of `evidence` names one look",
        )
        .help("write `- proves: LOOK` or `- suggests: LOOK`, an entry for each look");
}

fn refuse_second(look: &Spanned<String>, first: Span, faults: &mut Faults) {
    faults
        .error(
            "duplicate-evidence",
            look.span,
            format!("`{}` is named twice", look.value),
        )
        .label(first, "the first")
        .help("a look proves a finding, or suggests it: keep one");
}

/// What the condition does not read can't speak for it.
fn known(
    look: &Spanned<String>,
    decisive: &BTreeSet<String>,
    facts: &Facts,
    faults: &mut Faults,
) -> bool {
    if decisive.contains(&look.value) && facts.looks().any(|known| known == look.value) {
        return true;
    }
    if facts.looks().any(|known| known == look.value) {
        let title = format!("`when` does not read `{}`", look.value);
        faults
            .error("idle-evidence", look.span, title)
            .help("evidence is a look that decides whether the finding holds");
    } else {
        let near = nearest(&look.value, facts.looks());
        faults
            .error(
                "unknown-look",
                look.span,
                format!("there is no look `{}`", look.value),
            )
            .help("evidence is a look that `when` reads")
            .did_you_mean(near);
    }
    false
}
