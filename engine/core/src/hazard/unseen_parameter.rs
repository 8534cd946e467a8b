//! A parameter that can't be read back.

use super::{Example, Hazard, Then, Versions};

pub(super) const HAZARD: Hazard = Hazard {
    name: "unseen-parameter",
    title: "A parameter that the kernel does not have, or does not take, is ignored without a word",
    versions: Versions::All,
    concerns: "`settings.kernel.sysctl`, where the control container has the parameter for itself; all others are read \
               back from the kernel",
    found_by: "the parameter's name",
    then: Then::Warn("whether the kernel took it can't be read in the control container"),
    safe_way: "every other parameter has to exist before it is set, and to have its value within 8 s; for these let \
               `verify` look at the effect, or read it on the host",
    source: "corndog of the core kit, which ignores unknown keys; namespaces(7)",
    has: &[Example {
        services: &["sysctl"],
        ..Example::of(
            "settings",
            "{ settings.kernel.sysctl: { kernel.shmmax: 68719476736 } }",
        )
    }],
    spares: &[Example {
        services: &["sysctl"],
        ..Example::of(
            "settings",
            "{ settings.kernel.sysctl: { vm.max_map_count: 1048576 } }",
        )
    }],
    applies: |change| {
        let is_unseen = change.parameters().any(|(_, is_shared)| !is_shared);
        is_unseen && change.settings().next().is_some()
    },
};
