//! What happens after a commit, behind the client's back: the services that a change restarts.
//!
//! A failure here reaches nobody but the node's log, as on the real system.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::node::config::NodeConfig;
use crate::node::container::Container;
use crate::node::state::{State, file};
use crate::node::systemd::call::{Answer, Call, SOCKET, ask};

/// What a host container takes to stop and start again, without its image's pull.
const CONTAINER_RESTART: Duration = Duration::from_millis(400);
const SYSCTL_D: &str = "/etc/sysctl.d";
/// Shipped by core kit `packages/release/release-sysctl.conf`; only what a node's own network
/// namespace may change.
const SHIPPED_SYSCTLS: &[(&str, &str)] = &[
    ("net/netfilter/nf_conntrack_max", "1048576"),
    ("net/netfilter/nf_conntrack_generic_timeout", "120"),
];

/// The services that a change of these keys bounces.
pub(super) fn affected_services(keys: &[String]) -> Vec<&'static str> {
    let mut services: Vec<&'static str> = keys
        .iter()
        .flat_map(|key| services_of(key).iter().copied())
        .collect();
    services.sort_unstable();
    services.dedup();
    services
}

fn services_of(key: &str) -> &'static [&'static str] {
    const TABLE: &[(&str, &[&str])] = &[
        ("settings.kernel.sysctl", &["sysctl"]),
        ("settings.kernel.lockdown", &["lockdown"]),
        ("settings.kernel.modules", &["kernel-modules"]),
        ("settings.kubernetes.static-pods", &["static-pods"]),
        ("settings.kubernetes", &["kubernetes"]),
        ("settings.host-containers", &["host-containers"]),
        (
            "settings.network",
            &[
                "containerd",
                "host-containerd",
                "host-containers",
                "kubernetes",
                "updog",
            ],
        ),
        (
            "settings.container-registry",
            &[
                "containerd",
                "host-containerd",
                "host-containers",
                "kubernetes",
            ],
        ),
        ("settings.oci-defaults", &["containerd"]),
        ("settings.ntp", &["ntp"]),
        ("settings.motd", &["motd"]),
        ("settings.updates", &["updog"]),
        ("settings.metrics", &["metricdog"]),
    ];
    TABLE
        .iter()
        .find(|(prefix, _)| key.starts_with(prefix))
        .map_or(&[], |(_, services)| services)
}

/// Applies the changed keys, slowly and without an answer. Runs on a thread of its own.
pub(super) fn apply(keys: &[String], live: &Value, config: &NodeConfig, state: &State) {
    for (service, result) in affected_services(keys).into_iter().map(|service| {
        let result = match service {
            "sysctl" => apply_sysctls(live, config),
            "host-containers" => apply_host_containers(keys, live),
            "kubernetes" => reload_systemd(),
            _ => Ok(()),
        };
        (service, result)
    }) {
        let outcome =
            result.map_or_else(|error| format!("failed: {error:#}"), |()| "done".to_owned());
        let line = format!("{service} {outcome} CHANGED_SETTINGS={}", keys.join(" "));
        if let Err(error) = state.append(file::RESTARTS, &line) {
            eprintln!("apiserver: {error:#}");
        }
    }
}

/// Applies what has to be applied at every boot, as the settings are the same after it.
pub(super) fn at_boot(live: &Value, config: &NodeConfig) -> Result<()> {
    match live.pointer("/kernel/sysctl") {
        Some(_) => apply_sysctls(live, config),
        None => Ok(()),
    }
}

/// What corndog does: writes each key and ignores failures; since 1.35 by way of all of sysctl.d.
fn apply_sysctls(live: &Value, config: &NodeConfig) -> Result<()> {
    let settings: Vec<(String, String)> = live
        .pointer("/kernel/sysctl")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
        .filter_map(|(key, value)| Some((key.clone(), value.as_str()?.to_owned())))
        .collect();
    if config.is_at_least(1, 35) {
        let lines: String = settings
            .iter()
            .map(|(key, value)| format!("-{key} = {value}\n"))
            .collect();
        let path = Path::new(SYSCTL_D).join("95-corndog.conf");
        fs::write(&path, lines).with_context(|| format!("writing {}", path.display()))?;
        for (key, value) in SHIPPED_SYSCTLS {
            write_sysctl(&Path::new("/proc/sys").join(key), value);
        }
    }
    for (key, value) in &settings {
        write_sysctl(&sysctl_path(key), value);
    }
    Ok(())
}

fn sysctl_path(key: &str) -> PathBuf {
    // A key with slashes uses dots inside its parts, as sysctl(8) has it.
    let path = if key.contains('/') {
        key.to_owned()
    } else {
        key.replace('.', "/")
    };
    Path::new("/proc/sys").join(path)
}

fn write_sysctl(path: &Path, value: &str) {
    if let Err(error) = fs::write(path, value) {
        eprintln!("corndog: {}: {error}", path.display());
    }
}

/// Stops each container whose own settings changed, and starts it if it is enabled.
fn apply_host_containers(keys: &[String], live: &Value) -> Result<()> {
    for container in [Container::Admin, Container::Control] {
        let prefix = format!("settings.host-containers.{}.", container.name());
        if keys.iter().any(|key| key.starts_with(&prefix)) {
            // `systemctl enable --now` and `disable --now` reload before they start or stop.
            reload_systemd()?;
            container.stop()?;
            std::thread::sleep(CONTAINER_RESTART);
            if is_enabled(container, live) {
                start(container)?;
            }
        }
    }
    Ok(())
}

/// What `systemctl daemon-reload` does.
fn reload_systemd() -> Result<()> {
    match ask(Path::new(SOCKET), &Call::Reload)? {
        Answer::Done => Ok(()),
        other => bail!("PID 1 answered {other:?}"),
    }
}

/// Whether the settings want the container to run.
pub(super) fn is_enabled(container: Container, live: &Value) -> bool {
    live.pointer(&format!("/host-containers/{}/enabled", container.name()))
        .and_then(Value::as_bool)
        .unwrap_or(false)
}

/// Starts the container; a thread waits for its end, so that it leaves no zombie.
pub(super) fn start(container: Container) -> Result<()> {
    if let Some(mut child) = container.start()? {
        std::thread::spawn(move || child.wait());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_names_what_it_bounces() {
        let services = |key: &str| affected_services(&[key.to_owned()]);
        assert_eq!(
            services("settings.kernel.sysctl.\"vm.max_map_count\""),
            ["sysctl"]
        );
        assert_eq!(services("settings.kubernetes.max-pods"), ["kubernetes"]);
        assert!(services("settings.network.hosts").contains(&"host-containers"));
    }
}
