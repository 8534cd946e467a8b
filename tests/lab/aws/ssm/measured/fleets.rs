//! One command on many nodes.

use std::time::Duration;

use serde_json::json;

use super::{Service, id, node};
use crate::aws::agent::{Agent, ScriptedReply};
use crate::aws::instance::{Instance, InstanceState};
use crate::latency::Latency;

fn fleet(size: usize) -> Vec<String> {
    (0..size).map(|n| format!("i-{n:017}")).collect()
}

fn fleet_of(ids: &[String], agent: &Agent) -> Vec<Instance> {
    ids.iter().map(|id| node(id, agent.clone())).collect()
}

#[tokio::test]
async fn one_bad_id_fails_all_of_them_and_is_named() {
    let ids = fleet(3);
    let mut instances = fleet_of(&ids[..2], &Agent::printing("x"));
    instances[1].state = InstanceState::Stopped;
    let service = Service::with(instances, Latency::instant());
    let request = json!({ "DocumentName": "AWS-RunShellScript", "InstanceIds": ids,
                          "Parameters": { "commands": ["true"] } });
    let error = service.call("SendCommand", &request).unwrap_err();
    let message = format!(
        "Instances [[{}, {}]] not in a valid state for account 111122223333",
        ids[1], ids[2]
    );
    assert_eq!(
        (error.code.as_str(), error.message),
        ("InvalidInstanceId", message)
    );
    assert!(service.cloud.commands.records().is_empty());
}

#[tokio::test]
async fn the_first_failure_stops_the_dispatch_unless_told_otherwise() {
    let ids = fleet(60);
    let failing = Agent::scripted(|_| ScriptedReply {
        exit_code: 1,
        ..ScriptedReply::default()
    });
    let service = Service::with(fleet_of(&ids, &failing), Latency::instant());
    let mut request = json!({
        "DocumentName": "AWS-RunShellScript", "MaxConcurrency": "1",
        "Targets": [{ "Key": "tag:eks:cluster-name", "Values": ["blue"] }],
        "Parameters": { "commands": ["true"] },
    });
    let finished = async |command: String| {
        let command = service.cloud.commands.find(&command).unwrap();
        while command.status() == "Pending" || command.status() == "InProgress" {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        command.to_json()
    };
    let sent = service.call("SendCommand", &request).unwrap();
    assert_eq!(sent["Command"]["TargetCount"], 0);
    let shown = finished(id(&sent)).await;
    assert_eq!(
        (&shown["TargetCount"], &shown["ErrorCount"]),
        (&json!(60), &json!(1))
    );
    request["MaxErrors"] = json!("100%");
    let sent = service.call("SendCommand", &request).unwrap();
    let shown = finished(id(&sent)).await;
    assert_eq!(shown["ErrorCount"], 60);
}

#[tokio::test]
async fn targets_by_id_answer_for_each_node() {
    let ids = fleet(3);
    let mut instances = fleet_of(&ids, &Agent::printing("x"));
    instances[1].registration = None;
    let service = Service::with(instances, Latency::instant());
    service
        .cloud
        .denials
        .with(|denials| denials.instance(&ids[2]));
    let mut values = ids.clone();
    values.push("i-ffffffffffffffff0".to_owned());
    let request = json!({ "DocumentName": "AWS-RunShellScript", "MaxErrors": "100%",
                          "Targets": [{ "Key": "InstanceIds", "Values": values }],
                          "Parameters": { "commands": ["true"] } });
    let command = id(&service.call("SendCommand", &request).unwrap());
    tokio::time::sleep(Duration::from_millis(100)).await;
    let listed = service.list(&command);
    let details: Vec<_> = listed
        .iter()
        .map(|i| i["StatusDetails"].as_str().unwrap())
        .collect();
    assert_eq!(details, ["Success", "Undeliverable", "Access Denied"]);
}

#[tokio::test]
async fn invocations_come_in_pages() {
    let ids = fleet(50);
    let service = Service::with(fleet_of(&ids, &Agent::printing("x")), Latency::instant());
    let request = json!({ "DocumentName": "AWS-RunShellScript", "InstanceIds": ids,
                          "Parameters": { "commands": ["true"] } });
    let command = id(&service.call("SendCommand", &request).unwrap());
    let mut request = json!({ "CommandId": command, "MaxResults": 20 });
    tokio::time::sleep(Duration::from_millis(50)).await;
    let mut sizes = Vec::new();
    loop {
        let page = service.call("ListCommandInvocations", &request).unwrap();
        sizes.push(page["CommandInvocations"].as_array().unwrap().len());
        match page.get("NextToken") {
            Some(token) => request["NextToken"] = token.clone(),
            None => break,
        }
    }
    assert_eq!(sizes, [20, 20, 10]);
    let registered = service
        .call("DescribeInstanceInformation", &json!({}))
        .unwrap();
    assert_eq!(
        registered["InstanceInformationList"]
            .as_array()
            .unwrap()
            .len(),
        10
    );
}
