//! The kubelet does not start with a soft threshold that has no grace period.

use super::{Example, Hazard, Then, Versions};

const SOFT: &[&str] = &["kubernetes", "eviction-soft"];
const GRACE: &[&str] = &["kubernetes", "eviction-soft-grace-period"];
const BARE: Example = Example {
    services: &["kubernetes"],
    ..Example::of(
        "settings",
        "{ settings.kubernetes.eviction-soft: { memory.available: 10% } }",
    )
};

pub(super) const HAZARD: Hazard = Hazard {
    name: "soft-eviction-without-grace",
    title: "The kubelet does not start with a soft threshold of eviction that has no grace period, and the API takes it",
    versions: Versions::All,
    concerns: "`settings.kubernetes.eviction-soft`",
    found_by: "the thresholds that the change sets and that have no value now, and their grace periods in the same change",
    then: Then::Refuse(
        "the kubelet does not start with a soft threshold of eviction that has no grace period: set the same name in \
         eviction-soft-grace-period in the same map",
    ),
    safe_way: "one map below `settings.kubernetes` that holds `eviction-soft` and `eviction-soft-grace-period`",
    source: "the Kubernetes documentation, node-pressure eviction; measured: the API takes it",
    has: &[
        BARE,
        Example {
            services: &["kubernetes"],
            ..Example::of(
                "settings",
                "{ settings.kubernetes: { eviction-soft: { memory.available: 10%, nodefs.available: 15% }, \
                 eviction-soft-grace-period: { memory.available: 1m30s } } }",
            )
        },
    ],
    spares: &[
        Example {
            from: r#"{"memory.available":"8%"}"#,
            ..BARE
        },
        Example {
            services: &["kubernetes"],
            ..Example::of(
                "settings",
                "{ settings.kubernetes: { eviction-soft: { memory.available: 10% }, \
                 eviction-soft-grace-period: { memory.available: 1m30s } } }",
            )
        },
    ],
    applies: |change| {
        let has_grace = |name| change.map(GRACE).any(|(given, _)| given == name);
        let mut soft = change.map(SOFT);
        soft.any(|(name, is_set)| !is_set && !has_grace(name))
    },
};
