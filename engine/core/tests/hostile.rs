//! Hostile input: what the fuzzers of `tests/fuzz` try for hours is tried here for seconds, with the
//! same functions. Nothing may panic, hang, or grow beyond its limit.

#![allow(
    clippy::expect_used,
    clippy::panic,
    unreachable_pub,
    dead_code,
    reason = "shared with the fuzzers, where nothing is a test"
)]

#[path = "../../../tests/fuzz/targets/mod.rs"]
mod targets;

use std::time::{Duration, Instant};

use proptest::prelude::*;
use proptest::sample::{Index, select};

/// A limit that is not kept takes minutes, or never ends; a busy machine takes some time too.
const LONGEST: Duration = Duration::from_secs(20);

const BUNDLED: &str = include_str!("../../../runbooks/conntrack-exhaustion/runbook.yaml");

/// What YAML, expressions and templates are made of.
const WORDS: &[&str] = &[
    "t.count",
    "t.name",
    "t.names",
    "t",
    ".",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    "{{",
    "}}",
    "{%",
    "%}",
    "{#",
    "and ",
    "or ",
    "not ",
    " is absent",
    " if ",
    " else ",
    " | default(",
    "larger(",
    "any(",
    "each",
    ",",
    "==",
    "<",
    "-",
    "/",
    "~",
    "0",
    "1e9",
    "99999999999999999999",
    "\"x\"",
    "'",
    "\"",
    "\\",
    ": ",
    "- ",
    "\n",
    "\n  ",
    "\n    ",
    "? ",
    "|",
    ">-",
    "|+2\n",
    "&a ",
    "*a",
    "!x ",
    "!!binary ",
    "<<: ",
    "---\n",
    "...\n",
    "%YAML 1.1\n",
    "#",
    "# heeler: allow ",
    "é",
    "\u{2028}",
    "\u{feff}",
    "\u{0}",
    "\u{85}",
    "\t",
    "\r",
    "\r\n",
    "true",
    "yes",
    "null",
    "~",
    ".nan",
    "0x1F",
    "2024-01-01",
    "look:",
    "find:\n",
    "when: ",
    "says: ",
];

/// What frames and provider ids are made of.
const WIRE: &[&str] = &[
    "heeler1 ",
    "heeler1-end ",
    "heeler1-full ",
    "0707070707070707",
    " b64 ",
    " gz ",
    "0 ",
    "1 ",
    "9 ",
    "18446744073709551616 ",
    "\n",
    "@b 8 10 1.50.0 prod\n",
    "=mem c 0 0 5 0 0 0\n",
    "=mem c 0 124 5 3 0 1\n",
    "!mem a late 2\n",
    "?mem h /proc\n",
    "--output truncated--",
    "-",
    " ",
    "nan",
    "inf",
    "1.5 ",
    "-1 ",
    "[]",
    "null",
    "aws:",
    "///",
    "eu-west-1a",
    "/",
    "i-0abc1234def567890",
    "i-0abc1234",
    "mi-",
    "eks-hybrid:",
    "fargate-",
    "ü",
];

/// Words in any order, one word very often, or no words at all.
fn soup(words: &'static [&'static str]) -> impl Strategy<Value = String> {
    let some = prop::collection::vec(select(words), 0..60).prop_map(|words| words.concat());
    let few = prop::collection::vec(select(words), 0..4).prop_map(|words| words.concat());
    let many = (few.clone(), few.clone(), 1..3_000_usize, few)
        .prop_map(|(first, often, count, last)| first + &often.repeat(count) + &last);
    prop_oneof![6 => some, 2 => many, 1 => any::<String>()]
}

/// A good runbook with some of it cut out and something else put in.
fn spoilt() -> impl Strategy<Value = String> {
    let cut = (any::<Index>(), 0..40_usize, select(WORDS));
    prop::collection::vec(cut, 1..5).prop_map(|cuts| {
        let mut text = BUNDLED.to_string();
        for (place, length, word) in cuts {
            let start = text.floor_char_boundary(place.index(text.len()));
            let end = text.floor_char_boundary((start + length).min(text.len()));
            text.replace_range(start..end, word);
        }
        text
    })
}

/// Nothing takes for ever.
fn in_time<T: ?Sized>(input: &T, check: impl FnOnce(&T)) {
    let start = Instant::now();
    check(input);
    let took = start.elapsed();
    assert!(took < LONGEST, "it took {took:?}");
}

proptest! {
    #[test]
    fn any_text_as_a_runbook(text in prop_oneof![soup(WORDS), spoilt()]) {
        in_time(text.as_str(), targets::runbook::check);
    }

    #[test]
    fn any_text_as_an_expression(text in soup(WORDS)) {
        in_time(text.as_str(), targets::expression::check);
    }

    #[test]
    fn any_text_as_a_template(text in soup(WORDS)) {
        in_time(text.as_str(), targets::template::check);
    }

    #[test]
    fn any_bytes_as_a_frame(text in soup(WIRE)) {
        in_time(text.as_bytes(), targets::frame::check);
    }

    #[test]
    fn any_text_as_a_provider_id(text in soup(WIRE)) {
        in_time(text.as_str(), targets::provider_id::check);
    }
}
