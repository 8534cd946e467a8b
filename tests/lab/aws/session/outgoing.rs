//! What the agent has sent and nobody has acknowledged (streaming.go): the first of it is sent again and again.

use std::collections::BTreeMap;
use std::time::Duration;

use tokio::time::Instant;

/// Messages that are kept; beyond, they are sent once.
const MOST: usize = 100_000;
/// How old the first has to be to be sent again.
const OLD: Duration = Duration::from_millis(200);

/// The messages of one direction.
#[derive(Debug, Default)]
pub(super) struct Outgoing {
    next: i64,
    waiting: BTreeMap<i64, (Vec<u8>, Option<Instant>)>,
}

impl Outgoing {
    /// The number of the next message.
    pub(super) fn next(&mut self) -> i64 {
        self.next += 1;
        self.next - 1
    }

    /// Keeps a message that was sent.
    pub(super) fn keep(&mut self, sequence: i64, frame: Vec<u8>) {
        if self.waiting.len() < MOST {
            self.waiting.insert(sequence, (frame, Some(Instant::now())));
        }
    }

    pub(super) fn acknowledged(&mut self, sequence: i64) {
        self.waiting.remove(&sequence);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// The first message, where it is to be sent again.
    pub(super) fn again(&mut self) -> Option<Vec<u8>> {
        let (frame, sent) = self.waiting.values_mut().next()?;
        if sent.is_some_and(|sent| sent.elapsed() < OLD) {
            return None;
        }
        *sent = Some(Instant::now());
        Some(frame.clone())
    }
}
