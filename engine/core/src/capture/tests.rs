//! What a node says of a capture.

use super::*;
use crate::action::tests::node::shellcheck;

fn reply(exit: i32, stdout: &str) -> Reply {
    Reply {
        look: "capture".to_owned(),
        rung: 0,
        place: Place::Admin,
        before: None,
        exit,
        stdout: stdout.as_bytes().to_vec(),
        stderr: Vec::new(),
        cut: false,
    }
}

#[test]
fn files_are_read_with_sizes_and_digests() {
    let digest = "ab".repeat(32);
    let said = format!("logdog 0 \nlogdog.tar.gz 4711 {digest}\nsysctl 12 {digest}\n");
    let captured = Capture::read(&reply(0, &said)).expect("a capture");
    assert_eq!(captured.logdog, None);
    let names: Vec<_> = captured
        .files
        .iter()
        .map(|file| (file.name.as_str(), file.size))
        .collect();
    assert_eq!(names, [("logdog.tar.gz", 4711), ("sysctl", 12)]);
    let odd = format!("logdog 0 \nlacks sockets more\nlacks sysctl 124\nsysctl 12 {digest}\n");
    let odd = Capture::read(&reply(0, &odd)).expect("a capture");
    assert_eq!(
        odd.logdog.as_deref(),
        Some("logdog ended well, and its tarball is empty")
    );
    let lacks: Vec<_> = odd
        .lacks
        .iter()
        .map(|(name, why)| format!("{name}: {why}"))
        .collect();
    assert_eq!(
        lacks,
        [
            "sockets: there is more of it",
            "sysctl: it did not end in time"
        ]
    );
    let failed = Capture::read(&reply(0, "logdog 1 Error writing\n")).expect("a capture");
    assert_eq!(
        failed.logdog.as_deref(),
        Some("logdog ended with 1: Error writing")
    );
    let late = Capture::read(&reply(0, "logdog 124 \n")).expect("a capture");
    assert_eq!(
        late.logdog.as_deref(),
        Some("logdog did not end within 300 s")
    );
}

#[test]
fn why_there_is_none_is_told() {
    assert_eq!(
        Capture::read(&reply(71, "x is at it\n")),
        Err(NoCapture::Busy("x is at it".to_owned()))
    );
    assert_eq!(
        Capture::read(&reply(73, "full\n")),
        Err(NoCapture::NoRoom("full".to_owned()))
    );
    for odd in ["nothing", "sysctl x yz", "sysctl 12 abc"] {
        assert!(
            matches!(Capture::read(&reply(0, odd)), Err(NoCapture::Unreadable(_))),
            "{odd}"
        );
    }
    assert!(matches!(
        Capture::read(&reply(1, "")),
        Err(NoCapture::Unreadable(_))
    ));
}

#[test]
fn its_scripts_are_sound_and_fit_one_command() {
    let capture = Capture::new(LockId::of("0123456789ab".to_owned()));
    let odd = capture.piece("a'b", 7);
    shellcheck(&capture.stretch("a'b", 7, 1 << 24));
    let file = CapturedFile {
        name: "a'b".to_owned(),
        size: u64::MAX,
        sha256: String::new(),
    };
    let request = upload::Request {
        url: "https://example.com/?a=b",
        headers: &[],
    };
    let upload = capture.upload(&file, 0, &request);
    let rungs = [
        capture.begin(),
        capture.clone().open().begin(),
        capture.end(),
        odd,
        upload,
        capture.no_uploads(),
    ];
    for rung in rungs {
        shellcheck(&rung.script);
        let looks = [("capture".to_owned(), vec![rung])];
        crate::plan::fits(&looks).expect("it fits");
    }
}

#[test]
fn what_is_signed_travels_as_lines_of_curls() {
    let headers = [
        ("Content-Length".to_owned(), "12".to_owned()),
        ("x-amz-checksum-sha256".to_owned(), "ab+/=".to_owned()),
    ];
    let request = |url| upload::Request {
        url,
        headers: &headers,
    };
    assert_eq!(
        request("https://b.s3.amazonaws.com/k?X-Amz-Signature=1%2F").lines(3),
        Some(
            "3 url = \"https://b.s3.amazonaws.com/k?X-Amz-Signature=1%2F\"\n\
             3 header = \"x-amz-checksum-sha256: ab+/=\"\n"
                .to_owned()
        )
    );
    for odd in [
        "https://a\"",
        "https://a\\",
        "https://a\nurl = b",
        "https://ä",
    ] {
        assert_eq!(request(odd).lines(0), None, "{odd:?}");
    }
}

#[test]
fn what_became_of_an_upload_is_told() {
    for (exit, said, told) in [
        (0, "200 0 -\n", None),
        (
            0,
            "403 0 AccessDenied\n",
            Some("S3 refused the upload: AccessDenied (HTTP 403)"),
        ),
        (0, "301 0 -\n", Some("S3 refused the upload: HTTP 301")),
        (
            0,
            "000 7 -\n",
            Some("the node can't reach S3 (curl ended with 7)"),
        ),
        (
            0,
            "100 55 -\n",
            Some("the connection from the node to S3 broke (curl ended with 55)"),
        ),
        (
            0,
            "0 26 -\n",
            Some("the node's file can't be read (curl ended with 26)"),
        ),
        (137, "", Some("the upload did not end in time")),
    ] {
        let read = upload::read(&reply(exit, said));
        assert_eq!(read.err().as_deref(), told, "{said}");
    }
    assert!(upload::read(&reply(2, "x")).is_err());
    assert_eq!(upload::patience(0), Duration::from_secs(60));
    assert_eq!(upload::patience(u64::MAX), Duration::from_secs(2_400));
}
