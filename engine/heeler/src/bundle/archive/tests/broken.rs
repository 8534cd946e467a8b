//! Archives that were cut, damaged, or made to be too much.

use std::io::{self, Read};

use super::*;

fn small() -> Limits {
    Limits {
        member: 100_000,
        total: 1 << 20,
        slack: 200_000,
        ratio: 50,
        members: 5,
        headers: 20,
        ..Limits::default()
    }
}

fn sample() -> Vec<u8> {
    Tar::default()
        .file("bottlerocket-logs/one", &Dice(3).bytes(600))
        .file("bottlerocket-logs/two", &Dice(5).bytes(600))
        .end()
}

#[test]
fn what_is_no_archive_is_said_to_be_none() {
    let (_, contents) = read_all(b"");
    assert_eq!(trouble(&contents), TroubleKind::NoGzip);
    let answer = br#"{"kind":"Status","message":"nodes \"a\" is forbidden"}"#;
    let (_, contents) = read_all(answer);
    assert_eq!(trouble(&contents), TroubleKind::NoGzip);
    let why = contents.whole.trouble().expect("trouble").to_string();
    assert!(why.contains("forbidden"), "{why}");
    for text in [b"\x1f".as_slice(), b"\x1f\x8b", b"\x1f\x8b\x08\0\0"] {
        assert_eq!(trouble(&read_all(text).1), TroubleKind::Cut, "{text:?}");
    }
    assert_eq!(trouble(&read_all(b"\x1fnot at all").1), TroubleKind::NoGzip);
    let text = packed("no tar at all\n".repeat(100).as_bytes());
    assert_eq!(trouble(&read_all(&text).1), TroubleKind::NoTar);
    assert_eq!(trouble(&read_all(&packed(b"")).1), TroubleKind::Cut);
    assert_eq!(trouble(&read_all(&packed(b"short")).1), TroubleKind::Cut);
}

#[test]
fn a_cut_archive_is_partial_wherever_it_is_cut() {
    let (tar, whole) = (sample(), packed(&sample()));
    assert_eq!(read_all(&whole).1.whole, Whole::Whole);
    for end in 0..whole.len() {
        let (came, contents) = read_all(&whole[..end]);
        let wanted = if end == 0 {
            TroubleKind::NoGzip
        } else {
            TroubleKind::Cut
        };
        assert_eq!(trouble(&contents), wanted, "{end}");
        for (member, (label, bytes)) in contents.members.iter().zip(&came) {
            let seed = if label == "one" { 3 } else { 5 };
            assert!(Dice(seed).bytes(600).starts_with(bytes), "{end}: {label}");
            assert_eq!(member.cut.is_some(), bytes.len() < 600, "{end}: {label}");
        }
    }
    // Cut before it was packed: the gzip is sound, and the end mark is what says so.
    for end in 1..tar.len() {
        let (_, contents) = read_all(&packed(&tar[..end]));
        assert_eq!(trouble(&contents), TroubleKind::Cut, "{end}");
    }
}

#[test]
fn the_first_member_is_kept_where_the_second_one_is_cut() {
    let tar = sample();
    let (came, contents) = read_all(&packed(&tar[..512 + 1_024 + 512 + 300]));
    assert_eq!(labels(&contents), ["one", "two"]);
    assert_eq!((came[0].1.len(), came[1].1.len()), (600, 300));
    assert!(contents.members[0].cut.is_none() && contents.members[1].cut.is_some());
}

#[test]
fn a_wrong_checksum_is_seen() {
    let whole = packed(&sample());
    for at in [whole.len() - 8, whole.len() - 2] {
        let mut wrong = whole.clone();
        wrong[at] ^= 1;
        let (_, contents) = read_all(&wrong);
        assert_eq!(trouble(&contents), TroubleKind::Damaged);
        assert_eq!(labels(&contents), ["one", "two"]);
    }
    let mut tar = sample();
    tar[512 + 1_024 + 10] ^= 1;
    let (_, contents) = read_all(&packed(&tar));
    assert_eq!(
        (trouble(&contents), labels(&contents)),
        (TroubleKind::Damaged, vec!["one"])
    );
}

#[test]
fn what_comes_behind_the_end_is_seen() {
    let whole = packed(&sample());
    let behind = |bytes: &[u8]| [whole.as_slice(), bytes].concat();
    // A tool's filling, and a second gzip with nothing in it, are no trouble.
    for good in [[0; 5_000].as_slice(), &packed(b""), &packed(&[0; 10_240])] {
        assert_eq!(read_all(&behind(good)).1.whole, Whole::Whole);
    }
    let more = packed(&Tar::default().file("more", b"x").end());
    for bad in [
        b"rest of a longer file".as_slice(),
        &more,
        b"\0\0\0x",
        b"\x1fx and some more",
    ] {
        let (_, contents) = read_all(&behind(bad));
        assert_eq!(trouble(&contents), TroubleKind::Trailing, "{bad:?}");
        assert_eq!(labels(&contents), ["one", "two"]);
    }
    let mut tar = sample();
    let end = tar.len() - 512;
    tar[end] = 1;
    assert_eq!(trouble(&read_all(&packed(&tar)).1), TroubleKind::Trailing);
}

#[test]
fn a_header_for_a_member_that_does_not_come_is_seen() {
    for kind in [b'x', b'L'] {
        let archive = Tar::default().file("a", b"").of(b"x", kind, b"");
        let (_, contents) = read_all(&archive.packed());
        assert_eq!(trouble(&contents), TroubleKind::Cut);
    }
}

#[test]
fn several_gzips_behind_one_another_are_one() {
    let tar = sample();
    let (one, two) = tar.split_at(1_000);
    let (came, contents) = read_all(&[packed(one), packed(b""), packed(two)].concat());
    assert_eq!((came.len(), contents.whole), (2, Whole::Whole));
}

#[test]
fn a_bomb_is_left_before_it_costs_much() {
    let bomb = Tar::default().file("zeros", &vec![0; 90_000]);
    let bomb = bomb
        .file("more", &vec![0; 90_000])
        .file("most", &vec![0; 90_000]);
    let (_, contents) = read_with(&bomb.packed(), &small());
    assert_eq!(trouble(&contents), TroubleKind::Excessive);
    assert_eq!(labels(&contents), ["zeros", "more", "most"]);
    assert!(contents.members[2].cut.is_some() && contents.members[2].size < 25_000);
    // By far not as much, and much better packed than any log: below the slack nobody asks.
    let (_, contents) = read_with(
        &Tar::default().file("zeros", &vec![0; 90_000]).packed(),
        &small(),
    );
    assert_eq!(contents.whole, Whole::Whole);
}

#[test]
fn a_journal_as_large_as_they_get_is_read() {
    /// Journal lines without an end, that pack about as they do.
    struct Lines(u64, Vec<u8>);
    impl Read for Lines {
        fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
            while self.1.len() < into.len() {
                self.0 += 1;
                let (n, id) = (self.0, self.0.wrapping_mul(0x9e37_79b9_7f4a_7c15));
                let line = format!(
                    "Nov 20 10:00:{:02} ip-10-0-1-23 kubelet[812]: E{n:07} pod {id:x} failed\n",
                    n % 60
                );
                self.1.extend_from_slice(line.as_bytes());
            }
            let rest = self.1.split_off(into.len());
            into.copy_from_slice(&self.1);
            self.1 = rest;
            Ok(into.len())
        }
    }
    let size = 8 << 20;
    let mut tar = header(b"bottlerocket-logs/journalctl.log", b'0', size).to_vec();
    let lines = Lines(0, Vec::new()).take(size).read_to_end(&mut tar);
    lines.expect("memory");
    tar.extend_from_slice(&[0; 1_024]);
    // As if it were so large that somebody asks how well it is packed.
    let limits = Limits {
        slack: 0,
        ..Limits::default()
    };
    let (_, contents) = read_with(&packed(&tar), &limits);
    assert_eq!(
        (contents.whole, contents.members[0].size),
        (Whole::Whole, size)
    );
    let limits = Limits::default();
    assert!(limits.slack >= 6 << 30 && limits.member >= 6 << 30);
    // Its size alone is no reason either.
    let huge = header(b"journalctl.log", b'0', 8 << 30);
    let (_, contents) = read_all(&packed(&huge));
    assert!(contents.refused.is_empty());
}

#[test]
fn a_member_that_is_too_large_is_gone_over() {
    let archive = Tar::default()
        .file("large", &Dice(1).bytes(100_001))
        .file("good", b"good");
    let (_, contents) = read_with(&archive.packed(), &small());
    assert_eq!(
        (kinds(&contents), labels(&contents)),
        (vec![Refused::Large], vec!["good"])
    );
    assert_eq!(contents.whole, Whole::Whole);
    let huge = Tar::default().raw(header(b"huge", b'0', u64::MAX), b"");
    let (_, contents) = read_all(&huge.packed());
    assert_eq!(
        (trouble(&contents), kinds(&contents)),
        (TroubleKind::Cut, vec![Refused::Large])
    );
}

#[test]
fn all_of_it_together_has_a_limit() {
    let mut archive = Tar::default();
    for number in 0..12 {
        archive = archive.file(&format!("{number}"), &Dice(number + 1).bytes(99_000));
    }
    let limits = Limits {
        members: 50,
        ..small()
    };
    let (_, contents) = read_with(&archive.packed(), &limits);
    assert_eq!(trouble(&contents), TroubleKind::Excessive);
    assert_eq!(contents.members.len(), 11);
    assert!(contents.members[10].cut.is_some());
}

#[test]
fn members_and_headers_have_a_limit() {
    let mut archive = Tar::default();
    for number in 0..6 {
        archive = archive.file(&format!("{number}"), b"");
    }
    let (_, contents) = read_with(&archive.packed(), &small());
    assert_eq!(
        (trouble(&contents), contents.members.len()),
        (TroubleKind::Excessive, 5)
    );
    for kind in [b'5', b'2', b'L', b'g'] {
        let mut archive = Tar::default();
        for _ in 0..21 {
            archive = archive.of(b"x", kind, b"");
        }
        let (_, contents) = read_with(&archive.packed(), &small());
        assert_eq!(trouble(&contents), TroubleKind::Excessive, "{kind}");
    }
}

#[test]
fn a_stream_that_breaks_is_said_to_have_broken() {
    struct Breaks<'a>(&'a [u8], bool);
    impl Read for Breaks<'_> {
        fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
            self.1 = !self.1;
            match (self.1, self.0.is_empty()) {
                (true, _) => Err(io::ErrorKind::Interrupted.into()),
                (false, true) => Err(io::Error::other("connection reset")),
                (false, false) => {
                    let most = into.len().min(100);
                    self.0.read(&mut into[..most])
                }
            }
        }
    }
    let whole = packed(&sample());
    let Ok(contents) = read(
        Breaks(&whole[..1_000], false),
        &Limits::default(),
        |_, _| Ok::<_, Infallible>(ControlFlow::Continue(())),
    );
    assert_eq!(trouble(&contents), TroubleKind::Unreadable);
    let why = contents.whole.trouble().expect("trouble").to_string();
    assert!(why.contains("connection reset"), "{why}");
    assert_eq!(labels(&contents), ["one", "two"]);
}

#[test]
fn whoever_has_enough_or_fails_ends_it() {
    let whole = packed(&sample());
    let enough = read(whole.as_slice(), &Limits::default(), |_, _| {
        Ok::<_, ()>(ControlFlow::Break(()))
    });
    assert_eq!(enough.expect("enough").whole, Whole::Unread);
    let failed = read(whole.as_slice(), &Limits::default(), |_, _| {
        Err("disk full")
    });
    assert_eq!(failed.expect_err("it fails"), "disk full");
}
