//! What a run has at hand: where it is, whom it can ask, where it writes, and when to stop.

use std::sync::Arc;

use heeler_core::event::{Event, Where};
use tokio_util::sync::CancellationToken;

use super::recorder::Recorder;
use crate::failure::Failure;
use crate::world::{Aws, Cluster};

/// A run under way.
pub struct Session {
    /// Writes down what happens.
    pub recorder: Recorder,
    /// Where the run takes place.
    pub place: Where,
    /// AWS in the run's region.
    pub aws: Aws,
    /// Kubernetes, where there is a kubeconfig.
    pub cluster: Option<Arc<dyn Cluster>>,
    /// Pulled when the operator wants to stop.
    pub cancel: CancellationToken,
}

impl Session {
    /// Goes on after an interruption: what was begun has to be taken back in any case.
    pub fn shrug_off_interruption(&mut self) {
        self.cancel = CancellationToken::new();
    }

    /// Records something for people.
    ///
    /// # Errors
    /// The journal's own failures.
    pub async fn note(&mut self, code: &str, text: impl Into<String>) -> Result<(), Failure> {
        self.recorder
            .record(Event::Noted {
                code: code.to_owned(),
                text: text.into(),
            })
            .await
    }
}
