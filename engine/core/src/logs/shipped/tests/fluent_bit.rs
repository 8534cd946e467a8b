//! Decisions by Fluent Bit's records.

use super::{ID, MIDNIGHT, container, decide, line, name, place};
use crate::logs::shipped::{Decision, Doubt, FluentBit, Lost, Marker, Row, Shipped};

fn link() -> String {
    format!("/var/log/containers/web-1_shop_app-{ID}.log")
}

/// A row that was made so many seconds after midnight.
fn row(name: &str, offset: usize, created: i64) -> Row {
    Row {
        id: 1,
        name: name.into(),
        offset: i64::try_from(offset).expect("a small file"),
        inode: 7,
        created: MIDNIGHT + created,
        ..Row::default()
    }
}

fn ask(rows: &[Row], files: &[(&str, &str)]) -> Decision {
    let shipped = Shipped::FluentBit(FluentBit::of(rows.to_vec()));
    decide(&shipped, &container(&[(0, ID)]), files)
}

/// Lines of a segment that begins then.
fn lines(second: u32) -> String {
    (0..10)
        .map(|n| line(second + n, &format!("line {n} of {second}")))
        .collect()
}

#[test]
fn a_log_that_was_never_rotated_goes_on_where_its_record_ends() {
    let text = lines(100);
    let end = text.find("line 4").expect("a line");
    let second = text
        .get(..end)
        .and_then(|text| text.rfind('\n'))
        .expect("an end")
        + 1;
    for offset in [second, second + 1, end] {
        let decision = ask(&[row(&link(), offset, 101)], &[("0.log", &text)]);
        assert_eq!(decision.from, place("0.log", second), "{offset}");
        assert!(decision.is_certain(), "{decision:?}");
    }
    let all = ask(&[row(&link(), text.len(), 101)], &[("0.log", &text)]);
    assert_eq!(all.from, place("0.log", text.len()));
    assert!(all.is_certain(), "{all:?}");
}

#[test]
fn without_a_record_all_of_it_counts_as_not_shipped() {
    let text = lines(100);
    let other = link().replace("web-1", "web-2");
    let uid = "/var/log/pods/shop_web-1_ffff/app/0.log";
    for rows in [vec![], vec![row(&other, 50, 100)], vec![row(uid, 50, 100)]] {
        let decision = ask(&rows, &[("0.log.20261120-000200", &text), ("0.log", "")]);
        assert_eq!(decision.from, place("0.log.20261120-000200", 0));
        assert_eq!(
            decision.doubts,
            [Doubt::NoRecord(name("0.log.20261120-000200"))]
        );
    }
    assert_eq!(ask(&[], &[]).from, None);
}

#[test]
fn a_file_that_was_rotated_after_the_collector_ended_is_told_by_its_time() {
    let [first, second, third] = [100, 200, 300].map(lines);
    let files = [
        ("0.log.20261120-000200", &*first),
        ("0.log.20261120-000300", &*second),
        ("0.log", &*third),
    ];
    let half = second.find("line 5").map(|at| {
        second
            .get(..at)
            .and_then(|text| text.rfind('\n'))
            .expect("an end")
            + 1
    });
    let half = half.expect("a line");
    let mut known = row(&link(), half, 201);
    known.marker_size = 32;
    known.marker = Marker::hash_of(&second.as_bytes()[..half]);
    let decision = ask(&[known.clone()], &files);
    assert_eq!(decision.likely, place("0.log.20261120-000300", half));
    // Whether all of the first one was read is not known.
    assert_eq!(decision.from, place("0.log.20261120-000200", 0));
    assert_eq!(
        decision.doubts,
        [Doubt::Forgotten(name("0.log.20261120-000200"))]
    );
    // Without a checksum it may be the next one as well: seen before that had a line.
    let decision = ask(
        &[Row {
            marker_size: 0,
            ..known.clone()
        }],
        &files,
    );
    assert!(
        decision
            .doubts
            .iter()
            .any(|doubt| matches!(doubt, Doubt::Several { .. }))
    );
    assert_eq!(decision.from, place("0.log.20261120-000200", 0));
    // What was there before the position is nowhere.
    let decision = ask(&[Row { marker: 1, ..known }], &files);
    assert_eq!(decision.from, place("0.log.20261120-000200", 0));
    assert!(
        decision.doubts.contains(&Doubt::Replaced(link())),
        "{decision:?}"
    );
}

#[test]
fn a_rotated_file_that_is_named_is_that_one_and_lost_when_it_is_gone() {
    let [first, second] = [100, 200].map(lines);
    let path = |file: &str| format!("/var/log/pods/shop_web-1_0c5e/app/{file}");
    let files = [("0.log.20261120-000200", &*first), ("0.log", &*second)];
    let start = first.find('\n').expect("a line") + 1;
    let mut named = row(&path("0.log.20261120-000200"), start, 101);
    named.rotated = true;
    let decision = ask(&[named.clone()], &files);
    assert_eq!(decision.from, place("0.log.20261120-000200", start));
    assert!(decision.is_certain(), "{decision:?}");
    let gone = path("0.log.20261120-000059");
    let decision = ask(&[row(&gone, start, 50)], &files);
    assert_eq!(decision.from, place("0.log.20261120-000200", 0));
    let until = super::seen(&files)[0].begins();
    assert_eq!(
        decision.lost,
        [Lost {
            path: gone,
            byte: start as u64,
            until
        }]
    );
    assert!(decision.is_certain() && until.is_some(), "{decision:?}");
    // A file of that name with less in it was replaced.
    named.offset = 1 << 20;
    let decision = ask(&[named.clone()], &files);
    assert_eq!(decision.from, place("0.log.20261120-000200", 0));
    assert_eq!(decision.doubts, [Doubt::Replaced(named.name)]);
}

#[test]
fn a_file_with_lines_before_it_was_seen_is_taken_from_its_beginning() {
    let text = lines(100);
    let end = text.len();
    let decision = ask(&[row(&link(), end, 165)], &[("0.log", &text)]);
    assert!(decision.is_certain(), "{decision:?}");
    let decision = ask(&[row(&link(), end, 166)], &[("0.log", &text)]);
    assert_eq!(decision.from, place("0.log", 0));
    let says = decision.doubts[0].to_string();
    assert!(
        says.contains("has first seen 0.log at 2026-11-20T00:02:46"),
        "{says}"
    );
}

#[test]
fn only_segments_that_were_live_when_the_file_was_seen_are_looked_at() {
    let [first, second, third] = [100, 200, 300].map(lines);
    let files = [
        ("0.log.20261120-000200", &*first),
        ("0.log.20261120-000300", &*second),
        ("0.log", &*third),
    ];
    let segments = super::seen(&files);
    for (seen, may_be) in [
        (99, &files[..1]),
        (101, &files[..2]),
        (201, &files[1..]),
        (301, &files[2..]),
    ] {
        let shipped = Shipped::FluentBit(FluentBit::of(vec![row(&link(), 50, seen)]));
        let places = shipped.places(&container(&[(0, ID)]), &segments);
        let expected: Vec<_> = may_be
            .iter()
            .filter_map(|(file, _)| place(file, 50))
            .collect();
        assert_eq!(places, expected, "{seen}");
    }
    // A second before the first line: the file of the record may be one that was removed.
    let decision = ask(&[row(&link(), 50, 99)], &files);
    assert!(
        decision.doubts.contains(&Doubt::MaybeGone(link())),
        "{decision:?}"
    );
}

#[test]
fn a_packed_file_without_a_checksum_is_a_guess() {
    let text = lines(100);
    let packed = "0.log.20261120-000200.gz";
    let path = "/var/log/pods/shop_web-1_0c5e/app/0.log.20261120-000200";
    let half = text.find('\n').expect("a line") + 1;
    let decision = ask(&[row(path, half, 101)], &[(packed, &text), ("0.log", "")]);
    assert_eq!(
        (decision.from, decision.likely),
        (place(packed, 0), place(packed, half))
    );
    assert_eq!(decision.doubts, [Doubt::Unchecked(path.into())]);
    // A record of the packed file itself counts its packed bytes.
    let path = format!("{path}.gz");
    let decision = ask(&[row(&path, half, 101)], &[(packed, &text), ("0.log", "")]);
    assert_eq!(decision.likely, place(packed, 0));
    assert!(
        decision.doubts.contains(&Doubt::Packed(path)),
        "{decision:?}"
    );
}

#[test]
fn of_rows_with_one_inode_the_latest_counts() {
    let text = lines(100);
    let newer = Row {
        id: 2,
        ..row(&link(), text.len(), 101)
    };
    let shipped = FluentBit::of(vec![newer, row("/var/log/messages", 5, 1)]);
    assert_eq!((shipped.records.len(), shipped.others), (1, 1));
    // The inode is another container's file by now.
    let newer = Row {
        id: 2,
        ..row("/var/log/containers/x", 5, 1)
    };
    let shipped = FluentBit::of(vec![row(&link(), 9, 1), newer]);
    assert_eq!((shipped.records.len(), shipped.others), (0, 2));
}

#[test]
fn a_start_that_is_not_known_makes_a_record_a_guess() {
    let [first, second] = [100, 200].map(lines);
    let shipped = Shipped::FluentBit(FluentBit::of(vec![row(&link(), first.len(), 101)]));
    let files = [("0.log", &*first), ("1.log", &*second)];
    let known = decide(&shipped, &container(&[(0, ID)]), &files);
    assert_eq!(known.from, place("1.log", 0));
    let unknown = decide(&shipped, &container(&[]), &files);
    assert_eq!(unknown.from, place("0.log", 0));
    assert!(unknown.doubts.contains(&Doubt::MaybeGone(link())));
    // The id is that of a start of which nothing is left.
    let gone = decide(&shipped, &container(&[(5, ID)]), &files);
    assert_eq!((gone.from, gone.lost.len()), (place("0.log", 0), 1));
}

#[test]
fn what_could_not_be_looked_at_is_taken_from_its_first_byte() {
    let text = lines(100);
    let shipped = FluentBit::of(vec![row(&link(), 30, 101)]);
    let segments = super::seen(&[("0.log", &text)]);
    let decision = Shipped::FluentBit(shipped).decide(
        &container(&[(0, ID)]),
        &segments,
        &super::Looked::new(),
    );
    assert_eq!(decision.from, place("0.log", 0));
    assert_eq!(decision.doubts, [Doubt::Unseen(name("0.log"))]);
}
