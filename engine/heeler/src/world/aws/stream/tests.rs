//! The upgrade as it is signed, and how long what was lost is waited for.

use std::time::{Duration, SystemTime};

use aws_sdk_ssm::config::Credentials;
use tokio::time::Instant;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;

use super::socket::signed;
use super::torn::Torn;

/// What AWS's own Go signer (aws-sdk-go v4, as in session-manager-plugin) signs: host, time and the token. The right
/// signature was computed step by step with Python's hmac and hashlib, after the signing page of the IAM User Guide.
#[test]
fn an_upgrade_is_signed_over_its_host_its_time_and_the_token() {
    let url = "wss://ssmmessages.eu-west-1.amazonaws.com/v1/data-channel/alice-0a1b2c3d?role=publish_subscribe&cell-number=AAEA";
    let mut request = url.into_client_request().unwrap();
    let credentials = Credentials::new(
        "AKIDEXAMPLE",
        "wJalrXUtnFEMI",
        Some("t0ken".into()),
        None,
        "test",
    );
    let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_440_938_160);
    signed(&mut request, "eu-west-1", credentials, now).unwrap();
    let header = |name: &str| request.headers().get(name).unwrap().to_str().unwrap();
    assert_eq!(header("x-amz-date"), "20150830T123600Z");
    assert_eq!(header("x-amz-security-token"), "t0ken");
    assert_eq!(
        header("authorization"),
        "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/eu-west-1/ssmmessages/aws4_request, \
         SignedHeaders=host;x-amz-date;x-amz-security-token, \
         Signature=b7af80f3f3c7437c66d9dd42019ba38982c5ba8d7bc6627882e756d0f650b1ef"
    );
    assert_eq!(header("upgrade"), "websocket");
}

#[test]
fn what_is_missing_long_after_a_socket_was_mended_is_no_reason_to_end_it() {
    let (start, second) = (Instant::now(), Duration::from_secs(1));
    let at = |seconds: u32| start + second * seconds;
    let mut torn = Torn::default();
    assert!(!torn.is_late(true, at(99)), "no socket has broken");
    // What was lost never came.
    torn.mend(at(15));
    assert!(!torn.is_late(false, at(1)));
    assert!(!torn.is_late(true, at(2)) && !torn.is_late(true, at(15)));
    assert!(torn.is_late(true, at(16)));
    // It came; what changes places an hour later does not matter.
    torn.mend(at(15));
    assert!(!torn.is_late(true, at(2)) && !torn.is_late(false, at(3)));
    assert!(!torn.is_late(true, at(3_600)) && !torn.is_late(true, at(3_601)));
    // Nothing was lost at all.
    torn.mend(at(15));
    assert!(!torn.is_late(false, at(2)));
    assert!(!torn.is_late(true, at(3_600)) && !torn.is_late(true, at(3_601)));
}
