//! Two changes of one fix restart the kubelet.

use super::{Example, Hazard, Then, Versions, is_below};

/// Each of these services restarts the kubelet, which is bound to containerd.
pub(super) const SERVICES: [&str; 2] = ["kubernetes", "containerd"];
/// A change of these restarts it, some of them by way of containerd.
const PLACES: [&[&str]; 4] = [
    &["kubernetes"],
    &["container-runtime"],
    &["oci-defaults"],
    &["pki"],
];
/// This one does not.
const STATIC_PODS: &[&str] = &["kubernetes", "static-pods"];

pub(super) const HAZARD: Hazard = Hazard {
    name: "second-restart",
    title: "The kubelet is restarted in the middle of a restart: it keeps its old configuration, or stays stopped",
    versions: Versions::All,
    concerns: "two changes of one fix that both restart the kubelet",
    found_by: "the places of the settings, which the linter sees too; the services that the node names for each",
    then: Then::Refuse(
        "a change before it restarts the kubelet too, and a restart in the middle of a restart is lost: make one map \
         of them, which is set at once, or two fixes",
    ),
    safe_way: "one map with all keys, which is set at once; or two fixes, the second one when the node is Ready again",
    source: "bottlerocket #1711; `systemctl try-restart` does nothing while the unit is not active",
    has: &[Example {
        services: &["kubernetes"],
        earlier: &["containerd"],
        ..Example::of("settings", "{ settings.future: 1 }")
    }],
    spares: &[
        Example {
            services: &["kubernetes"],
            earlier: &["sysctl"],
            ..Example::of("settings", "{ settings.future: 1 }")
        },
        Example {
            services: &["static-pods"],
            earlier: &["kubernetes"],
            ..Example::of(
                "settings",
                "{ settings.kubernetes.static-pods.a.enabled: true }",
            )
        },
    ],
    applies: |change| change.acts_on(&SERVICES) && change.acted_on(&SERVICES),
};

/// Whether a change of this place among the settings restarts the kubelet in every version that is
/// known. Source: `sources/shared-defaults/*.toml` of Bottlerocket.
pub fn restarts_kubelet(names: &[String]) -> bool {
    PLACES.iter().any(|place| is_below(names, place)) && !is_below(names, STATIC_PODS)
}
