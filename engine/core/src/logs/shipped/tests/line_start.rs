//! Where the line begins in which a position is.

use crate::logs::shipped::seen::line_start;

const T: &str = "2026-11-20T10:00:00.000000001Z";

#[test]
fn a_position_goes_back_to_the_beginning_of_its_line() {
    let text = format!("{T} stdout F one\n{T} stderr F two\n");
    let second = text.len() / 2;
    for (byte, start) in [
        (text.len(), text.len()),
        (second, second),
        (second + 3, second),
        (5, 0),
    ] {
        let before = &text.as_bytes()[..byte];
        assert_eq!(
            line_start(before, byte as u64),
            Some(start as u64),
            "{byte}"
        );
        // Not all is there: what comes first is the rest of a line.
        let behind = before.get(second - 5..);
        let expected = (byte >= second).then_some(start as u64);
        assert_eq!(
            behind.and_then(|before| line_start(before, byte as u64)),
            expected,
            "{byte}"
        );
    }
}

#[test]
fn parts_that_wait_for_their_end_are_read_again() {
    let f = format!("{T} stdout F whole\n");
    let out = format!("{T} stdout P part \n");
    let err = format!("{T} stderr P part \n");
    let start = |text: &str| line_start(text.as_bytes(), text.len() as u64);
    assert_eq!(start(&format!("{f}{out}{out}")), Some(f.len() as u64));
    // A line of the other stream comes between.
    let between = format!("{f}{out}{T} stderr F x\n");
    assert_eq!(start(&between), Some(f.len() as u64));
    assert_eq!(start(&format!("{f}{err}{out}")), Some(f.len() as u64));
    let ended = format!("{f}{out}{f}");
    assert_eq!(start(&ended), Some(ended.len() as u64));
    assert_eq!(start(&format!("{out}{out}")), Some(0));
    // The first part is not among these bytes, for all that is known.
    let all = format!("{f}{out}{out}{out}");
    let before = &all.as_bytes()[f.len() + 5..];
    assert_eq!(line_start(before, all.len() as u64), None);
    let ended = format!("{f}{out}{out}{f}");
    let before = &ended.as_bytes()[f.len() + 5..];
    assert_eq!(
        line_start(before, ended.len() as u64),
        Some(ended.len() as u64)
    );
}
