//! Secrets that stand on several lines.

use super::super::Kind;
use super::samples::pem;
use super::{redact, redacted};

/// Text with the key's lines behind a prefix each, and without what a token stands for.
fn key_with(prefixes: &[&str], label: &str) -> String {
    let mut prefixes = prefixes.iter().cycle();
    pem(label)
        .iter()
        .map(|line| format!("{}{line}\n", prefixes.next().unwrap()))
        .collect()
}

#[test]
fn private_keys() {
    let mut tokens = Vec::new();
    for label in [
        "RSA PRIVATE KEY",
        "PRIVATE KEY",
        "OPENSSH PRIVATE KEY",
        "EC PRIVATE KEY",
        "ENCRYPTED PRIVATE KEY",
    ] {
        for prefix in [
            "",
            "    ",
            "2026-11-20T12:12:12.123456789Z stdout F ",
            "Nov 20 12:12:12 ip-10 app[1]: ",
        ] {
            let text = format!("before\n{}after\n", key_with(&[prefix], label));
            let (out, tally) = redact(text.as_bytes());
            let out = String::from_utf8(out).unwrap();
            let lines: Vec<&str> = out.lines().collect();
            assert_eq!(lines.len(), 5, "{out}");
            assert_eq!(lines[1], format!("{prefix}-----BEGIN {label}-----"));
            let token = lines[2].strip_prefix(prefix).unwrap();
            assert!(token.starts_with("[redacted:private-key:"), "{out}");
            assert_eq!(lines[3], format!("{prefix}-----END {label}-----"));
            assert_eq!(lines[4], "after");
            assert_eq!(tally.of(Kind::PrivateKey), 1);
            tokens.push(token.to_owned());
        }
    }
    tokens.dedup();
    assert_eq!(tokens.len(), 1, "the same key is the same token");
    let one_line = redacted(&pem("PRIVATE KEY").join("\\n"));
    assert!(one_line.contains(&tokens[0]), "{one_line}");
}

#[test]
fn keys_that_others_write_into() {
    let mut lines = pem("PRIVATE KEY");
    lines.insert(
        4,
        "level=info msg=\"something else\" password=hunter2".to_owned(),
    );
    let out = redacted(&lines.join("\n"));
    assert_eq!(out.lines().count(), 4, "{out}");
    assert!(
        out.contains("something else") && !out.contains("hunter2"),
        "{out}"
    );
}

#[test]
fn keys_that_are_cut_off() {
    let mut lines = pem("PRIVATE KEY");
    lines.truncate(5);
    let out = redacted(&format!("{}\n", lines.join("\n")));
    assert_eq!(out.lines().count(), 2, "{out}");
    let out = redacted(&format!(
        "{}\n{}",
        lines.join("\n"),
        "plain words of a log\n".repeat(40)
    ));
    assert_eq!(out.lines().count(), 42, "{out}");
    assert_eq!(
        redacted("-----BEGIN PRIVATE KEY-----\n"),
        "-----BEGIN PRIVATE KEY-----\n"
    );
}

/// What stands before a password whose name is on another line, and behind it.
const ON_THE_NEXT_LINE: &[(&str, &str)] = &[
    ("- name: DB_PASSWORD\n  value: ", "\n- name: X\n"),
    ("- name: \"DB_PASSWORD\"\n  value: \"", "\"\n"),
    (
        "    {\n      \"name\": \"DB_PASSWORD\",\n      \"value\": \"",
        "\"\n    },\n",
    ),
    ("args:\n- --password\n- ", "\n- --verbose\n"),
    ("    \"--password\",\n    \"", "\",\n"),
];

#[track_caller]
fn takes_out_of(before: &str, after: &str) {
    let (out, tally) = redact(format!("{before}hunter2{after}").as_bytes());
    let out = String::from_utf8(out).unwrap();
    let inner = out
        .strip_prefix(before)
        .and_then(|rest| rest.strip_suffix(after));
    assert!(
        inner.is_some_and(|inner| inner == token("hunter2")),
        "{out}"
    );
    assert_eq!(tally.of(Kind::Password), 1, "{out}");
}

/// What stands for a password wherever it is.
fn token(password: &str) -> String {
    let password = serde_json::to_string(password).unwrap();
    let out = redacted(&format!("password={password}"));
    let inner = out.strip_prefix("password=\"").unwrap();
    inner.strip_suffix('"').unwrap().to_owned()
}

/// The text as it stands in a string of JSON, without the string's marks.
fn in_string(text: &str) -> String {
    let string = serde_json::to_string(text).unwrap();
    let inner = string.strip_prefix('"').unwrap();
    inner.strip_suffix('"').unwrap().to_owned()
}

#[test]
fn values_on_the_next_line() {
    for (before, after) in ON_THE_NEXT_LINE {
        takes_out_of(before, after);
    }
    takes_out_of(
        "2026-11-20T12:12:12Z stdout F - name: DB_PASSWORD\n2026-11-20T12:12:12Z stdout F   value: ",
        "\n",
    );
}

#[test]
fn values_on_the_next_line_of_a_string() {
    for (before, after) in ON_THE_NEXT_LINE {
        let mut around = ((*before).to_owned(), (*after).to_owned());
        for _ in 0..3 {
            let (before, after) = (in_string(&around.0), in_string(&around.1));
            around = (format!("{{\"msg\":\"{before}"), format!("{after}\"}}"));
            takes_out_of(&around.0, &around.1);
        }
    }
    takes_out_of("{\"msg\":\"- name: DB_PASSWORD\\r\\n  value: ", "\\r\\n\"}");
    let text = r#"{"msg":"--password\n- --user\n- alice", "x": "--password\n  is a flag"}"#;
    assert_eq!(redacted(text), text);
}

#[test]
fn blocks_within_a_string() {
    let block =
        "a:\n  - password: |-\n      hunter2 \"x\" \\nx\n      hunter3\n    user: |\n      alice\n";
    let lines = "hunter2 \"x\" \\nx\n      hunter3";
    let mut text = block.to_owned();
    for _ in 0..3 {
        text = serde_json::to_string(&text).unwrap();
        let mut out = redacted(&text);
        while out.starts_with('"') {
            out = serde_json::from_str(&out).unwrap();
        }
        assert_eq!(out, block.replace(lines, &token(lines)));
    }
    // Whatever is not indented is none of it.
    let text = r#"{"msg":"password: |\n\nuser: alice"}"#;
    assert_eq!(redacted(text), text);
    let key = pem("PRIVATE KEY")
        .iter()
        .map(|line| format!("    {line}\n"))
        .collect::<String>();
    let text = serde_json::to_string(&format!("  password: |\n{key}  x: y\n")).unwrap();
    let out = redacted(&text);
    assert!(
        out.contains("[redacted:private-key:") && out.contains("-----END PRIVATE KEY-----"),
        "{out}"
    );
}

#[test]
fn blocks() {
    let out = redacted("a:\n  password: |-\n    hunter2\n\n    hunter3\n  user: |\n    alice\n");
    assert!(
        !out.contains("hunter") && out.ends_with("\n  user: |\n    alice\n"),
        "{out}"
    );
    let out = redacted("  - password: |\n      hunter2\n    user: |\n      alice\n");
    assert!(
        !out.contains("hunter") && out.ends_with("\n    user: |\n      alice\n"),
        "{out}"
    );
    let key = pem("PRIVATE KEY")
        .iter()
        .map(|line| format!("    {line}\n"))
        .collect::<String>();
    let out = redacted(&format!("  private_key: |\n{key}  x: y\n"));
    assert!(
        out.contains("    -----END PRIVATE KEY-----\n  x: y\n") && out.lines().count() == 5,
        "{out}"
    );
}
