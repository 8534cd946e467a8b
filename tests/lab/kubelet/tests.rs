//! Held against what was measured on a real kubelet, and against its rotation.

use std::fs;

use axum::body::to_bytes;
use axum::http::{HeaderMap, Method, StatusCode};
use futures::StreamExt as _;
use jiff::{SignedDuration, Timestamp};
use tempfile::TempDir;

use super::pod_log::PodLog;
use super::{Kubelet, Rewrite};

struct Asked {
    status: StatusCode,
    headers: HeaderMap,
    body: String,
}

impl Asked {
    fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    }
}

/// A kubelet with one file of 20 bytes, and a folder.
fn kubelet() -> (TempDir, Kubelet) {
    let folder = TempDir::new().expect("a folder");
    fs::create_dir(folder.path().join("support")).expect("a folder");
    fs::write(
        folder.path().join("support/x.tar.gz"),
        "0123456789abcdefghij",
    )
    .expect("a file");
    let kubelet = Kubelet::new(folder.path());
    (folder, kubelet)
}

fn ask(kubelet: &Kubelet, path: &str, headers: &[(&'static str, &str)]) -> Asked {
    let headers = headers.iter().map(|(name, value)| {
        (
            name.parse().expect("a name"),
            value.parse().expect("a value"),
        )
    });
    let headers: HeaderMap = headers.collect();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        let response = kubelet.answer(&Method::GET, path, &headers).await;
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, usize::MAX).await.expect("a body");
        Asked {
            status: parts.status,
            headers: parts.headers,
            body: String::from_utf8_lossy(&body).into_owned(),
        }
    })
}

#[test]
fn folders_files_and_what_is_none() {
    let (_folder, kubelet) = kubelet();
    let page = ask(&kubelet, "/logs/", &[]);
    assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
    assert!(
        page.body
            .contains("<pre>\n<a href=\"support/\">support/</a>\n</pre>"),
        "{}",
        page.body
    );
    let asked = ask(&kubelet, "/logs", &[]);
    assert_eq!(
        (asked.status.as_u16(), asked.header("location")),
        (307, "/logs/")
    );
    let asked = ask(&kubelet, "/logs/support", &[]);
    assert_eq!(
        (asked.status.as_u16(), asked.header("location")),
        (301, "support/")
    );
    for path in [
        "/logs/nope",
        "/logs/../x",
        "/logs/support/%2e%2e/x",
        "/logs/%2f..",
        "/other",
    ] {
        let asked = ask(&kubelet, path, &[]);
        assert_eq!(
            (asked.status.as_u16(), asked.body.as_str()),
            (404, "404 page not found\n"),
            "{path}"
        );
    }
    kubelet.faults().set_log_handler(false);
    let asked = ask(&kubelet, "/logs/", &[]);
    assert_eq!(
        (asked.status.as_u16(), asked.body.as_str()),
        (405, "logs endpoint is disabled.")
    );
}

#[test]
fn ranges_are_those_of_the_version_that_was_seen() {
    let (folder, kubelet) = kubelet();
    let path = "/logs/support/x.tar.gz";
    let whole = ask(&kubelet, path, &[]);
    assert_eq!((whole.status.as_u16(), whole.body.len()), (200, 20));
    assert_eq!(whole.header("content-type"), "application/gzip");
    assert_eq!(
        (
            whole.header("accept-ranges"),
            whole.header("content-length")
        ),
        ("bytes", "20")
    );
    let seen = whole.header("last-modified").to_owned();
    assert!(seen.ends_with(" GMT"), "{seen}");
    let part = ask(
        &kubelet,
        path,
        &[("range", "bytes=10-19"), ("if-range", &seen)],
    );
    assert_eq!(
        (part.status.as_u16(), part.body.as_str()),
        (206, "abcdefghij")
    );
    assert_eq!(part.header("content-range"), "bytes 10-19/20");
    let rest = ask(&kubelet, path, &[("range", "bytes=18-")]);
    assert_eq!((rest.status.as_u16(), rest.body.as_str()), (206, "ij"));
    let past = ask(&kubelet, path, &[("range", "bytes=20-")]);
    assert_eq!(
        (past.status.as_u16(), past.header("content-range")),
        (416, "bytes */20")
    );
    let other = ask(
        &kubelet,
        path,
        &[
            ("range", "bytes=10-"),
            ("if-range", "Thu, 01 Jan 1970 00:00:00 GMT"),
        ],
    );
    assert_eq!((other.status.as_u16(), other.body.len()), (200, 20));
    drop(folder);
}

fn at(second: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_secs(second)
}

#[test]
fn a_log_is_rotated_as_the_kubelet_does_it() {
    let folder = TempDir::new().expect("a folder");
    let mut log = PodLog::begin(folder.path(), ("shop", "web", "u1"), "app").expect("a log");
    let names = |log: &PodLog| {
        let names = fs::read_dir(log.folder()).expect("a folder");
        let names = names.map(|entry| {
            entry
                .expect("an entry")
                .file_name()
                .to_string_lossy()
                .into_owned()
        });
        let mut names: Vec<_> = names.collect();
        names.sort();
        names
    };
    for second in 1..=6 {
        log.write(at(second), "stdout", "x").expect("a line");
        log.rotate(at(second)).expect("a rotation");
    }
    assert_eq!(
        names(&log),
        [
            "0.log",
            "0.log.19700101-000003.gz",
            "0.log.19700101-000004.gz",
            "0.log.19700101-000005.gz",
            "0.log.19700101-000006"
        ]
    );
    log.restart().expect("a start");
    log.restart().expect("a start");
    assert_eq!(names(&log), ["1.log", "2.log"]);
    log.write(at(9), "stderr", &"y".repeat(20_000))
        .expect("a line");
    let text = fs::read_to_string(log.current_file()).expect("a file");
    let tags: Vec<&str> = text
        .lines()
        .filter_map(|line| line.split(' ').nth(2))
        .collect();
    assert_eq!((tags, text.lines().count()), (vec!["P", "F"], 2));
}

#[test]
fn what_it_tells_of_itself_goes_with_its_switches() {
    let (_folder, kubelet) = kubelet();
    let told = |path: &str| {
        let asked = ask(&kubelet, path, &[]);
        (asked.status.as_u16(), asked.body)
    };
    let flag = |name: &str| {
        let (status, body) = told("/configz");
        assert_eq!(status, 200);
        let body: serde_json::Value = serde_json::from_str(&body).expect("JSON");
        body["kubeletconfig"][name].clone()
    };
    assert_eq!(flag("enableSystemLogHandler"), true);
    kubelet.faults().set_log_handler(false);
    assert_eq!(flag("enableSystemLogHandler"), false);
    assert_eq!(flag("enableDebuggingHandlers"), true);
    kubelet.faults().set_debugging_handlers(false);
    assert_eq!(told("/configz"), (404, "404 page not found\n".to_owned()));
    assert_eq!(
        told("/logs/support/"),
        (405, "Debug endpoints are disabled.".to_owned())
    );
    for path in ["/stats/summary", "/metrics", "/healthz"] {
        assert_eq!(told(path).0, 200, "{path}");
    }
}

/// What arrives of a file of 20 bytes that is written anew after 5 of them, and the answer to who
/// then asks for the rest of what it has begun with.
fn written_anew(rewrite: Rewrite) -> (Vec<u8>, Asked) {
    let (_folder, kubelet) = kubelet();
    let path = "/logs/support/x.tar.gz";
    let seen = ask(&kubelet, path, &[]).header("last-modified").to_owned();
    kubelet.faults().rewrite_next(5, rewrite);
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let first = runtime.block_on(async {
        let answer = kubelet.answer(&Method::GET, path, &HeaderMap::new()).await;
        let mut body = answer.into_body().into_data_stream();
        let mut first = Vec::new();
        while let Some(Ok(piece)) = body.next().await {
            first.extend(piece);
        }
        first
    });
    let rest = [("range", "bytes=5-"), ("if-range", seen.as_str())];
    (first, ask(&kubelet, path, &rest))
}

#[test]
fn a_file_is_written_anew_while_it_is_sent() {
    let new = |tells, cuts| Rewrite {
        contents: b"ABCDEFGHIJKLMNOPQRSTUVWX".to_vec(),
        tells,
        cuts,
    };
    let (first, second) = written_anew(new(true, true));
    assert_eq!(first, b"01234");
    assert_eq!((second.status.as_u16(), second.body.len()), (200, 24));
    let (_, second) = written_anew(new(false, true));
    assert_eq!(
        (second.status.as_u16(), second.body.as_str()),
        (206, "FGHIJKLMNOPQRSTUVWX")
    );
    let (first, _) = written_anew(new(true, false));
    assert_eq!(first, b"01234FGHIJKLMNOPQRST");
}
