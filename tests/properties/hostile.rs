//! Hostile input: what the fuzzers of `tests/fuzz` try for hours is tried here for seconds, with the
//! same functions. Nothing may panic, hang, or grow beyond its limit.

#![allow(
    clippy::expect_used,
    clippy::panic,
    unreachable_pub,
    dead_code,
    reason = "shared with the fuzzers, where nothing is a test"
)]

#[path = "../fuzz/targets/mod.rs"]
mod targets;

use std::time::{Duration, Instant};

use heeler_core::action;
use heeler_core::lint::lint;
use heeler_core::runbook::Alone;
use heeler_core::syntax::{Source, render};
use proptest::prelude::*;
use proptest::sample::{Index, select};

/// A limit that is not kept takes minutes, or never ends; a busy machine takes some time too.
const LONGEST: Duration = Duration::from_secs(20);

const BUNDLED: &str = include_str!("../../runbooks/conntrack-exhaustion/runbook.yaml");
const CASE: &str =
    include_str!("../../runbooks/conntrack-exhaustion/cases/full-table-fix-kept.yaml");
/// A runbook with all that the bundled one does without.
const WIDE: &str = include_str!("wide.yaml");

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
    "all(",
    "count(",
    "share(",
    "max(",
    "t.on",
    "t.top.port",
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
    "# heeler: allow unused-look because ",
    " because x\n",
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
    "inputs:\n  x: { type: list, of: quantity, default: ",
    "look:",
    "use: health\n",
    "with: { x: ",
    "within: 5s\n",
    "retry: 2\n",
    "for-each: ",
    "run: { at: control, script: ",
    "extract: { x: { pattern: '(.)', type: ",
    "journal: { unit: x, window: ",
    "find:\n",
    "when: ",
    "says: ",
    "evidence: [{ proves: ",
    "suggests: ",
    "instead-of: ",
    "allow: [control]\n",
    "fix:\n",
];

/// What cases are made of, besides.
const TOLD: &[&str] = &[
    "absent",
    "{not-seen: admin-off}",
    "{not-seen: {failed: x}}",
    "not-seen:\n",
    "holds:\n",
    "superseded: { a: b }\n",
    "later:\n",
    "after: 3s\n",
    "instance: i-0\n",
    "81 %",
    "-1",
    "1e400",
    "99999999999999999999",
    "262144",
    "120s",
    "[]",
    "{}",
    ": ",
    "- ",
    "\n",
    "\n    ",
    "#",
    "\"",
    "&a *a",
    "\u{0}",
    "\u{feff}",
    "---\n",
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

/// A good text with some of it cut out and something else put in.
fn spoilt(good: &'static str, words: &'static [&'static str]) -> impl Strategy<Value = String> {
    let cut = (any::<Index>(), 0..40_usize, select(words));
    prop::collection::vec(cut, 1..5).prop_map(move |cuts| {
        let mut text = good.to_string();
        for (place, length, word) in cuts {
            let start = text.floor_char_boundary(place.index(text.len()));
            let end = text.floor_char_boundary((start + length).min(text.len()));
            text.replace_range(start..end, word);
        }
        text
    })
}

#[test]
fn what_is_spoilt_was_good_before() {
    for text in [BUNDLED, WIDE] {
        let source = Source {
            name: "runbook.yaml".into(),
            text: text.into(),
        };
        let linted = lint(source.clone(), None, action::all(), &Alone);
        let shown = render(&source, &linted.diagnostics, false);
        assert!(linted.diagnostics.is_empty(), "{shown}");
    }
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
    fn any_text_as_a_runbook(text in prop_oneof![soup(WORDS), spoilt(BUNDLED, WORDS), spoilt(WIDE, WORDS)]) {
        in_time(text.as_str(), targets::runbook::check);
    }

    #[test]
    fn any_text_as_a_case(text in prop_oneof![1 => soup(TOLD), 4 => spoilt(CASE, TOLD)]) {
        in_time(text.as_str(), targets::case::check);
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
