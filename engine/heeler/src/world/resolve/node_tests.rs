//! Nodes as Kubernetes shows them.

use serde_json::json;

use super::*;

const INSTANCE: &str = "i-0abc1234def567890";

fn node(change: impl FnOnce(&mut Value)) -> Node {
    let mut value = json!({
        "metadata": {
            "name": "ip-10-0-1-23.eu-west-1.compute.internal",
            "annotations": {CSI_ANNOTATION: json!({"ebs.csi.aws.com": INSTANCE}).to_string()},
            "labels": {"topology.kubernetes.io/zone": "eu-west-1a"},
        },
        "spec": {"providerID": format!("aws:///eu-west-1a/{INSTANCE}")},
        "status": {
            "capacity": {"cpu": "8"},
            "nodeInfo": {
                "architecture": "amd64", "bootID": "b-1", "containerRuntimeVersion": "",
                "kernelVersion": "", "kubeProxyVersion": "", "kubeletVersion": "",
                "machineID": "", "operatingSystem": "linux", "systemUUID": "",
                "osImage": "Bottlerocket OS 1.50.0 (aws-k8s-1.33)",
            },
        },
    });
    change(&mut value);
    serde_json::from_value(value).unwrap()
}

fn code(change: impl FnOnce(&mut Value)) -> &'static str {
    read(&node(change)).unwrap_err().code()
}

#[test]
fn a_node_is_its_instance() {
    let found = read(&node(|_| {})).unwrap();
    assert_eq!(found.instance.as_str(), INSTANCE);
    assert_eq!(found.region.as_deref(), Some("eu-west-1"));
    assert_eq!(found.os_version.as_deref(), Some("1.50.0"));
    assert_eq!(
        (found.cpus, found.boot),
        (Some(8), Some(BootId("b-1".into())))
    );
    assert_eq!(found.node_group, NodeGroup::None);
    for (key, name) in [
        ("eks.amazonaws.com/nodegroup", "web"),
        ("karpenter.sh/nodepool", "spot"),
        ("alpha.eksctl.io/nodegroup-name", "own"),
    ] {
        let found = read(&node(|node| node["metadata"]["labels"][key] = json!(name))).unwrap();
        assert_eq!(found.node_group, NodeGroup::Named(name.into()), "{key}");
    }
}

#[test]
fn provider_ids_come_in_three_shapes() {
    for id in [
        "aws:///eu-west-1a/i-0abc1234def567890",
        "aws:////i-0abc1234def567890",
        "i-0abc1234def567890",
    ] {
        let found = read(&node(|node| node["spec"]["providerID"] = json!(id))).unwrap();
        assert_eq!(found.instance.as_str(), INSTANCE, "{id}");
        assert_eq!(found.region.as_deref(), Some("eu-west-1"), "{id}");
    }
    for id in [
        "",
        "aws:///eu-west-1a/",
        "gce://p/z/n",
        "aws:///eu-west-1a/i-0abc/x",
    ] {
        assert_eq!(
            code(|node| node["spec"]["providerID"] = json!(id)),
            "no-instance",
            "{id}"
        );
    }
}

#[test]
fn a_contradiction_stops() {
    let other = json!({"ebs.csi.aws.com": "i-0abc1234def567891"}).to_string();
    assert_eq!(
        code(|node| node["metadata"]["annotations"][CSI_ANNOTATION] = json!(other)),
        "instance-contradiction"
    );
    let unrelated = json!({"csi.tigera.io": "ip-10-0-1-23"}).to_string();
    let found = read(&node(|node| {
        node["metadata"]["annotations"][CSI_ANNOTATION] = json!(unrelated)
    }));
    assert!(found.is_ok());
}

#[test]
fn foreign_nodes_are_refused() {
    let fargate = "aws:///eu-west-1a/1234-abcd/fargate-ip-10-0-1-23.eu-west-1.compute.internal";
    assert_eq!(
        code(|node| node["spec"]["providerID"] = json!(fargate)),
        "fargate"
    );
    assert_eq!(
        code(|node| node["metadata"]["labels"][COMPUTE_LABEL] = json!("fargate")),
        "fargate"
    );
    let hybrid = "eks-hybrid:///eu-west-1/prod-eu/mi-0123456789abcdef0";
    let error = read(&node(|node| node["spec"]["providerID"] = json!(hybrid))).unwrap_err();
    assert!(
        error.what().contains("mi-0123456789abcdef0"),
        "{}",
        error.what()
    );
    assert_eq!(
        code(|node| node["spec"]["providerID"] = json!("eks-hybrid:///eu-west-1/prod-eu/rack-7")),
        "hybrid-node"
    );
    assert_eq!(
        code(|node| node["status"]["nodeInfo"]["osImage"] = json!("Amazon Linux 2023")),
        "not-bottlerocket"
    );
}
