//! One threshold of eviction takes the kubelet's own away.

use super::{Example, Hazard, Then, Versions};

const PLACE: &[&str] = &["kubernetes", "eviction-hard"];
/// The kubelet has a value of its own for each, as long as none is given.
const DEFAULTS: [&str; 4] = [
    "memory.available",
    "nodefs.available",
    "nodefs.inodesFree",
    "imagefs.available",
];
const ONE: Example = Example {
    services: &["kubernetes"],
    ..Example::of(
        "settings",
        "{ settings.kubernetes.eviction-hard: { memory.available: 5% } }",
    )
};

pub(super) const HAZARD: Hazard = Hazard {
    name: "lost-eviction-defaults",
    title: "The first hard threshold of eviction that is given turns off all that are not",
    versions: Versions::All,
    concerns: "`settings.kubernetes.eviction-hard`",
    found_by: "the thresholds that the change sets, and that none of them has a value now",
    then: Then::Refuse(
        "with one hard threshold of eviction given, the kubelet drops its own for all others, and the node can fill \
         up: set memory.available, nodefs.available, nodefs.inodesFree and imagefs.available together",
    ),
    safe_way: "one map with all four; the kubelet's own are 100Mi, 10%, 5% and 15%",
    source: "the Kubernetes documentation, node-pressure eviction; the kubelet's configuration in the core kit",
    has: &[
        ONE,
        Example {
            services: &["kubernetes"],
            from: r#"{"eviction-hard":{"memory.available":null},"max-pods":50}"#,
            ..Example::of(
                "settings",
                "{ settings.kubernetes: { eviction-hard: { memory.available: 5% }, max-pods: 40 } }",
            )
        },
    ],
    spares: &[
        Example {
            from: r#"{"memory.available":"100Mi"}"#,
            ..ONE
        },
        Example {
            services: &["kubernetes"],
            ..Example::of(
                "settings",
                "{ settings.kubernetes.eviction-hard: { memory.available: 5%, nodefs.available: 10%, \
                 nodefs.inodesFree: 5%, imagefs.available: 15% } }",
            )
        },
    ],
    applies: |change| {
        let given: Vec<(&str, bool)> = change.map(PLACE).collect();
        let is_first = !given.is_empty() && given.iter().all(|(_, is_set)| !is_set);
        let is_given = |name: &&str| given.iter().any(|(given, _)| given == name);
        is_first && !DEFAULTS.iter().all(is_given)
    },
};
