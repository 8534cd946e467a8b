//! Lists of names, and whether something that may not have been seen is on them.

use super::glob::Glob;
use crate::syntax::limits::POLICY_ITEMS;
use crate::syntax::{Faults, Fields, Spanned, Spelling, Tree};

/// Something that a rule asks about a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fact<'a> {
    /// It is this.
    Is(&'a str),
    /// There is none: a node of no node group, a run about no pod.
    Absent,
    /// It could not be told.
    NotSeen,
}

/// Names, any of which may hold `*`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Names(pub(super) Vec<Glob>);

/// What a name of a cluster, a node group, a namespace, a runbook or a fix is made of.
pub(super) const NAME: Spelling = Spelling::Letters("*._-");
/// Twelve digits, of which `*` may stand for some: fewer of them are no account at all.
pub(super) const ACCOUNT: Spelling = Spelling::Own {
    example: "111122223333",
    pattern: r"^([0-9]{12}|[0-9*]*\*[0-9*]*)$",
    fits: |text| {
        let known = text.chars().all(|c| c.is_ascii_digit() || c == '*');
        known && (text.len() == 12 || text.contains('*'))
    },
};

impl Names {
    /// The names of a key that may be missing.
    pub(super) fn read(
        fields: &Fields<'_>,
        key: &str,
        spelling: Spelling,
        faults: &mut Faults,
    ) -> Option<Names> {
        let texts = texts(fields.get(key)?, key, faults)?;
        let names = texts
            .into_iter()
            .filter_map(|text| spelling.read("name", text, faults).map(Glob::new));
        Some(Names(names.collect()))
    }

    /// Whether it is one of these; `None` where that can't be told.
    pub(super) fn hold(&self, fact: Fact<'_>) -> Option<bool> {
        match fact {
            _ if self.0.iter().any(Glob::is_any) => Some(true),
            Fact::Is(name) => Some(self.0.iter().any(|glob| glob.fits(name))),
            Fact::Absent => Some(false),
            Fact::NotSeen => None,
        }
    }

    /// Whether whatever is one of the others is one of these.
    pub(super) fn cover(&self, others: &Names) -> bool {
        let covered = |other: &Glob| self.0.iter().any(|glob| glob.covers(other));
        others.0.iter().all(covered)
    }
}

/// One text, or a list of such, which has to hold some: none could mean nobody or everybody.
pub(super) fn texts<'t>(
    tree: &'t Tree,
    key: &str,
    faults: &mut Faults,
) -> Option<Vec<&'t Spanned<String>>> {
    let what = format!("`{key}`");
    let items = tree.items().unwrap_or(std::slice::from_ref(tree));
    if items.is_empty() {
        let title = format!("{what} is an empty list");
        faults
            .error("empty-selector", tree.span(), title)
            .help("write `[\"*\"]` for all of them, or leave the key out");
    }
    few(items, &what, faults)
        .iter()
        .map(|item| item.expect_text(&what, faults))
        .collect()
}

/// The items of a list up to the limit; those beyond it are one fault, and not read.
pub(super) fn few<'t>(items: &'t [Tree], what: &str, faults: &mut Faults) -> &'t [Tree] {
    let (few, beyond) = items.split_at_checked(POLICY_ITEMS).unwrap_or((items, &[]));
    if let Some(first) = beyond.first() {
        let title = format!("{what} has more than {POLICY_ITEMS} entries");
        faults
            .error("too-many-entries", first.span(), title)
            .help("name several at once with `*`");
    }
    few
}

#[cfg(test)]
mod tests {
    use super::{ACCOUNT, Fact, Glob, Names};

    #[test]
    fn what_was_not_seen_is_neither_on_a_list_nor_off_it() {
        let some = Names(vec![Glob::new("prod-*"), Glob::new("live")]);
        assert_eq!(some.hold(Fact::Is("live")), Some(true));
        assert_eq!(some.hold(Fact::Is("test")), Some(false));
        assert_eq!(some.hold(Fact::Absent), Some(false));
        assert_eq!(some.hold(Fact::NotSeen), None);
        let any = Names(vec![Glob::new("*")]);
        for fact in [Fact::Is("test"), Fact::Absent, Fact::NotSeen] {
            assert_eq!(any.hold(fact), Some(true));
        }
    }

    #[test]
    fn an_account_has_twelve_digits() {
        for (text, fits) in [
            ("111122223333", true),
            ("1111*", true),
            ("*", true),
            ("1111", false),
            ("1111222233334", false),
            ("prod", false),
            ("", false),
        ] {
            assert_eq!(ACCOUNT.fits(text), fits, "{text}");
        }
    }
}
