//! From bytes to entries.

use proptest::prelude::*;

use crate::logs::{Batch, Decoder, Entry, Moment, Stream};

/// An entry without its place in a batch.
#[derive(Debug, PartialEq, Eq)]
struct Said {
    at: Moment,
    stream: Option<Stream>,
    ends: bool,
}

fn said(entry: &Entry) -> Said {
    let Entry {
        at, stream, ends, ..
    } = *entry;
    Said { at, stream, ends }
}

/// What the entries of segments say, each decoded in pieces of this size; and how many lines were not in
/// the format.
fn decoded(segments: &[&[u8]], piece: usize) -> (Vec<(Said, Vec<u8>)>, u64) {
    let (mut decoder, mut entries) = (Decoder::default(), Vec::new());
    let mut batch = Batch::default();
    let mut drain = |batch: &mut Batch| {
        let all = batch.entries().iter();
        entries.extend(all.map(|entry| (said(entry), batch.text(entry).to_vec())));
        *batch = Batch::default();
    };
    for segment in segments {
        for bytes in segment.chunks(piece) {
            decoder.push(bytes, &mut batch);
            drain(&mut batch);
        }
        decoder.end_file(&mut batch);
        drain(&mut batch);
    }
    decoder.cut(&mut batch);
    drain(&mut batch);
    (entries, decoder.foreign_lines())
}

/// The texts of one segment, and those of each way to cut it into pieces are the same.
fn texts(segment: &str) -> Vec<String> {
    let of = |piece| {
        let (entries, _) = decoded(&[segment.as_bytes()], piece);
        let texts = entries
            .into_iter()
            .map(|(_, text)| String::from_utf8(text).expect("text"));
        texts.collect::<Vec<_>>()
    };
    let whole = of(usize::MAX);
    for piece in [1, 2, 3, 7, 64] {
        assert_eq!(of(piece), whole, "in pieces of {piece}");
    }
    whole
}

fn line(second: u32, rest: &str) -> String {
    format!("2026-11-20T12:12:{second:02}Z {rest}\n")
}

#[test]
fn parts_are_put_together_by_stream() {
    let segment = [
        line(1, "stdout P one "),
        line(2, "stderr F beside"),
        line(3, "stdout P two "),
        line(4, "stdout F three"),
        line(5, "stdout F"),
    ]
    .concat();
    assert_eq!(texts(&segment), ["beside", "one two three", ""]);
    let (entries, foreign) = decoded(&[segment.as_bytes()], 9);
    let times: Vec<_> = entries
        .iter()
        .map(|(entry, _)| entry.at.0 / 1_000_000_000 % 60)
        .collect();
    assert_eq!((times, foreign), (vec![2, 1, 5], 0));
}

#[test]
fn a_line_goes_on_in_the_next_segment() {
    let (first, second) = (line(1, "stdout P one "), line(2, "stdout F two"));
    let (entries, _) = decoded(&[first.as_bytes(), second.as_bytes()], 5);
    assert_eq!(entries.len(), 1);
    assert_eq!(entries[0].1, b"one two");
    // And is handed out where its end never comes.
    let (entries, _) = decoded(&[first.as_bytes()], 5);
    assert_eq!((entries[0].0.ends, &entries[0].1[..]), (true, &b"one "[..]));
}

/// What a decoder that has seen this hands out when nothing more is read.
fn unfinished(segment: &str) -> Vec<(bool, String)> {
    let (mut decoder, mut batch) = (Decoder::default(), Batch::default());
    decoder.push(segment.as_bytes(), &mut batch);
    let before = batch.entries().len();
    decoder.finish(&mut batch);
    let left = batch.entries().iter().skip(before);
    left.map(|entry| {
        let text = String::from_utf8_lossy(batch.text(entry)).into_owned();
        (entry.ends, text)
    })
    .collect()
}

#[test]
fn a_line_that_is_being_written_is_handed_out_as_one_that_goes_on() {
    let half = |bytes: usize| {
        let mut segment = line(1, "stdout F 1233") + &line(2, "stdout F 1234");
        segment.truncate(segment.len() - 1 - bytes);
        segment
    };
    let goes_on = |text: &str| vec![(false, text.to_owned())];
    assert_eq!(unfinished(&half(0)), goes_on("1234"));
    assert_eq!(unfinished(&half(2)), goes_on("12"));
    // Nothing of it was said yet.
    for bytes in 6..30 {
        assert_eq!(unfinished(&half(bytes)), [], "without {bytes} bytes");
    }
    // The program itself has not ended it.
    assert_eq!(unfinished(&line(1, "stdout P name: ")), goes_on("name: "));
    let both = line(1, "stdout P one ") + line(2, "stdout F two").trim_end();
    assert_eq!(unfinished(&both), goes_on("one two"));
    for head in [
        "2026-11-20T12:12:12.4",
        "2026-11-20T12:12:12.47+01:00 std",
        "2026-11-20T12:12:12Z stderr",
    ] {
        assert_eq!(unfinished(head), [], "{head:?}");
    }
    for foreign in [
        "cut off",
        "2026-11-20T12:12:12Z stdin",
        "2026-11-20T12:12:12 12:12",
    ] {
        assert_eq!(unfinished(foreign), goes_on(foreign));
    }
    let long = line(1, &format!("stderr F {}", "z".repeat(3 << 19)));
    let (text, _) = long.split_at(long.len() - 2);
    let [(ends, left)] = &unfinished(text)[..] else {
        panic!("one entry is left")
    };
    assert_eq!((*ends, left.len()), (false, (1 << 19) - 1));
}

#[test]
fn what_is_not_in_the_format_is_kept() {
    let segment = [
        &line(1, "stdout F a"),
        "garbage \n",
        "\n",
        &line(2, "stdout F b"),
        "cut",
    ]
    .concat();
    assert_eq!(texts(&segment), ["a", "garbage ", "", "b", "cut"]);
    let (entries, foreign) = decoded(&[segment.as_bytes()], 4);
    assert_eq!(foreign, 3);
    assert_eq!(entries[1].0.at, entries[0].0.at);
    assert_eq!(
        (entries[1].0.stream, entries[3].0.stream),
        (None, Some(Stream::Stdout))
    );
    let (entries, _) = decoded(&[b"\xff\0\x1b\n"], 2);
    assert_eq!(
        (entries[0].0.at, &entries[0].1[..]),
        (Moment(0), &b"\xff\0\x1b"[..])
    );
}

/// A hundred megabytes without an end of a line.
#[test]
fn a_line_without_an_end_takes_no_more_memory_than_a_short_one() {
    let (mut decoder, mut batch) = (Decoder::default(), Batch::default());
    let piece = vec![b'x'; 1 << 16];
    let (mut bytes, mut most) = (0, 0);
    for _ in 0..1_600 {
        decoder.push(&piece, &mut batch);
        let held: usize = batch
            .entries()
            .iter()
            .map(|entry| batch.text(entry).len())
            .sum();
        assert!(batch.entries().iter().all(|entry| !entry.ends));
        (bytes, most) = (bytes + held, most.max(held));
        batch = Batch::default();
    }
    decoder.push(b"\n", &mut batch);
    bytes += batch
        .entries()
        .iter()
        .map(|entry| batch.text(entry).len())
        .sum::<usize>();
    assert!(batch.entries().last().is_some_and(|entry| entry.ends));
    assert_eq!((bytes, decoder.foreign_lines()), (1_600 << 16, 1));
    assert!(most < 2 << 20, "{most}");
}

/// Where the runtime was told not to cut lines: what it is and when it was written is known of each part,
/// and the parts are the same however they come.
#[test]
fn a_very_long_line_in_the_format_keeps_its_time() {
    let text = "z".repeat(5 << 19);
    let segment = line(1, &format!("stderr F {text}")) + &line(2, "stdout F short");
    let (entries, foreign) = decoded(&[segment.as_bytes()], usize::MAX);
    let lengths: Vec<usize> = entries.iter().map(|(_, text)| text.len()).collect();
    assert_eq!((lengths, foreign), (vec![1 << 20, 1 << 20, 1 << 19, 5], 0));
    let ends: Vec<bool> = entries.iter().map(|(entry, _)| entry.ends).collect();
    assert_eq!(ends, [false, false, true, true]);
    for (entry, _) in entries.iter().take(3) {
        assert_eq!(
            (entry.at, entry.stream),
            (entries[0].0.at, Some(Stream::Stderr))
        );
    }
    assert_eq!(decoded(&[segment.as_bytes()], 70_001).0, entries);
}

/// The same in parts, as containerd writes it.
#[test]
fn a_very_long_line_in_parts_comes_as_several_entries() {
    let text = "y".repeat(16_384);
    let mut segment = line(1, &format!("stdout P {text}")).repeat(200);
    segment += &line(2, "stdout F end");
    let (entries, _) = decoded(&[segment.as_bytes()], 1 << 16);
    assert!(entries.len() > 2 && entries.len() < 6, "{}", entries.len());
    let (last, others) = entries.split_last().expect("entries");
    assert!(last.0.ends && others.iter().all(|(entry, _)| !entry.ends));
    assert!(entries.iter().all(|(entry, _)| entry.at == last.0.at));
    let whole: usize = entries.iter().map(|(_, text)| text.len()).sum();
    assert_eq!(whole, 200 * 16_384 + 3);
}

proptest! {
    /// No byte is lost, and none comes twice, whatever the pieces are.
    #[test]
    fn pieces_do_not_matter(lines in proptest::collection::vec("(2026-11-20T12:12:12Z std(out|err) [FP] )?[a-z\n\u{e9}]{0,9}", 0..12), piece in 1_usize..40) {
        let segment = lines.join("\n");
        prop_assert_eq!(decoded(&[segment.as_bytes()], piece), decoded(&[segment.as_bytes()], usize::MAX));
    }
}
