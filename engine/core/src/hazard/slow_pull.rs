//! A host container's image is pulled when it starts.

use std::time::Duration;

use super::{Example, Hazard, Then, Versions};

/// How long a host container is waited for: five attempts to pull its image, with pauses of up to
/// 22 s in between. Source: host-ctr of the core kit.
pub const PULL: Duration = Duration::from_secs(180);

pub(super) const HAZARD: Hazard = Hazard {
    name: "slow-pull",
    title: "A host container's image is pulled at every start, which can take longer than enter-admin-container waits",
    versions: Versions::All,
    concerns: "a host container that is started",
    found_by: "the change; how long it takes only the container's answer tells",
    then: Then::Warn("pulls the container's image, which may take 180 s"),
    safe_way: "`host-container` asks for 180 s whether the container answers",
    source: "host-ctr and `host-containers@.service` of the core kit; `enter-admin-container` gives up after 60 s",
    has: &[
        Example {
            from: "false",
            ..Example::of("host-container", "{ monitoring: true }")
        },
        Example {
            services: &["host-containers"],
            from: "false",
            ..Example::of(
                "settings",
                "{ settings.host-containers.monitoring.enabled: true }",
            )
        },
    ],
    spares: &[
        Example {
            from: "true",
            ..Example::of("host-container", "{ monitoring: false }")
        },
        Example {
            services: &["host-containers"],
            from: "true",
            ..Example::of(
                "settings",
                "{ settings.host-containers.monitoring.enabled: false }",
            )
        },
    ],
    applies: |change| change.started().next().is_some(),
};
