//! `/configz`: the effective configuration of a kubelet on Bottlerocket. It is what the kubelet's
//! template makes of the node's settings (core kit `packages/kubernetes-1.*/kubelet-config`), and the
//! kubelet's own defaults where that says nothing.

use serde_json::{Map, Value, json};

use super::Host;
use super::faults::KubeletFaults;

/// The kubelet's own, as long as not one of them is configured.
const EVICTION_HARD: &[(&str, &str)] = &[
    ("imagefs.available", "15%"),
    ("imagefs.inodesFree", "5%"),
    ("memory.available", "100Mi"),
    ("nodefs.available", "10%"),
    ("nodefs.inodesFree", "5%"),
];
/// Kubernetes' and the template's number of pods where the settings have none.
const MAX_PODS: u64 = 110;
/// What each pod and the system take of the memory, in MiB.
const MEMORY: (u64, u64) = (11, 255);

/// The whole answer.
pub(super) fn effective(host: &Host, faults: &KubeletFaults) -> Value {
    let settings = (host.settings)();
    let own = settings.get("kubernetes").cloned().unwrap_or_default();
    let or = |key: &str, default: Value| own.get(key).cloned().unwrap_or(default);
    let max_pods = own["max-pods"].as_u64().unwrap_or(MAX_PODS);
    let mut configuration = json!({
        "kind": "KubeletConfiguration",
        "apiVersion": "kubelet.config.k8s.io/v1beta1",
        "address": "0.0.0.0",
        "port": 10250,
        "readOnlyPort": 0,
        "authentication": {
            "x509": {"clientCAFile": "/etc/kubernetes/pki/ca.crt"},
            "webhook": {"enabled": true, "cacheTTL": "2m0s"},
            "anonymous": {"enabled": false}
        },
        "authorization": {
            "mode": "Webhook",
            "webhook": {"cacheAuthorizedTTL": "5m0s", "cacheUnauthorizedTTL": "30s"}
        },
        "cgroupDriver": "systemd",
        "cgroupRoot": "/",
        "clusterDomain": or("cluster-domain", json!("cluster.local")),
        "clusterDNS": [or("cluster-dns-ip", json!("172.20.0.10"))],
        "containerLogMaxFiles": 5,
        "containerLogMaxSize": "10Mi",
        "enableDebuggingHandlers": faults.has_debugging_handlers(),
        "enableServer": true,
        "enableSystemLogHandler": faults.has_log_handler(),
        "enableSystemLogQuery": false,
        "evictionHard": hard(&own),
        "evictionPressureTransitionPeriod": "5m0s",
        "imageGCHighThresholdPercent": 85,
        "imageGCLowThresholdPercent": 80,
        "kubeReserved": kube_reserved(host.cpus, max_pods, &own),
        "maxPods": max_pods,
        "podPidsLimit": or("pod-pids-limit", json!(1_048_576)),
        "protectKernelDefaults": true,
        "providerID": or("provider-id", json!("")),
        "registerNode": true,
        "resolvConf": "/run/netdog/resolv.conf",
        "seccompDefault": or("seccomp-default", json!(false)),
        "serializeImagePulls": false,
        "serverTLSBootstrap": or("server-tls-bootstrap", json!(true)),
        "volumePluginDir": "/var/lib/kubelet/plugins/volume/exec",
    });
    for (key, setting) in [
        ("evictionSoft", "eviction-soft"),
        ("evictionSoftGracePeriod", "eviction-soft-grace-period"),
        ("systemReserved", "system-reserved"),
        ("allowedUnsafeSysctls", "allowed-unsafe-sysctls"),
    ] {
        if let Some(value) = own.get(setting) {
            configuration[key] = value.clone();
        }
    }
    json!({"kubeletconfig": configuration})
}

/// One threshold that is set takes the defaults of the others away.
fn hard(own: &Value) -> Value {
    let set = own["eviction-hard"]
        .as_object()
        .filter(|set| !set.is_empty());
    let defaults = || {
        EVICTION_HARD
            .iter()
            .map(|(key, at)| ((*key).to_owned(), json!(at)))
    };
    set.map_or_else(|| Value::Object(defaults().collect()), |set| json!(set))
}

/// What the template computes, under what is set.
fn kube_reserved(cpus: u32, max_pods: u64, own: &Value) -> Value {
    let (each, base) = MEMORY;
    let mut reserved = Map::from_iter([
        ("cpu".to_owned(), json!(format!("{}m", reserved_cpu(cpus)))),
        ("ephemeral-storage".to_owned(), json!("1Gi")),
        (
            "memory".to_owned(),
            json!(format!("{}Mi", max_pods * each + base)),
        ),
    ]);
    let set = own["kube-reserved"].as_object().into_iter().flatten();
    reserved.extend(set.map(|(key, value)| (key.clone(), value.clone())));
    Value::Object(reserved)
}

/// In thousandths of a CPU: 6 % of the first, 1 % of the second, half a per cent of the next two
/// and a quarter of one of each further.
fn reserved_cpu(cpus: u32) -> u32 {
    let tenths = (1..=cpus).map(|cpu| match cpu {
        1 => 600,
        2 => 100,
        3 | 4 => 50,
        _ => 25,
    });
    tenths.sum::<u32>() / 10
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(kubernetes: &Value) -> Value {
        let settings = json!({"kubernetes": kubernetes});
        let host = Host {
            node: "n".to_owned(),
            cpus: 8,
            settings: Box::new(move || settings.clone()),
        };
        effective(&host, &KubeletFaults::default())["kubeletconfig"].take()
    }

    #[test]
    fn one_threshold_takes_the_defaults_of_the_others_away() {
        let own = of(&json!({}));
        assert_eq!(own["evictionHard"]["nodefs.available"], "10%");
        assert_eq!(own["evictionHard"].as_object().unwrap().len(), 5);
        let set = of(&json!({"eviction-hard": {"memory.available": "5%"}}));
        assert_eq!(set["evictionHard"], json!({"memory.available": "5%"}));
        assert_eq!(of(&json!({"eviction-hard": {}})), own);
    }

    #[test]
    fn what_is_reserved_is_computed_unless_it_is_set() {
        let computed = json!({"cpu": "90m", "ephemeral-storage": "1Gi", "memory": "893Mi"});
        assert_eq!(of(&json!({"max-pods": 58}))["kubeReserved"], computed);
        let set = of(&json!({"kube-reserved": {"cpu": "1"}}));
        assert_eq!(set["kubeReserved"]["cpu"], "1");
        assert_eq!(
            (&set["maxPods"], &set["kubeReserved"]["memory"]),
            (&json!(110), &json!("1465Mi"))
        );
    }
}
