//! A setting that had no value can't have none again.

use super::{Example, Hazard, Then, Versions};

const RESERVED: Example = Example::of(
    "settings",
    "{ settings.kubernetes.kube-reserved: { cpu: 100m } }",
);

pub(super) const HAZARD: Hazard = Hazard {
    name: "no-unset",
    title: "A setting that had no value can't have none again, and no longer follows the defaults of what reads it",
    versions: Versions::All,
    concerns: "settings that have no value now",
    found_by: "the present value",
    then: Then::Warn(
        "what has no value now can't have none again: the way back sets a value of its own, which no update's \
         default replaces",
    ),
    safe_way: "say with `unset-to` what the way back sets; without it the fix is refused. Only a new instance has no \
               value again",
    source: "bottlerocket #1584: the API has no DELETE for settings",
    has: &[
        RESERVED,
        Example {
            from: r#"{"cpu":"70m","memory":null}"#,
            ..Example::of(
                "settings",
                "{ settings.kubernetes.kube-reserved: { cpu: 100m, memory: 1Gi } }",
            )
        },
    ],
    spares: &[Example {
        from: r#"{"cpu":"70m"}"#,
        ..RESERVED
    }],
    applies: |change| change.settings().any(|(_, is_set)| !is_set),
};
