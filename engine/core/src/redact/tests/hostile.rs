//! Inputs that are made to hurt. Memory is asserted; that it takes linear time shows in that it ends.

use super::super::{Kind, LONGEST_KEPT, Redactor};
use super::samples::{chance, jwt};
use super::{key, redact, redacted};

/// Pushes a piece many times. What came out, and how many bytes.
fn repeated(piece: &[u8], times: usize) -> (Redactor, usize) {
    let mut redactor = Redactor::new(key());
    let (mut out, mut total) = (Vec::new(), 0);
    for _ in 0..times {
        redactor.push(piece, &mut out);
        assert!(redactor.kept() <= LONGEST_KEPT);
        total += out.len();
        out.clear();
    }
    redactor.finish(&mut out);
    (redactor, total + out.len())
}

#[test]
fn a_line_without_an_end() {
    let (redactor, total) = repeated(&[b'x'; 100_000], 1_000);
    assert_eq!((total, redactor.tally().secrets()), (100_000_000, 0));
    let (redactor, total) = repeated(&[0; 100_000], 100);
    assert_eq!((total, redactor.tally().secrets()), (10_000_000, 0));
}

#[test]
fn anchors_and_nothing_else() {
    let pieces = [
        "AKIA",
        "password",
        "password=",
        "token=token:",
        "\"",
        "\\\"",
        "\\",
        "eyJ",
        "eyJ.",
        ".eyJ",
        "://",
        "://a:",
        "://:@",
        "-----BEGIN PRIVATE KEY-----",
        "PRIVATE KEY",
        "LS0tLS1CRUdJTi",
        "bearer ",
        "Authorization: ",
        "@tcp(",
        "a:b@tcp(",
        "--password ",
        "\"--password\",",
        "name: password\n",
        "password: |\n",
        "password: |\\n",
        "password: |\\n  x\\n",
        "name: password\\n",
        "--password\\n- ",
        "\\n",
        "12345678:AA",
        "hf_",
        "glpat-",
        "\"password\":\"",
        "'password': ''",
        "password=[",
        "key",
        "_key",
        "-",
        "auth: ",
        "cookie: ",
    ];
    for piece in pieces {
        repeated(piece.repeat(1 + 20_000 / piece.len()).as_bytes(), 15);
    }
}

#[test]
fn quotes_within_quotes() {
    let mut text = String::new();
    for depth in 0..1_000 {
        text.push_str(&format!("{{\"a{depth}\":"));
    }
    text.push_str("{\"password\":\"hunter2\"}");
    text.push_str(&"}".repeat(1_000));
    assert_eq!(redact(text.as_bytes()).1.of(Kind::Password), 1);
    let mut text = "{\"password\":\"hunter2\"}".to_owned();
    for _ in 0..10 {
        text = format!("{{\"m\":{}}}", serde_json::to_string(&text).unwrap());
        let (out, tally) = redact(text.as_bytes());
        assert_eq!(tally.of(Kind::Password), 1);
        assert!(memchr::memmem::find(&out, b"hunter2").is_none());
        assert!(serde_json::from_slice::<serde_json::Value>(&out).is_ok());
    }
    redact(format!("password={}\"x", "\\".repeat(1 << 20)).as_bytes());
}

#[test]
fn secrets_that_are_very_long() {
    let text = [
        b"password=\"".to_vec(),
        chance(3_000_000).into_bytes(),
        b"\\\"y\" user=alice\nnext\n".to_vec(),
    ]
    .concat();
    let (out, tally) = redact(&text);
    let out = String::from_utf8(out).unwrap();
    assert!(
        out.starts_with("password=\"[redacted:password:")
            && out.ends_with("]\" user=alice\nnext\n")
            && out.len() < 80,
        "{}",
        out.len()
    );
    assert_eq!((tally.secrets(), tally.bytes()), (1, 3_000_003));
}

#[test]
fn secrets_wherever_a_long_line_is_cut() {
    let token = jwt();
    for before in (185_000..200_000)
        .step_by(97)
        .chain((250_000..264_000).step_by(97))
    {
        let secrets = format!("password=hunter2 {token} postgres://u:{}@h", chance(30));
        let before = "x ".repeat(before / 2);
        let out = redact(format!("{before}{secrets}").as_bytes()).0;
        let whole = format!("{before}{}", redacted(&secrets));
        assert!(out == whole.as_bytes(), "{}", before.len());
    }
}
