//! kubectl drives the lab's Kubernetes API with every verb and kind that the engine uses. It is a
//! client with its own ideas of discovery, tables, patches and errors: what satisfies it, and
//! fails with the words that people know, is no straw man.

use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use heeler_tests::kube::KubeconfigStyle;
use heeler_tests::kube::seed::PodSeed;
use heeler_tests::kubelet::Kubelet;
use serde_json::{Value, json};

use crate::cluster::Cluster;
use crate::harness::{Case, Context, Need};

const NEEDS: &[Need] = &[Need::Kubectl];
/// How long a watch may take to show a change.
const SOON: Duration = Duration::from_secs(20);

/// The area's cases.
pub(crate) const CASES: &[Case] = &[
    Case::new("kubectl::gets_and_lists_every_kind", NEEDS, reads),
    Case::new("kubectl::prints_the_tables_that_people_know", NEEDS, tables),
    Case::new("kubectl::selects_by_field_and_label", NEEDS, selectors),
    Case::new("kubectl::watches_what_changes", NEEDS, watches),
    Case::new("kubectl::patches_in_three_ways", NEEDS, patches),
    Case::new(
        "kubectl::creates_and_deletes_every_kind",
        NEEDS,
        creates_and_deletes,
    ),
    Case::new(
        "kubectl::runs_commands_in_a_pod_that_sees_its_node",
        &[Need::Kubectl, Need::Nodes],
        executes,
    ),
    Case::new("kubectl::is_forbidden_in_rbacs_words", NEEDS, forbidden),
    Case::new("kubectl::finds_no_way_in_and_no_server", NEEDS, shut_out),
    Case::new(
        "kubectl::gets_its_token_from_the_exec_plugin",
        NEEDS,
        exec_plugin,
    ),
];

fn reads(context: &Context) -> Result<()> {
    let cluster = Cluster::plain(context)?;
    for (words, wanted) in [
        ("get nodes -o name", "node/n1\nnode/n2"),
        ("get pods -n shop -o name", "pod/cart-1\npod/web-1"),
        ("get services -n shop -o name", "service/web"),
        (
            "get daemonsets -n kube-system -o name",
            "daemonset.apps/kube-proxy",
        ),
        (
            "get node n1 -o jsonpath={.spec.providerID}",
            "aws:///eu-west-1a/i-0aaaaaaaaaaaaaaa1",
        ),
        (
            "get pod web-1 -n shop -o jsonpath={.spec.nodeName}/{.status.podIP}",
            "n1/10.0.1.101",
        ),
        (
            "get svc web -n shop -o jsonpath={.spec.clusterIP}",
            "10.100.0.7",
        ),
        (
            "get events -n shop -o jsonpath={.items[0].involvedObject.name}",
            "web-1",
        ),
        (
            "get endpointslices -n shop -l kubernetes.io/service-name=web \
             -o jsonpath={.items[0].endpoints[0].addresses[0]}",
            "10.0.1.101",
        ),
    ] {
        cluster.expect(words, wanted)?;
    }
    let maps = cluster.says("get configmap kube-proxy-config -n kube-system -o json")?;
    ensure!(
        maps.contains("maxPerCore"),
        "no kube-proxy configuration in {maps}"
    );
    let missing = cluster.kubectl("get pod nobody -n shop");
    missing.expect_error("Error from server (NotFound): pods \"nobody\" not found")?;
    let unknown = cluster.kubectl("get widgets");
    unknown
        .expect_error("the server doesn't have a resource type \"widgets\"")
        .map(drop)
}

fn tables(context: &Context) -> Result<()> {
    let cluster = Cluster::plain(context)?;
    let columns = |words: &str| -> Result<Vec<Vec<String>>> {
        let said = cluster.says(words)?;
        let cells = |line: &str| line.split_whitespace().map(str::to_owned).collect();
        Ok(said.lines().map(cells).collect())
    };
    let pods = columns("get pods -n shop")?;
    ensure!(
        pods[0] == ["NAME", "READY", "STATUS", "RESTARTS", "AGE"],
        "{pods:?}"
    );
    ensure!(pods[2][..3] == ["web-1", "1/1", "Running"], "{pods:?}");
    let nodes = columns("get nodes")?;
    ensure!(
        nodes[0] == ["NAME", "STATUS", "ROLES", "AGE", "VERSION"],
        "{nodes:?}"
    );
    ensure!(nodes[1][..2] == ["n1", "Ready"], "{nodes:?}");
    Ok(())
}

fn selectors(context: &Context) -> Result<()> {
    let cluster = Cluster::plain(context)?;
    let web = "pod/web-1";
    cluster.expect(
        "get pods -n shop --field-selector spec.nodeName=n1 -o name",
        web,
    )?;
    cluster.expect(
        "get pods -n shop --field-selector status.podIP=10.0.1.101 -o name",
        web,
    )?;
    cluster.expect("get pods -n shop -l app!=web -o name", "")?;
    cluster.expect("get nodes -l pool=n2 -o name", "node/n2")?;
    let about = "involvedObject.name=web-1,reason=Scheduled";
    let reason = "-o jsonpath={.items[*].reason}";
    cluster.expect(
        &format!("get events -n shop --field-selector {about} {reason}"),
        "Scheduled",
    )?;
    let unknown = cluster.kubectl("get pods -A --field-selector spec.foo=1");
    unknown
        .expect_error("field label not supported: spec.foo")
        .map(drop)
}

fn watches(context: &Context) -> Result<()> {
    let cluster = Cluster::plain(context)?;
    let words = "get pods -n shop --watch-only --output-watch-events \
                 -o jsonpath={.type}:{.object.metadata.name}:{.object.status.phase}{\"\\n\"}";
    let mut watch = cluster.kubectl(words).start()?;
    cluster.wait_for_call("watch=true")?;
    cluster
        .kube
        .add(PodSeed::pending("shop", "late-1").build())?;
    ensure_line(&watch.line(SOON)?, "ADDED:late-1:Pending")?;
    cluster.kube.edit("pods", "shop", "late-1", |pod| {
        pod["status"]["phase"] = json!("Running")
    })?;
    ensure_line(&watch.line(SOON)?, "MODIFIED:late-1:Running")?;
    cluster.kube.remove("pods", "shop", "late-1")?;
    ensure_line(&watch.line(SOON)?, "DELETED:late-1:Running")?;
    watch.kill()
}

fn ensure_line(line: &str, wanted: &str) -> Result<()> {
    ensure!(line == wanted, "the watch said {line:?}, not {wanted:?}");
    Ok(())
}

fn patches(context: &Context) -> Result<()> {
    let cluster = Cluster::plain(context)?;
    for (kind, patch) in [
        ("merge", r#"{"metadata":{"annotations":{"a":"1","b":"2"}}}"#),
        (
            "json",
            r#"[{"op":"replace","path":"/metadata/annotations/a","value":"3"}]"#,
        ),
        ("strategic", r#"{"metadata":{"annotations":{"b":null}}}"#),
    ] {
        let patch = cluster
            .kubectl("patch node n1 --type")
            .args([kind, "-p", patch]);
        patch.expect_exit(0)?.expect_stdout("node/n1 patched")?;
    }
    let annotations = &object(&cluster, "nodes", "", "n1")?["metadata"]["annotations"];
    ensure!(
        annotations["a"] == "3" && annotations.get("b").is_none(),
        "{annotations:#}"
    );
    cluster.says("label pod web-1 -n shop tier=front")?;
    cluster.expect("get pods -n shop -l tier=front -o name", "pod/web-1")?;
    cluster.says("cordon n2")?;
    let cordoned = &object(&cluster, "nodes", "", "n2")?["spec"]["unschedulable"];
    ensure!(*cordoned == true, "n2 is not cordoned: {cordoned}");
    let missing = cluster.kubectl("patch node n9 --type merge -p {}");
    missing.expect_error("nodes \"n9\" not found").map(drop)
}

fn creates_and_deletes(context: &Context) -> Result<()> {
    let cluster = Cluster::plain(context)?;
    let namespaced = |version: &str, kind: &str, rest: Value| {
        let mut object = rest;
        object["apiVersion"] = json!(version);
        object["kind"] = json!(kind);
        object["metadata"] = json!({"name": "made", "namespace": "shop"});
        object
    };
    let template = json!({"metadata": {"labels": {"a": "b"}},
        "spec": {"containers": [{"name": "c", "image": "i"}]}});
    for (resource, object) in [
        (
            "pods",
            namespaced("v1", "Pod", json!({"spec": template["spec"]})),
        ),
        (
            "services",
            namespaced("v1", "Service", json!({"spec": {"ports": [{"port": 80}]}})),
        ),
        (
            "configmaps",
            namespaced("v1", "ConfigMap", json!({"data": {"k": "v"}})),
        ),
        (
            "events",
            namespaced(
                "v1",
                "Event",
                json!({"reason": "Made",
            "involvedObject": {"kind": "Pod", "name": "web-1", "namespace": "shop"}}),
            ),
        ),
        (
            "daemonsets",
            namespaced(
                "apps/v1",
                "DaemonSet",
                json!({"spec": {
            "selector": {"matchLabels": {"a": "b"}}, "template": template}}),
            ),
        ),
        (
            "endpointslices",
            namespaced(
                "discovery.k8s.io/v1",
                "EndpointSlice",
                json!({"addressType": "IPv4", "endpoints": []}),
            ),
        ),
    ] {
        let create = "create --validate=false -f -";
        let created = cluster
            .kubectl(create)
            .stdin(&object.to_string())
            .expect_exit(0)?;
        created.expect_stdout("/made created")?;
        self::object(&cluster, resource, "shop", "made")?;
        let again = cluster.kubectl(create).stdin(&object.to_string());
        again.expect_error("(AlreadyExists)")?;
        cluster.says(&format!("delete {resource} made -n shop"))?;
        let gone = cluster.kube.get(resource, "shop", "made").is_none();
        ensure!(gone, "{resource}/made is still there");
    }
    let node = json!({"apiVersion": "v1", "kind": "Node", "metadata": {"name": "n3"}});
    cluster
        .kubectl("create --validate=false -f -")
        .stdin(&node.to_string())
        .expect_exit(0)?;
    cluster.expect("delete node n3 -o name", "node/n3")
}

fn object(cluster: &Cluster<'_>, plural: &str, namespace: &str, name: &str) -> Result<Value> {
    let found = cluster.kube.get(plural, namespace, name);
    found.with_context(|| format!("the lab has no {plural} {namespace}/{name}"))
}

fn executes(context: &Context) -> Result<()> {
    let cluster = Cluster::plain(context)?;
    let logs = cluster.folder().join("var-log");
    std::fs::create_dir_all(logs.join("pods"))?;
    std::fs::write(logs.join("pods/said"), "what the node has\n")?;
    cluster.kube.connect("n1", &Kubelet::new(&logs))?;
    let pod = json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "looks", "namespace": "shop"},
        "spec": {"nodeName": "n1", "volumes": [{"name": "logs", "hostPath": {"path": "/var/log"}}],
            "containers": [{"name": "c", "image": "i", "volumeMounts":
                [{"name": "logs", "mountPath": "/var/log", "readOnly": true}]}]}});
    cluster
        .kubectl("create --validate=false -f -")
        .stdin(&pod.to_string())
        .expect_exit(0)?;
    cluster.says("wait pod/looks -n shop --for=jsonpath={.status.phase}=Running --timeout=20s")?;
    let inside = |words: &[&str]| {
        let kubectl = cluster.kubectl("exec looks -n shop --");
        kubectl.args(words.iter().copied()).finish()
    };
    let said = inside(&["cat", "/var/log/pods/said"])?.expect_exit(0)?;
    ensure!(said.stdout == "what the node has\n", "{said}");
    let many = inside(&["sh", "-c", "head -c 3000000 /dev/zero | tr '\\0' x"])?.expect_exit(0)?;
    ensure!(many.stdout.len() == 3_000_000, "{} came", many.stdout.len());
    let refused = inside(&["sh", "-c", "echo so >&2; exit 3"])?.expect_exit(3)?;
    refused.expect_stderr("so\ncommand terminated with exit code 3\n")?;
    let written = inside(&["sh", "-c", "echo > /var/log/pods/more"])?.expect_exit(2)?;
    written.expect_stderr("Read-only file system")?;
    let missing = inside(&["no-such-program"])?.expect_exit(1)?;
    missing.expect_stderr("executable file not found in $PATH")?;
    cluster.kube.access().deny("alice", "*", "pods/exec");
    let forbidden = inside(&["true"])?.expect_exit(1)?;
    forbidden.expect_stderr("(Forbidden): pods \"looks\" is forbidden: User \"alice\" cannot")?;
    ensure!(
        !logs.join("pods/more").exists(),
        "the node's folder was written to"
    );
    Ok(())
}

fn forbidden(context: &Context) -> Result<()> {
    let cluster = Cluster::plain(context)?;
    cluster.kube.access().deny("alice", "list", "pods");
    let pods = cluster
        .kubectl("get pods -n shop")
        .expect_error("Error from server (Forbidden)")?;
    pods.expect_stderr(
        "pods is forbidden: User \"alice\" cannot list resource \"pods\" in API group \"\" \
         in the namespace \"shop\"",
    )?;
    cluster.says("get pod web-1 -n shop")?;
    cluster.kube.access().deny("alice", "patch", "nodes");
    let node = cluster.kubectl("patch node n1 --type merge -p {\"spec\":{}}");
    node.expect_error("cannot patch resource \"nodes\" in API group \"\" at the cluster scope")?;
    cluster.kube.access().allow("alice", "list", "pods");
    cluster.says("get pods -n shop").map(drop)
}

fn shut_out(context: &Context) -> Result<()> {
    let cluster = Cluster::plain(context)?;
    cluster.kube.access().expire_token("alice");
    let words = "get nodes -o name";
    let expired = cluster.kubectl(words).finish()?;
    let said = expired.stderr.to_lowercase();
    ensure!(
        said.contains("must be logged in") || said.contains("unauthorized"),
        "{expired}"
    );
    cluster.kube.access().renew_token("alice");
    cluster.kube.faults().api_down()?;
    cluster.kubectl(words).expect_error("refused")?;
    cluster.kube.faults().api_up()?;
    cluster.expect(words, "node/n1\nnode/n2")
}

fn exec_plugin(context: &Context) -> Result<()> {
    let cluster = Cluster::open(context, KubeconfigStyle::EksExec)?;
    cluster.expect("get nodes -o name", "node/n1\nnode/n2")?;
    match cluster.kube.calls().last() {
        Some(call) if call.user.as_deref() == Some("alice") => Ok(()),
        other => bail!("the plugin's token did not say who asks: {other:?}"),
    }
}
