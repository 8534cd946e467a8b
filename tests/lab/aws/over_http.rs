//! The endpoint as a client meets it: authentication, faults, the request log.

use std::time::Duration;

use axum::http::{HeaderMap, HeaderValue};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::agent::Agent;
use super::instance::Instance;
use super::keys::Keys;
use super::signature::Received;
use super::signature::tests::authorization;
use super::{AwsConfig, AwsLab, Credential, EXPIRED_ACCESS_KEY, OPERATOR_ACCESS_KEY};
use crate::fault::{Fault, HoldPoint};
use crate::latency::Latency;

const NODE: &str = "i-0123456789abcdef0";
const WHO_AM_I: &str = "Action=GetCallerIdentity&Version=2011-06-15";

async fn lab() -> AwsLab {
    let node = Instance::bottlerocket(NODE, "ip-10-0-0-1.internal", "10.0.0.1", "blue");
    let config = AwsConfig {
        instances: vec![node.agent(Agent::printing("hello"))],
        latency: Latency::instant(),
        ..AwsConfig::default()
    };
    AwsLab::start(config).await.unwrap()
}

/// The headers that sign a POST with an access key and its secret.
fn signed(key: &str, place: &str, body: &str) -> Vec<(&'static str, String)> {
    let (keys, now) = (Keys::of(key), Timestamp::now());
    let stamp = now.strftime("%Y%m%dT%H%M%SZ").to_string();
    let mut headers = HeaderMap::new();
    headers.insert("host", HeaderValue::from_static("lab"));
    headers.insert("x-amz-date", stamp.parse().unwrap());
    let request = Received {
        method: "POST",
        path: "/",
        query: &[],
        headers: &headers,
        body,
    };
    let scope = format!("{key}/{}/{place}/aws4_request", now.strftime("%Y%m%d"));
    let authorization = authorization(&request, &scope, &keys.secret, "host;x-amz-date", &stamp);
    vec![
        ("authorization", authorization),
        ("x-amz-date", stamp),
        ("x-amz-security-token", keys.token.unwrap_or_default()),
    ]
}

/// Posts a request and reads until the connection ends: an empty answer is a dropped call.
async fn post(lab: &AwsLab, headers: &[(&str, String)], body: &str) -> String {
    let address = lab.endpoint_url().strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(address).await.unwrap();
    let headers: String = headers
        .iter()
        .filter(|(_, value)| !value.is_empty())
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

async fn ssm_as(
    lab: &AwsLab,
    (key, region): (&str, &str),
    operation: &str,
    body: &Value,
) -> String {
    let body = body.to_string();
    let mut headers = signed(key, &format!("{region}/ssm"), &body);
    headers.push(("x-amz-target", format!("AmazonSSM.{operation}")));
    post(lab, &headers, &body).await
}

async fn who_am_i(lab: &AwsLab, headers: &[(&str, String)]) -> String {
    post(lab, headers, WHO_AM_I).await
}

async fn ssm(lab: &AwsLab, operation: &str, body: &Value) -> String {
    ssm_as(lab, (OPERATOR_ACCESS_KEY, "us-west-2"), operation, body).await
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
        let answer = ssm_as(&lab, (key, "us-west-2"), "ListCommands", &body).await;
        assert!(
            answer.starts_with("HTTP/1.1 400") && answer.contains(code),
            "{answer}"
        );
    }
    let answer = post(
        &lab,
        &[("x-amz-target", "AmazonSSM.ListCommands".to_owned())],
        "{}",
    )
    .await;
    assert!(
        answer.contains("MissingAuthenticationTokenException"),
        "{answer}"
    );
}

#[tokio::test]
async fn another_region_or_account_sees_none_of_the_instances() {
    let lab = lab().await;
    let elsewhere = (OPERATOR_ACCESS_KEY, "eu-west-1");
    let answer = ssm_as(&lab, elsewhere, "SendCommand", &send()).await;
    assert!(
        answer.contains("not in a valid state for account 111122223333"),
        "{answer}"
    );
    let foreign = Credential::Foreign {
        account: "999999999999".to_owned(),
        arn: "arn:aws:iam::999999999999:user/bob".to_owned(),
    };
    lab.credential("AKIAFOREIGN", foreign);
    let answer = ssm_as(&lab, ("AKIAFOREIGN", "us-west-2"), "SendCommand", &send()).await;
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
    let headers = signed(OPERATOR_ACCESS_KEY, "us-west-2/sts", WHO_AM_I);
    let answer = who_am_i(&lab, &headers).await;
    assert!(
        answer.contains("<Account>111122223333</Account>"),
        "{answer}"
    );
}

#[tokio::test]
async fn only_the_keys_own_secret_and_token_sign_for_it() {
    let lab = lab().await;
    let arn = "arn:aws:sts::111122223333:assumed-role/ops/bob".to_owned();
    lab.credential("ASIABOB", Credential::Colleague { arn: arn.clone() });
    let own = signed("ASIABOB", "us-west-2/sts", WHO_AM_I);
    let answer = who_am_i(&lab, &own).await;
    assert!(answer.contains(&format!("<Arn>{arn}</Arn>")), "{answer}");

    let operators = signed(OPERATOR_ACCESS_KEY, "us-west-2/sts", WHO_AM_I);
    let renamed = operators[0].1.replace(OPERATOR_ACCESS_KEY, "ASIABOB");
    let with = |index: usize, value: &str| {
        let mut headers = own.clone();
        headers[index].1 = value.to_owned();
        headers
    };
    for (headers, code) in [
        (with(0, &renamed), "SignatureDoesNotMatch"),
        (with(1, &own[1].1.replace('T', "")), "IncompleteSignature"),
        (with(2, &operators[2].1), "InvalidClientTokenId"),
        (with(2, ""), "InvalidClientTokenId"),
        (
            with(0, &own[0].1.replace("/sts/", "/ssm/")),
            "correct service: 'sts'",
        ),
        (
            with(0, &own[0].1.replace("host;", "")),
            "'Host' or ':authority'",
        ),
        (
            with(0, &own[0].1.replace("Signature=", "Mark=")),
            "requires 'Signature'",
        ),
    ] {
        let answer = who_am_i(&lab, &headers).await;
        assert!(!answer.starts_with("HTTP/1.1 200"), "{answer}");
        assert!(answer.contains(code), "{code}: {answer}");
    }
    let answer = post(&lab, &own, &format!("{WHO_AM_I}&X=1")).await;
    assert!(answer.contains("The Canonical String"), "{answer}");
}

#[tokio::test]
async fn a_clock_that_is_off_refuses_what_was_signed_now() {
    let lab = lab().await;
    let headers = signed(OPERATOR_ACCESS_KEY, "us-west-2/sts", WHO_AM_I);
    for (minutes, words) in [
        (14, "<Account>111122223333</Account>"),
        (16, "Signature expired: "),
        (-14, "<Account>111122223333</Account>"),
        (-16, "Signature not yet current: "),
    ] {
        lab.set_clock(SignedDuration::from_mins(minutes));
        let answer = who_am_i(&lab, &headers).await;
        assert!(answer.contains(words), "{minutes}: {answer}");
    }
    let asked = ssm(&lab, "ListCommands", &json!({})).await;
    assert!(asked.contains("InvalidSignatureException"), "{asked}");
}
