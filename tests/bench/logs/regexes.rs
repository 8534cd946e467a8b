//! Redaction by regular expressions, in the manner of the default redactors of replicatedhq/troubleshoot: each
//! goes over all lines after the others, a cheap expression on the line in lower case says whether the
//! expensive one is tried, and some find the value on the line behind a name.

use std::time::{Duration, Instant};

use anyhow::Result;
use regex::bytes::Regex;

/// What stands for what was taken out.
pub(crate) const MARK: &str = r"\*\*\*HIDDEN\*\*\*";

/// Expressions for a line: what has to be there, what is searched for, and what it becomes.
const LINES: &[(&str, &str, &str)] = &[
    (
        "secret_?access_?key",
        r#"(?i)(\\"name\\":\\"[^"]*SECRET_?ACCESS_?KEY\\",\\"value\\":\\")[^"]*(\\")"#,
        "${1}***HIDDEN***${2}",
    ),
    (
        "access_?key_?id",
        r#"(?i)(\\"name\\":\\"[^"]*ACCESS_?KEY_?ID\\",\\"value\\":\\")[^"]*(\\")"#,
        "${1}***HIDDEN***${2}",
    ),
    (
        "password",
        r#"(?i)(\\"name\\":\\"[^"]*password[^"]*\\",\\"value\\":\\")[^"]*(\\")"#,
        "${1}***HIDDEN***${2}",
    ),
    (
        "token",
        r#"(?i)(\\"name\\":\\"[^"]*token[^"]*\\",\\"value\\":\\")[^"]*(\\")"#,
        "${1}***HIDDEN***${2}",
    ),
    (
        "database",
        r#"(?i)(\\"name\\":\\"[^"]*database[^"]*\\",\\"value\\":\\")[^"]*(\\")"#,
        "${1}***HIDDEN***${2}",
    ),
    (
        "user",
        r#"(?i)(\\"name\\":\\"[^"]*user[^"]*\\",\\"value\\":\\")[^"]*(\\")"#,
        "${1}***HIDDEN***${2}",
    ),
    (
        r#"://[^:"/]+:[^@"/]+@"#,
        r#"(?i)([a-z][a-z\d+.-]*://)[^:"/]+(:)[^@"/]+(@)"#,
        "${1}***HIDDEN***${2}***HIDDEN***${3}",
    ),
    (
        "@(?:tcp|unix)",
        r#"[^:"/\s]+(:)[^@"\s]+(@(?:tcp|unix)\()"#,
        "***HIDDEN***${1}***HIDDEN***${2}",
    ),
    (
        "data source",
        "(?i)(Data Source *= *)[^;]+(;)",
        "${1}***HIDDEN***${2}",
    ),
    (
        "location",
        "(?i)(location *= *)[^;]+(;)",
        "${1}***HIDDEN***${2}",
    ),
    (
        "user id",
        "(?i)(User ID *= *)[^;]+(;)",
        "${1}***HIDDEN***${2}",
    ),
    (
        "password",
        "(?i)(password *= *)[^;]+(;)",
        "${1}***HIDDEN***${2}",
    ),
    (
        "server",
        "(?i)(Server *= *)[^;]+(;)",
        "${1}***HIDDEN***${2}",
    ),
    (
        "database",
        "(?i)(Database *= *)[^;]+(;)",
        "${1}***HIDDEN***${2}",
    ),
    ("uid", "(?i)(Uid *= *)[^;]+(;)", "${1}***HIDDEN***${2}"),
    ("pwd", "(?i)(Pwd *= *)[^;]+(;)", "${1}***HIDDEN***${2}"),
];

/// Names whose value is on the next line.
const NAMES: &[(&str, &str)] = &[
    (
        "secret_?access_?key",
        r#"(?i)"name": *"[^"]*SECRET_?ACCESS_?KEY[^"]*""#,
    ),
    (
        "access_?key_?id",
        r#"(?i)"name": *"[^"]*ACCESS_?KEY_?ID[^"]*""#,
    ),
    (
        "owner_?account",
        r#"(?i)"name": *"[^"]*OWNER_?ACCOUNT[^"]*""#,
    ),
    ("password", r#"(?i)"name": *".*password[^"]*""#),
    ("token", r#"(?i)"name": *".*token[^"]*""#),
    ("database", r#"(?i)"name": *".*database[^"]*""#),
    ("user", r#"(?i)"name": *".*user[^"]*""#),
];

struct Line {
    scan: Regex,
    find: Regex,
    becomes: &'static str,
}

struct Name {
    scan: Regex,
    find: Regex,
}

/// Goes over the text; what it comes to, and how long it took.
///
/// # Errors
/// Never: the expressions are good.
pub(crate) fn redact(text: &[u8]) -> Result<(Vec<u8>, Duration)> {
    let lines = LINES.iter().map(|(scan, find, becomes)| {
        anyhow::Ok(Line {
            scan: Regex::new(scan)?,
            find: Regex::new(find)?,
            becomes,
        })
    });
    let names = NAMES.iter().map(|(scan, find)| {
        anyhow::Ok(Name {
            scan: Regex::new(scan)?,
            find: Regex::new(find)?,
        })
    });
    let (lines, names) = (
        lines.collect::<Result<Vec<_>>>()?,
        names.collect::<Result<Vec<_>>>()?,
    );
    let value = Regex::new(r#"(?i)("value": *")[^"]*(")"#)?;
    let began = Instant::now();
    let mut out = Vec::with_capacity(text.len());
    let mut is_named = vec![false; names.len()];
    for line in text.split_inclusive(|byte| *byte == b'\n') {
        let mut line = line.to_vec();
        for Line {
            scan,
            find,
            becomes,
        } in &lines
        {
            if scan.is_match(&line.to_ascii_lowercase()) {
                line = find.replace_all(&line, becomes.as_bytes()).into_owned();
            }
        }
        for (Name { scan, find }, is_named) in names.iter().zip(&mut is_named) {
            if std::mem::take(is_named) {
                line = value
                    .replace_all(&line, &b"${1}***HIDDEN***${2}"[..])
                    .into_owned();
            }
            *is_named = scan.is_match(&line.to_ascii_lowercase()) && find.is_match(&line);
        }
        out.extend_from_slice(&line);
    }
    Ok((out, began.elapsed()))
}
