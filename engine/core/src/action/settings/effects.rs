//! What a change of settings does beside setting them.

use super::place::Place;
use crate::value::Version;

/// From this version on corndog lets systemd-sysctl apply all of sysctl.d. Source: core kit 6.1.
const ALL_SYSCTLS: Version = Version {
    major: 1,
    minor: 35,
    patch: 0,
};

/// What a change of these places below the key does, one line each.
///
/// # Errors
/// Where it would stop the control container: a table of names can't know every version.
pub(super) fn effects(
    key: &Place,
    places: &[Place],
    services: &[String],
    os_version: &str,
) -> Result<Vec<String>, String> {
    let acts_on = |service: &str| services.iter().any(|name| name == service);
    let of_one_container = places.iter().all(|place| place.host_container().is_some());
    let all_containers = ["host-containerd", "host-containers"];
    let stops = all_containers.iter().find(|service| acts_on(service));
    if let Some(service) = stops.filter(|_| !of_one_container) {
        return Err(format!(
            "a change of {key} acts on {service}, which stops the control container and the \
             command with it"
        ));
    }
    let mut effects: Vec<String> = services.iter().map(|name| acts(name)).collect();
    let before = os_version
        .parse()
        .is_ok_and(|version: Version| version < ALL_SYSCTLS);
    if acts_on("sysctl") && !before {
        effects.push(
            "applies every file of sysctl.d again (from Bottlerocket 1.35 on), which undoes other \
             `sysctl -w`"
                .to_owned(),
        );
    }
    let parameters = places.iter().filter_map(Place::kernel_parameter);
    if parameters
        .into_iter()
        .any(|parameter| !parameter.is_seen_everywhere())
    {
        effects
            .push("whether the kernel took it can't be read in the control container".to_owned());
    }
    effects.push("stays after a restart of the node".to_owned());
    Ok(effects)
}

/// What a change does to a service of the node, by the service's name. Source: `restart-commands`
/// in `sources/shared-defaults/*.toml`.
fn acts(service: &str) -> String {
    match service {
        "kubernetes" => {
            "restarts the kubelet: pods keep running, the node may be NotReady for a moment"
        }
        "containerd" => {
            "restarts containerd and with it the kubelet: pods keep running, only new containers \
             get the new value"
        }
        "host-containers" => "restarts the host container that it is a setting of",
        "sysctl" => "sets the kernel's value too",
        other => return format!("restarts or reloads {other}"),
    }
    .to_owned()
}
