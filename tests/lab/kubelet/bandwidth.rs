//! The line that kubelets share on their way to whoever reads from them.

use std::sync::{Arc, Mutex, PoisonError};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// What was not sent within so long may be sent at once.
const BURST: Duration = Duration::from_millis(10);

/// So many bytes of files a second, together for all kubelets that have it. A cheap handle.
#[derive(Debug, Clone)]
pub struct Bandwidth(Arc<Line>);

#[derive(Debug)]
struct Line {
    bytes_per_second: f64,
    /// When all that was let through so far has left.
    free_at: Mutex<Instant>,
}

impl Bandwidth {
    /// A line of so many bytes a second.
    pub fn of(bytes_per_second: u32) -> Self {
        Self(Arc::new(Line {
            bytes_per_second: f64::from(bytes_per_second.max(1)),
            free_at: Mutex::new(Instant::now()),
        }))
    }

    /// Waits until the line takes so many bytes more.
    pub(super) fn pass(&self, bytes: usize) {
        sleep(self.book(Instant::now(), bytes));
    }

    /// Takes the next place on the line; how long it is until then.
    fn book(&self, now: Instant, bytes: usize) -> Duration {
        let takes = Duration::from_secs_f64(bytes as f64 / self.0.bytes_per_second);
        let mut free_at = self
            .0
            .free_at
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let from = now.checked_sub(BURST).unwrap_or(now).max(*free_at);
        *free_at = from + takes;
        from.saturating_duration_since(now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_shares_a_line_gets_no_more_than_it_takes() {
        let line = Bandwidth::of(1_000_000);
        let other = line.clone();
        let begin = Instant::now() + Duration::from_secs(1);
        // 10 ms were left of the time before.
        assert_eq!(line.book(begin, 10_000), Duration::ZERO);
        assert_eq!(other.book(begin, 50_000), Duration::ZERO);
        assert_eq!(line.book(begin, 1_000), Duration::from_millis(50));
        let later = begin + Duration::from_millis(51);
        assert_eq!(other.book(later, 1_000), Duration::ZERO);
        // Nothing more is left of a time without anything.
        let later = begin + Duration::from_secs(60);
        assert_eq!(other.book(later, 20_000), Duration::ZERO);
        assert_eq!(other.book(later, 1), Duration::from_millis(10));
    }
}
