//! A setting is answered for before anything is applied.

use super::{Example, Hazard, Then, Versions, is_below};

/// What the kernel has is read back.
const READ_BACK: &[&str] = &["kernel", "sysctl"];

pub(super) const HAZARD: Hazard = Hazard {
    name: "answered-early",
    title: "A change of settings succeeds before anything is applied, and whatever fails then is told to nobody",
    versions: Versions::All,
    concerns: "settings that a service has to take up; the kernel's parameters are read back from the kernel",
    found_by: "the services that the node names; whether one has taken the value only a look at what it does tells",
    then: Then::Warn(
        "only the setting is read back: what a service makes of it stands in its own log, and is for `verify` to see",
    ),
    safe_way: "let `verify` look at the effect: at `/configz` for the kubelet, at the node's condition Ready",
    source: "apiserver of the core kit, which starts thar-be-settings and answers",
    has: &[Example {
        services: &["kubernetes"],
        ..Example::of("settings", "{ settings.kubernetes.max-pods: 50 }")
    }],
    spares: &[
        Example {
            services: &["sysctl"],
            ..Example::of(
                "settings",
                "{ settings.kernel.sysctl: { vm.max_map_count: 1048576 } }",
            )
        },
        Example::of("settings", "{ settings.motd: a full table }"),
        Example {
            from: "false",
            ..Example::of("host-container", "{ admin: true }")
        },
    ],
    applies: |change| {
        let is_blind = |names: &[String]| !is_below(names, READ_BACK);
        !change.services.is_empty() && change.settings().any(|(names, _)| is_blind(names))
    },
};
