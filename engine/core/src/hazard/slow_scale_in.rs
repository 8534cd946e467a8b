//! A node whose admin container is on takes longer to go.

use super::{Example, Hazard, Then, Versions};

pub(super) const HAZARD: Hazard = Hazard {
    name: "slow-scale-in",
    title: "A node whose admin container is on takes minutes longer to be scaled in",
    versions: Versions::All,
    concerns: "the admin container that is started",
    found_by: "the change",
    then: Then::Warn(
        "as long as the admin container is on, the node takes minutes longer to be scaled in: give it back",
    ),
    safe_way: "give it back with `heeler revert` as soon as it is not needed any more",
    source: "bottlerocket #3812, open",
    has: &[Example {
        from: "false",
        ..Example::of("host-container", "{ admin: true }")
    }],
    spares: &[
        Example {
            from: "true",
            ..Example::of("host-container", "{ admin: false }")
        },
        Example {
            from: "false",
            ..Example::of("host-container", "{ monitoring: true }")
        },
    ],
    applies: |change| change.started().any(|name| name == "admin"),
};
