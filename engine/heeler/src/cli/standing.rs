//! What is left of a fix, as the journal tells it. Where nothing can be left nobody is asked.

use std::sync::Arc;

use heeler_core::event::{BootId, ChangePlan, Direction, RunId};
use heeler_core::guard;
use heeler_core::report::Outcome;
use jiff::Timestamp;

use super::about::Past;
use crate::failure::Failure;
use crate::journal::Journal;
use crate::run::fix;
use crate::run::recorder::journal_failure;

/// What is left of a fix.
pub(super) enum Standing {
    /// The changes of which this is the way back may stand; the fix was pinned to this boot.
    Changes(Vec<ChangePlan>, BootId),
    /// Nothing, for this reason.
    Nothing(String),
}

impl Past {
    /// What may stand of its changes.
    ///
    /// # Errors
    /// Where it has planned no fix, and the journal's own failures.
    pub(super) async fn standing(&self, journal: &Arc<dyn Journal>) -> Result<Standing, Failure> {
        let plan = self.plan()?;
        let is_in_cluster = fix::is_in_cluster(&plan.changes);
        if let Some((at, by)) = self.taken_back(journal, is_in_cluster).await? {
            let at = at.strftime("%Y-%m-%d %H:%M:%S UTC");
            let by = match by == self.run {
                true => "by itself".to_owned(),
                false => format!("by run {by}"),
            };
            let why = format!("it was taken back already at {at}, {by}");
            return Ok(Standing::Nothing(why));
        }
        let started = |change: &&ChangePlan| {
            self.report.fix.changes.iter().any(|course| {
                course.direction == Direction::Apply
                    && course.subject == change.subject
                    && !matches!(course.outcome, Outcome::Failed(_) | Outcome::Found(_))
            })
        };
        let changes = plan.changes.iter().rev().filter(started);
        let back: Vec<ChangePlan> = changes.map(guard::back).collect();
        let pin = plan.pins.first().map(|(_, boot)| boot.clone());
        Ok(match (pin, &self.report.fix.refusal) {
            (Some(boot), _) if !back.is_empty() => Standing::Changes(back, boot),
            (_, Some(_)) => Standing::Nothing("it was refused, and has changed nothing".to_owned()),
            (_, None) => Standing::Nothing("it has changed nothing".to_owned()),
        })
    }

    /// Whether its records say that a change was made.
    pub(super) fn has_applied(&self) -> bool {
        self.report.fix.changes.iter().any(|course| {
            course.direction == Direction::Apply && matches!(course.outcome, Outcome::Applied(_))
        })
    }

    /// When it was taken back for good, and by which run, as far as this journal has it.
    async fn taken_back(
        &self,
        journal: &Arc<dyn Journal>,
        is_in_cluster: bool,
    ) -> Result<Option<(Timestamp, RunId)>, Failure> {
        if let Some(at) = self.back_since(is_in_cluster) {
            return Ok(Some((at, self.run)));
        }
        let reverts = journal.reverts(self.run).await;
        for run in reverts.map_err(|fault| journal_failure(&fault))? {
            // One that can't be read says nothing: then the world is asked.
            let revert = Past::of(journal, run).await.ok();
            if let Some(at) = revert.and_then(|revert| revert.back_since(is_in_cluster)) {
                return Ok(Some((at, run)));
            }
        }
        Ok(None)
    }

    /// The runs of the single nodes of a fix on several, on which something may stand, the latest
    /// first.
    pub(super) fn standing_runs(&self) -> Vec<RunId> {
        let nodes = self.report.fix.ramp.standing();
        nodes.map(|node| node.run).collect()
    }

    /// There is nothing to take back, for this reason.
    pub(super) fn nothing_stands(&self, why: &str) -> Failure {
        let run = self.run;
        Failure::refused(
            "nothing-stands",
            format!("there is nothing to take back: {why}"),
            format!("run {run}"),
            format!("`heeler report {run}` shows it; nobody was asked"),
        )
    }
}
