//! Instances, regions, accounts and clusters.

use heeler_core::event::InstanceId;

use super::world::*;
use crate::world::place::clusters_of;
use crate::world::port::{Context, Ping};

fn ids(texts: &[&str]) -> Vec<InstanceId> {
    texts.iter().map(|text| text.parse().unwrap()).collect()
}

#[tokio::test]
async fn without_the_api_server_a_node_is_found_through_ec2() {
    let mut script = Script {
        down: true,
        ..Script::default()
    };
    script.machines = vec![machine(ONE, "prod-eu"), machine(TWO, "other")];
    let resolved = script
        .fine(&["--node", NODE, "--region", "eu-west-1"])
        .await;
    assert_eq!(resolved.targets[0].instance.as_str(), ONE);
    assert_eq!(resolved.targets[0].node.as_deref(), Some(NODE));
    assert_eq!(
        *script.asked.lock().unwrap(),
        ["enter eu-west-1".to_owned(), format!("by name {NODE}")]
    );

    script.machines = vec![machine(ONE, "prod-eu"), machine(TWO, "prod-eu")];
    assert_eq!(script.code(&["--node", NODE]).await, "several-instances");
    script.machines.clear();
    assert_eq!(script.code(&["--node", NODE]).await, "no-node");
    script.context.cluster = None;
    assert_eq!(script.code(&["--node", NODE]).await, "no-cluster");
}

#[tokio::test]
async fn an_instance_needs_no_kubernetes() {
    let mut script = Script {
        no_kubeconfig: true,
        ..Script::default()
    };
    let resolved = script
        .fine(&["--instance", ONE, "--instance", TWO, "--instance", ONE])
        .await;
    let found: Vec<InstanceId> = resolved
        .targets
        .iter()
        .map(|t| t.instance.clone())
        .collect();
    assert_eq!(found, ids(&[ONE, TWO]));
    assert_eq!(resolved.place.context, None);
    // The tags name the cluster, but nobody has said that it is the one that was meant.
    assert_eq!(resolved.place.cluster.as_deref(), Some("prod-eu"));
    assert_eq!(resolved.targets[0].cluster_verified, None);
    assert_eq!(script.code(&["--node", NODE]).await, "no-context");
    script.machines.truncate(1);
    assert_eq!(
        script.code(&["--node", NODE, "--cluster", "prod-eu"]).await,
        "ok"
    );
}

#[tokio::test]
async fn the_wrong_cluster_is_an_error_of_its_own() {
    let script = Script {
        machines: vec![machine(ONE, "prod-us")],
        ..Script::default()
    };
    let error = script.error(&["--node", NODE]).await;
    assert_eq!(error.code(), "wrong-cluster");
    assert!(error.what().contains("prod-us") && error.what().contains("prod-eu"));
    assert_eq!(clusters_of(&script.machines[0].tags).len(), 1);
    // Named as such, the other cluster is fine, and this context has no say in it.
    let resolved = script
        .fine(&["--instance", ONE, "--cluster", "prod-us"])
        .await;
    assert_eq!(resolved.targets[0].cluster_verified, Some(true));
    assert!(resolved.cluster.is_none());
    assert_eq!(
        script.code(&["--node", NODE, "--cluster", "prod-us"]).await,
        "cluster-mismatch"
    );
}

#[tokio::test]
async fn a_context_of_an_unknown_cluster_is_asked_where_both_were_named() {
    let mut script = Script::default();
    script.context.cluster = None;
    let both = ["--instance", ONE, "--cluster", "prod-eu"];
    assert!(script.fine(&both).await.cluster.is_none());
    script.is_named = true;
    assert!(script.fine(&both).await.cluster.is_some());
    assert!(script.fine(&both[..2]).await.cluster.is_none());
}

#[tokio::test]
async fn a_context_of_another_region_is_not_asked() {
    let mut script = Script::default();
    script.context.region = Some("eu-west-1".into());
    let there = ["--instance", ONE, "--region", "us-east-1"];
    assert!(script.fine(&there).await.cluster.is_none());
    assert!(script.fine(&there[..2]).await.cluster.is_some());
    script.is_named = true;
    assert_eq!(script.code(&there).await, "region-mismatch");
    script.context.region = None;
    assert_eq!(script.code(&there).await, "ok");
}

#[tokio::test]
async fn an_untagged_instance_is_unverified() {
    let mut script = Script::default();
    script.machines[0].tags.clear();
    let resolved = script.fine(&["--node", NODE]).await;
    assert_eq!(resolved.targets[0].cluster_verified, None);
    let script = Script {
        ec2_forbidden: true,
        ..Script::default()
    };
    let resolved = script.fine(&["--node", NODE]).await;
    assert_eq!(resolved.targets[0].cluster_verified, None);
    assert_eq!(resolved.notes[0].code, "cluster-unverified");
}

#[tokio::test]
async fn region_and_account_must_be_the_nodes_own() {
    let mut script = Script::default();
    assert_eq!(
        script
            .code(&["--node", NODE, "--region", "us-east-1"])
            .await,
        "region-mismatch"
    );
    assert_eq!(
        script
            .code(&["--node", NODE, "--region", "eu-west-1"])
            .await,
        "ok"
    );
    script.context = Context {
        account: Some("999900001111".into()),
        ..script.context
    };
    assert_eq!(script.code(&["--node", NODE]).await, "account-mismatch");
}

#[tokio::test]
async fn nodes_that_no_command_reaches_are_blocked_and_not_lost() {
    let mut script = Script::default();
    script.registrations.remove(0);
    script.registrations[0].ping = Ping::Lost(None);
    let resolved = script.fine(&["--instance", ONE, "--instance", TWO]).await;
    assert_eq!(resolved.targets.len(), 2);
    let codes: Vec<&str> = resolved
        .blocked
        .iter()
        .map(|(_, error)| error.code())
        .collect();
    assert_eq!(codes, ["not-registered", "ssm-offline"]);
    script.machines[0].state = "stopped".into();
    script.registrations[0].platform = Some("Amazon Linux".into());
    let resolved = script.fine(&["--instance", ONE, "--instance", TWO]).await;
    let codes: Vec<&str> = resolved
        .blocked
        .iter()
        .map(|(_, error)| error.code())
        .collect();
    assert_eq!(codes, ["not-running", "not-bottlerocket"]);
}
