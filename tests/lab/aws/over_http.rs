//! The endpoint as a client meets it: authentication, faults, the request log.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::agent::Agent;
use super::instance::Instance;
use super::{AwsConfig, AwsLab, Credential, EXPIRED_ACCESS_KEY, OPERATOR_ACCESS_KEY};
use crate::fault::{Fault, HoldPoint};
use crate::latency::Latency;

const NODE: &str = "i-0123456789abcdef0";

async fn lab() -> AwsLab {
    let node = Instance::bottlerocket(NODE, "ip-10-0-0-1.internal", "10.0.0.1", "blue");
    let config = AwsConfig {
        instances: vec![node.agent(Agent::printing("hello"))],
        latency: Latency::instant(),
        ..AwsConfig::default()
    };
    AwsLab::start(config).await.unwrap()
}

fn scope(key: &str, region: &str) -> String {
    format!("AWS4-HMAC-SHA256 Credential={key}/20260101/{region}/ssm/aws4_request, Signature=0")
}

/// Posts a request and reads until the connection ends: an empty answer is a dropped call.
async fn post(lab: &AwsLab, headers: &[(&str, &str)], body: &str) -> String {
    let address = lab.endpoint_url().strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(address).await.unwrap();
    let headers: String = headers
        .iter()
        .map(|(k, v)| format!("{k}: {v}\r\n"))
        .collect();
    let length = body.len();
    let request = format!(
        "POST / HTTP/1.1\r\nhost: lab\r\nconnection: close\r\ncontent-length: {length}\r\n\
         {headers}\r\n{body}"
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

async fn ssm_as(lab: &AwsLab, scope: &str, operation: &str, body: &Value) -> String {
    let target = format!("AmazonSSM.{operation}");
    let headers = [("x-amz-target", target.as_str()), ("authorization", scope)];
    post(lab, &headers, &body.to_string()).await
}

async fn ssm(lab: &AwsLab, operation: &str, body: &Value) -> String {
    ssm_as(
        lab,
        &scope(OPERATOR_ACCESS_KEY, "us-west-2"),
        operation,
        body,
    )
    .await
}

fn send() -> Value {
    json!({ "DocumentName": "AWS-RunShellScript", "InstanceIds": [NODE],
            "Parameters": { "commands": ["true"] } })
}

#[tokio::test]
async fn each_bad_credential_has_its_own_error() {
    let lab = lab().await;
    let body = json!({});
    for (key, code) in [
        (EXPIRED_ACCESS_KEY, "ExpiredTokenException"),
        ("AKIAUNKNOWN", "UnrecognizedClientException"),
    ] {
        let answer = ssm_as(&lab, &scope(key, "us-west-2"), "ListCommands", &body).await;
        assert!(
            answer.starts_with("HTTP/1.1 400") && answer.contains(code),
            "{answer}"
        );
    }
    let answer = post(&lab, &[("x-amz-target", "AmazonSSM.ListCommands")], "{}").await;
    assert!(
        answer.contains("MissingAuthenticationTokenException"),
        "{answer}"
    );
}

#[tokio::test]
async fn another_region_or_account_sees_none_of_the_instances() {
    let lab = lab().await;
    let elsewhere = scope(OPERATOR_ACCESS_KEY, "eu-west-1");
    let answer = ssm_as(&lab, &elsewhere, "SendCommand", &send()).await;
    assert!(
        answer.contains("not in a valid state for account 111122223333"),
        "{answer}"
    );
    let foreign = Credential::Foreign {
        account: "999999999999".to_owned(),
        arn: "arn:aws:iam::999999999999:user/bob".to_owned(),
    };
    lab.credential("AKIAFOREIGN", foreign);
    let answer = ssm_as(
        &lab,
        &scope("AKIAFOREIGN", "us-west-2"),
        "SendCommand",
        &send(),
    )
    .await;
    assert!(
        answer.contains("not in a valid state for account 999999999999"),
        "{answer}"
    );
}

#[tokio::test]
async fn denials_name_caller_action_and_resource() {
    let lab = lab().await;
    lab.deny_instance(NODE);
    let answer = ssm(&lab, "SendCommand", &send()).await;
    let expected = "User: arn:aws:sts::111122223333:assumed-role/ops/alice is not authorized to \
                    perform: ssm:SendCommand on resource: \
                    arn:aws:ec2:us-west-2:111122223333:instance/i-0123456789abcdef0";
    assert!(answer.contains(expected), "{answer}");
    assert!(lab.commands().is_empty());
}

#[tokio::test]
async fn a_dropped_call_may_or_may_not_have_been_carried_out() {
    let lab = lab().await;
    lab.faults()
        .inject("SendCommand", Fault::Drop { executed: false }, 1);
    assert_eq!(ssm(&lab, "SendCommand", &send()).await, "");
    assert!(lab.commands().is_empty());
    lab.faults()
        .inject("SendCommand", Fault::Drop { executed: true }, 1);
    assert_eq!(ssm(&lab, "SendCommand", &send()).await, "");
    assert_eq!(lab.commands().len(), 1);
    assert_eq!(lab.count("SendCommand"), 2);
}

#[tokio::test]
async fn throttles_and_server_errors_end_by_themselves() {
    let lab = lab().await;
    lab.faults().inject("SendCommand", Fault::Throttle, 1);
    let failure = Fault::ServerError {
        status: 503,
        executed: true,
    };
    lab.faults().inject("SendCommand", failure, 1);
    let answer = ssm(&lab, "SendCommand", &send()).await;
    assert!(
        answer.starts_with("HTTP/1.1 400") && answer.contains("Rate exceeded"),
        "{answer}"
    );
    assert!(
        ssm(&lab, "SendCommand", &send())
            .await
            .starts_with("HTTP/1.1 503")
    );
    assert_eq!(lab.commands().len(), 1);
    assert!(
        ssm(&lab, "SendCommand", &send())
            .await
            .starts_with("HTTP/1.1 200")
    );
}

#[tokio::test]
async fn a_held_reply_leaves_the_command_running() {
    let lab = lab().await;
    let hold = lab.faults().hold("SendCommand", HoldPoint::BeforeReplying);
    let client = tokio::spawn({
        let lab = lab.clone();
        async move { ssm(&lab, "SendCommand", &send()).await }
    });
    hold.reached().await;
    assert_eq!(lab.commands().len(), 1);
    assert!(!client.is_finished());
    hold.release();
    assert!(client.await.unwrap().starts_with("HTTP/1.1 200"));
}

#[tokio::test]
async fn a_cut_off_node_stays_in_progress_and_is_not_connected() {
    let lab = lab().await;
    lab.faults().cut_off(NODE);
    ssm(&lab, "SendCommand", &send()).await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(lab.commands()[0].invocations[0].status, "InProgress");
    let answer = ssm(&lab, "GetConnectionStatus", &json!({ "Target": NODE })).await;
    assert!(answer.contains("notconnected"), "{answer}");
}

#[tokio::test]
async fn a_service_that_is_down_does_not_take_the_others_along() {
    let lab = lab().await;
    lab.faults().take_down("ssm");
    assert_eq!(ssm(&lab, "ListCommands", &json!({})).await, "");
    let authorization = scope(OPERATOR_ACCESS_KEY, "us-west-2");
    let headers = [("authorization", authorization.as_str())];
    let answer = post(
        &lab,
        &headers,
        "Action=GetCallerIdentity&Version=2011-06-15",
    )
    .await;
    assert!(
        answer.contains("<Account>111122223333</Account>"),
        "{answer}"
    );
}
