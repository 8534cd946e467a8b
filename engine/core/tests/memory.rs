//! Texts that are made to fill the memory don't. This is a binary of its own with one test in it,
//! because it measures what the whole process allocates.

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

use peak_alloc::PeakAlloc;

#[global_allocator]
static ALLOCATOR: PeakAlloc = PeakAlloc;

/// The longest text that is read.
const LONGEST_TEXT: usize = 1 << 20;
/// What reading a text may take beside it. A text of a mebibyte is a mistake; that it is refused
/// must cost no more than reading a good one.
const MOST_MEBIBYTES: f32 = 48.0;
const LONGEST: Duration = Duration::from_secs(20);

/// A text of one word, repeated up to the limit, between two others.
fn filled(first: &str, word: &str, last: &str) -> String {
    let room = LONGEST_TEXT - first.len() - last.len();
    format!("{first}{}{last}", word.repeat(room / word.len()))
}

const SAYS: &str = "heeler: 1\nfind:\n  a:\n    when: true\n    severity: note\n    says: \"";
const WHEN: &str = "heeler: 1\nfind:\n  a:\n    when: \"";

/// Where each kind of growth could come from: nodes, depth, keys, one long line, one long word,
/// faults, places in scalars, aliases.
fn texts() -> Vec<String> {
    let bomb: String = (0..60)
        .map(|n| format!("a{n}: &a{n} [*a{}, *a{}]\n", n + 1, n + 1))
        .collect();
    vec![
        filled("", "[", ""),
        filled("", "{a: ", ""),
        filled("a: [", "1,", "]"),
        filled("a: [", "{}, ", "]"),
        filled("heeler: 1\n", "x: 1\n", ""),
        filled("heeler: 1\nname: ", "x", "\n"),
        filled("heeler: 1\nname: \"", "\\n", "\"\n"),
        filled("heeler: 1\nname: |\n", "  x\n", ""),
        filled("heeler: 1\nlook:\n", "  a:\n", ""),
        filled("# ", "x", ""),
        filled("", "\n", ""),
        filled("", "- ", ""),
        filled("", "? ", ""),
        filled("", "\u{feff}", ""),
        filled("", "\0", ""),
        filled("", "---\n", ""),
        filled("", "&a ", ""),
        filled(&bomb, "*a0\n", ""),
        filled(SAYS, "{{ x }}", "\"\n"),
        filled(SAYS, "{%", "\"\n"),
        filled(SAYS, "{{", "\"\n"),
        filled(SAYS, "\\\"", "\"\n"),
        filled(WHEN, "(", "\"\n"),
        filled(WHEN, "not ", "\"\n"),
        filled(WHEN, "x.", "\"\n"),
        filled("a: ", "\"x\" ", "\n"),
        "[".repeat(10 * LONGEST_TEXT),
    ]
}

#[test]
fn no_text_fills_the_memory() {
    for text in texts() {
        let begin: String = text.chars().take(60).collect();
        ALLOCATOR.reset_peak_usage();
        let (before, start) = (ALLOCATOR.current_usage_as_mb(), Instant::now());
        targets::runbook::check(&text);
        let (took, peak) = (start.elapsed(), ALLOCATOR.peak_usage_as_mb() - before);
        println!("{peak:6.1} MiB {took:6.1?} {begin:?}");
        assert!(peak < MOST_MEBIBYTES, "{peak} MiB for {begin:?}…");
        assert!(took < LONGEST, "{took:?} for {begin:?}…");
    }
}
