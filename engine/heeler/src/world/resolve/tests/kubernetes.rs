//! Pods and nodes.

use serde_json::json;

use super::world::*;

#[tokio::test]
async fn a_pod_leads_to_its_instance() {
    let resolved = Script::default()
        .fine(&["--pod", "shop/web-7d9f5c-x2vqz"])
        .await;
    let [target] = resolved.targets.as_slice() else {
        panic!("one node")
    };
    assert_eq!(
        (target.node.as_deref(), target.instance.as_str()),
        (Some(NODE), ONE)
    );
    assert_eq!(target.pod.as_ref().unwrap().uid, "u-1");
    assert_eq!(target.cluster_verified, Some(true));
    assert!(resolved.blocked.is_empty() && resolved.notes.is_empty());
    let place = resolved.place;
    assert_eq!(
        (place.account.as_str(), place.region.as_str()),
        ("111122223333", "eu-west-1")
    );
    assert_eq!(
        (place.caller.as_str(), place.cluster.as_deref()),
        ("ops/alice", Some("prod-eu"))
    );
    assert_eq!(place.context.as_deref(), Some("prod"));
}

#[tokio::test]
async fn the_beginning_of_a_name_is_enough_for_one_pod() {
    let mut script = Script::default();
    let resolved = script.fine(&["--pod", "web"]).await;
    assert_eq!(resolved.notes[0].code, "pod-name-completed");
    script.objects.push(pod("web-7d9f5c-aaaaa", Some(NODE)));
    let error = script.error(&["--pod", "web"]).await;
    assert_eq!(error.code(), "several-pods");
    assert!(
        error.what().contains("web-7d9f5c-aaaaa, web-7d9f5c-x2vqz"),
        "{}",
        error.what()
    );
}

#[tokio::test]
async fn a_pending_pod_says_why() {
    let mut script = Script::default();
    let mut pending = pod("slow", None);
    pending["status"] = json!({"conditions": [
        {"type": "PodScheduled", "status": "False", "message": "0/3 nodes are available"},
    ]});
    script.objects.push(pending);
    let error = script.error(&["--pod", "slow"]).await;
    assert_eq!(error.code(), "pod-pending");
    assert!(
        error.what().contains("0/3 nodes are available"),
        "{}",
        error.what()
    );
}

#[tokio::test]
async fn a_gone_pod_leaves_a_trail() {
    let mut script = Script::default();
    let about = |name: &str| json!({"kind": "Pod", "namespace": "shop", "name": name});
    let scheduled = json!({
        "plural": "events", "metadata": {"name": "e1"}, "involvedObject": about("old-1"),
        "reason": "Scheduled", "eventTime": "2026-11-20T12:00:00.000000Z",
        "message": format!("Successfully assigned shop/old-1 to {NODE}"),
    });
    let killing = json!({
        "plural": "events", "metadata": {"name": "e2"}, "involvedObject": about("old-1"),
        "reason": "Killing", "message": "Stopping container web",
        "lastTimestamp": "2026-11-20T12:30:00Z", "source": {"component": "kubelet", "host": NODE},
    });
    script.objects.extend([killing, scheduled]);
    let error = script.error(&["--pod", "old"]).await;
    assert_eq!(error.code(), "pod-gone");
    let what = error.what();
    assert!(what.contains("shop/old-1") && what.contains(NODE), "{what}");
    assert!(what.contains("2026-11-20T12:30:00Z: Killing"), "{what}");
    assert!(
        error.help().contains(&format!("--node {NODE}")),
        "{}",
        error.help()
    );
    assert_eq!(script.code(&["--pod", "never"]).await, "no-pod");
}

#[tokio::test]
async fn without_the_api_server_a_pod_is_not_found() {
    let mut script = Script {
        down: true,
        ..Script::default()
    };
    script.last_known = Some(format!("the journal saw it on {NODE} 12 min ago"));
    let error = script.error(&["--pod", "shop/web-7d9f5c-x2vqz"]).await;
    assert_eq!(error.code(), "pod-unknown");
    assert!(error.what().contains("12 min ago"), "{}", error.what());
}

#[tokio::test]
async fn unknown_nodes_and_names_that_are_none() {
    let script = Script::default();
    assert_eq!(script.code(&["--node", "nope"]).await, "no-node");
    assert_eq!(script.code(&["--pod", "x; reboot"]).await, "target-syntax");
    assert!(script.asked.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_pod_keeps_its_place_when_only_its_node_is_not_told() {
    let mut script = Script {
        nodes_down: true,
        ..Script::default()
    };
    script.machines.truncate(1);
    let resolved = script.fine(&["--pod", "shop/web-7d9f5c-x2vqz"]).await;
    assert_eq!(resolved.targets[0].instance.as_str(), ONE);
    assert_eq!(resolved.targets[0].pod.as_ref().unwrap().uid, "u-1");
    assert_eq!(resolved.notes[0].code, "node-through-ec2");
}
