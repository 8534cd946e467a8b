//! Tokens: the same secret is the same token, and nothing tells the key.

use super::super::{KINDS, Kind, RedactionKey, Redactor};
use super::samples::prefixed;
use super::{key, redacted};

fn with(key: RedactionKey, text: &str) -> String {
    let mut redactor = Redactor::new(key);
    let mut out = Vec::new();
    redactor.push(text.as_bytes(), &mut out);
    redactor.finish(&mut out);
    String::from_utf8(out).unwrap()
}

#[test]
fn a_token_is_the_beginning_of_an_hmac() {
    // python3 -c 'import hmac; print(hmac.new(bytes([7]*32), b"hunter2", "sha256").hexdigest()[:8])'
    assert_eq!(
        redacted("password=hunter2"),
        "password=[redacted:password:326eb4f6]"
    );
}

#[test]
fn the_same_secret_is_the_same_token() {
    let token = |text: &str| {
        let out = redacted(text);
        let (_, behind) = out.split_once("[redacted:").unwrap();
        behind.split_once(']').unwrap().0.to_owned()
    };
    let forms = [
        "password=p@ss/w\"9",
        "password: 'p@ss/w\"9'",
        "{\"password\":\"p@ss/w\\\"9\"}",
        "{\"m\":\"{\\\"password\\\":\\\"p@ss/w\\\\\\\"9\\\"}\"}",
        "postgres://u:p%40ss%2Fw%229@h",
        "{\"password\":\"p\\u0040ss\\/w\\\"9\"}",
    ];
    let tokens: Vec<String> = forms.iter().skip(1).map(|form| token(form)).collect();
    assert!(tokens.iter().all(|one| *one == tokens[0]), "{tokens:?}");
    assert_ne!(token("password=hunter2"), token("password=hunter3"));
}

#[test]
fn another_key_gives_another_token() {
    let text = "password=hunter2";
    assert_eq!(with(key(), text), with(key(), text));
    assert_ne!(with(key(), text), with(RedactionKey::new([8; 32]), text));
}

#[test]
fn the_key_is_not_shown() {
    assert_eq!(
        format!(
            "{:?}",
            RedactionKey::new(*b"0123456789abcdef0123456789abcdef")
        ),
        "RedactionKey"
    );
    assert!(!format!("{:?}", Redactor::new(RedactionKey::new([0xab; 32]))).contains("171"));
}

#[test]
fn kinds_are_rows_in_order() {
    assert!(
        KINDS
            .windows(2)
            .all(|pair| pair[0].kind < pair[1].kind && pair[0].name < pair[1].name)
    );
    let letters = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    assert!(
        KINDS
            .iter()
            .all(|row| row.name.bytes().all(letters) && row.kind.name() == row.name)
    );
    assert_eq!(Kind::AwsKey.name(), "aws-key");
}

#[test]
fn tallies_count_kinds_and_bytes() {
    let mut redactor = Redactor::new(key());
    let mut out = Vec::new();
    redactor.push(
        b"password=hunter2 password=hunter22\ntoken=q7Zt1XvB9mKc\n",
        &mut out,
    );
    let kinds: Vec<(Kind, u64)> = redactor.tally().kinds().collect();
    assert_eq!(kinds, [(Kind::Password, 2), (Kind::Token, 1)]);
    assert_eq!(
        (redactor.tally().secrets(), redactor.tally().bytes()),
        (3, 27)
    );
}

#[test]
fn what_is_redacted_stays_as_it_is() {
    for (_, secret) in prefixed() {
        let text = format!(
            "password={secret} \"token\":\"{secret}\" Authorization: Bearer {secret} {secret} https://u:{secret}@h"
        );
        let once = redacted(&text);
        assert_eq!(redacted(&once), once);
    }
}
