//! What a rule, a window or a freeze is about: clusters, accounts, node groups, namespaces.

use super::names::{ACCOUNT, Fact, NAME, Names};
use crate::syntax::{Faults, Fields, Key, Shape};

/// Where something would be done: one node, seen from one run.
#[derive(Debug, Clone, Copy)]
pub struct Site<'a> {
    /// The twelve digits of the account; that much is always known.
    pub account: &'a str,
    /// The cluster's name.
    pub cluster: Fact<'a>,
    /// The node group that the node is of.
    pub node_group: Fact<'a>,
    /// The namespace of the pod that the run is about.
    pub namespace: Fact<'a>,
}

/// The keys of `where`.
pub(super) const KEYS: &[Key] = &[
    Key::optional(
        "clusters",
        Shape::OneOrMore(&Shape::Spelt(NAME)),
        "Names of clusters",
    ),
    Key::optional(
        "accounts",
        Shape::OneOrMore(&Shape::Spelt(ACCOUNT)),
        "AWS accounts, twelve digits each",
    ),
    Key::optional(
        "node-groups",
        Shape::OneOrMore(&Shape::Spelt(NAME)),
        "Names of node groups",
    ),
    Key::optional(
        "namespaces",
        Shape::OneOrMore(&Shape::Spelt(NAME)),
        "Namespaces of the pod that a run is about; a run about no pod is in none",
    ),
];

/// The sites that something is about; all of them where nothing is said.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Sites {
    clusters: Option<Names>,
    accounts: Option<Names>,
    node_groups: Option<Names>,
    namespaces: Option<Names>,
}

impl Sites {
    /// The sites of `where`, which may be missing.
    pub(super) fn read(fields: &Fields<'_>, faults: &mut Faults) -> Sites {
        let fields = fields
            .get("where")
            .and_then(|tree| Fields::read(tree, "`where`", KEYS, faults));
        let Some(fields) = fields else {
            return Sites::default();
        };
        Sites {
            clusters: Names::read(&fields, "clusters", NAME, faults),
            accounts: Names::read(&fields, "accounts", ACCOUNT, faults),
            node_groups: Names::read(&fields, "node-groups", NAME, faults),
            namespaces: Names::read(&fields, "namespaces", NAME, faults),
        }
    }

    /// Whether it is about this site; `None` where that can't be told.
    pub(super) fn hold(&self, site: &Site<'_>) -> Option<bool> {
        let asked = [
            (&self.clusters, site.cluster),
            (&self.accounts, Fact::Is(site.account)),
            (&self.node_groups, site.node_group),
            (&self.namespaces, site.namespace),
        ];
        let held = asked.into_iter().filter_map(|(names, fact)| {
            let names = names.as_ref()?;
            Some(names.hold(fact))
        });
        let held: Vec<Option<bool>> = held.collect();
        // One that is not held decides, whatever was not seen.
        if held.contains(&Some(false)) {
            return Some(false);
        }
        (!held.contains(&None)).then_some(true)
    }

    /// Whether it is about all sites that the others are about.
    pub(super) fn cover(&self, others: &Sites) -> bool {
        let pairs = [
            (&self.clusters, &others.clusters),
            (&self.accounts, &others.accounts),
            (&self.node_groups, &others.node_groups),
            (&self.namespaces, &others.namespaces),
        ];
        pairs.into_iter().all(|pair| match pair {
            (None, _) => true,
            (Some(names), None) => names.hold(Fact::NotSeen) == Some(true),
            (Some(names), Some(others)) => names.cover(others),
        })
    }
}
