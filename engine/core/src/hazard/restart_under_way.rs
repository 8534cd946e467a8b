//! What comes while the kubelet starts is lost on it.

use super::second_restart::SERVICES;
use super::{Example, Hazard, Then, Versions};

pub(super) const HAZARD: Hazard = Hazard {
    name: "restart-under-way",
    title: "A change that comes while the kubelet still starts is set, and the kubelet keeps the value before it",
    versions: Versions::All,
    concerns: "settings that restart the kubelet, and their way back",
    found_by: "the services that the node names",
    then: Then::Warn(
        "a way back, or another change, that comes while the kubelet still starts is lost on it: wait until the node \
         is Ready",
    ),
    safe_way: "let `verify` wait until the node is Ready; look at `/configz` afterwards",
    source: "bottlerocket #1711; `systemctl try-restart` does nothing while the unit is not active",
    has: &[Example {
        services: &["kubernetes"],
        ..Example::of("settings", "{ settings.kubernetes.max-pods: 50 }")
    }],
    spares: &[Example {
        services: &["static-pods"],
        ..Example::of(
            "settings",
            "{ settings.kubernetes.static-pods.a.enabled: true }",
        )
    }],
    applies: |change| change.acts_on(&SERVICES),
};
