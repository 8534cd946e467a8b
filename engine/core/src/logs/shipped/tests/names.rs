//! Paths of collectors, and the checksums by which they tell files.

use super::{ID, name};
use crate::logs::shipped::{Fingerprints, LogFile, Marker, NoCheckpoints, Of, Vector};

#[test]
fn a_path_tells_the_container() {
    let link = format!("/var/log/containers/web-1_shop_app-two-{ID}.log");
    let read = LogFile::read(&link).expect("a link");
    assert_eq!(
        (&*read.namespace, &*read.pod, &*read.container),
        ("shop", "web-1", "app-two")
    );
    assert_eq!(read.of, Of::Start(ID.into()));
    let file = LogFile::read("/host/var/log/pods/shop_web-1_0c5e/app/2.log.20261120-121212");
    let file = file.expect("a file");
    assert_eq!(
        (&*file.namespace, &*file.pod, &*file.container),
        ("shop", "web-1", "app")
    );
    let of = Of::Segment {
        uid: "0c5e".into(),
        name: name("2.log.20261120-121212"),
    };
    assert_eq!(file.of, of);
    for other in [
        "",
        "web-1_shop_app-two.log",
        "/var/log/messages",
        "/var/log/containers/web-1_shop_app-0123.log",
        "/var/log/containers/web-1_shop.log",
        "/var/log/pods/shop_web-1_0c5e/app/0.log (deleted)",
        "/var/log/pods/shop_web-1/app/0.log",
        "/var/log/pods/shop_web-1_0c5e_x/app/0.log",
        "/var/log/other/shop_web-1_0c5e/app/0.log",
        &link.replace(".log", ""),
        &link.replace("app-two-", "-"),
        &link.replace("0123", "012"),
    ] {
        assert_eq!(LogFile::read(other), None, "{other}");
    }
}

/// The hashes are those of xxHash's own C code, as Fluent Bit has it in `lib/cfl`.
#[test]
fn a_marker_is_the_hash_that_fluent_bit_keeps() {
    let line = "2026-11-20T12:12:12.000000001Z stdout F GET /healthz 200\n".as_bytes();
    for (size, hash) in [
        (17, 1_588_041_945_304_181_430_u64),
        (22, 7_011_997_423_217_045_374),
        (27, 5_898_147_556_937_980_755),
        (32, 9_034_750_768_852_605_019),
    ] {
        let marker = Marker::of(hash.cast_signed(), size).expect("a marker");
        assert_eq!(marker.fits(line), Some(true), "{size}");
        assert_eq!(marker.fits(&line[..line.len() - 1]), Some(false), "{size}");
        assert_eq!(marker.fits(&line[..16]), None, "{size}");
    }
    for none in [0, 16, 33, -1] {
        assert_eq!(Marker::of(1, none), None, "{none}");
    }
}

/// What Vector's own tests have: `checkpointer.rs`, `test_checkpointer_fingerprint_upgrades_legacy_first_lines_checksum`
/// and `test_checkpointer_deserialization`, and those of `fingerprinter.rs`.
#[test]
fn fingerprints_are_those_of_vector() {
    let first_line = Fingerprints::default();
    assert_eq!(first_line.of(b"hello\n"), Some(11_081_174_131_906_673_079));
    assert_eq!(first_line.of(b"hello\nmore"), first_line.of(b"hello\n"));
    assert_eq!(first_line.of(b"hello"), None);
    assert_eq!(first_line.of(b""), None);
    let short = Fingerprints {
        lines: 1,
        longest: 64,
    };
    let long = b"hello world ".repeat(9);
    assert_eq!(short.of(&long[..63]), None);
    assert!(short.of(&long[..64]).is_some());
    assert_eq!(short.of(&long[..64]), short.of(&long[..65]));
    let two = Fingerprints {
        lines: 2,
        longest: 64,
    };
    assert_eq!(two.of(b"missing newline char\non second line"), None);
    let lines = two.of(b"hello world\nfrom vector\n");
    assert_eq!(lines, two.of(b"hello world\nfrom vector\nthe next line\n"));
    assert_eq!(lines, Some(16_325_938_950_415_092_671));
}

const CHECKPOINTS: &str = r#"{"version": "1", "checkpoints": [
    {"fingerprint": {"dev_inode": [1, 2]}, "position": 1234, "modified": "2021-07-12T18:19:11.769003Z"},
    {"fingerprint": {"unknown": 1337}, "position": 1234, "modified": "2021-07-12T18:19:11.769003Z"},
    {"fingerprint": {"checksum": 3456}, "position": 1234, "modified": "2021-07-12T18:19:11.769003Z"},
    {"fingerprint": {"first_line_checksum": 11081174131906673079}, "position": 6, "modified": "2021-07-12T18:19:11.769003Z"},
    {"fingerprint": {"first_lines_checksum": 78910}, "position": 1234, "modified": "2021-07-12T18:19:11.769003Z"}
]}"#;

#[test]
fn checkpoints_are_read_as_vector_writes_them() {
    let vector = Vector::read(CHECKPOINTS.as_bytes()).expect("checkpoints");
    assert_eq!((vector.files(), vector.others), (2, 3));
    assert_eq!(vector.position(b"hello\nworld\n"), Some(6));
    assert_eq!(vector.position(b"hallo\nworld\n"), None);
    assert_eq!(vector.position(b"hello"), None);
    let none = Vector::read(br#"{"version":"1","checkpoints":[]}"#).expect("none");
    assert_eq!(none.files(), 0);
}

/// The other one of that test of Vector's, which takes 102,400 bytes at most.
#[test]
fn the_fingerprint_before_0_28_is_known_too() {
    let old = CHECKPOINTS.replace("78910", "17791311590754645022");
    let mut vector =
        Vector::read(old.replace("11081174131906673079", "1").as_bytes()).expect("one");
    assert_eq!(vector.position(b"hello\n"), None);
    vector.fingerprints.longest = 102_400;
    assert_eq!(vector.position(b"hello\n"), Some(1234));
}

#[test]
fn what_vector_does_not_write_is_refused_in_words() {
    let newer = CHECKPOINTS.replace("\"1\"", "\"2\"");
    let newer = Vector::read(newer.as_bytes());
    assert_eq!(newer, Err(NoCheckpoints::Version("2".into())));
    for (from, to, says) in [
        ("dev_inode", "path_hash", "path_hash"),
        ("modified", "changed", "changed"),
        ("\"checkpoints\"", "\"points\"", "points"),
        ("1234", "-1", "-1"),
        ("\"1\"", "1", "string"),
        ("\n]}", "\n]", "EOF"),
        ("\n]}", "\n]}}", "trailing"),
    ] {
        let read = Vector::read(CHECKPOINTS.replace(from, to).as_bytes());
        let Err(NoCheckpoints::Other(why)) = read else {
            panic!("{to}: {read:?}");
        };
        assert!(why.contains(says), "{to}: {why}");
    }
}
