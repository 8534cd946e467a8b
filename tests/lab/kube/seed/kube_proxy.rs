//! kube-proxy as EKS's add-on installs it.

use serde_json::{Value, json};

use super::PodSeed;
use crate::kube::metadata::{name_suffix, new_uid, text};

/// The account of EKS's own images in most regions.
const IMAGE_ACCOUNT: &str = "602401143452";

/// What differs between installations of kube-proxy.
#[derive(Debug, Clone)]
pub struct KubeProxySeed {
    /// The image's tag.
    pub version: String,
    /// The AWS region that the image comes from.
    pub region: String,
    /// `conntrack.maxPerCore` of the configuration.
    pub max_per_core: u32,
    /// `conntrack.min` of the configuration.
    pub min: u32,
}

impl Default for KubeProxySeed {
    /// The add-on's own values for Kubernetes 1.33.
    fn default() -> Self {
        Self {
            version: "v1.33.3-eksbuild.4".to_owned(),
            region: "eu-west-1".to_owned(),
            max_per_core: 32_768,
            min: 131_072,
        }
    }
}

/// The ConfigMap `kube-proxy-config`, the DaemonSet and one pod on each of the nodes, which are
/// Node objects; all in `kube-system`.
pub fn kube_proxy(seed: &KubeProxySeed, nodes: &[Value]) -> Vec<Value> {
    let image = format!(
        "{IMAGE_ACCOUNT}.dkr.ecr.{}.amazonaws.com/eks/kube-proxy:{}",
        seed.region, seed.version
    );
    let daemon_set = daemon_set(&image, nodes.len());
    let pods = nodes.iter().map(|node| {
        PodSeed::running(
            "kube-system",
            &format!("kube-proxy-{}", name_suffix(5)),
            &text(&node["metadata"]["name"]),
        )
        .label("k8s-app", "kube-proxy")
        .container("kube-proxy", &image)
        .host_network()
        .ip(&text(&node["status"]["addresses"][0]["address"]))
        .owner(&daemon_set)
        .build()
    });
    let pods: Vec<Value> = pods.collect();
    let mut objects = vec![config_map(seed), daemon_set];
    objects.extend(pods);
    objects
}

fn daemon_set(image: &str, scheduled: usize) -> Value {
    let labels = json!({"k8s-app": "kube-proxy"});
    json!({
        "apiVersion": "apps/v1",
        "kind": "DaemonSet",
        "metadata": {"name": "kube-proxy", "namespace": "kube-system", "uid": new_uid(),
            "labels": {"k8s-app": "kube-proxy", "eks.amazonaws.com/component": "kube-proxy"}},
        "spec": {
            "selector": {"matchLabels": labels},
            "updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": "10%", "maxSurge": 0}},
            "template": {
                "metadata": {"labels": labels},
                "spec": {
                    "hostNetwork": true,
                    "priorityClassName": "system-node-critical",
                    "serviceAccountName": "kube-proxy",
                    "containers": [{
                        "name": "kube-proxy",
                        "image": image,
                        "command": ["kube-proxy", "--v=2", "--config=/var/lib/kube-proxy-config/config",
                            "--hostname-override=$(NODE_NAME)"],
                        "env": [{"name": "NODE_NAME",
                            "valueFrom": {"fieldRef": {"apiVersion": "v1", "fieldPath": "spec.nodeName"}}}],
                        "securityContext": {"privileged": true},
                        "volumeMounts": [{"name": "config", "mountPath": "/var/lib/kube-proxy-config/"}],
                    }],
                    "volumes": [{"name": "config", "configMap": {"name": "kube-proxy-config", "defaultMode": 420}}],
                },
            },
        },
        "status": {"currentNumberScheduled": scheduled, "desiredNumberScheduled": scheduled,
            "numberAvailable": scheduled, "numberMisscheduled": 0, "numberReady": scheduled,
            "observedGeneration": 1, "updatedNumberScheduled": scheduled},
    })
}

fn config_map(seed: &KubeProxySeed) -> Value {
    let config = format!(
        "apiVersion: kubeproxy.config.k8s.io/v1alpha1
bindAddress: 0.0.0.0
clientConnection:
  acceptContentTypes: \"\"
  burst: 10
  contentType: application/vnd.kubernetes.protobuf
  kubeconfig: /var/lib/kube-proxy/kubeconfig
  qps: 5
clusterCIDR: \"\"
configSyncPeriod: 15m0s
conntrack:
  maxPerCore: {}
  min: {}
  tcpCloseWaitTimeout: 1h0m0s
  tcpEstablishedTimeout: 24h0m0s
enableProfiling: false
healthzBindAddress: 0.0.0.0:10256
hostnameOverride: \"\"
iptables:
  masqueradeAll: false
  masqueradeBit: 14
  minSyncPeriod: 0s
  syncPeriod: 30s
ipvs:
  excludeCIDRs: null
  minSyncPeriod: 0s
  scheduler: \"\"
  syncPeriod: 30s
kind: KubeProxyConfiguration
metricsBindAddress: 0.0.0.0:10249
mode: \"iptables\"
nodePortAddresses: null
oomScoreAdj: -998
portRange: \"\"
",
        seed.max_per_core, seed.min
    );
    json!({
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "kube-proxy-config", "namespace": "kube-system",
            "labels": {"k8s-app": "kube-proxy", "eks.amazonaws.com/component": "kube-proxy"}},
        "data": {"config": config},
    })
}
