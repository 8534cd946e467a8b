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
    for rung in [capture.begin(), capture.end(), odd] {
        shellcheck(&rung.script);
        let looks = [("capture".to_owned(), vec![rung])];
        crate::plan::fits(&looks).expect("it fits");
    }
}
