//! Who is admitted to a data channel.

use axum::http::{HeaderValue, StatusCode};
use serde_json::json;

use super::super::super::keys::Keys;
use super::super::super::signature::tests::authorization;
use super::super::super::{AwsConfig, OPERATOR_ACCESS_KEY};
use super::super::{Spawn, Wanted};
use super::*;

const TARGET: &str = "/v1/data-channel/";

fn cloud() -> (Arc<Cloud>, Arc<Session>) {
    let cloud = Arc::new(Cloud::new(AwsConfig::default()));
    let wanted = Wanted {
        command: "true".to_owned(),
        separate: true,
        reason: String::new(),
        spawn: Spawn(Arc::clone(&cloud)),
    };
    let session = cloud.sessions.start(("arn/alice", "i-1"), wanted);
    (cloud, session)
}

/// An upgrade that is signed for a service, and over these headers.
fn upgrade(id: &str, service: &str, signed: &str) -> Request {
    let keys = Keys::of(OPERATOR_ACCESS_KEY);
    let now = Timestamp::now();
    let stamp = now.strftime("%Y%m%dT%H%M%SZ").to_string();
    let mut request = Request::new(());
    let path = format!("{TARGET}{id}");
    *request.uri_mut() = format!("{path}?role=publish_subscribe").parse().unwrap();
    let headers = request.headers_mut();
    headers.insert("host", HeaderValue::from_static("127.0.0.1:9"));
    headers.insert("x-amz-date", stamp.parse().unwrap());
    let token = keys.token.unwrap_or_default();
    headers.insert("x-amz-security-token", token.parse().unwrap());
    let query = [("role".to_owned(), "publish_subscribe".to_owned())];
    let scope = format!(
        "{OPERATOR_ACCESS_KEY}/{}/us-west-2/{service}/aws4_request",
        now.strftime("%Y%m%d")
    );
    let received = Received {
        method: "GET",
        path: &path,
        query: &query,
        headers: &headers.clone(),
        body: "",
    };
    let value = authorization(&received, &scope, &keys.secret, signed, &stamp);
    headers.insert("authorization", value.parse().unwrap());
    request
}

const SIGNED: &str = "host;x-amz-date;x-amz-security-token";

#[tokio::test]
async fn only_a_signed_upgrade_of_somebody_who_may_is_admitted() {
    let (cloud, session) = cloud();
    let found = admit(&cloud, &upgrade(&session.id, "ssmmessages", SIGNED)).unwrap();
    assert_eq!(found.id, session.id);
    let refused = |request: Request| admit(&cloud, &request).err().unwrap();
    let mut unsigned = upgrade(&session.id, "ssmmessages", SIGNED);
    unsigned.headers_mut().remove("authorization");
    let error = refused(unsigned);
    assert_eq!(error.status, StatusCode::FORBIDDEN);
    assert_eq!(error.code, "MissingAuthenticationTokenException");
    let other = refused(upgrade(&session.id, "ssm", SIGNED));
    assert!(
        other.message.contains("correct service: 'ssmmessages'"),
        "{other:?}"
    );
    let hostless = refused(upgrade(&session.id, "ssmmessages", "x-amz-date"));
    assert_eq!(hostless.code, "InvalidSignatureException");
    let mut moved = upgrade(&session.id, "ssmmessages", SIGNED);
    *moved.uri_mut() = format!("{TARGET}{}?role=subscribe", session.id)
        .parse()
        .unwrap();
    assert_eq!(refused(moved).code, "InvalidSignatureException");
    let nobody = refused(upgrade("alice-0", "ssmmessages", SIGNED));
    assert_eq!(nobody.code, "BadRequest");
    cloud.denials.with(|denials| denials.action(ACTION));
    let denied = refused(upgrade(&session.id, "ssmmessages", SIGNED));
    assert_eq!(denied.status, StatusCode::FORBIDDEN);
    assert!(
        denied
            .message
            .contains("is not authorized to perform: ssmmessages:OpenDataChannel")
    );
    cloud.denials.with(|denials| denials.lift(ACTION));
    session.terminate();
    let over = refused(upgrade(&session.id, "ssmmessages", SIGNED));
    assert_eq!(over.code, "BadRequest");
}

#[tokio::test]
async fn a_session_is_opened_with_its_latest_token_by_a_client_that_is_supported() {
    let (_cloud, session) = cloud();
    let id = "00000000-0000-4000-8000-000000000000";
    let is_good = |token: &str, version: &str| {
        let text = json!({
            "MessageSchemaVersion": "1.0", "RequestId": id, "TokenValue": token,
            "ClientId": id, "ClientVersion": version,
        });
        serde_json::from_value::<Opening>(text)
            .unwrap()
            .is_good(&session)
    };
    let first = session.token();
    assert!(is_good(&first, "1.2.764.0") && is_good(&first, "1.2.896.0"));
    assert!(!is_good(&first, "1.2.677.0") && !is_good("other", "1.2.764.0"));
    let second = session.renew();
    assert!(!is_good(&first, "1.2.764.0") && is_good(&second, "1.2.764.0"));
}
