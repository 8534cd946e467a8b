//! What a bundle says of itself, and whether it is true.

use super::super::{Form, show};
use super::written::{Secrets, writer};
use super::*;

#[test]
fn what_the_node_had_is_said_as_far_as_it_was_read() {
    let scratch = Scratch::new();
    let path = scratch.path().join("node.tar.gz");
    let archive = Tar::default()
        .file("bottlerocket-logs/os-release", b"a secret\n")
        .of(b"link", b'2', b"")
        .file("manifest.json", b"{}")
        .file(
            "bottlerocket-logs/logdog.errors",
            b"Error running command 'get secret': 'no secret'\n",
        )
        .file("bottlerocket-logs/dmesg", &[b'd'; 2_000])
        .end();
    let cut = packed(&archive[..archive.len() - 2_000]);
    let mut writer = writer(&path);
    let contents = writer.add_archive(cut.as_slice(), "logdog", |_| {
        Some(Box::new(Secrets::default()))
    });
    let contents = contents.expect("it is added");
    assert_eq!(trouble(&contents), TroubleKind::Cut);
    assert_eq!(contents.logdog_errors[0].cause, "no [taken out]");
    writer.finish().expect("it is written");
    let (bytes, mut all) = (fs::read(&path).expect("a bundle"), Vec::new());
    let unpacked = flate2::read::GzDecoder::new(bytes.as_slice()).read_to_end(&mut all);
    unpacked.expect("a gzip");
    assert!(!all.windows(6).any(|word| word == b"secret"));
    let mut out = Vec::new();
    let shown = show(&path, &Limits::default(), Form::Text, &mut out).expect("an answer");
    assert_eq!(shown.contents.whole, Whole::Whole);
    assert!(matches!(shown.fetched, Some(Whole::Partial(_))));
    assert_eq!(shown.missing[0].what, "manifest.json");
    assert_eq!(kinds(&shown.contents), [Refused::Link]);
    let out = String::from_utf8(out).expect("UTF-8");
    for said in [
        "fetched  partial: ",
        "CUT: ",
        "taken out: 1 word",
        "  get [taken out]: no [taken out]",
        "link: it is a symbolic link",
        "instance  i-0abc",
    ] {
        assert!(out.contains(said), "{said}: {out}");
    }
}

#[test]
fn a_bundle_that_was_changed_says_so() {
    let manifest = br#"{"heeler-bundle":1,"about":{"node":"n","at":"2026-11-20T10:00:00Z"},"whole":{"state":"whole"},
        "members":[{"label":"a","from":"x","size":1,"sha256":"","stored-size":1,"stored-sha256":"00"},
                   {"label":"b","from":"x","size":1,"sha256":"","stored-size":1,"stored-sha256":"00"}]}"#;
    let tar = Tar::default()
        .file("heeler-bundle/a", b"x")
        .file("heeler-bundle/c", b"x");
    let (_, contents) = read_all(&tar.file("heeler-bundle/manifest.json", manifest).packed());
    let [a, b, c] = contents.mismatches.as_slice() else {
        panic!("{:?}", contents.mismatches);
    };
    assert!(a.starts_with("a is not what was stored"), "{a}");
    assert_eq!((&**b, &**c), ("b is not there", "c is not in the manifest"));
    for (manifest, why) in [
        ("{}", "it is no manifest"),
        (r#"{"heeler-bundle":2}"#, "version 2"),
    ] {
        let tar = Tar::default().file("manifest.json", manifest.as_bytes());
        let (_, contents) = read_all(&tar.packed());
        assert!(
            contents.mismatches[0].contains(why),
            "{:?}",
            contents.mismatches
        );
    }
}
