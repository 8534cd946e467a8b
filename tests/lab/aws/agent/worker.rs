//! How many commands a node takes at once: five run, five wait, the next one is turned away.
//! (SSM: amazon-ssm-agent `agent/appconfig/constants.go`.)

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

const WORKERS: usize = 5;
const BUFFER: usize = 5;

/// The command workers of one agent.
#[derive(Debug)]
pub struct Worker {
    admitted: Arc<Semaphore>,
    running: Arc<Semaphore>,
}

impl Default for Worker {
    fn default() -> Self {
        Self {
            admitted: Arc::new(Semaphore::new(WORKERS + BUFFER)),
            running: Arc::new(Semaphore::new(WORKERS)),
        }
    }
}

/// A command's place in the agent, given back when dropped.
#[derive(Debug)]
pub struct Place {
    _admitted: OwnedSemaphorePermit,
    running: Arc<Semaphore>,
}

impl Worker {
    /// A place for a command, or nothing when workers and buffer are full.
    pub fn admit(&self) -> Option<Place> {
        let admitted = Arc::clone(&self.admitted).try_acquire_owned().ok()?;
        Some(Place {
            _admitted: admitted,
            running: Arc::clone(&self.running),
        })
    }
}

impl Place {
    /// Waits for a free worker. What comes back occupies it until it is dropped.
    pub async fn turn(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.running).acquire_owned().await.ok()
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt;

    use super::*;

    #[test]
    fn the_eleventh_command_is_turned_away() {
        let worker = Worker::default();
        let mut places: Vec<_> = (0..10).map(|_| worker.admit().unwrap()).collect();
        assert!(worker.admit().is_none());
        places.pop();
        assert!(worker.admit().is_some());
    }

    #[tokio::test]
    async fn the_sixth_command_waits_for_a_worker() {
        let worker = Worker::default();
        let places: Vec<_> = (0..6).map(|_| worker.admit().unwrap()).collect();
        let mut turns = Vec::new();
        for place in &places[..5] {
            turns.push(place.turn().await.unwrap());
        }
        assert!(places[5].turn().now_or_never().is_none());
        turns.pop();
        assert!(places[5].turn().now_or_never().is_some());
    }
}
