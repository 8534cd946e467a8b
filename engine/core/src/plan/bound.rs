//! What looks are held to: the hops that a runbook allows, what the caller allows, and deadlines.

use std::time::Duration;

use crate::action::{Impact, Rung, Source};
use crate::find::View;
use crate::frame::Place;
use crate::runbook::LookStep;
use crate::value::Why;

/// A script that gets less than this is not started: it could not even be read.
const LEAST: Duration = Duration::from_secs(1);

/// What the caller and the run allow, at one moment.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Bounds {
    /// Scripts of the runbook's own may be asked.
    pub unconfined: bool,
    /// How long all looks may take together, and how long they have taken.
    pub deadline: Option<(Duration, Duration)>,
}

impl Bounds {
    /// The time that is left to all looks.
    pub fn left(&self) -> Option<Duration> {
        self.deadline
            .map(|(whole, taken)| whole.saturating_sub(taken))
    }

    /// Why the run's deadline keeps a look from being seen, where it has passed.
    pub fn passed(&self) -> Option<Why> {
        let (whole, _) = self.deadline?;
        (self.left()? < LEAST).then_some(Why::Deadline(whole.as_secs()))
    }

    /// Whether a look may be asked at all.
    ///
    /// # Errors
    /// Why not.
    pub fn admit(&self, step: &LookStep) -> Result<(), Why> {
        if step.look.impact() == Impact::Unconfined && !self.unconfined {
            return Err(Why::Unconfined);
        }
        self.passed().map_or(Ok(()), Err)
    }

    /// The longest time that a question may take whose look has this limit, where it is bounded at
    /// all, and what it means when it has passed.
    pub fn time(&self, within: Option<Duration>) -> Option<(Duration, Why)> {
        let own = within.map(|within| (within, Why::TimedOut(within.as_secs())));
        let whole = self.deadline.map(|(whole, _)| whole.as_secs());
        let left = self.left().zip(whole.map(Why::Deadline));
        match (own, left) {
            (Some(own), Some(left)) if own.0 <= left.0 => Some(own),
            (own, None) => own,
            (_, left) => left,
        }
    }
}

/// The places of a node from which a look could be answered, from the nearest on; none for a look at
/// the Kubernetes API. What is filled into its texts is not needed for that.
///
/// # Errors
/// Why it would not be asked.
pub fn places(step: &LookStep, view: &View, bounds: &Bounds) -> Result<Vec<Place>, Why> {
    bounds.admit(step)?;
    match bound(step.look.source(&view.facts())?, step, bounds)? {
        Source::Kube(_) => Ok(Vec::new()),
        Source::Node(rungs) => {
            let mut places: Vec<Place> = rungs.iter().map(|rung| rung.place).collect();
            places.dedup();
            Ok(places)
        }
    }
}

/// Holds the ladder of a look to its hops and its time.
///
/// # Errors
/// No rung is left.
pub(super) fn bound(source: Source, step: &LookStep, bounds: &Bounds) -> Result<Source, Why> {
    let Source::Node(rungs) = source else {
        return Ok(source);
    };
    let nearest = rungs.iter().map(|rung| rung.place).min();
    let most = bounds.time(step.within).map(|(most, _)| most);
    let allowed: Vec<Rung> = rungs
        .into_iter()
        .filter(|rung| rung.place <= step.hop)
        .map(|rung| Rung {
            limit: most.map_or(rung.limit, |most| rung.limit.min(most).max(LEAST)),
            ..rung
        })
        .collect();
    match nearest.filter(|_| allowed.is_empty()) {
        Some(place) => Err(Why::HopForbidden(place.to_string())),
        None => Ok(Source::Node(allowed)),
    }
}
