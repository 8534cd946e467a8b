//! The one place where things that happen become events: stored first, shown second.

use std::sync::Arc;

use heeler_core::event::{
    BundleStep, Direction, Event, Exit, NodeEnd, Phase, RampStep, Reached, Record, RunId,
};
use jiff::Timestamp;
use uuid::Uuid;

use crate::failure::Failure;
use crate::journal::{Journal, JournalFault};

/// Somebody who watches a run.
pub trait Watcher: Send {
    /// Called after the record was stored.
    fn saw(&mut self, record: &Record);
    /// Makes room on the terminal, for a question or for the report.
    fn pause(&mut self);
}

/// Nobody watches.
struct Nobody;

impl Watcher for Nobody {
    fn saw(&mut self, _: &Record) {}
    fn pause(&mut self) {}
}

/// Numbers, stores and shows the events of one run.
pub struct Recorder {
    run: RunId,
    journal: Arc<dyn Journal>,
    records: Vec<Record>,
    watcher: Box<dyn Watcher>,
    broken: Option<Failure>,
    /// What is under way comes before what is written of it.
    anyway: bool,
}

impl Recorder {
    /// A recorder for a run that has no records yet.
    pub fn new(run: RunId, journal: Arc<dyn Journal>, watcher: Box<dyn Watcher>) -> Self {
        Recorder {
            run,
            journal,
            records: Vec::new(),
            watcher,
            broken: None,
            anyway: false,
        }
    }

    /// A recorder for a new run in the same journal, which nobody watches.
    pub fn of_node(&self) -> Self {
        let run = RunId::new(Uuid::now_v7());
        Recorder::new(run, Arc::clone(&self.journal), Box::new(Nobody))
    }

    /// The run.
    pub fn run(&self) -> RunId {
        self.run
    }

    /// What has happened so far.
    pub fn records(&self) -> &[Record] {
        &self.records
    }

    /// The journal that it writes to.
    pub fn journal(&self) -> &Arc<dyn Journal> {
        &self.journal
    }

    /// Makes room on the terminal.
    pub fn pause(&mut self) {
        self.watcher.pause();
    }

    /// The number of the next command.
    pub fn next_step(&self) -> u32 {
        self.count(|event| matches!(event, Event::CommandIntended { .. }))
            .saturating_add(1)
    }

    /// Whether something could not be done, on any node.
    pub fn has_failures(&self) -> bool {
        let failed =
            |event: &Event| matches!(event, Event::NodeFailed { .. } | Event::Failure { .. });
        self.count(failed) > 0
    }

    /// Whether a note with this code was recorded: what holds for all rounds is said once.
    pub fn has_noted(&self, wanted: &str) -> bool {
        self.count(|event| matches!(event, Event::Noted { code, .. } if code == wanted)) > 0
    }

    /// Stores how the run ended, and makes room on the terminal.
    pub async fn conclude(&mut self, outcome: Result<Exit, Failure>) -> Exit {
        let exit = match outcome {
            Ok(exit) => exit,
            Err(failure) => {
                self.record_anyway(failure.event()).await;
                failure.exit()
            }
        };
        self.end(exit).await;
        self.pause();
        exit
    }

    /// How many times `SendCommand` was called, by this run and by those of its single nodes. What
    /// was refused was not sent; what is in doubt may have been.
    pub fn commands(&self) -> u32 {
        let intended = self.count(|event| matches!(event, Event::CommandIntended { .. }));
        let refused = self.count(|event| matches!(event, Event::CommandRefused { .. }));
        let own = intended.saturating_sub(refused);
        let nodes = self.records.iter().map(|record| match &record.event {
            Event::Ramp(
                RampStep::Planned { commands, .. }
                | RampStep::LeftOut { commands, .. }
                | RampStep::Ended { commands, .. },
            ) => *commands,
            Event::Bundle(
                BundleStep::Made { commands, .. } | BundleStep::Failed { commands, .. },
            ) => *commands,
            _ => 0,
        });
        nodes.fold(own, u32::saturating_add)
    }

    /// Stores the end of the run, with what its own records say about it; [`Recorder::broken`] tells
    /// whether that failed.
    async fn end(&mut self, exit: Exit) {
        // Who takes a change back later makes it none that never was.
        let is_idle = |way: Direction| self.idle(way) >= self.started(way);
        let idle = is_idle(Direction::Apply) && is_idle(Direction::Revert);
        let cordoned = self.stepped(Phase::Cordon) != self.stepped(Phase::Uncordon);
        let settled = self.count(|event| matches!(event, Event::LockSettled { .. }));
        let standing = self.count(|event| match event {
            Event::Ramp(RampStep::Ended { end, .. }) => {
                end.may_stand() || *end == NodeEnd::Reverted
            }
            _ => false,
        });
        let elapsed = self
            .records
            .first()
            .map(|first| Timestamp::now().duration_since(first.at));
        let elapsed_ms = elapsed.and_then(|elapsed| u64::try_from(elapsed.as_millis()).ok());
        self.record_anyway(Event::RunEnded {
            exit,
            elapsed_ms: elapsed_ms.unwrap_or_default(),
            commands: self.commands(),
            // A change of which nothing is recorded stands, or may stand.
            changed: !idle || cordoned || settled > 0 || standing > 0,
        })
        .await
    }

    /// How often a reboot's step was taken, or may have been.
    fn stepped(&self, step: Phase) -> u32 {
        self.count(|event| match event {
            Event::Reboot {
                phase,
                reached: Reached::Done(_) | Reached::Partly(_),
                ..
            } => *phase == step,
            _ => false,
        })
    }

    fn started(&self, way: Direction) -> u32 {
        self.count(
            |event| matches!(event, Event::ChangeStarted { direction, .. } if *direction == way),
        )
    }

    /// Changes that were not made: they failed, or the value was there already.
    fn idle(&self, way: Direction) -> u32 {
        self.count(|event| match event {
            Event::ChangeFailed { direction, .. }
            | Event::ChangeApplied {
                found: true,
                direction,
                ..
            } => *direction == way,
            _ => false,
        })
    }

    fn count(&self, wanted: impl Fn(&Event) -> bool) -> u32 {
        let found = self
            .records
            .iter()
            .filter(|record| wanted(&record.event))
            .count();
        u32::try_from(found).unwrap_or(u32::MAX)
    }

    /// Stores an event; it is durable when this returns, so that a step which must not be
    /// forgotten can be started afterwards.
    ///
    /// # Errors
    /// The journal's own failures: a run that can't be recorded must not go on.
    pub async fn record(&mut self, event: Event) -> Result<(), Failure> {
        self.record_all(vec![event]).await
    }

    /// Stores events that belong together, at the price of one.
    ///
    /// # Errors
    /// As [`Recorder::record`].
    pub async fn record_all(&mut self, events: Vec<Event>) -> Result<(), Failure> {
        if self.anyway {
            self.record_all_anyway(events).await;
            return Ok(());
        }
        let records = self.number(events);
        let stored = self.journal.append(records.clone()).await;
        stored.map_err(|fault| journal_failure(&fault))?;
        self.keep(records);
        Ok(())
    }

    /// Stores an event, and goes on where that fails: while a change stands on a node, taking it
    /// back comes before writing it down. What could not be stored is still shown, and
    /// [`Recorder::broken`] tells why.
    pub async fn record_anyway(&mut self, event: Event) {
        self.record_all_anyway(vec![event]).await;
    }

    /// The same for events that belong together.
    pub async fn record_all_anyway(&mut self, events: Vec<Event>) {
        if events.is_empty() {
            return;
        }
        let records = self.number(events);
        if self.broken.is_none()
            && let Err(fault) = self.journal.append(records.clone()).await
        {
            self.broken = Some(journal_failure(&fault));
        }
        self.keep(records);
    }

    /// From now on a journal that can't be written stops nothing: a change is being taken back.
    pub fn go_on_anyway(&mut self) {
        self.anyway = true;
    }

    /// Why the journal could not be written at some point of this run.
    pub fn broken(&self) -> Option<&Failure> {
        self.broken.as_ref()
    }

    fn number(&self, events: Vec<Event>) -> Vec<Record> {
        let first = u64::try_from(self.records.len())
            .unwrap_or(u64::MAX)
            .saturating_add(1);
        let numbered = (first..).zip(events);
        numbered
            .map(|(seq, event)| Record {
                run: self.run,
                seq,
                at: Timestamp::now(),
                event: self.journal.without_secrets(event),
            })
            .collect()
    }

    fn keep(&mut self, records: Vec<Record>) {
        for record in records {
            self.watcher.saw(&record);
            self.records.push(record);
        }
    }
}

/// A failure of the journal as a failure of the run.
pub fn journal_failure(fault: &JournalFault) -> Failure {
    Failure::failed(fault.code(), fault.to_string(), fault.place(), fault.help())
}

#[cfg(test)]
#[path = "recorder_tests.rs"]
mod tests;
