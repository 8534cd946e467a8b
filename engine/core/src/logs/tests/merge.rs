//! Several containers by time.

use proptest::prelude::*;

use crate::logs::{Batch, Decoder, Merge, Next};

/// A batch with lines of these seconds, each with a text.
fn batch(lines: &[(u32, &str)]) -> Batch {
    let (mut decoder, mut batch) = (Decoder::default(), Batch::default());
    for (second, text) in lines {
        let line = format!(
            "2026-11-20T12:{:02}:{:02}Z stdout F {text}\n",
            second / 60,
            second % 60
        );
        decoder.push(line.as_bytes(), &mut batch);
    }
    batch
}

/// Merges sources that hand in one batch at a time.
fn merged(mut sources: Vec<Vec<Batch>>) -> Vec<String> {
    let mut merge = Merge::of(sources.len());
    let mut texts = Vec::new();
    loop {
        let hungry = match merge.step() {
            Next::Entry(_, _, text) => {
                texts.push(String::from_utf8_lossy(text).into_owned());
                continue;
            }
            Next::Hungry(source) => source,
            Next::End => return texts,
        };
        match sources[hungry].is_empty() {
            true => merge.end(hungry),
            false => merge.hand_in(hungry, sources[hungry].remove(0)),
        }
    }
}

#[test]
fn the_earliest_comes_first() {
    let one = vec![batch(&[(1, "a"), (4, "d")]), batch(&[(6, "f")])];
    let two = vec![batch(&[(2, "b"), (3, "c"), (5, "e"), (9, "g")])];
    assert_eq!(merged(vec![one, two]), ["a", "b", "c", "d", "e", "f", "g"]);
    assert!(merged(vec![]).is_empty());
    assert!(merged(vec![vec![], vec![batch(&[]), batch(&[])]]).is_empty());
}

#[test]
fn equal_times_keep_the_order_of_the_sources() {
    let source = |name: &str| vec![batch(&[(1, name), (1, name)]), batch(&[(2, name)])];
    let all = merged(vec![source("a"), source("b"), source("c")]);
    assert_eq!(all, ["a", "a", "b", "b", "c", "c", "a", "b", "c"]);
}

#[test]
fn a_clock_that_was_set_back_does_not_turn_a_file_around() {
    let one = vec![batch(&[(10, "a"), (2, "b"), (12, "c")])];
    let two = vec![batch(&[(5, "x"), (11, "y")])];
    assert_eq!(merged(vec![one, two]), ["x", "a", "b", "y", "c"]);
}

proptest! {
    /// The order of each file is kept, nothing is lost, and what is in order comes in order.
    #[test]
    fn merging_is_sorting(files in proptest::collection::vec(proptest::collection::vec((0_u32..3_000, 1_usize..4), 0..20), 0..6), sorted: bool) {
        let mut expected = Vec::new();
        let mut sources = Vec::new();
        for (number, mut lines) in files.into_iter().enumerate() {
            if sorted {
                lines.sort();
            }
            let names: Vec<_> = lines.iter().enumerate().map(|(line, (at, size))| (*at, *size, format!("{number}.{line}"))).collect();
            let mut latest = 0;
            for (line, (at, _, name)) in names.iter().enumerate() {
                latest = latest.max(*at);
                expected.push((latest, number, line, name.clone()));
            }
            let mut rest = &names[..];
            let mut batches = Vec::new();
            while let Some((_, size, _)) = rest.first() {
                let (now, later) = rest.split_at((*size).min(rest.len()));
                let lines: Vec<_> = now.iter().map(|(at, _, name)| (*at, name.as_str())).collect();
                batches.push(batch(&lines));
                rest = later;
            }
            sources.push(batches);
        }
        expected.sort();
        let expected: Vec<String> = expected.into_iter().map(|(.., name)| name).collect();
        prop_assert_eq!(merged(sources), expected);
    }
}
