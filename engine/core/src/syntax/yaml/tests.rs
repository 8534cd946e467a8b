//! The short way and the long way to a tree come to the same.

use proptest::prelude::*;
use proptest::sample::{Index, select};

use super::super::fault::Faults;
use super::super::source::Source;
use super::{parse_with_care, quick};

const RUNBOOK: &str = include_str!("../../../../../runbooks/conntrack-exhaustion/runbook.yaml");
const CASE: &str =
    include_str!("../../../../../runbooks/conntrack-exhaustion/cases/full-table-fix-kept.yaml");
/// What scalars and structure are made of.
const WORDS: &[&str] = &[
    "a",
    "b",
    "1",
    "0",
    "60s",
    "7d",
    "1.5",
    "1e3",
    "0x1F",
    "true",
    "True",
    "yes",
    "null",
    "~",
    ".nan",
    "-",
    "- ",
    ": ",
    ":",
    ",",
    "[",
    "]",
    "{",
    "}",
    "?",
    "|",
    ">-",
    "\"",
    "'",
    "#",
    " #",
    "&a ",
    "*a",
    "!x ",
    "!!str ",
    "<<: ",
    "---\n",
    "...\n",
    "%YAML 1.2\n",
    "\n",
    "\n  ",
    "\n    ",
    "\t",
    "é",
    "\u{feff}",
    "\r\n",
    "\\n",
    "a: ",
    "b:\n",
    "2024-01-01",
    "+1",
    "1_000",
    "1:30",
    "512Mi",
    "-1.5",
    "10.0.0.1",
    "81 %",
    "-0",
    "0.5",
    "1G",
    "inf",
    "0o7",
    "07",
    ".5",
    "5.",
    "1.2.3",
    "1 000",
    "Infinity",
    ".nan",
    "~",
    "1e3s",
];

/// Where the short way reads a text, the long way reads the same, without a fault.
fn same(text: &str) -> Result<bool, TestCaseError> {
    let Some(tree) = quick(text) else {
        return Ok(false);
    };
    let source = Source {
        name: "x.yaml".into(),
        text: text.into(),
    };
    let mut faults = Faults::of(&source);
    let other = parse_with_care(text, &mut faults);
    prop_assert!(faults.is_empty(), "{:?} of {:?}", faults.into_vec(), text);
    prop_assert_eq!(Some(tree), other, "{:?}", text);
    Ok(true)
}

#[test]
fn what_authors_write_goes_the_short_way() {
    for text in [RUNBOOK, CASE] {
        assert!(same(text).expect("the same"), "it is plain");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn both_ways_come_to_the_same(words in prop::collection::vec(select(WORDS), 0..12)) {
        same(&words.concat())?;
    }

    #[test]
    fn both_ways_come_to_the_same_for_scalars(words in prop::collection::vec(select(WORDS), 0..4)) {
        same(&format!("a: {}\nb: [{}]\n", words.concat(), words.join(" ")))?;
    }
}

proptest! {
    // These texts are long.
    #![proptest_config(ProptestConfig::with_cases(250))]

    #[test]
    fn both_ways_come_to_the_same_for_spoilt_texts(
        whole in select(&[RUNBOOK, CASE][..]),
        (place, length, word) in (any::<Index>(), 0..20_usize, select(WORDS)),
    ) {
        let mut text = whole.to_string();
        let start = text.floor_char_boundary(place.index(text.len()));
        let end = text.floor_char_boundary((start + length).min(text.len()));
        text.replace_range(start..end, word);
        same(&text)?;
    }
}
