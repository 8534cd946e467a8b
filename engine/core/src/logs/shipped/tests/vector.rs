//! Decisions by Vector's checkpoints.

use super::{container, decide, line, name, place};
use crate::logs::shipped::{Decision, Doubt, Fingerprints, Shipped, Vector};

fn ask(read: &[(&str, usize)], files: &[(&str, &str)]) -> Decision {
    let row = |(text, position): &(&str, usize)| {
        let sum = Fingerprints::default().of(text.as_bytes()).expect("a line");
        format!(
            r#"{{"fingerprint":{{"first_lines_checksum":{sum}}},"position":{position},"modified":"2026-11-20T10:00:00Z"}}"#
        )
    };
    let rows: Vec<String> = read.iter().map(row).collect();
    let json = format!(r#"{{"version":"1","checkpoints":[{}]}}"#, rows.join(","));
    let vector = Vector::read(json.as_bytes()).expect("checkpoints");
    decide(&Shipped::Vector(vector), &container(&[]), files)
}

#[test]
fn the_fingerprint_tells_the_segment_whatever_it_is_called() {
    let [first, second] = [100, 200].map(|at| line(at, "a") + &line(at + 1, "b"));
    let half = first.len() / 2;
    for rotated in ["0.log.20261120-000200", "0.log.20261120-000200.gz"] {
        let decision = ask(&[(&first, half)], &[(rotated, &first), ("0.log", &second)]);
        assert_eq!(decision.from, place(rotated, half));
        assert!(decision.is_certain(), "{decision:?}");
        let decision = ask(
            &[(&first, first.len())],
            &[(rotated, &first), ("0.log", &second)],
        );
        assert_eq!(decision.from, place("0.log", 0));
        assert!(decision.is_certain(), "{decision:?}");
    }
}

#[test]
fn a_packed_segment_without_a_record_may_have_been_read() {
    let [first, second] = [100, 200].map(|at| line(at, "a"));
    let packed = "0.log.20261120-000200.gz";
    let decision = ask(&[(&second, 0)], &[(packed, &first), ("0.log", &second)]);
    assert_eq!(
        (decision.from, decision.likely),
        (place(packed, 0), place("0.log", 0))
    );
    assert_eq!(decision.doubts, [Doubt::Forgotten(name(packed))]);
    // Of what is not packed there would be one.
    let plain = "0.log.20261120-000200";
    let decision = ask(&[(&second, 0)], &[(plain, &first), ("0.log", &second)]);
    assert_eq!(
        (&decision.from, &decision.likely),
        (&place(plain, 0), &place(plain, 0))
    );
    assert_eq!(decision.doubts, [Doubt::NoRecord(name(plain))]);
}

#[test]
fn a_position_behind_the_end_is_not_believed() {
    let text = line(100, "a");
    let decision = ask(&[(&text, text.len() + 1)], &[("0.log", &text)]);
    assert_eq!(decision.from, place("0.log", 0));
    assert!(
        decision.doubts.contains(&Doubt::Replaced("0.log".into())),
        "{decision:?}"
    );
}

#[test]
fn parts_of_a_line_that_wait_for_its_end_come_again() {
    let part = line(101, "half").replace(" F ", " P ");
    let text = line(100, "a") + &part;
    let decision = ask(&[(&text, text.len())], &[("0.log", &text)]);
    assert_eq!(decision.from, place("0.log", text.len() - part.len()));
    assert!(decision.is_certain(), "{decision:?}");
}
