//! How long the lab's endpoints take: the cost of a call, and the time until a command that was
//! accepted shows up in later calls. Every draw comes from one seeded generator, so that two
//! runs with the same seed and the same order of commands see the same delays.
//!
//! It does not sleep: whoever asks does.

use std::ops::RangeInclusive;
use std::time::Duration;

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

/// The cost of one API call over a near-by network.
pub const CALL_COST: Duration = Duration::from_millis(20);
/// The time until a command becomes visible to the calls that list it.
pub const VISIBILITY: RangeInclusive<Duration> =
    Duration::from_millis(300)..=Duration::from_secs(3);

/// A latency model with its seed.
#[derive(Debug)]
pub struct Latency {
    seed: u64,
    call_cost: Duration,
    visibility: RangeInclusive<Duration>,
    generator: StdRng,
}

impl Latency {
    /// The default model: [`CALL_COST`] and [`VISIBILITY`].
    pub fn seeded(seed: u64) -> Self {
        Self {
            seed,
            call_cost: CALL_COST,
            visibility: VISIBILITY,
            generator: StdRng::seed_from_u64(seed),
        }
    }

    /// A model without any delay, for tests whose subject is not time.
    pub fn instant() -> Self {
        Self::seeded(0)
            .call_cost(Duration::ZERO)
            .visibility(Duration::ZERO..=Duration::ZERO)
    }

    /// The same model with another cost per call.
    pub fn call_cost(mut self, cost: Duration) -> Self {
        self.call_cost = cost;
        self
    }

    /// The same model with another range for the visibility of a command.
    pub fn visibility(mut self, range: RangeInclusive<Duration>) -> Self {
        self.visibility = range;
        self
    }

    /// The seed, to be printed so that a run can be repeated.
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// What one call costs.
    pub fn cost(&self) -> Duration {
        self.call_cost
    }

    /// Draws the delay after which the next command becomes visible.
    pub fn draw_visibility(&mut self) -> Duration {
        self.generator.random_range(self.visibility.clone())
    }
}

impl Default for Latency {
    fn default() -> Self {
        Self::seeded(rand::random())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_draws_the_same_delays_within_the_range() {
        let draw = |seed| {
            let mut latency = Latency::seeded(seed);
            (0..50)
                .map(|_| latency.draw_visibility())
                .collect::<Vec<_>>()
        };
        assert_eq!(draw(7), draw(7));
        assert_ne!(draw(7), draw(8));
        assert!(draw(7).iter().all(|delay| VISIBILITY.contains(delay)));
    }

    #[test]
    fn an_instant_model_never_waits() {
        let mut latency = Latency::instant();
        assert_eq!(latency.cost(), Duration::ZERO);
        assert_eq!(latency.draw_visibility(), Duration::ZERO);
    }
}
