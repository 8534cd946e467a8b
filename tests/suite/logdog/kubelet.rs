//! What a kubelet tells of itself through the node proxy.

use anyhow::{Context as _, Result, ensure};
use heeler_tests::node::Place;
use serde_json::{Value, json};

use super::stage::Stage;
use crate::harness::Context;

pub(super) fn told(context: &Context) -> Result<()> {
    let stage = Stage::open(context, |plan| plan)?;
    let json = |path: &str| -> Result<Value> { stage.kubectl(path)?.expect_exit(0)?.json() };
    let hard =
        || -> Result<Value> { Ok(json("/configz")?["kubeletconfig"]["evictionHard"].take()) };
    ensure!(hard()?["nodefs.available"] == "10%");
    let set = "apiclient set kubernetes.eviction-hard.\"memory.available\"=5%";
    stage.run(Place::Host, set)?.expect(0, "")?;
    let now = hard()?;
    ensure!(now == json!({"memory.available": "5%"}), "{now}");

    let summary = json("/stats/summary")?;
    let name = &stage.node()?.config().name;
    ensure!(summary["node"]["nodeName"] == **name, "{summary}");
    let pods = summary["pods"].as_array().context("no pods")?;
    let checkout = |pod: &&Value| pod["podRef"]["name"] == "checkout-7d9f5c-x2vqz";
    let pod = pods.iter().find(checkout).context("no checkout")?;
    ensure!(
        pod["containers"][0]["logs"]["usedBytes"].as_u64() > Some(1_000),
        "{pod}"
    );
    let metrics = stage.kubectl("/metrics")?.expect_exit(0)?;
    metrics.expect_stdout(&format!("kubelet_running_pods {}\n", pods.len()))?;
    for name in [
        "ipamd.log",
        "plugin.log",
        "network-policy-agent.log",
        "ebpf-sdk.log",
    ] {
        let log = stage.kubectl(&format!("/logs/aws-routed-eni/{name}"))?;
        log.expect_exit(0)?.expect_stdout("\"level\":\"info\"")?;
    }

    let kubelet = stage.lab.kube().kubelet(name).context("no kubelet")?;
    kubelet.faults().set_debugging_handlers(false);
    let gone = stage.kubectl("/configz")?;
    gone.expect_error("could not find the requested resource")?;
    ensure!(json("/stats/summary")?["node"]["nodeName"] == **name);
    stage
        .lab
        .kube()
        .access()
        .deny("alice", "get", "nodes/proxy");
    let denied =
        "User \"alice\" cannot get resource \"nodes/proxy\" in API group \"\" at the cluster scope";
    for path in ["/configz", "/stats/summary", "/metrics", "/healthz"] {
        stage.kubectl(path)?.expect_error(denied)?;
    }
    Ok(())
}
