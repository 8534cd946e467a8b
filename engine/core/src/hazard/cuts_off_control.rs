//! The control container stops, and the command that stops it with it.

use super::{Example, Hazard, Then, Versions, overlap};

/// Host containers are restarted by these, all of them by the first.
const SERVICES: [&str; 2] = ["host-containerd", "host-containers"];
const HOST_CONTAINERS: &str = "host-containers";
/// A change of these stops the control container.
const PLACES: [&[&str]; 3] = [
    &["network"],
    &["container-registry"],
    &[HOST_CONTAINERS, "control"],
];

pub(super) const HAZARD: Hazard = Hazard {
    name: "cuts-off-control",
    title: "The control container stops, and with it the SSM agent and the command that it carries out",
    versions: Versions::All,
    concerns: "`settings.network`, `settings.container-registry`, `settings.host-containers.control`; any setting of \
               which the node says so",
    found_by: "the place of the setting, which the linter sees too; the services that the node names for it",
    then: Then::Refuse(
        "it stops the control container and the command with it: nobody would learn of its end, and nothing could \
         take it back",
    ),
    safe_way: "put it into the node group's user data, and replace the nodes",
    source: "host-containers of the core kit, `is_container_affected`; `/metadata/affected-services`",
    has: &[
        Example {
            services: &["host-containerd", "host-containers"],
            ..Example::of("settings", "{ settings.future: 1 }")
        },
        Example {
            services: &["updog", "host-containers"],
            ..Example::of("settings", "{ settings.future: 1 }")
        },
    ],
    spares: &[Example {
        services: &["host-containers"],
        ..Example::of(
            "settings",
            "{ settings.host-containers.admin.superpowered: true }",
        )
    }],
    applies: |change| {
        let cut_off = |names: &[String]| {
            stops_control(names) || (change.acts_on(&SERVICES) && !is_of_one_container(names))
        };
        change.settings().any(|(names, _)| cut_off(names))
    },
};

/// Whether a change of this place among the settings, or of one in it, stops the control container
/// in every version that is known.
pub fn stops_control(names: &[String]) -> bool {
    PLACES.iter().any(|place| overlap(names, place))
}

/// Only that container is restarted then.
fn is_of_one_container(names: &[String]) -> bool {
    matches!(names, [first, _, ..] if first == HOST_CONTAINERS)
}
