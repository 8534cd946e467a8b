//! The chain of digests within a run: each record's digest covers the one before it, so that none
//! can be changed, left out or put in unseen. What is cut off at the end shows only as a run that
//! did not end.

use sha2::{Digest as _, Sha256};

/// Whether a run's records are those that were written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Chain {
    /// They are.
    Whole {
        /// How many there are.
        records: u64,
    },
    /// They are not.
    Broken {
        /// The first record that does not fit.
        seq: u64,
        /// What is wrong with it.
        why: String,
    },
}

/// A record as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) seq: u64,
    pub(super) at: String,
    pub(super) event: String,
    pub(super) prev: String,
    pub(super) digest: String,
}

/// What the first record of a run has before it.
pub(super) const NOTHING: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// SHA-256, in hexadecimal, over five lines: the digest before, run, number, time, event. None of
/// them holds a line break, so that `sha256sum` can repeat it.
pub(super) fn digest(prev: &str, run: &str, seq: u64, at: &str, event: &str) -> String {
    let digest = Sha256::digest(format!("{prev}\n{run}\n{seq}\n{at}\n{event}"));
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Follows the chain of a run from its first record.
pub(super) fn follow(run: &str, rows: &[Row]) -> Chain {
    let mut before = NOTHING;
    let mut count = 0;
    for (wanted, row) in (1..).zip(rows) {
        let broken = |why: String| Chain::Broken { seq: wanted, why };
        if row.seq != wanted {
            return broken(format!("it is missing; the next one is {}", row.seq));
        }
        if row.prev != before {
            return broken("it does not follow from the record before it".to_owned());
        }
        if row.digest != digest(&row.prev, run, row.seq, &row.at, &row.event) {
            return broken("it was changed after it was written".to_owned());
        }
        before = &row.digest;
        count = wanted;
    }
    Chain::Whole { records: count }
}
