//! The settings model: what may be set, of which type. Deserialisation is the validation, as in
//! the real API server, so that its error texts are serde's own.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, de};

/// All settings. Every part is optional, because a change names only what it changes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[allow(dead_code, reason = "the fields exist to be deserialised")]
pub(super) struct Settings {
    motd: Option<String>,
    kubernetes: Option<Kubernetes>,
    updates: Option<Updates>,
    host_containers: Option<BTreeMap<String, HostContainer>>,
    bootstrap_containers: Option<BTreeMap<String, serde_json::Value>>,
    ntp: Option<Ntp>,
    network: Option<serde_json::Map<String, serde_json::Value>>,
    kernel: Option<Kernel>,
    aws: Option<Aws>,
    metrics: Option<Metrics>,
    oci_defaults: Option<serde_json::Map<String, serde_json::Value>>,
    container_registry: Option<serde_json::Map<String, serde_json::Value>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[allow(dead_code, reason = "the fields exist to be deserialised")]
struct Kubernetes {
    api_server: Option<String>,
    bootstrap_token: Option<String>,
    server_key: Option<String>,
    authentication_mode: Option<String>,
    cloud_provider: Option<String>,
    cluster_dns_ip: Option<String>,
    cluster_domain: Option<String>,
    cluster_name: Option<String>,
    eviction_hard: Option<BTreeMap<EvictionKey, Threshold>>,
    eviction_soft: Option<BTreeMap<EvictionKey, Threshold>>,
    eviction_soft_grace_period: Option<BTreeMap<EvictionKey, String>>,
    hostname_override: Option<String>,
    hostname_override_source: Option<String>,
    kube_reserved: Option<BTreeMap<String, String>>,
    system_reserved: Option<BTreeMap<String, String>>,
    log_level: Option<u8>,
    max_pods: Option<u32>,
    node_ip: Option<String>,
    node_labels: Option<BTreeMap<String, String>>,
    pod_pids_limit: Option<i64>,
    provider_id: Option<String>,
    seccomp_default: Option<bool>,
    server_tls_bootstrap: Option<bool>,
    standalone_mode: Option<bool>,
    allowed_unsafe_sysctls: Option<Vec<String>>,
}

#[derive(Debug, Deserialize, PartialEq, Eq, PartialOrd, Ord)]
enum EvictionKey {
    #[serde(rename = "memory.available")]
    MemoryAvailable,
    #[serde(rename = "nodefs.available")]
    NodefsAvailable,
    #[serde(rename = "nodefs.inodesFree")]
    NodefsInodesFree,
    #[serde(rename = "imagefs.available")]
    ImagefsAvailable,
    #[serde(rename = "imagefs.inodesFree")]
    ImagefsInodesFree,
    #[serde(rename = "pid.available")]
    PidAvailable,
}

/// A quantity, or a percentage in [0, 100).
#[derive(Debug)]
struct Threshold;

impl<'de> Deserialize<'de> for Threshold {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let Some(percentage) = text.strip_suffix('%') else {
            return Ok(Self);
        };
        match percentage.parse::<f32>() {
            Ok(value) if (0.0..100.0).contains(&value) => Ok(Self),
            _ => Err(de::Error::custom(format!(
                "Unable to deserialize into KubernetesThresholdValue: Invalid Kubernetes threshold percentage value '{text}'"
            ))),
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[allow(dead_code, reason = "the fields exist to be deserialised")]
struct HostContainer {
    source: Option<String>,
    enabled: Option<bool>,
    superpowered: Option<bool>,
    user_data: Option<String>,
    command: Option<Vec<String>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[allow(dead_code, reason = "the fields exist to be deserialised")]
struct Kernel {
    lockdown: Option<Lockdown>,
    modules: Option<serde_json::Map<String, serde_json::Value>>,
    sysctl: Option<BTreeMap<SysctlKey, String>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Lockdown {
    None,
    Integrity,
    Confidentiality,
}

/// At most 128 characters of `[A-Za-z0-9./_-]`, no "..", no leading "." or "/".
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct SysctlKey(String);

impl<'de> Deserialize<'de> for SysctlKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let key = String::deserialize(deserializer)?;
        let fault = if key.len() > 128 {
            Some("must be at most 128 characters")
        } else if key.contains("..") {
            Some("must not contain '..'")
        } else if key.starts_with(['.', '/']) {
            Some("must not start with '.' or '/'")
        } else if !key
            .chars()
            .all(|letter| letter.is_ascii_alphanumeric() || "./_-".contains(letter))
        {
            Some("must only contain ASCII letters, digits, '.', '/', '_' or '-'")
        } else {
            None
        };
        match fault {
            Some(fault) => Err(de::Error::custom(format!(
                "Unable to deserialize into SysctlKey: Invalid sysctl key '{key}': {fault}"
            ))),
            None => Ok(Self(key)),
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[allow(dead_code, reason = "the fields exist to be deserialised")]
struct Updates {
    metadata_base_url: Option<String>,
    targets_base_url: Option<String>,
    seed: Option<u32>,
    version_lock: Option<String>,
    ignore_waves: Option<bool>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[allow(dead_code, reason = "the fields exist to be deserialised")]
struct Ntp {
    time_servers: Option<Vec<String>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[allow(dead_code, reason = "the fields exist to be deserialised")]
struct Aws {
    config: Option<String>,
    credentials: Option<String>,
    region: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[allow(dead_code, reason = "the fields exist to be deserialised")]
struct Metrics {
    metrics_url: Option<String>,
    send_metrics: Option<bool>,
    service_checks: Option<Vec<String>>,
}

#[cfg(test)]
mod tests {
    use super::Settings;

    fn fault(json: &str) -> String {
        serde_json::from_str::<Settings>(json)
            .unwrap_err()
            .to_string()
    }

    #[test]
    fn faults_read_as_on_the_real_server() {
        assert!(
            fault(r#"{"bogus":1}"#).starts_with("unknown field `bogus`, expected one of `motd`, ")
        );
        assert!(
            fault(r#"{"kernel":{"sysctl":{"net.netfilter.nf_conntrack_max":262144}}}"#)
                .starts_with("invalid type: integer `262144`, expected a string at line 1 column ")
        );
        assert!(
            fault(r#"{"kubernetes":{"eviction-hard":{"nope.available":"5%"}}}"#).starts_with(
                "unknown variant `nope.available`, expected one of `memory.available`, "
            )
        );
        assert!(fault(r#"{"kubernetes":{"eviction-hard":{"memory.available":"150%"}}}"#).starts_with(
            "Unable to deserialize into KubernetesThresholdValue: Invalid Kubernetes threshold percentage value '150%'"
        ));
        assert!(fault(r#"{"kernel":{"sysctl":{"a..b":"1"}}}"#).starts_with(
            "Unable to deserialize into SysctlKey: Invalid sysctl key 'a..b': must not contain '..'"
        ));
    }
}
