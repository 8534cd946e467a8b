//! Lines that are searched for.

use super::super::lines::{Cut, pieces};
use super::super::{Form, Grep, Grepped, grep};
use super::*;

fn searched(archives: &[&[u8]], pattern: &str, most: u64, form: Form) -> (Grepped, String) {
    let scratch = Scratch::new();
    let archives = archives.iter().enumerate();
    let paths: Vec<PathBuf> = archives
        .map(|(number, archive)| scratch.file(&number.to_string(), archive))
        .collect();
    let wanted = Grep {
        pattern: pattern.parse().expect("a pattern"),
        members: None,
        most,
    };
    let mut out = Vec::new();
    let grepped = grep(&paths, &wanted, &Limits::default(), (form, &mut out)).expect("an answer");
    let out = String::from_utf8(out).expect("UTF-8");
    (
        grepped,
        out.replace(&format!("{}/", scratch.path().display()), ""),
    )
}

fn archive(text: &[u8]) -> Vec<u8> {
    Tar::default()
        .file("bottlerocket-logs/journalctl.log", text)
        .packed()
}

#[test]
fn lines_are_named_by_bundle_member_and_number() {
    let one = archive(b"no\nkernel: table full\x1b[2J\nno\r\nkernel: table full");
    let two = Tar::default()
        .file("a", b"table full\r\n")
        .file("manifest.json", b"table full\n")
        .packed();
    let (grepped, text) = searched(&[&one, &two], "full$|2J", 100, Form::Text);
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(
        lines,
        [
            "0: journalctl.log:2: kernel: table full\\u{1b}[2J",
            "0: journalctl.log:4: kernel: table full",
            "1: a:1: table full",
        ]
    );
    assert_eq!((grepped.matches, grepped.has_more), (3, false));
    let (_, json) = searched(&[&one], "full", 100, Form::Json);
    let lines: Vec<serde_json::Value> = json
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    assert_eq!(
        (&lines[0]["line"], &lines[0]["text"]),
        (&2.into(), &"kernel: table full\x1b[2J".into())
    );
    assert_eq!(
        (&lines[2]["heeler-bundle"], &lines[2]["matches"]),
        (&1.into(), &2.into())
    );
    assert_eq!(lines[2]["bundles"][0]["whole"]["state"], "whole");
}

#[test]
fn what_cannot_be_searched_is_said_and_the_rest_is_searched() {
    let good = archive(b"full\n");
    let (grepped, text) = searched(&[b"no gzip", &good, &good[..40]], "full", 100, Form::Text);
    assert_eq!(text, "1: journalctl.log:1: full\n");
    let partial: Vec<bool> = grepped
        .bundles
        .iter()
        .map(|bundle| bundle.whole.trouble().is_some())
        .collect();
    assert_eq!(partial, [true, false, true]);
    let wanted = Grep {
        pattern: "x".parse().expect("a pattern"),
        members: None,
        most: 1,
    };
    let missing = [PathBuf::from("/no/such/file")];
    let grepped = grep(
        &missing,
        &wanted,
        &Limits::default(),
        (Form::Text, &mut Vec::new()),
    );
    let grepped = grepped.expect("an answer");
    assert!(grepped.bundles[0].whole.trouble().is_some());
}

#[test]
fn it_ends_where_it_is_enough() {
    let many = archive("full\n".repeat(50).as_bytes());
    let (grepped, text) = searched(&[&many, &many], "full", 7, Form::Text);
    assert_eq!(
        (text.lines().count(), grepped.matches, grepped.has_more),
        (7, 7, true)
    );
}

#[test]
fn of_what_is_no_text_it_is_only_said_that_it_matches() {
    let binary = Tar::default()
        .file("vmcore", b"no\na\0b full\nfull\n")
        .file("text", b"full\n")
        .packed();
    let (_, text) = searched(&[&binary], "full", 100, Form::Text);
    assert_eq!(text, "0: vmcore:2: (no text) matches\n0: text:1: full\n");
}

#[test]
fn only_the_members_that_are_wanted_are_searched() {
    let scratch = Scratch::new();
    let archive = Tar::default()
        .file("dmesg", b"full\n")
        .file("journalctl.log", b"full\n")
        .packed();
    let wanted = Grep {
        pattern: "full".parse().expect("a pattern"),
        members: Some("^dm".parse().expect("a pattern")),
        most: 10,
    };
    let path = [scratch.file("a", &archive)];
    let grepped = grep(
        &path,
        &wanted,
        &Limits::default(),
        (Form::Text, &mut Vec::new()),
    );
    let grepped = grepped.expect("an answer");
    assert_eq!((grepped.matches, grepped.bundles[0].members), (1, 1));
}

#[test]
fn a_line_of_many_megabytes_is_searched_piece_by_piece() {
    // At the seams of the pieces, wherever they are, and at both ends.
    let size = 4 << 20;
    let mut line = vec![b'.'; size];
    for at in [0, 777, (1 << 20) - 3, (1 << 20) + 30_000, 2 << 20, size - 6] {
        line[at..at + 6].copy_from_slice(b"needle");
    }
    for (pattern, is_there) in [
        ("needle", true),
        ("^needle", true),
        ("needle$", true),
        (r"needle\.", true),
        (r"^\.", false),
        (r"\.$", false),
        (r"needle\z", true),
        (r"needles", false),
        (r"\.needle\.{20000}", true),
    ] {
        let (grepped, text) = searched(&[&archive(&line)], pattern, 100, Form::Text);
        assert_eq!(grepped.matches, u64::from(is_there), "{pattern}");
        assert_eq!(grepped.bundles[0].long_lines, 1);
        assert!(text.len() < 3_000, "{}", text.len());
        assert!(
            !is_there || text.contains("needle") || pattern.starts_with(r"\."),
            "{pattern}: {text}"
        );
    }
}

/// Gives a few bytes at a time.
struct Bits<'a>(&'a [u8], Dice);

impl std::io::Read for Bits<'_> {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let most = into.len().min(1 + self.1.roll(7));
        self.0.read(&mut into[..most])
    }
}

#[test]
fn lines_come_as_they_are_whatever_the_pieces_are() {
    let mut dice = Dice(17);
    for _ in 0..300 {
        let parts = ["\n", "x", "é", "€", "😀", "long line ", "\n\n"];
        let text: String = (0..dice.roll(400))
            .map(|_| parts[dice.roll(parts.len())])
            .collect();
        let cut = Cut {
            most: 5 + dice.roll(20),
            overlap: dice.roll(4),
        };
        let (mut lines, mut last) = (Vec::new(), String::new());
        let mut bits = Bits(text.as_bytes(), Dice(23));
        let broken = pieces(&mut bits, cut, |piece| {
            assert_eq!(piece.number, lines.len() as u64 + 1);
            let bytes = match piece.begins {
                true => piece.bytes,
                false => &piece.bytes[cut.overlap..],
            };
            last.push_str(&String::from_utf8_lossy(bytes));
            if piece.ends {
                lines.push(std::mem::take(&mut last));
            }
            Ok::<_, Infallible>(ControlFlow::Continue(()))
        });
        assert_eq!(broken, Ok(None));
        let wanted: Vec<&str> = text.split_terminator('\n').collect();
        if cut.overlap == 0 {
            assert_eq!(lines, wanted, "{text:?}");
        }
        assert_eq!(lines.len(), wanted.len(), "{text:?}");
    }
}
