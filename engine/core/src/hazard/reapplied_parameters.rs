//! A change of one of the kernel's parameters applies all of them again.

use super::versions::version;
use super::{Example, Hazard, Range, Then, Versions};

/// What such a change does.
pub const REAPPLIES: &str = "applies every file of sysctl.d again (from Bottlerocket 1.35 on), which undoes other `sysctl -w`";

const MAP_COUNT: Example = Example {
    services: &["sysctl"],
    ..Example::of(
        "settings",
        "{ settings.kernel.sysctl: { vm.max_map_count: 1048576 } }",
    )
};

pub(super) const HAZARD: Hazard = Hazard {
    name: "reapplied-parameters",
    title: "A change of `settings.kernel.sysctl` applies every file of sysctl.d again",
    versions: Versions::Os(Range::From(version(1, 35))),
    concerns: "`settings.kernel.sysctl`",
    found_by: "the version of Bottlerocket, and that the node names the service `sysctl`",
    then: Then::Warn(REAPPLIES),
    safe_way: "look at the parameters that were set by hand or by kube-proxy, such as net.netfilter.nf_conntrack_max",
    source: "corndog of the core kit 6.1",
    has: &[
        Example {
            os_version: "1.35.0",
            ..MAP_COUNT
        },
        MAP_COUNT,
        Example {
            os_version: "?",
            ..MAP_COUNT
        },
    ],
    spares: &[
        Example {
            os_version: "1.34.9",
            ..MAP_COUNT
        },
        Example {
            services: &["kubernetes"],
            ..Example::of("settings", "{ settings.kubernetes.max-pods: 50 }")
        },
    ],
    applies: |change| change.acts_on(&["sysctl"]),
};
