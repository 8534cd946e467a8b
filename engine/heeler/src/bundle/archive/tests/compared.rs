//! What differs between two archives.

use super::super::{Changed, Diff, Form, How, diff};
use super::*;

fn compared(a: &[u8], b: &[u8], form: Form) -> (Diff, String) {
    let scratch = Scratch::new();
    let (a, b) = (scratch.file("a", a), scratch.file("b", b));
    let mut out = Vec::new();
    let diff = diff((&a, &b), &Limits::default(), (form, &mut out)).expect("an answer");
    (diff, String::from_utf8(out).expect("UTF-8"))
}

fn one(a: &[u8], b: &[u8]) -> (Changed, String) {
    let [a, b] = [a, b].map(|text| Tar::default().file("m", text).packed());
    let (mut diff, text) = compared(&a, &b, Form::Text);
    (diff.changed.pop().expect("it differs"), text)
}

/// As many lines that are all different, and longer than a short text.
fn journal(lines: usize, host: &str) -> String {
    let line = |n| {
        format!(
            "Nov 20 10:{:02}:{:02} {host} kubelet[812]: E{n} pod web-{n}x failed\n",
            n / 60 % 60,
            n % 60
        )
    };
    (0..lines).map(line).collect()
}

#[test]
fn members_are_told_apart_by_name_and_digest() {
    let a = Tar::default()
        .file("same", b"x")
        .file("gone", b"1")
        .file("os", b"v1\nx\n")
        .packed();
    let b = Tar::default()
        .file("os", b"v2\nx\ny\x1b\n")
        .file("new", b"22")
        .file("same", b"x")
        .packed();
    let (diff, text) = compared(&a, &b, Form::Text);
    assert_eq!((diff.same, diff.changed.len()), (1, 1));
    assert_eq!(diff.a.only.keys().collect::<Vec<_>>(), ["gone"]);
    assert_eq!(diff.b.only.get("new"), Some(&2));
    for said in [
        "1 member is the same, 1 differs",
        "- gone  1 B",
        "+ new  2 B",
        "~ os  5 B → 8 B; 1 lines less, 2 more",
        "  -1: v1",
        "  +1: v2",
        "  +3: y\\u{1b}",
    ] {
        assert!(text.contains(said), "{said}: {text}");
    }
    let (_, json) = compared(&a, &b, Form::Json);
    let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(
        (&json["heeler-bundle"], &json["changed"][0]["compared"]),
        (&1.into(), &"lines".into())
    );
    assert_eq!(json["changed"][0]["size-a"], 5);
    assert_eq!(json["b"]["only"]["new"], 2);
}

#[test]
fn line_edits_lead_from_one_text_to_the_other() {
    let mut dice = Dice(19);
    for _ in 0..400 {
        let (one_length, other_length) = (dice.roll(40), dice.roll(40));
        let mut text = |length: usize| -> Vec<String> {
            (0..length).map(|_| format!("{}\n", dice.roll(4))).collect()
        };
        let (a, b) = (text(one_length), text(other_length));
        if a == b {
            continue;
        }
        let (changed, _) = one(a.concat().as_bytes(), b.concat().as_bytes());
        let How::Lines {
            removed,
            added,
            lines,
        } = changed.how
        else {
            panic!("{changed:?}");
        };
        // What was not removed of one is what was not added of the other.
        let mut kept = [a.clone(), b.clone()];
        for change in lines.iter().rev() {
            let side = &mut kept[usize::from(change.added)];
            let index = usize::try_from(change.line).expect("small") - 1;
            assert_eq!(side.remove(index).trim_end(), change.text);
        }
        assert_eq!(kept[0], kept[1], "{a:?} {b:?} {lines:?}");
        assert_eq!(
            kept[0].len(),
            longest(&a, &b),
            "not the fewest: {a:?} {b:?}"
        );
        assert_eq!(removed + added, lines.len() as u64);
    }
}

/// Lines that both have in the same order, at most.
fn longest(a: &[String], b: &[String]) -> usize {
    let mut row = vec![0; b.len() + 1];
    for one in a {
        let mut before = 0;
        for (at, other) in b.iter().enumerate() {
            let here = row[at + 1];
            row[at + 1] = match one == other {
                true => before + 1,
                false => here.max(row[at]),
            };
            before = here;
        }
    }
    row[b.len()]
}

#[test]
fn of_logs_it_is_said_what_only_one_of_them_says() {
    let full =
        "Nov 20 11:00:00 host kernel: nf_conntrack: table full, dropping packet\n".repeat(70);
    let quiet = "Nov 19 01:00:00 host systemd[1]: Started\n";
    let a = format!("{}{quiet}", journal(20_000, "ip-1"));
    let b = format!("{full}{}", journal(30_000, "ip-2"));
    let (changed, text) = one(a.as_bytes(), b.as_bytes());
    let How::Shapes {
        grown,
        lines_a,
        lines_b,
        only_a,
        shapes_a,
        only_b,
        shapes_b,
        uncounted,
    } = changed.how
    else {
        panic!("{changed:?}");
    };
    assert_eq!(
        (grown, lines_a, lines_b, uncounted),
        (false, 20_001, 30_070, 0)
    );
    assert_eq!((shapes_a, shapes_b), (1, 1));
    assert_eq!((only_a[0].lines, only_b[0].lines), (1, 70));
    assert!(only_b[0].example.contains("table full"));
    assert!(
        text.contains("  + 70×  Nov 20 11:00:00 host kernel: nf_conntrack: table full"),
        "{text}"
    );
}

#[test]
fn a_log_that_has_grown_is_said_to_have() {
    let before = journal(20_000, "ip-1");
    let after = format!("{before}Nov 21 00:00:00 ip-1 kernel: Out of memory\n");
    for (a, b) in [(&before, &after), (&after, &before)] {
        let (changed, _) = one(a.as_bytes(), b.as_bytes());
        assert!(
            matches!(changed.how, How::Shapes { grown: true, .. }),
            "{changed:?}"
        );
    }
}

#[test]
fn short_texts_that_have_little_in_common_are_compared_as_logs() {
    let (a, b) = (
        journal(900, "ip-1"),
        journal(900, "ip-2").replace("failed", "came"),
    );
    let (changed, _) = one(a.as_bytes(), b.as_bytes());
    let How::Shapes {
        shapes_a,
        shapes_b,
        lines_a,
        ..
    } = changed.how
    else {
        panic!("{changed:?}");
    };
    assert_eq!((shapes_a, shapes_b, lines_a), (1, 1, 900));
}

#[test]
fn what_is_not_compared_is_said() {
    let (changed, text) = one(b"a\0b", b"a\0c");
    assert!(matches!(changed.how, How::Size { .. }));
    assert!(text.contains("not compared: it is no text"), "{text}");
    // Every line says something else.
    let word = |n: usize| -> String {
        format!("{n:06}")
            .bytes()
            .map(|digit| char::from(digit + 50))
            .collect()
    };
    let lines = |from: usize| -> String {
        (from..from + 60_000)
            .map(|n| format!("{} says so\n", word(n)))
            .collect()
    };
    let (changed, text) = one(lines(0).as_bytes(), lines(100_000).as_bytes());
    let How::Shapes {
        uncounted,
        shapes_b,
        ..
    } = changed.how
    else {
        panic!("{changed:?}");
    };
    assert_eq!((uncounted, shapes_b), (100_000, 0));
    assert!(text.contains("100000 lines were not compared"), "{text}");
}

#[test]
fn a_partial_archive_is_said_to_be_one() {
    let tar = Tar::default().file("a", b"x").file("b", &[b'y'; 600]).end();
    let cut = packed(&tar[..1_700]);
    let (diff, text) = compared(&packed(&tar), &cut, Form::Text);
    assert!(diff.b.whole.trouble().is_some() && diff.changed[0].cut);
    assert!(text.contains("partial: ") && text.contains("CUT"), "{text}");
}
