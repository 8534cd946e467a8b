//! An older kubelet that ends without an error is not started again.

use super::second_restart::SERVICES;
use super::versions::version;
use super::{Example, Hazard, Range, Then, Versions};

const KUBELET: Example = Example {
    services: &["kubernetes"],
    os_version: "1.12.0",
    ..Example::of("settings", "{ settings.kubernetes.max-pods: 50 }")
};

pub(super) const HAZARD: Hazard = Hazard {
    name: "kubelet-stays-stopped",
    title: "A kubelet that ends without an error is not started again",
    versions: Versions::Os(Range::Before(version(1, 13))),
    concerns: "settings that restart the kubelet",
    found_by: "the version of Bottlerocket and the services that the node names; whether it runs only the node's \
               condition Ready tells",
    then: Then::Warn(
        "nothing starts the kubelet again should it end without an error (before Bottlerocket 1.13): see that the \
         node gets Ready",
    ),
    safe_way: "let `verify` wait until the node is Ready",
    source: "bottlerocket #2512, #2774; its changelog of 1.13.0",
    has: &[
        KUBELET,
        Example {
            os_version: "",
            ..KUBELET
        },
    ],
    spares: &[
        Example {
            os_version: "1.13.0",
            ..KUBELET
        },
        Example {
            services: &["sysctl"],
            ..KUBELET
        },
    ],
    applies: |change| change.acts_on(&SERVICES),
};
