//! The schedules of a run, each made from its seed: as many as a test wants, or the one that is
//! replayed.

use std::fmt::Display;
use std::ops::Range;

/// Seeds that are tried.
pub(crate) struct Seeds {
    range: Range<u64>,
    is_replay: bool,
}

impl Seeds {
    /// So many, unless the environment names one.
    pub(crate) fn of(all: u64) -> Self {
        match number("HEELER_SEED") {
            Some(seed) => Seeds {
                range: seed..seed + 1,
                is_replay: true,
            },
            None => Seeds {
                range: 0..all,
                is_replay: false,
            },
        }
    }

    /// How many there are.
    pub(crate) fn count(&self) -> u64 {
        self.range.end - self.range.start
    }

    /// Tries each.
    ///
    /// # Panics
    /// Where one fails, which is named.
    pub(crate) fn each<E: Display>(&self, mut run: impl FnMut(u64) -> Result<(), E>) {
        for seed in self.range.clone() {
            if let Err(wrong) = run(seed) {
                panic!("{wrong}\nHEELER_SEED={seed} replays it");
            }
        }
    }

    /// A harness in which nothing ever happens would be content with everything: each kind has to
    /// come once in so many schedules.
    pub(crate) fn expect(&self, times: u64, what: &str, once_in: u64) {
        let rare = (self.count() / once_in).max(1);
        assert!(
            self.is_replay || times >= rare,
            "only {times} times: {what}"
        );
    }
}

/// A number of the environment.
pub(crate) fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}
