//! Signing and asking who has signed, against an STS on loopback that checks signatures.

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::time::{Duration, UNIX_EPOCH};

use aws_config::{BehaviorVersion, Region};
use aws_sdk_sts::config::Credentials;
use aws_sigv4::sign::v4::{calculate_signature, generate_signing_key};
use heeler_core::event::RunId;
use heeler_core::guard::approval::{ApprovalId, Expected, PlanDigest, Token};
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use uuid::Uuid;

use super::*;

const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
const BOB: &str = "arn:aws:sts::111122223333:assumed-role/leads/bob";

/// An STS that knows one secret, and what it was asked.
async fn sts() -> (Client, Arc<Mutex<Vec<String>>>) {
    serve(|request| {
        let (status, body) = answer(request);
        (status, String::new(), body)
    })
    .await
}

/// A service that gives these answers: status, more headers, body.
async fn serve(
    answer: impl Fn(&str) -> (u16, String, String) + Send + 'static,
) -> (Client, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let seen: Arc<Mutex<Vec<String>>> = Arc::default();
    let log = Arc::clone(&seen);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let text = request(&mut stream).await;
            let (status, headers, body) = answer(&text);
            log.lock().unwrap().push(text);
            let reply = format!(
                "HTTP/1.1 {status} x\r\ncontent-type: text/xml\r\ncontent-length: {}\r\n{headers}\
                 connection: close\r\n\r\n{body}",
                body.len()
            );
            stream.write_all(reply.as_bytes()).await.unwrap();
        }
    });
    (client(&endpoint), seen)
}

fn client(endpoint: &str) -> Client {
    let credentials = Credentials::new("ASIAX", SECRET, Some("IQo+Jb3=".into()), None, "test");
    let config = SdkConfig::builder()
        .behavior_version(BehaviorVersion::v2026_01_12())
        .region(Region::new("eu-west-1"))
        .endpoint_url(endpoint)
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .build();
    Client::new(&config, "eu-west-1")
}

async fn request(stream: &mut TcpStream) -> String {
    let mut bytes = vec![0; 65_536];
    let mut length = 0;
    loop {
        length += stream.read(&mut bytes[length..]).await.unwrap();
        let text = String::from_utf8_lossy(&bytes[..length]).into_owned();
        let is_whole = match text.starts_with("GET") {
            true => text.ends_with("\r\n\r\n"),
            false => text.ends_with("Version=2011-06-15"),
        };
        if is_whole {
            return text;
        }
    }
}

fn answer(request: &str) -> (u16, String) {
    // The SDK's own requests are signed in a header, which is not what is tried here.
    if request.starts_with("POST") || is_signed(request) {
        let result = format!(
            "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\
             <GetCallerIdentityResult><Arn>{BOB}</Arn><UserId>A:bob</UserId>\
             <Account>111122223333</Account></GetCallerIdentityResult></GetCallerIdentityResponse>"
        );
        return (200, result);
    }
    (
        403,
        refused("The request signature we calculated does not match"),
    )
}

fn refused(message: &str) -> String {
    format!(
        "<ErrorResponse><Error><Type>Sender</Type><Code>SignatureDoesNotMatch</Code>\
         <Message>{message}</Message></Error><RequestId>r</RequestId></ErrorResponse>"
    )
}

/// Whether a signature is that of the request: by the steps of AWS's documentation, not by the
/// library that signs.
fn is_signed(request: &str) -> bool {
    let target = request.split(' ').nth(1).unwrap();
    let (_, query) = target.split_once('?').unwrap();
    let (signature, mut parameters): (Vec<&str>, Vec<&str>) = query
        .split('&')
        .partition(|part| part.starts_with("X-Amz-Signature="));
    parameters.sort_unstable();
    let header = |wanted: &str| {
        let mut lines = request.lines().filter_map(|line| line.split_once(": "));
        let found = lines.find(|(name, _)| name.eq_ignore_ascii_case(wanted));
        found.map_or("", |(_, value)| value)
    };
    let canonical = format!(
        "GET\n/\n{}\nhost:{}\nx-heeler-approval:{}\n\nhost;x-heeler-approval\n{}",
        parameters.join("&"),
        header("host"),
        header("x-heeler-approval"),
        hex(b"")
    );
    let date = parameters
        .iter()
        .find_map(|part| part.strip_prefix("X-Amz-Date="));
    let date = date.unwrap();
    let (day, _) = date.split_once('T').unwrap();
    let to_sign = format!(
        "AWS4-HMAC-SHA256\n{date}\n{day}/eu-west-1/sts/aws4_request\n{}",
        hex(canonical.as_bytes())
    );
    let day = day.parse::<jiff::civil::Date>().unwrap();
    let day = day.to_zoned(jiff::tz::TimeZone::UTC).unwrap();
    let day = UNIX_EPOCH + Duration::from_secs(day.timestamp().as_second().unsigned_abs());
    let key = generate_signing_key(SECRET, day, "eu-west-1", "sts");
    let wanted = calculate_signature(key, to_sign.as_bytes());
    signature == [format!("X-Amz-Signature={wanted}").as_str()]
}

fn hex(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn statement() -> Statement {
    Statement {
        plan: PlanDigest::try_from(hex(b"a plan")).unwrap(),
        run: RunId::new(Uuid::from_u128(7)),
        id: ApprovalId::new(Uuid::from_u128(9)),
    }
}

/// What comes of an approval of `statement` where `expected` is.
async fn approve(client: &Client, signed: Statement, expected: &Statement) -> Question {
    let url = Sts::presign(client, &signed).await.unwrap();
    let text = Token::new(expected.clone(), url).encode();
    let endpoint = client.endpoint().await.unwrap();
    let expected = Expected {
        plan: &expected.plan,
        run: expected.run,
        planned: Timestamp::now(),
        region: "eu-west-1",
        endpoint: &endpoint,
    };
    let token = Token::decode(&text).unwrap();
    let checked = token.check(&expected, &BTreeSet::new(), Timestamp::now());
    checked.unwrap()
}

#[tokio::test]
async fn whoever_signs_is_named_by_sts_and_nobody_else() {
    let (client, seen) = sts().await;
    let question = approve(&client, statement(), &statement()).await;
    let signer = client.signer(&question).await.unwrap();
    let bob = Caller {
        account: "111122223333".into(),
        arn: BOB.into(),
    };
    assert_eq!(signer, Signer::Is(bob));
    let asked = seen.lock().unwrap().last().unwrap().to_ascii_lowercase();
    assert!(
        asked.starts_with("get /?action=getcalleridentity&"),
        "{asked}"
    );
    for own in ["authorization:", "x-amz-date:", "x-amz-security-token:"] {
        assert!(
            !asked.contains(own),
            "our own signature is not sent: {asked}"
        );
    }
    assert_eq!(
        seen.lock().unwrap().len(),
        2,
        "one to know where STS is, one to ask"
    );
}

#[tokio::test]
async fn nothing_in_a_token_can_be_exchanged() {
    let (client, _) = sts().await;
    let other = |change: fn(&mut Statement)| {
        let mut other = statement();
        change(&mut other);
        other
    };
    for forged in [
        other(|statement| statement.plan = PlanDigest::try_from(hex(b"another")).unwrap()),
        other(|statement| statement.run = RunId::new(Uuid::from_u128(8))),
        other(|statement| statement.id = ApprovalId::new(Uuid::from_u128(8))),
    ] {
        let question = approve(&client, statement(), &forged).await;
        let signer = client.signer(&question).await.unwrap();
        let Signer::Nobody(said) = signer else {
            panic!("{signer:?}");
        };
        assert!(
            said.starts_with("SignatureDoesNotMatch: The request"),
            "{said}"
        );
    }
}

/// An STS that finds every signature too old, and is minutes ahead of this machine.
async fn later_by(minutes: i64) -> Client {
    let (client, _) = serve(move |request| {
        if request.starts_with("POST") {
            return (200, String::new(), answer(request).1);
        }
        let now = Timestamp::now() + jiff::SignedDuration::from_mins(minutes);
        let date = now.strftime("%a, %d %b %Y %H:%M:%S GMT");
        let body = refused("Signature expired: 1 is now earlier than 2 (3 - 15 min.)");
        (403, format!("date: {date}\r\n"), body)
    })
    .await;
    client
}

#[tokio::test]
async fn a_signature_that_is_too_old_is_not_called_forged() {
    let client = later_by(0).await;
    let question = approve(&client, statement(), &statement()).await;
    let signer = client.signer(&question).await.unwrap();
    assert_eq!(signer, Signer::TooLate);
    // Where it is this machine that has the wrong time, nobody knows what the signature is worth.
    for (minutes, says) in [(6, "6 min behind AWS's"), (-6, "6 min ahead of AWS's")] {
        let client = later_by(minutes).await;
        let question = approve(&client, statement(), &statement()).await;
        let error = client.signer(&question).await.unwrap_err();
        assert_eq!(error.code(), "clock-off");
        assert!(error.what().ends_with(says), "{}", error.what());
        assert!(!error.is_passing());
    }
}

#[tokio::test]
async fn who_has_signed_with_a_session_that_has_ended_is_no_forger() {
    let (client, _) = serve(|request| {
        if request.starts_with("POST") {
            return (200, String::new(), answer(request).1);
        }
        let said = "The security token included in the request is expired";
        let body = refused(said).replace("SignatureDoesNotMatch", "ExpiredToken");
        (403, String::new(), body)
    })
    .await;
    let question = approve(&client, statement(), &statement()).await;
    let signer = client.signer(&question).await.unwrap();
    let said = "The security token included in the request is expired".to_owned();
    assert_eq!(signer, Signer::SessionEnded(said));
}

#[tokio::test]
async fn a_silent_sts_is_no_answer() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let client = client(&endpoint);
    let question = Question {
        id: ApprovalId::new(Uuid::from_u128(9)),
        url: format!("{endpoint}/?Action=GetCallerIdentity"),
        header: heeler_core::guard::approval::HEADER,
        value: statement().header_value(),
        expires: Timestamp::MAX,
    };
    let error = client.signer(&question).await.unwrap_err();
    assert!(error.is_silence(), "{error:?}");
    assert!(
        Sts::presign(&client, &statement())
            .await
            .unwrap_err()
            .is_silence()
    );
}

#[tokio::test]
async fn without_credentials_nothing_is_signed() {
    let (client, _) = sts().await;
    let place = client.endpoint().await.unwrap();
    let bare = Client {
        credentials: None,
        ..client
    };
    let error = Sts::presign(&bare, &statement()).await.unwrap_err();
    assert_eq!(error.code(), "no-credentials");
    assert!(place.starts_with("http://127.0.0.1:"), "{place}");
}
