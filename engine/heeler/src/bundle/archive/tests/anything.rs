//! Whatever the bytes are: nothing panics, nothing is held, and nothing but the bundle is written.

use super::super::{Form, Grep, Plain, diff, grep, show};
use super::written::writer;
use super::*;

/// An archive with something of everything.
fn varied() -> Vec<u8> {
    Tar::default()
        .of(b"bottlerocket-logs/", b'5', b"")
        .pax(b'x', &[("path", "bottlerocket-logs/long")])
        .file("x", &Dice(9).bytes(900))
        .of(b"././@LongLink", b'L', b"bottlerocket-logs/longer\0")
        .file("y", b"text\nof lines\n")
        .of(b"link", b'2', b"")
        .of(b"../out", b'0', b"out")
        .file(
            "bottlerocket-logs/logdog.errors",
            b"Error running command 'a': 'b'\n",
        )
        .file(
            "heeler-bundle/manifest.json",
            br#"{"heeler-bundle":1,"node":"x","at":"2026-11-20T10:00:00Z"}"#,
        )
        .end()
}

fn take(scratch: &Scratch, archive: &[u8]) {
    let (_, contents) = read_all(archive);
    let path = scratch.file("in", archive);
    let mut out = Vec::new();
    show(&path, &Limits::default(), Form::Text, &mut out).expect("an answer");
    let wanted = Grep {
        pattern: "e".parse().expect("a pattern"),
        members: None,
        most: 100,
    };
    grep(
        std::slice::from_ref(&path),
        &wanted,
        &Limits::default(),
        (Form::Text, &mut out),
    )
    .expect("an answer");
    diff((&path, &path), &Limits::default(), (Form::Json, &mut out)).expect("an answer");
    let bundle = scratch.path().join("bundle");
    let mut writer = writer(&bundle);
    writer
        .add_archive(archive, "logdog", |_| Some(Box::new(Plain)))
        .expect("it is added");
    writer.finish().expect("it is written");
    assert_eq!(scratch.names(), ["bundle", "in"]);
    let (_, again) = read_all(&fs::read(&bundle).expect("a bundle"));
    assert_eq!(again.whole, Whole::Whole);
    assert!(again.mismatches.is_empty(), "{:?}", again.mismatches);
    let kept = contents
        .members
        .iter()
        .filter(|member| member.label != "manifest.json");
    assert_eq!(again.members.len(), kept.count() + 1);
    fs::remove_file(&bundle).expect("a bundle");
}

#[test]
fn any_bytes_are_taken() {
    let (scratch, mut dice) = (Scratch::new(), Dice(11));
    for round in 0..120 {
        let length = dice.roll(3_000);
        let bytes = dice.bytes(length);
        match round % 3 {
            0 => take(&scratch, &bytes),
            1 => take(&scratch, &packed(&bytes)),
            _ => take(&scratch, &[b"\x1f\x8b\x08".as_slice(), &bytes].concat()),
        }
    }
    let around = scratch.path().with_file_name("out");
    assert!(!around.exists());
}

#[test]
fn any_archive_with_bytes_changed_or_cut_is_taken() {
    let (scratch, mut dice, tar) = (Scratch::new(), Dice(13), varied());
    take(&scratch, &packed(&tar));
    for round in 0..200 {
        let mut bytes = tar.clone();
        // Headers that are changed are sealed again half of the time: they are read to the end then.
        for _ in 0..=dice.roll(4) {
            let at = dice.roll(bytes.len());
            bytes[at] = u8::try_from(dice.roll(256)).expect("a byte");
            let start = at - at % 512;
            if dice.roll(2) == 0 {
                let block: [u8; 512] = bytes[start..start + 512].try_into().expect("a block");
                bytes[start..start + 512].copy_from_slice(&sealed(block));
            }
        }
        bytes.truncate(match round % 4 {
            0 => dice.roll(bytes.len()),
            _ => bytes.len(),
        });
        let mut archive = packed(&bytes);
        if round % 5 == 0 {
            let at = dice.roll(archive.len());
            archive[at] ^= 1 << dice.roll(8);
        }
        take(&scratch, &archive);
    }
}
