//! Approvals: what they look like, and every way in which one does not count.

use std::collections::BTreeSet;

use jiff::Timestamp;
use proptest::prelude::*;
use uuid::Uuid;

use super::{ApprovalId, Expected, Fault, PlanDigest, Question, Statement, Token};
use crate::event::RunId;

const PLAN: &str = "5b0f6c2a5b0f6c2a5b0f6c2a5b0f6c2a5b0f6c2a5b0f6c2a5b0f6c2a5b0f6c2a";
const SIGNATURE: &str = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
const STS: &str = "https://sts.eu-west-1.amazonaws.com";

fn run(number: u128) -> RunId {
    RunId::new(Uuid::from_u128(number))
}

fn id(number: u128) -> ApprovalId {
    ApprovalId::new(Uuid::from_u128(number))
}

fn plan(digits: &str) -> PlanDigest {
    digits.parse().expect("a digest")
}

fn statement() -> Statement {
    Statement {
        plan: plan(PLAN),
        run: run(7),
        id: id(9),
    }
}

/// A request that was signed at a time of 18 November 2026, and holds so many seconds.
fn url(time: &str, seconds: &str) -> String {
    format!(
        "{STS}/?Action=GetCallerIdentity&Version=2011-06-15&X-Amz-Algorithm=AWS4-HMAC-SHA256\
         &X-Amz-Credential=ASIAX%2F20261118%2Feu-west-1%2Fsts%2Faws4_request\
         &X-Amz-Date=20261118T{time}Z&X-Amz-Expires={seconds}\
         &X-Amz-Security-Token=IQo%2BJb3%3D&X-Amz-SignedHeaders=host%3Bx-heeler-approval\
         &X-Amz-Signature={SIGNATURE}"
    )
}

fn good() -> String {
    url("120000", "900")
}

fn at(time: &str) -> Timestamp {
    format!("2026-11-18T{time}Z").parse().expect("a moment")
}

/// What comes of a request in a token, at a time, for a plan of noon.
fn checked(url: &str, now: &str) -> Result<Question, Fault> {
    let token = Token::new(statement(), url.to_owned());
    token.check(&expected(&plan(PLAN)), &BTreeSet::new(), at(now))
}

fn expected(plan: &PlanDigest) -> Expected<'_> {
    Expected {
        plan,
        run: run(7),
        planned: at("12:00:00"),
        region: "eu-west-1",
        endpoint: "http://127.0.0.1:4566",
    }
}

#[test]
fn a_token_is_one_line_and_comes_back_as_it_went() {
    let token = Token::new(statement(), good());
    let text = token.encode();
    assert!(text.starts_with("heeler-approval1."), "{text}");
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "-_.".contains(letter);
    assert!(text.chars().all(plain), "{text}");
    assert_eq!(Token::decode(&text), Ok(token.clone()));
    assert_eq!(Token::decode(&format!("  {text}\r\n")), Ok(token));
}

#[test]
fn what_is_shown_of_a_token_holds_no_request() {
    let shown = format!("{:?}", Token::new(statement(), good()));
    assert!(shown.contains(PLAN) && !shown.contains("Amz"), "{shown}");
}

#[test]
fn other_texts_are_no_tokens() {
    let text = Token::new(statement(), good()).encode();
    let body = text.strip_prefix("heeler-approval1.").expect("its name");
    for (text, code) in [
        (String::new(), "approval-no-token"),
        ("yes".into(), "approval-no-token"),
        (format!("k8s-aws-v1.{body}"), "approval-no-token"),
        (format!("heeler-approval.{body}"), "approval-no-token"),
        (format!("heeler-approval2.{body}"), "approval-version"),
        ("heeler-approval1.".into(), "approval-damaged"),
        (format!("{text}A"), "approval-damaged"),
        (format!("{text}="), "approval-damaged"),
        (text.chars().take(200).collect(), "approval-damaged"),
        (text.replacen("1.", "1.\n", 1), "approval-damaged"),
        ("x".repeat(8_193), "approval-too-long"),
    ] {
        let fault = Token::decode(&text).expect_err("it is refused");
        assert_eq!(fault.code(), code, "{text}");
    }
}

/// A token with this in the place of its JSON.
fn of_json(json: &str) -> Result<Token, Fault> {
    use base64::Engine as _;
    let body = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(json);
    Token::decode(&format!("heeler-approval1.{body}"))
}

#[test]
fn a_token_has_one_spelling() {
    let (run, id) = (Uuid::from_u128(7), Uuid::from_u128(9));
    let json = format!(r#"{{"plan":"{PLAN}","run":"{run}","id":"{id}","url":"u"}}"#);
    assert!(of_json(&json).is_ok());
    for other in [
        json.replace(":", ": "),
        json.replace(PLAN, &PLAN.to_uppercase()),
        json.replace(PLAN, "5b0f6c2a5b0f"),
        json.replace(r#""url":"u""#, r#""url":"\u0075""#),
        json.replace(r#""url":"u""#, r#""url":"u","approved":true"#),
        json.replace(r#""url":"u""#, r#""url":"u","url":"u""#),
        json.replace(r#","url":"u""#, ""),
        json.replace(&id.to_string(), &id.simple().to_string()),
        format!("{json} "),
    ] {
        assert_eq!(of_json(&other), Err(Fault::Damaged), "{other}");
    }
}

#[test]
fn all_that_is_approved_is_signed() {
    let question = checked(&good(), "12:05:00").expect("it holds");
    assert_eq!(question.url, good());
    assert_eq!(question.header, "x-heeler-approval");
    let (run, id) = (Uuid::from_u128(7), Uuid::from_u128(9));
    assert_eq!(question.value, format!("1 plan={PLAN} run={run} id={id}"));
    assert_eq!(question.expires, at("12:15:00"));
}

#[test]
fn another_plan_another_run_and_a_second_use_are_refused() {
    let token = Token::new(statement(), good());
    let (now, none) = (at("12:05:00"), BTreeSet::new());
    let code = |expected: Expected<'_>, used: &BTreeSet<ApprovalId>| {
        let checked = token.check(&expected, used, now);
        checked.err().map(|fault| fault.code())
    };
    let (this, other) = (plan(PLAN), plan(&PLAN.replace("2a5b", "2b5b")));
    assert_eq!(code(expected(&this), &none), None);
    assert_eq!(code(expected(&other), &none), Some("approval-other-plan"));
    let second = Expected {
        run: run(8),
        ..expected(&this)
    };
    assert_eq!(code(second, &none), Some("approval-other-run"));
    assert_eq!(
        code(expected(&this), &BTreeSet::from([id(9)])),
        Some("approval-used")
    );
    assert_eq!(code(expected(&this), &BTreeSet::from([id(8)])), None);
}

#[test]
fn an_approval_holds_for_its_time_and_no_longer() {
    let code = |signed, seconds, now| {
        let checked = checked(&url(signed, seconds), now);
        checked.err().map(|fault| fault.code())
    };
    for (signed, seconds, now, wanted) in [
        ("120000", "900", "12:00:00", None),
        ("120000", "900", "12:14:59.999", None),
        ("120000", "900", "12:15:00", Some("approval-expired")),
        ("120000", "60", "12:01:00", Some("approval-expired")),
        ("120000", "901", "12:00:00", Some("approval-long-lived")),
        (
            "120000",
            "4294967295",
            "12:00:00",
            Some("approval-long-lived"),
        ),
        // Half a minute ahead, a minute, and one second more.
        ("120030", "900", "12:00:00", None),
        ("120100", "900", "12:00:00", None),
        ("120101", "900", "12:00:00", Some("approval-clock-ahead")),
        // The plan is of noon.
        ("115900", "900", "12:00:00", None),
        ("115859", "900", "12:00:00", Some("approval-clock-behind")),
    ] {
        assert_eq!(
            code(signed, seconds, now),
            wanted,
            "{signed} {seconds} {now}"
        );
    }
}

#[test]
fn clocks_ten_minutes_apart_have_their_own_words() {
    let said = |signed| {
        let fault = checked(&url(signed, "900"), "12:00:30").expect_err("it is refused");
        (fault.to_string(), fault.help())
    };
    let help = "set both machines' clocks (NTP), and approve again";
    let ahead =
        "the approval was signed 10 min in the future: the clocks of the two machines differ";
    assert_eq!(said("121030"), (ahead.to_owned(), help));
    let behind = "the approval was signed 9 min 30 s before its plan was made: the clocks of the two \
                  machines differ";
    assert_eq!(said("115030"), (behind.to_owned(), help));
}

#[test]
fn only_the_request_that_is_signed_is_asked() {
    for (from, to, code) in [
        ("GetCallerIdentity", "AssumeRole", "approval-other-request"),
        ("2011-06-15", "2012-06-15", "approval-other-request"),
        (
            "AWS4-HMAC-SHA256",
            "AWS4-ECDSA-P256-SHA256",
            "approval-other-request",
        ),
        // As an EKS token signs it, with the plan left out, and with more.
        (
            "x-heeler-approval",
            "x-k8s-aws-id",
            "approval-other-request",
        ),
        ("host%3Bx-heeler-approval", "host", "approval-other-request"),
        (
            "x-heeler-approval",
            "x-heeler-approval%3Bx-other",
            "approval-other-request",
        ),
        ("host%3B", "host%3b", "approval-other-request"),
        ("%2Fsts%2F", "%2Fec2%2F", "approval-other-request"),
        (
            "ASIAX%2F20261118",
            "ASIAX%2F20261117",
            "approval-other-request",
        ),
        ("ASIAX", "", "approval-other-request"),
        ("20261118T12", "20261318T12", "approval-other-request"),
        ("=900", "=0900", "approval-other-request"),
        ("=900", "=-900", "approval-other-request"),
        ("=900", "=4294967296", "approval-other-request"),
        ("=0011", "=001G", "approval-other-request"),
        ("=0011", "=00AA", "approval-other-request"),
        (
            "&Version",
            "&Action=GetCallerIdentity&Version",
            "approval-other-request",
        ),
        (
            "&Version",
            "&action=AssumeRole&Version",
            "approval-other-request",
        ),
        ("&X-Amz-Expires=900", "", "approval-other-request"),
        ("Token=IQo%2BJb3%3D", "Token=", "approval-other-request"),
        ("/?", "/x?", "approval-other-request"),
        ("/?", "//?", "approval-not-sts"),
        ("&Version", "&Version#", "approval-other-request"),
        ("&Version", "&\u{e9}Version", "approval-other-request"),
        ("https:", "http:", "approval-not-sts"),
        (STS, "https://sts.evil.example", "approval-not-sts"),
        (STS, "https://a@evil.example", "approval-not-sts"),
        (STS, "http://127.0.0.1:4567", "approval-not-sts"),
    ] {
        let url = good().replacen(from, to, 1);
        assert_ne!(url, good(), "{from}");
        let fault = checked(&url, "12:05:00").expect_err("it is refused");
        assert_eq!(fault.code(), code, "{from} → {to}");
    }
    let configured = good().replace(STS, "http://127.0.0.1:4566");
    assert!(checked(&configured, "12:05:00").is_ok());
    let lasting = good().replace("&X-Amz-Security-Token=IQo%2BJb3%3D", "");
    assert!(
        checked(&lasting, "12:05:00").is_ok(),
        "a user's own key has no token"
    );
}

proptest! {
    #[test]
    fn no_text_makes_the_reader_fail(text in "\\PC{0,200}", url in "\\PC{0,200}") {
        let _ = Token::decode(&text);
        let _ = of_json(&text);
        prop_assert!(checked(&url, "12:00:00").is_err());
    }

    #[test]
    fn a_letter_more_or_other_is_noticed(place in 0_usize..700, letter in "[A-Za-z0-9_.-]") {
        let token = Token::new(statement(), good());
        let text = token.encode();
        let mut letters: Vec<char> = text.chars().collect();
        let place = place % letters.len();
        letters[place] = letter.chars().next().unwrap();
        let changed: String = letters.into_iter().collect();
        match Token::decode(&changed) {
            Ok(read) => prop_assert_eq!(read == token, changed == text),
            Err(_) => prop_assert!(changed != text),
        }
    }
}
