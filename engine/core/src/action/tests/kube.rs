//! Parts of Kubernetes objects.

use std::time::Duration;

use serde_json::json;

use super::{at, look};
use crate::action::{KubeGet, Source, Target};
use crate::value::{DurationSpan, Value, Version, Why};

const PROXY_CONFIG: &str = r#"{ get: configmaps, namespace: kube-system, name: kube-proxy-config, extract: {
    per_core: { path: data.config, yaml: conntrack.maxPerCore, type: integer },
    min: { path: data.config, yaml: conntrack.min, type: integer },
    established: { path: data.config, yaml: conntrack.tcpEstablishedTimeout, type: duration },
    none: { path: 'data["other.key"]', yaml: a, type: text } } }"#;

#[test]
fn kube_takes_yaml_within_text() {
    let look = look("kube", PROXY_CONFIG).expect("a good look");
    let config = "apiVersion: kubeproxy.config.k8s.io/v1alpha1\nconntrack:\n  maxPerCore: 32768\n  min: null\n  tcpEstablishedTimeout: 24h0m0s\n";
    let value = look
        .read_object(Some(&json!({"data": {"config": config}})))
        .expect("a value");
    assert_eq!(at(&value, "per_core"), &Value::Integer(32_768));
    assert_eq!(at(&value, "min"), &Value::Absent);
    assert_eq!(
        at(&value, "established"),
        &Value::Duration(DurationSpan(Duration::from_secs(86_400)))
    );
    assert_eq!(at(&value, "none"), &Value::Absent);
    let gone = look.read_object(None).expect("a value");
    assert_eq!(at(&gone, "per_core"), &Value::Absent);
    for wrong in [
        "conntrack: {maxPerCore: many}",
        "a: b: c",
        "conntrack: {maxPerCore: {a: 1}}",
    ] {
        let read = look.read_object(Some(&json!({"data": {"config": wrong}})));
        assert!(matches!(read, Err(Why::Garbled(_))), "{wrong}");
    }
}

#[test]
fn kube_finds_versions_in_images() {
    let parameters = r#"{ get: daemonsets, api: apps/v1, namespace: kube-system, name: kube-proxy, extract: {
        version: { path: "spec.containers[0].image", type: version } } }"#;
    let look = look("kube", parameters).expect("a good look");
    let get = KubeGet {
        api: "apis/apps/v1".into(),
        resource: "daemonsets".into(),
        namespace: Some("kube-system".into()),
        name: Some("kube-proxy".into()),
    };
    assert_eq!(look.source(&Target::default()), Ok(Source::Kube(get)));
    for image in [
        "602401143452.dkr.ecr.eu-west-1.amazonaws.com/eks/kube-proxy:v1.33.3-minimal-eksbuild.4",
        "registry:5000/kube-proxy:v1.33.3@sha256:0123",
        "v1.33.3",
    ] {
        let value = look
            .read_object(Some(&json!({"spec": {"containers": [{"image": image}]}})))
            .expect("a value");
        assert_eq!(
            at(&value, "version"),
            &Value::Version(Version {
                major: 1,
                minor: 33,
                patch: 3
            }),
            "{image}"
        );
    }
    for image in ["kube-proxy:latest", "kube-proxy", "kube-proxy@sha256:0123"] {
        assert!(
            look.read_object(Some(&json!({"spec": {"containers": [{"image": image}]}})))
                .is_err(),
            "{image}"
        );
    }
}
