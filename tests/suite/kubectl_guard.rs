//! kubectl drives what guarded changes need of the lab's Kubernetes API: leases, access reviews.

use anyhow::{Result, ensure};
use heeler_tests::kube::{KubeconfigStyle, User};
use serde_json::json;

use crate::cluster::Cluster;
use crate::harness::{Case, Context, Need};

const NEEDS: &[Need] = &[Need::Kubectl];

/// The area's cases.
pub(crate) const CASES: &[Case] = &[
    Case::new("kubectl_guard::hands_a_lease_to_one_holder", NEEDS, leases),
    Case::new(
        "kubectl_guard::asks_what_it_may_do_before_it_does_it",
        NEEDS,
        reviews,
    ),
];

fn leases(context: &Context) -> Result<()> {
    let cluster = Cluster::plain(context)?;
    let lease = json!({"apiVersion": "coordination.k8s.io/v1", "kind": "Lease",
        "metadata": {"name": "node-1", "namespace": "shop"},
        "spec": {"holderIdentity": "alice", "leaseDurationSeconds": 60,
            "renewTime": "2026-01-01T00:00:00.000000Z"}});
    let create = cluster
        .kubectl("create --validate=false -f -")
        .stdin(&lease.to_string());
    create.expect_exit(0)?.expect_stdout("node-1 created")?;
    let listed = cluster.says("get leases -n shop --no-headers")?;
    ensure!(
        listed.split_whitespace().take(2).eq(["node-1", "alice"]),
        "{listed}"
    );
    let mut taken = cluster
        .kube
        .get("leases", "shop", "node-1")
        .unwrap_or_default();
    taken["spec"]["holderIdentity"] = json!("bob");
    let replace = || {
        cluster
            .kubectl("replace --validate=false -f -")
            .stdin(&taken.to_string())
    };
    replace().expect_exit(0)?;
    replace().expect_error("(Conflict)")?;
    let patch = r#"{"metadata":{"resourceVersion":"1"},"spec":{"holderIdentity":"carol"}}"#;
    let stale = cluster
        .kubectl("patch lease node-1 -n shop --type merge -p")
        .args([patch]);
    stale.expect_error("the object has been modified")?;
    cluster.expect(
        "get lease node-1 -n shop -o jsonpath={.spec.holderIdentity}",
        "bob",
    )?;
    cluster.says("delete lease node-1 -n shop")?;
    cluster.expect("get leases -n shop -o name", "")
}

fn reviews(context: &Context) -> Result<()> {
    let cluster = Cluster::open(context, KubeconfigStyle::Plain)?;
    let access = cluster.kube.access();
    access.deny("alice", "create", "pods/eviction");
    access.deny("alice", "get", "nodes/proxy");
    for (words, code) in [
        ("create pods --subresource eviction -n shop", 1),
        ("get nodes --subresource proxy", 1),
        ("create pods -n shop", 0),
        ("patch leases.coordination.k8s.io -n shop", 0),
        ("get /metrics", 0),
        ("* *", 1),
    ] {
        let asked = cluster.kubectl(&format!("auth can-i {words}"));
        let ended = asked.expect_exit(code)?;
        let wanted = if code == 0 { "yes" } else { "no" };
        ensure!(ended.stdout.trim() == wanted, "{ended}");
    }
    access.admit(User::new("bob"))?;
    let kubeconfig = cluster.folder().join("bobs");
    cluster
        .kube
        .write_kubeconfig_as(&kubeconfig, KubeconfigStyle::Plain, "bob")?;
    let bob = cluster
        .kubectl("auth can-i create pods --subresource eviction -n shop")
        .env("KUBECONFIG", &kubeconfig);
    bob.expect_exit(0)?.expect_stdout("yes").map(drop)
}
