//! Bundles that are written, and read again.

use std::collections::BTreeMap;
use std::io::{self, Read};

use super::super::{About, ArchiveFault, Plain, Redactor, Source, Writer};
use super::*;

pub(super) fn about() -> About {
    About {
        node: "ip-10-0-1-23".to_owned(),
        at: "2026-11-20T10:00:00Z".parse().expect("a time"),
        facts: BTreeMap::from([("instance".to_owned(), "i-0abc".to_owned())]),
    }
}

pub(super) fn writer(path: &Path) -> Writer {
    Writer::new(path, about(), Limits::default()).expect("a writer")
}

fn source(label: &str) -> Source<'_> {
    Source {
        label,
        from: "kubelet",
    }
}

/// Takes out `secret`, also where it is cut in two.
#[derive(Default)]
pub(super) struct Secrets(Vec<u8>, u64);

impl Redactor for Secrets {
    fn take(&mut self, piece: &[u8], out: &mut Vec<u8>) {
        self.0.extend_from_slice(piece);
        while let Some(at) = self.0.windows(6).position(|word| word == b"secret") {
            out.extend(self.0.drain(..at));
            self.0.drain(..6);
            out.extend_from_slice(b"[taken out]");
            self.1 += 1;
        }
        let ready = self.0.len().saturating_sub(5);
        out.extend(self.0.drain(..ready));
    }

    fn finish(&mut self, out: &mut Vec<u8>) {
        out.append(&mut self.0);
    }

    fn counts(&self) -> BTreeMap<String, u64> {
        BTreeMap::from([("word".to_owned(), self.1)])
    }
}

/// Gives one byte at a time, and fails behind the last one.
struct Dripping<'a>(&'a [u8]);

impl Read for Dripping<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        match self.0.split_first() {
            Some((first, rest)) => {
                into[0] = *first;
                self.0 = rest;
                Ok(1)
            }
            None => Err(io::Error::other("connection reset")),
        }
    }
}

#[test]
fn what_is_written_is_read_again() {
    let scratch = Scratch::new();
    let path = scratch.path().join("node.tar.gz");
    let mut writer = writer(&path);
    let large = Dice(3).bytes(3 << 20);
    let long = format!("pods/{}/0.log", "p".repeat(300));
    for (label, content) in [
        ("os-release", b"ID=x\n".as_slice()),
        ("empty", b""),
        ("large", &large),
        (&long, b"long"),
    ] {
        let mut content = content;
        writer
            .add(source(label), &mut content, &mut Plain)
            .expect("it is added");
    }
    let mut token = Dripping(b"a secret and a secr");
    writer
        .add(source("token"), &mut token, &mut Secrets::default())
        .expect("it is added");
    writer.miss("pods of shop/web", "they are gone");
    // Until then there is no file of that name, and nothing that says it is one.
    let names = scratch.names();
    assert!(
        names.iter().all(|name| name.ends_with(".partial")),
        "{names:?}"
    );
    let bundled = writer.finish().expect("it is written");
    assert_eq!(scratch.names(), ["node.tar.gz"]);
    let bytes = fs::read(&path).expect("a bundle");
    assert_eq!(
        (bundled.size, bundled.sha256),
        (bytes.len() as u64, sha256(&bytes))
    );

    let (came, contents) = read_all(&bytes);
    assert_eq!(
        (&contents.whole, contents.mismatches.len()),
        (&Whole::Whole, 0)
    );
    assert_eq!(
        labels(&contents),
        [
            "os-release",
            "empty",
            "large",
            &long,
            "token",
            "manifest.json"
        ]
    );
    assert!(came[2].1 == large && came[4].1 == b"a [taken out] and a secr");
    let manifest = contents.manifest.expect("a manifest");
    assert_eq!(
        (&manifest.about, &manifest.whole),
        (&about(), &Whole::Whole)
    );
    assert_eq!(manifest.missing[0].what, "pods of shop/web");
    assert_eq!(manifest.members[0].sha256, Some(sha256(b"ID=x\n")));
    let token = &manifest.members[4];
    assert_eq!((token.size, &token.sha256), (19, &None));
    assert_eq!(
        (token.stored_size, &token.stored_sha256),
        (24, &sha256(&came[4].1))
    );
    assert_eq!(token.cut.as_deref(), Some("connection reset"));
    assert_eq!(manifest.redactions(), BTreeMap::from([("word", 1)]));
    assert!(
        manifest.members[..4]
            .iter()
            .all(|member| member.cut.is_none())
    );
}

#[test]
fn no_digest_says_what_was_taken_out() {
    let scratch = Scratch::new();
    let path = scratch.path().join("node.tar.gz");
    let limits = Limits {
        member: 12,
        ..Limits::default()
    };
    let mut writer = Writer::new(&path, about(), limits).expect("a writer");
    // What there is no room for was not taken out, and is not there either.
    let had = [("all", "secret"), ("long", "0123456789a PIN 4711")];
    let mut redactors: [Box<dyn Redactor>; 2] = [Box::new(Secrets::default()), Box::new(Plain)];
    for ((label, had), redactor) in had.iter().zip(&mut redactors) {
        writer
            .add(source(label), &mut had.as_bytes(), &mut **redactor)
            .expect("it is added");
    }
    writer.finish().expect("it is written");
    let (came, contents) = read_all(&fs::read(&path).expect("a bundle"));
    let manifest = came.last().expect("a manifest");
    let manifest = String::from_utf8_lossy(&manifest.1);
    for (_, had) in had {
        assert!(!manifest.contains(&sha256(had.as_bytes())), "{manifest}");
    }
    // What is stored is known by its digest all the same.
    assert!(contents.mismatches.is_empty(), "{:?}", contents.mismatches);
    for (label, bytes) in &came[..2] {
        assert!(manifest.contains(&sha256(bytes)), "{label}");
    }
}

#[test]
#[cfg(unix)]
fn only_its_owner_may_read_it() {
    use std::os::unix::fs::PermissionsExt as _;
    let scratch = Scratch::new();
    let path = scratch.path().join("node.tar.gz");
    let mode = |path: &Path| fs::metadata(path).expect("a file").permissions().mode() & 0o777;
    let writer = writer(&path);
    // The spool has no name any more.
    let names = scratch.names();
    assert_eq!(names.len(), 1, "{names:?}");
    assert_eq!(mode(&scratch.path().join(&names[0])), 0o600);
    writer.finish().expect("it is written");
    assert_eq!(mode(&path), 0o600);
}

#[test]
fn nothing_is_overwritten() {
    let scratch = Scratch::new();
    let path = scratch.file("there", b"mine");
    let refused = Writer::new(&path, about(), Limits::default());
    assert!(matches!(refused, Err(ArchiveFault::Exists { .. })));
    // Also what has come since.
    let path = scratch.path().join("later");
    let later = writer(&path);
    scratch.file("later", b"mine");
    assert!(matches!(later.finish(), Err(ArchiveFault::Exists { .. })));
    assert_eq!(fs::read(&path).expect("a file"), b"mine");
    assert_eq!(scratch.names(), ["later", "there"]);
    #[cfg(unix)]
    {
        let path = scratch.path().join("link");
        std::os::unix::fs::symlink("nowhere", &path).expect("a link");
        let refused = Writer::new(&path, about(), Limits::default());
        assert!(matches!(refused, Err(ArchiveFault::Exists { .. })));
    }
}

#[test]
fn what_is_not_finished_leaves_nothing() {
    let scratch = Scratch::new();
    let mut writer = writer(&scratch.path().join("node.tar.gz"));
    let mut content = b"text".as_slice();
    writer
        .add(source("a"), &mut content, &mut Plain)
        .expect("it is added");
    drop(writer);
    assert!(scratch.names().is_empty());
    let nowhere = Writer::new(
        &scratch.path().join("no/folder"),
        about(),
        Limits::default(),
    );
    assert!(matches!(nowhere, Err(ArchiveFault::Unwritten { .. })));
    let unnamed = Writer::new(Path::new("/"), about(), Limits::default());
    assert!(matches!(unnamed, Err(ArchiveFault::Unnamed { .. })));
}

#[test]
fn a_full_disk_is_said_to_be_full() {
    let path = Path::new("/x/node.tar.gz");
    for kind in [io::ErrorKind::StorageFull, io::ErrorKind::QuotaExceeded] {
        let fault = ArchiveFault::unwritten(path, &kind.into());
        assert_eq!(
            fault.to_string(),
            "the disk is full where /x/node.tar.gz is written: nothing of it was kept"
        );
    }
}

#[test]
fn labels_are_read_as_they_are_written() {
    let scratch = Scratch::new();
    let mut writer = writer(&scratch.path().join("node.tar.gz"));
    for label in [
        "",
        "..",
        "../x",
        "/x",
        "a//b",
        "a/",
        "manifest.json",
        "a\x1b",
        "heeler-bundle/x",
        "a ",
    ] {
        let added = writer.add(source(label), &mut b"".as_slice(), &mut Plain);
        assert!(
            matches!(added, Err(ArchiveFault::Label { .. })),
            "{label:?}: {added:?}"
        );
    }
    writer
        .add(source("a"), &mut b"".as_slice(), &mut Plain)
        .expect("it is added");
    let again = writer.add(source("a"), &mut b"".as_slice(), &mut Plain);
    assert!(matches!(again, Err(ArchiveFault::Label { .. })));
}

#[test]
fn a_member_without_an_end_has_one() {
    let scratch = Scratch::new();
    let path = scratch.path().join("node.tar.gz");
    let limits = Limits {
        member: 1_000_000,
        ..Limits::default()
    };
    let mut writer = Writer::new(&path, about(), limits.clone()).expect("a writer");
    writer
        .add(source("endless"), &mut io::repeat(b'x'), &mut Plain)
        .expect("it is added");
    writer.finish().expect("it is written");
    let (came, contents) = read_with(&fs::read(&path).expect("a bundle"), &limits);
    assert_eq!((came[0].1.len(), contents.whole), (1_000_000, Whole::Whole));
    let manifest = contents.manifest.expect("a manifest");
    assert!(manifest.members[0].cut.is_some());
}
