//! Secrets that are planted in text are taken out, and little else: how much of either is promised, and
//! `cargo bench --bench logs` says it beside how fast that is.
//!
//! `HEELER_EXAMPLES=1` prints what was missed, and what was taken out without being a secret.

#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test: a panic is a failure"
)]

mod corpus;
mod outcome;

use anyhow::Result;

use outcome::{OURS, Outcome};

/// The least share of all secrets that must be gone, and of each kind.
const RECALL: f64 = 0.99;
/// The greatest share of harmless bytes that may be gone.
const FALSE_SHARE: f64 = 0.001;
/// Secrets of a kind, at least: of fewer a share says little.
const FEWEST: usize = 100;
/// Examples of a thing that are printed.
const EXAMPLES: usize = 12;

#[test]
fn planted_secrets_are_gone_and_little_else() -> Result<()> {
    let text = corpus::corpus();
    let (out, _) = outcome::ours(&text);
    let outcome = outcome::judge(&text, &out, OURS)?;
    if std::env::var_os("HEELER_EXAMPLES").is_some() {
        say(&outcome);
    }
    for (kind, (planted, readable)) in &outcome.kinds {
        assert!(*planted >= FEWEST, "{planted} of {kind}");
        let gone = 1.0 - *readable as f64 / *planted as f64;
        assert!(gone >= RECALL, "{readable} of {planted} readable: {kind}");
    }
    let (recall, share) = (outcome.recall(), outcome.false_share());
    assert!(recall >= RECALL, "{recall} of {}", outcome.planted());
    assert!(share <= FALSE_SHARE, "{share} of harmless bytes");
    Ok(())
}

fn say(outcome: &Outcome) {
    eprintln!(
        "recall {:.5} of {} of {} kinds, false {:.6}",
        outcome.recall(),
        outcome.planted(),
        outcome.kinds.len(),
        outcome.false_share()
    );
    for (kind, (planted, readable)) in &outcome.kinds {
        if *readable > 0 {
            eprintln!("{readable} of {planted} readable: {kind}");
        }
    }
    for (what, examples) in &outcome.examples {
        // From all parts of the corpus.
        let every = examples.len().div_ceil(EXAMPLES).max(1);
        for example in examples.iter().step_by(every) {
            eprintln!("{what}: {example}");
        }
    }
}
