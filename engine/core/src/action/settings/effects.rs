//! What a change of settings does beside setting them.

/// What a change that acts on these services of the node does, one line each.
pub(super) fn effects(services: &[String]) -> Vec<String> {
    let mut effects: Vec<String> = services.iter().map(|name| acts(name)).collect();
    effects.push("stays after a restart of the node".to_owned());
    effects
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
