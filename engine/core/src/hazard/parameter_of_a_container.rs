//! A parameter that every container has for itself is not the host's.

use super::{Example, Hazard, Then, Versions};

pub(super) const HAZARD: Hazard = Hazard {
    name: "parameter-of-a-container",
    title: "A parameter of the IPC or the UTS namespace is set in the admin container, and the host's stays as it is",
    versions: Versions::All,
    concerns: "`sysctl` of `kernel.shm*`, `kernel.msg*`, `kernel.sem`, `kernel.hostname`, `kernel.domainname`, `fs.mqueue.*`",
    found_by: "the parameter's name",
    then: Then::Refuse(
        "the admin container has this parameter for itself, so that the host's would stay as it is: set it below \
         settings.kernel.sysctl",
    ),
    safe_way: "a `settings` change below `settings.kernel.sysctl`, which the host applies",
    source: "host-ctr of the core kit, `withSuperpowered`; namespaces(7)",
    has: &[Example::of("sysctl", "{ kernel.shmmax: 68719476736 }")],
    spares: &[
        Example::of("sysctl", "{ vm.max_map_count: 1048576 }"),
        Example {
            services: &["sysctl"],
            ..Example::of(
                "settings",
                "{ settings.kernel.sysctl: { kernel.shmmax: 68719476736 } }",
            )
        },
    ],
    applies: |change| {
        let is_own = change.parameters().any(|(_, is_shared)| !is_shared);
        is_own && change.settings().next().is_none()
    },
};
