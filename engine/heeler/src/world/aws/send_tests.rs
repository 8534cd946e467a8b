//! Sending once, against a scripted endpoint on loopback.

use std::sync::{Arc, Mutex};

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_ssm::config::{Credentials, SharedCredentialsProvider};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::*;
use crate::world::error::Service;
use crate::world::port::Comment;

/// What the endpoint does with the next call of SendCommand.
#[derive(Clone, Copy)]
enum Reply {
    Ok,
    Status(u16, &'static str),
    Drop,
}

/// Serves scripted replies, one connection per call, and remembers the operations.
async fn endpoint(replies: Vec<Reply>, listed: &'static str) -> (Client, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let seen: Arc<Mutex<Vec<String>>> = Arc::default();
    let log = Arc::clone(&seen);
    tokio::spawn(async move {
        let mut replies = replies.into_iter();
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut bytes = vec![0; 65_536];
            let mut length = 0;
            let text = loop {
                length += stream.read(&mut bytes[length..]).await.unwrap();
                let text = String::from_utf8_lossy(&bytes[..length]).into_owned();
                if text.ends_with('}') {
                    break text;
                }
            };
            let sends = text.contains("AmazonSSM.SendCommand");
            log.lock()
                .unwrap()
                .push(if sends { "send" } else { "list" }.to_owned());
            let reply = if sends {
                replies.next().unwrap()
            } else {
                Reply::Ok
            };
            let (status, body) = match reply {
                Reply::Drop => continue,
                Reply::Ok if sends => (200, r#"{"Command":{"CommandId":"c-1"}}"#.to_owned()),
                Reply::Ok => (200, format!(r#"{{"Commands":[{listed}]}}"#)),
                Reply::Status(status, kind) => (status, format!(r#"{{"__type":"{kind}"}}"#)),
            };
            let answer = format!(
                "HTTP/1.1 {status} X\r\ncontent-type: application/x-amz-json-1.1\r\n\
                 connection: close\r\ncontent-length: {}\r\n\r\n{body}",
                body.len()
            );
            stream.write_all(answer.as_bytes()).await.unwrap();
        }
    });
    let credentials = Credentials::new("k", "s", None, None, "test");
    let config = SdkConfig::builder()
        .behavior_version(BehaviorVersion::v2026_01_12())
        .region(Region::new("eu-west-1"))
        .endpoint_url(url)
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .build();
    (Client::new(&config, "eu-west-1"), seen)
}

fn command() -> SendCommand {
    let ids = ids(&["i-0abc1234def567890"]);
    SendCommand::new(ids, "true".into(), Comment::new("heeler 7k3mq/1").unwrap())
}

const OURS: &str = r#"{"CommandId":"c-9","Comment":"heeler 7k3mq/1"}"#;
const OTHERS: &str = r#"{"CommandId":"c-8","Comment":"heeler 7k3mq/2"}"#;

#[tokio::test]
async fn a_command_in_doubt_is_found_and_not_repeated() {
    for doubt in [
        Reply::Drop,
        Reply::Status(500, "InternalServerError"),
        Reply::Status(502, ""),
    ] {
        let (client, seen) = endpoint(vec![doubt], OURS).await;
        assert_eq!(
            client.send_once(&command()).await,
            Ok(CommandId("c-9".into()))
        );
        assert_eq!(*seen.lock().unwrap(), ["send", "list"]);
    }
}

#[tokio::test]
async fn a_command_in_doubt_that_is_not_found_stays_in_doubt() {
    let (client, seen) = endpoint(vec![Reply::Drop], OTHERS).await;
    let error = client.send_once(&command()).await.unwrap_err();
    assert_eq!(error.code(), "in-doubt");
    assert!(error.help().contains("heeler 7k3mq/1"), "{}", error.help());
    assert_eq!(
        *seen.lock().unwrap(),
        ["send", "list", "list", "list", "list"]
    );
}

#[tokio::test]
async fn a_throttled_command_is_sent_again() {
    let throttled = Reply::Status(400, "ThrottlingException");
    let (client, seen) = endpoint(vec![throttled, Reply::Ok], OTHERS).await;
    assert_eq!(
        client.send_once(&command()).await,
        Ok(CommandId("c-1".into()))
    );
    assert_eq!(*seen.lock().unwrap(), ["send", "send"]);
}

#[tokio::test]
async fn a_refused_command_is_refused() {
    for (kind, code) in [
        ("AccessDeniedException", "forbidden"),
        ("RequestTimeTooSkewed", "clock-off"),
    ] {
        let (client, seen) = endpoint(vec![Reply::Status(400, kind)], OURS).await;
        let error = client.send_once(&command()).await.unwrap_err();
        assert_eq!(error.code(), code);
        assert_eq!(*seen.lock().unwrap(), ["send"], "{kind}");
    }
}

#[tokio::test]
async fn too_many_instances_go_nowhere() {
    let (client, seen) = endpoint(vec![], OURS).await;
    let mut command = command();
    command.instances = vec![command.instances[0].clone(); 51];
    assert_eq!(
        client.send_once(&command).await.unwrap_err().code(),
        "instance-count"
    );
    assert!(seen.lock().unwrap().is_empty());
}

fn refused(detail: &str) -> CallError {
    let cause = Cause::Refused {
        code: "InvalidInstanceId".into(),
        detail: detail.into(),
    };
    CallError::new(Service::Aws, ACTION, "eu-west-1", cause)
}

fn ids(texts: &[&str]) -> Vec<InstanceId> {
    texts.iter().map(|text| text.parse().unwrap()).collect()
}

#[test]
fn names_the_refused_instances() {
    let asked = ids(&["i-0abc1234def567890", "i-0abc1234def567891", "i-12345678"]);
    let message =
        "Instances [[i-0abc1234def567891, i-12345678]] not in a valid state for account 1";
    let culprits = ids(&["i-0abc1234def567891", "i-12345678"]);
    assert_eq!(
        refusal(refused(message), &asked).cause,
        Cause::InvalidInstances(culprits)
    );
    let one = &asked[..1];
    assert_eq!(
        refusal(refused(""), one).cause,
        Cause::InvalidInstances(one.to_vec())
    );
    assert!(matches!(
        refusal(refused(""), &asked).cause,
        Cause::Refused { .. }
    ));
}

#[test]
fn looks_back_beyond_any_clock_skew() {
    let now: Timestamp = "2026-11-20T12:10:00.5Z".parse().unwrap();
    assert_eq!(look_back(now), "2026-11-20T12:00:00Z");
}

#[test]
fn words_that_repeat_a_secret_are_not_handed_on() {
    let secret = script::Secret::new("https://example.com/?X-Amz-Signature=1");
    let line = script::wrap_with("true", Some(&secret)).unwrap();
    for (detail, kept) in [
        (format!("Value '[{line}]' at 'parameters'"), false),
        ("no".into(), true),
    ] {
        let cause = Cause::Refused {
            code: "ValidationException".into(),
            detail: detail.clone(),
        };
        let error = CallError::new(Service::Aws, ACTION, "eu-west-1", cause);
        assert_eq!(unless_it_repeats(error).what().contains(&detail), kept);
    }
}
