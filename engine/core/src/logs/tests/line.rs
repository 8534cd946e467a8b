//! Lines of the format, and times.

use jiff::Timestamp;
use proptest::prelude::*;

use crate::logs::{Line, Moment, Stream};

fn read(line: &str) -> Option<Line<'_>> {
    Line::read(line.as_bytes())
}

#[test]
fn a_line_is_taken_apart() {
    let line = read("2026-11-20T12:12:12.472962276Z stdout F one two").expect("a line");
    assert_eq!(line.at, Moment(1_795_176_732_472_962_276));
    assert_eq!((line.stream, line.ends), (Stream::Stdout, true));
    assert_eq!(line.text, b"one two");
    let line = read("2026-11-20T12:12:12Z stderr P ").expect("a line");
    assert_eq!(
        (line.stream, line.ends, line.text),
        (Stream::Stderr, false, &b""[..])
    );
    // Spaces are text, and other tags are none.
    assert_eq!(
        read("2026-11-20T12:12:12Z stdout F  a ").map(|line| line.text),
        Some(&b" a "[..])
    );
    assert_eq!(
        read("2026-11-20T12:12:12Z stdout F:x:y a").map(|line| line.text),
        Some(&b"a"[..])
    );
    assert_eq!(
        read("2026-11-20T12:12:12Z stdout F").map(|line| line.text),
        Some(&b""[..])
    );
}

#[test]
fn what_is_not_in_the_format_is_none() {
    for line in [
        "",
        "hello",
        "2026-11-20T12:12:12Z",
        "2026-11-20T12:12:12Z stdout",
        "2026-11-20T12:12:12Z stdout X a",
        "2026-11-20T12:12:12Z stdin F a",
        "2026-11-20 12:12:12Z stdout F a",
        "2026-13-20T12:12:12Z stdout F a",
        "2026-11-20T24:12:12Z stdout F a",
        "2026-11-20T12:12:12 stdout F a",
        "2026-11-20T12:12:12.Z stdout F a",
        "2026-11-20T12:12:12.0123456789Z stdout F a",
        "+026-11-20T12:12:12Z stdout F a",
        "{\"log\":\"x\",\"stream\":\"stdout\"}",
    ] {
        assert_eq!(read(line), None, "{line}");
    }
}

#[test]
fn a_zone_moves_the_time() {
    let at = |line: &str| read(line).map(|line| line.at);
    assert_eq!(
        at("2026-11-20T14:42:12.5+02:30 stdout F a"),
        at("2026-11-20T12:12:12.5Z stdout F a")
    );
    assert_eq!(
        at("2026-11-20T04:12:12-08:00 stdout F a"),
        at("2026-11-20T12:12:12Z stdout F a")
    );
}

proptest! {
    /// Held against a library's calendar.
    #[test]
    fn times_are_those_of_the_calendar(seconds in -60_000_000_000_i64..4_000_000_000, nanos in 0_i32..1_000_000_000) {
        let at = Timestamp::new(seconds, 0).expect("a time");
        prop_assume!(at.to_string().len() == 20);
        let line = format!("{}.{nanos:09}Z stdout F x", at.to_string().trim_end_matches('Z'));
        let read = Line::read(line.as_bytes()).map(|line| line.at);
        let whole = seconds.checked_mul(1_000_000_000).and_then(|whole| whole.checked_add(i64::from(nanos)));
        prop_assert_eq!(read, whole.map(Moment));
    }

    #[test]
    fn a_time_is_written_as_it_was_read(nanos in 0_i64..4_000_000_000_000_000_000) {
        let line = format!("{} stdout F x", Moment(nanos));
        prop_assert_eq!(Line::read(line.as_bytes()).map(|line| line.at), Some(Moment(nanos)));
    }

    #[test]
    fn no_bytes_are_too_odd(bytes in proptest::collection::vec(any::<u8>(), 0..80)) {
        let _ = Line::read(&bytes);
    }
}
