//! What a run has at hand: where it is, whom it can ask, where it writes, and when to stop.

use std::sync::Arc;

use heeler_core::event::{Event, NodeTarget, Where};
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
    /// A run of its own about one of this run's nodes, which has begun and sends nothing yet. Nobody
    /// can interrupt it.
    ///
    /// # Errors
    /// The journal's own failures.
    pub async fn of_node(&self, command: &str, target: &NodeTarget) -> Result<Session, Failure> {
        let mut recorder = self.recorder.of_node();
        let started = self.recorder.records().iter().find_map(|record| {
            let mut started = record.event.clone();
            match &mut started {
                Event::RunStarted { command: own, .. } => command.clone_into(own),
                _ => return None,
            }
            Some(started)
        });
        let located = Event::Located {
            place: self.place.clone(),
        };
        let resolved = Event::Resolved {
            targets: vec![target.clone()],
        };
        let beginning = started.into_iter().chain([located, resolved]);
        recorder.record_all(beginning.collect()).await?;
        Ok(Session {
            recorder,
            place: self.place.clone(),
            aws: self.aws.clone(),
            cluster: self.cluster.clone(),
            cancel: CancellationToken::new(),
        })
    }

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
