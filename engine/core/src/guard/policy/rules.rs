//! Who may do what, where.

use super::names::{NAME, Names, few};
use super::site::{KEYS as SITE, Site, Sites};
use super::who::{CALLER, Who};
use crate::guard::Identity;
use crate::syntax::{Faults, Fields, Key, Shape, Span, Tree};

const WHO: Shape = Shape::OneOrMore(&Shape::Spelt(CALLER));
const NAMES: Shape = Shape::OneOrMore(&Shape::Spelt(NAME));

/// The keys of a rule below `allow`. What is left out there allows nothing.
pub(super) const ALLOW: &[Key] = &[
    Key::required(
        "who",
        WHO,
        "Callers: `ops/alice`, `ops/*`, a role, a user, or an ARN",
    ),
    Key::required("runbooks", NAMES, "The runbooks that they may run"),
    Key::optional(
        "fixes",
        NAMES,
        "The fixes of these that they may apply; without it they may only look",
    ),
    Key::required(
        "where",
        Shape::Keys(SITE),
        "Where; `{}` is everywhere, and several keys hold together",
    ),
];

/// The keys of a rule below `forbid`. What is left out there forbids all.
pub(super) const FORBID: &[Key] = &[
    Key::optional("who", WHO, "Callers; everybody without it"),
    Key::optional("runbooks", NAMES, "Runbooks; all of them without it"),
    Key::optional(
        "fixes",
        NAMES,
        "Fixes; without it, and without `bundles`, looking is forbidden as well",
    ),
    Key::or(
        "bundles",
        Shape::Boolean,
        "false",
        "The bundles that runbooks make; looking is not forbidden by that",
    ),
    Key::optional("where", Shape::Keys(SITE), "Where; everywhere without it"),
    Key::required("because", Shape::Text, "Why, for whoever is refused"),
];

/// What somebody wants to do.
#[derive(Debug, Clone, Copy)]
pub(super) struct Deed<'a> {
    /// `None`: nobody knows.
    pub(super) who: Option<&'a Identity>,
    pub(super) runbook: &'a str,
    /// `None`: only look.
    pub(super) fix: Option<&'a str>,
    /// Make the bundles that the runbook wants.
    pub(super) bundle: bool,
}

/// A rule that lets somebody do something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Allow {
    who: Who,
    runbooks: Names,
    fixes: Option<Names>,
    sites: Sites,
    pub(super) span: Span,
}

/// A rule that keeps somebody from something, whatever allows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Forbid {
    who: Option<Who>,
    runbooks: Option<Names>,
    fixes: Option<Names>,
    bundles: bool,
    sites: Sites,
    pub(super) because: String,
    pub(super) span: Span,
}

impl Allow {
    /// Reads the rules below `allow`.
    pub(super) fn read(tree: &Tree, faults: &mut Faults) -> Vec<Allow> {
        let what = "a rule of `allow`";
        let items = tree.expect_list("`allow`", faults).unwrap_or_default();
        let rules = few(items, "`allow`", faults).iter().filter_map(|item| {
            let fields = Fields::read(item, what, ALLOW, faults)?;
            for key in ["who", "runbooks", "where"] {
                fields.require(key, what, faults);
            }
            Some(Allow {
                who: Who::read(&fields, "who", faults)?,
                runbooks: Names::read(&fields, "runbooks", NAME, faults)?,
                fixes: Names::read(&fields, "fixes", NAME, faults),
                sites: Sites::read(&fields, faults),
                span: head(item),
            })
        });
        rules.collect()
    }

    /// Whether it allows this there; `None` where that can't be told.
    pub(super) fn holds(&self, deed: &Deed<'_>, site: &Site<'_>) -> Option<bool> {
        let fixes = match (deed.fix, &self.fixes) {
            (None, _) => true,
            (Some(_), None) => false,
            (Some(fix), Some(fixes)) => has(fixes, fix),
        };
        let is_theirs = self.who.hold(deed.who, site.account);
        let named = Some(has(&self.runbooks, deed.runbook) && fixes);
        let asked = [is_theirs, named, self.sites.hold(site)];
        match asked.contains(&Some(false)) {
            true => Some(false),
            false => asked.iter().all(Option::is_some).then_some(true),
        }
    }
}

impl Forbid {
    /// Reads the rules below `forbid`.
    pub(super) fn read(tree: &Tree, faults: &mut Faults) -> Vec<Forbid> {
        let what = "a rule of `forbid`";
        let items = tree.expect_list("`forbid`", faults).unwrap_or_default();
        let rules = few(items, "`forbid`", faults).iter().filter_map(|item| {
            let fields = Fields::read(item, what, FORBID, faults)?;
            Some(Forbid {
                who: Who::read(&fields, "who", faults),
                runbooks: Names::read(&fields, "runbooks", NAME, faults),
                fixes: Names::read(&fields, "fixes", NAME, faults),
                bundles: match fields.get("bundles") {
                    Some(tree) => tree.expect_bool("`bundles`", faults)?,
                    None => false,
                },
                sites: Sites::read(&fields, faults),
                because: because(&fields, what, faults)?,
                span: head(item),
            })
        });
        rules.collect()
    }

    /// Whether it forbids this there. What can't be told does not lift it.
    pub(super) fn holds(&self, deed: &Deed<'_>, site: &Site<'_>) -> bool {
        let deeds = match (deed.fix, &self.fixes) {
            _ if deed.bundle && self.bundles => true,
            (_, None) => !self.bundles,
            (None, Some(_)) => false,
            (Some(fix), Some(fixes)) => has(fixes, fix),
        };
        let theirs = self.who.as_ref();
        let runbooks = self.runbooks.as_ref();
        deeds
            && theirs.is_none_or(|who| who.hold(deed.who, site.account) != Some(false))
            && runbooks.is_none_or(|names| has(names, deed.runbook))
            && self.sites.hold(site) != Some(false)
    }

    /// Whether it is about somebody, and not about what is forbidden to everybody.
    pub(super) fn is_personal(&self) -> bool {
        self.who.as_ref().is_some_and(|who| !who.is_everybody())
    }

    /// Whether nothing is left of what the other one allows, or none of the fixes that it names.
    pub(super) fn empties(&self, allow: &Allow) -> bool {
        let covers = |mine: &Option<Names>, theirs: &Names| {
            mine.as_ref().is_none_or(|names| names.cover(theirs))
        };
        let fixes = match (&self.fixes, &allow.fixes) {
            (None, _) => !self.bundles,
            (Some(_), None) => false,
            (Some(mine), Some(theirs)) => mine.cover(theirs),
        };
        fixes
            && self.who.as_ref().is_none_or(|who| who.cover(&allow.who))
            && covers(&self.runbooks, &allow.runbooks)
            && self.sites.cover(&allow.sites)
    }
}

fn has(names: &Names, name: &str) -> bool {
    names.hold(super::Fact::Is(name)) == Some(true)
}

/// The reason that whoever is refused is told.
pub(super) fn because(fields: &Fields<'_>, what: &str, faults: &mut Faults) -> Option<String> {
    let text = fields.require("because", what, faults)?;
    let text = text.expect_text("`because`", faults)?;
    Some(text.value.trim().to_owned())
}

/// Where a rule begins: its first key, or all of it.
pub(super) fn head(tree: &Tree) -> Span {
    let first = tree.entries().and_then(<[_]>::first);
    first.map_or(tree.span(), |entry| entry.key.span)
}
