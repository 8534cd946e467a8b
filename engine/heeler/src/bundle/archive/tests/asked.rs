//! What is shown of an archive.

use super::super::{ArchiveFault, Form, Shown, show, show_member};
use super::*;

fn shown(archive: &[u8], form: Form) -> (Shown, String) {
    let scratch = Scratch::new();
    let path = scratch.file("a.tar.gz", archive);
    let mut out = Vec::new();
    let shown = show(&path, &Limits::default(), form, &mut out).expect("an answer");
    (shown, String::from_utf8(out).expect("UTF-8"))
}

fn hostile() -> Vec<u8> {
    Tar::default()
        .of(b"bottlerocket-logs/a\x1b[2J", b'0', b"one\x1b[2J\xff\n")
        .file(
            "bottlerocket-logs/logdog.errors",
            b"Error running command '\x1b]0;x\x07': '\x1b[2J'\n",
        )
        .of(b"../\x1b[2J", b'0', b"")
        .packed()
}

#[test]
fn a_list_has_what_is_there_and_what_is_not() {
    let (_, text) = shown(&hostile(), Form::Text);
    assert!(!text.contains('\x1b') && !text.contains('\x07'), "{text:?}");
    let wanted = [
        "a.tar.gz  whole",
        "no manifest",
        "2 members",
        "a\\u{1b}[2J",
        "logdog could not get",
        "not taken",
    ];
    for said in wanted {
        assert!(text.contains(said), "{said}: {text}");
    }
    let (_, json) = shown(&hostile(), Form::Json);
    let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(json["heeler-bundle"], 1);
    assert_eq!(json["whole"]["state"], "whole");
    assert_eq!(json["members"][0]["sha256"], sha256(b"one\x1b[2J\xff\n"));
    assert_eq!(json["refused"][0]["kind"], "climbing");
    assert_eq!(json["refused-count"]["climbing"], 1);
    assert_eq!(json["logdog-errors"].as_array().map(Vec::len), Some(1));
    let (shown, text) = shown(&hostile()[..60], Form::Text);
    assert!(text.contains("partial: ") && shown.contents.whole.trouble().is_some());
    // It may have been behind.
    assert!(
        text.contains("no manifest: it was in what is missing"),
        "{text}"
    );
}

#[test]
fn a_manifest_does_nothing_to_a_terminal() {
    let x = "\\u001b[2J";
    let manifest = format!(
        r#"{{"heeler-bundle":1,"about":{{"node":"{x}","at":"2026-11-20T10:00:00Z","facts":{{"{x}":"{x}"}}}},
            "whole":{{"state":"partial","kind":"cut","why":"{x}"}},
            "members":[{{"label":"a","from":"{x}","size":1,"sha256":"","stored-size":1,
                "stored-sha256":"{x}","redactions":{{"{x}":1}},"cut":"{x}"}},
                {{"label":"{x}","from":"","size":1,"sha256":"","stored-size":1,"stored-sha256":""}}],
            "missing":[{{"what":"{x}","why":"{x}"}}],
            "refused":[{{"name":"{x}","kind":"link","why":"{x}"}}]}}"#
    );
    let archive = Tar::default()
        .file("a", b"")
        .file("manifest.json", manifest.as_bytes());
    let (shown, text) = shown(&archive.packed(), Form::Text);
    assert!(shown.about.is_some(), "{:?}", shown.contents.mismatches);
    assert_eq!(text.matches("u{1b}").count(), 11, "{text}");
    assert!(!text.contains('\x1b'), "{text:?}");
}

#[test]
fn a_member_is_shown_as_it_is_or_clean() {
    let scratch = Scratch::new();
    let long = format!(
        "{}\x1b {}é{}",
        " x".repeat(40_000),
        "é".repeat(40_000),
        " ".repeat(70_000)
    );
    let archive = Tar::default()
        .file("bottlerocket-logs/first", b"first")
        .file(
            "bottlerocket-logs/long",
            format!("{long}end\nnext\x07\n").as_bytes(),
        )
        .packed();
    let path = scratch.file("a", &archive);
    let member = |label: &str, clean| {
        let mut out = Vec::new();
        let cut = show_member((&path, label), &Limits::default(), clean, &mut out);
        cut.map(|cut| (String::from_utf8(out).expect("UTF-8"), cut))
    };
    let (text, cut) = member("long", false).expect("it is there");
    assert!(text == format!("{long}end\nnext\x07\n") && cut.is_none());
    let (text, _) = member("bottlerocket-logs/long", true).expect("it is there");
    let clean = long.replace('\x1b', "\\u{1b}");
    assert!(
        text == format!("{clean}end\nnext\\u{{7}}\n"),
        "{}",
        text.len()
    );
    let Err(ArchiveFault::NoMember { near, .. }) = member("fir", false) else {
        panic!("it is not there");
    };
    assert_eq!(near.as_deref(), Some("first"));
}

#[test]
fn a_member_that_is_cut_or_not_reached_says_so() {
    let scratch = Scratch::new();
    let tar = Tar::default()
        .file("one", &[b'x'; 600])
        .file("two", b"")
        .end();
    let path = scratch.file("a", &packed(&tar[..700]));
    let mut out = Vec::new();
    let cut = show_member((&path, "one"), &Limits::default(), false, &mut out);
    assert!(cut.expect("it is there").is_some());
    assert_eq!(out.len(), 188);
    let cut = show_member((&path, "two"), &Limits::default(), false, &mut out);
    assert!(
        matches!(cut, Err(ArchiveFault::NotReached { .. })),
        "{cut:?}"
    );
}

#[test]
fn what_is_no_file_is_said_to_be_none() {
    let scratch = Scratch::new();
    let missing = scratch.path().join("missing");
    let asked = show(&missing, &Limits::default(), Form::Text, &mut Vec::new());
    assert!(matches!(asked, Err(ArchiveFault::Unopened { .. })));
    let asked = show(
        scratch.path(),
        &Limits::default(),
        Form::Text,
        &mut Vec::new(),
    );
    assert!(matches!(asked, Err(ArchiveFault::Folder { .. })));
}

#[test]
fn a_reader_that_goes_away_is_told_from_a_full_disk() {
    struct Refusing(std::io::ErrorKind);
    impl std::io::Write for Refusing {
        fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
            Err(self.0.into())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let scratch = Scratch::new();
    let path = scratch.file("a", &hostile());
    for (form, kind) in [
        (Form::Text, "BrokenPipe"),
        (Form::Json, "BrokenPipe"),
        (Form::Json, "StorageFull"),
    ] {
        let refuses = match kind {
            "BrokenPipe" => std::io::ErrorKind::BrokenPipe,
            _ => std::io::ErrorKind::StorageFull,
        };
        let asked = show(&path, &Limits::default(), form, &mut Refusing(refuses));
        let is_gone = matches!(asked, Err(ArchiveFault::Gone));
        assert_eq!(is_gone, kind == "BrokenPipe", "{asked:?}");
    }
}
