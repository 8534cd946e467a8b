//! kubectl drives what guarded changes need of the lab's Kubernetes API: leases, access
//! reviews, evictions, field owners.

use std::time::Duration;

use anyhow::{Result, ensure};
use heeler_tests::kube::seed::{PodSeed, applied_by, deployment};
use heeler_tests::kube::{KubeconfigStyle, Stopping, User};
use serde_json::{Value, json};

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
    Case::new(
        "kubectl_guard::drains_as_far_as_a_budget_allows",
        NEEDS,
        drains,
    ),
    Case::new(
        "kubectl_guard::waits_for_pods_that_do_not_stop",
        NEEDS,
        waits,
    ),
    Case::new("kubectl_guard::sees_and_asks_a_fields_owner", NEEDS, owners),
    Case::new(
        "kubectl_guard::writes_a_config_map_only_as_it_was_read",
        NEEDS,
        maps,
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

/// The commands of `docs/shared.md`, and what somebody gets who is too late.
fn maps(context: &Context) -> Result<()> {
    let cluster = Cluster::plain(context)?;
    let create = "create configmap heeler --namespace heeler --validate=false";
    let early = cluster.kubectl(create);
    early.expect_error("namespaces \"heeler\" not found")?;
    cluster.says("create namespace heeler --validate=false")?;
    cluster.says(create)?;
    cluster
        .kubectl(create)
        .expect_error("configmaps \"heeler\" already exists")?;
    let mut read = cluster.kube.get("configmaps", "heeler", "heeler");
    let read = read.get_or_insert_default();
    let patch = cluster.kubectl("patch configmap heeler --namespace heeler --patch");
    let cord = r#"{"data": {"stop": "Black Friday"}}"#;
    patch.args([cord]).expect_exit(0)?;
    let value = "get configmap heeler -n heeler -o jsonpath={.data.stop}";
    cluster.expect(value, "Black Friday")?;
    read["data"] = json!({"started": "x"});
    let replace = cluster.kubectl("replace --validate=false -f -");
    replace
        .stdin(&read.to_string())
        .expect_error("(Conflict)")?;
    cluster.expect(value, "Black Friday")
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

/// A node's pods go one by one as their budget allows; DaemonSets stay.
fn drains(context: &Context) -> Result<()> {
    let cluster = Cluster::plain(context)?;
    let api = deployment("shop", "api", "api:1", &["n1", "n1", "n2"]);
    let mut objects = api.into_objects();
    for pod in objects.iter_mut().filter(|object| object["kind"] == "Pod") {
        pod["spec"]["volumes"] = json!([{"name": "scratch", "emptyDir": {}}]);
    }
    cluster.kube.add_all(objects)?;
    cluster.kube.add(budget("api", 2))?;
    cluster.kube.remove("pods", "shop", "web-1")?;
    let drain = |more: &str| cluster.kubectl(&format!("drain n1 --timeout=2s {more}"));
    drain("").expect_error("cannot delete DaemonSet-managed Pods")?;
    drain("--ignore-daemonsets").expect_error("Pods with local storage")?;
    let all = "--ignore-daemonsets --delete-emptydir-data";
    let dry = drain(&format!("{all} --dry-run=server")).expect_exit(0)?;
    dry.expect_stdout("node/n1 drained (server dry run)")?;
    ensure!(on(&cluster, "n1")?.len() == 3, "a dry run evicted a pod");

    cluster
        .kube
        .set_stopping(Stopping::After(Duration::from_millis(300)));
    let stopped = drain(all).expect_error("global timeout reached")?;
    stopped.expect_stderr("Cannot evict pod as it would violate the pod's disruption budget.")?;
    ensure!(on(&cluster, "n1")?.len() == 2, "the budget was for one pod");
    let node = cluster.says("get node n1 -o jsonpath={.spec.unschedulable}")?;
    ensure!(node == "true", "n1 is not cordoned");
    // A new pod elsewhere is ready, so the last one may go.
    let fresh = PodSeed::running("shop", "api-new", "n2").label("app", "api");
    cluster.kube.add(fresh.build())?;
    drain(all)
        .expect_exit(0)?
        .expect_stdout("node/n1 drained")?;
    ensure!(
        on(&cluster, "n1")?
            .iter()
            .all(|name| name.starts_with("kube-proxy")),
        "not drained"
    );
    cluster.says("uncordon n1")?;
    cluster.expect("get node n1 -o jsonpath={.spec.unschedulable}", "")?;
    let budgets = cluster.says("get pdb -n shop --no-headers")?;
    ensure!(
        budgets
            .split_whitespace()
            .take(4)
            .eq(["api", "2", "N/A", "0"]),
        "{budgets}"
    );
    Ok(())
}

/// A pod that its node does not stop is waited for, and a forced one is gone.
fn waits(context: &Context) -> Result<()> {
    let cluster = Cluster::plain(context)?;
    cluster.kube.set_stopping(Stopping::Never);
    let all = "--ignore-daemonsets --force --timeout=2s";
    let drain = cluster.kubectl(&format!("drain n1 {all}"));
    drain.expect_error("error when waiting for pod \"web-1\"")?;
    let going = "get pod web-1 -n shop -o jsonpath={.metadata.deletionGracePeriodSeconds}";
    cluster.expect(going, "30")?;
    cluster.says("delete pod web-1 -n shop --force --grace-period=0")?;
    let gone = cluster.kubectl("get pod web-1 -n shop");
    gone.expect_error("NotFound")?;
    cluster
        .kube
        .access()
        .deny("alice", "create", "pods/eviction");
    let denied = cluster.kubectl(&format!("drain n2 {all}"));
    denied
        .expect_error("cannot create resource \"pods/eviction\" in API group \"\"")
        .map(drop)
}

fn budget(app: &str, least: u32) -> Value {
    json!({"apiVersion": "policy/v1", "kind": "PodDisruptionBudget",
        "metadata": {"name": app, "namespace": "shop"},
        "spec": {"minAvailable": least, "selector": {"matchLabels": {"app": app}}}})
}

fn on(cluster: &Cluster<'_>, node: &str) -> Result<Vec<String>> {
    let words = format!("get pods -A --field-selector spec.nodeName={node} -o name");
    let pods = cluster.says(&words)?;
    let names = pods.lines().filter_map(|line| line.strip_prefix("pod/"));
    Ok(names.map(str::to_owned).collect())
}

/// Who owns a field can be seen, and is asked before it is taken.
fn owners(context: &Context) -> Result<()> {
    let cluster = Cluster::plain(context)?;
    let map = json!({"apiVersion": "v1", "kind": "ConfigMap", "data": {"a": "1"},
        "metadata": {"name": "made", "namespace": "shop"}});
    cluster
        .kube
        .add(applied_by("argocd-controller", map.clone()))?;
    let patch = r#"{"data":{"b":"1"}}"#;
    cluster
        .kubectl("patch cm made -n shop --type merge --field-manager heeler -p")
        .args([patch])
        .expect_exit(0)?;
    cluster.expect(
        "get cm made -n shop --show-managed-fields \
         -o jsonpath={.metadata.managedFields[*].manager}",
        "argocd-controller heeler",
    )?;
    let mut wanted = map;
    wanted["data"]["a"] = json!("2");
    let apply = |more: &str| {
        let words = format!("apply --server-side --validate=false -f - --field-manager me {more}");
        cluster.kubectl(&words).stdin(&wanted.to_string())
    };
    let conflict = "Apply failed with 1 conflict: conflict with \"argocd-controller\": .data.a";
    apply("").expect_error(conflict)?;
    apply("--dry-run=server --force-conflicts").expect_exit(0)?;
    let value = "get cm made -n shop -o jsonpath={.data.a}";
    cluster.expect(value, "1")?;
    apply("--force-conflicts").expect_exit(0)?;
    cluster.expect(value, "2")
}
