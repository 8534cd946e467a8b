//! Whose turn it is: which cases run beside which. At most one of them has an incident, and who says
//! how the machine was is alone with it.

use std::sync::{Condvar, Mutex, PoisonError};

use anyhow::{Result, ensure};
use heeler_tests::machine::nf_conntrack_count;

use super::{Case, Context, Need, lock};

/// What the turns promise.
pub(crate) const CASES: &[Case] = &[Case::new(
    "harness::one_incident_at_a_time_and_who_needs_the_machine_alone",
    &[],
    admitted,
)];

/// The turns of all cases.
pub(super) struct Turns {
    state: Mutex<State>,
    changed: Condvar,
}

/// Who runs, and who wants to.
#[derive(Default)]
struct State {
    /// As many run at the same time.
    places: usize,
    running: Vec<Part>,
    waiting: Vec<Part>,
}

/// What a case takes of the machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Nothing,
    Nodes,
    Incident,
    Whole,
}

impl Part {
    fn of(needs: &[Need]) -> Self {
        if needs.contains(&Need::Machine) {
            Part::Whole
        } else if needs.contains(&Need::Incident) {
            // Its limit is that of the machine's own connections, too: where those are tracked nobody
            // may make more of them meanwhile.
            match nf_conntrack_count() {
                Ok(0) => Part::Incident,
                _ => Part::Whole,
            }
        } else if needs.contains(&Need::Nodes) {
            Part::Nodes
        } else {
            Part::Nothing
        }
    }
}

/// A case's turn, until this is dropped.
pub(super) struct Turn<'t> {
    turns: &'t Turns,
    part: Part,
}

impl Turns {
    /// For so many cases at a time.
    pub(super) fn new(places: usize) -> Self {
        let state = State {
            places,
            ..State::default()
        };
        Self {
            state: Mutex::new(state),
            changed: Condvar::new(),
        }
    }

    /// Waits for the turn of a case with these needs.
    pub(super) fn wait(&self, needs: &[Need]) -> Turn<'_> {
        let part = Part::of(needs);
        let mut state = lock(&self.state);
        state.waiting.push(part);
        while !state.admits(part) {
            let changed = self.changed.wait(state);
            state = changed.unwrap_or_else(PoisonError::into_inner);
        }
        remove(&mut state.waiting, part);
        state.running.push(part);
        // Who has come with it may be the next.
        self.changed.notify_all();
        Turn { turns: self, part }
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        remove(&mut lock(&self.turns.state).running, self.part);
        self.turns.changed.notify_all();
    }
}

fn remove(parts: &mut Vec<Part>, part: Part) {
    if let Some(place) = parts.iter().position(|one| *one == part) {
        parts.swap_remove(place);
    }
}

impl State {
    /// Whether a case may begin that is among those who wait. A place is left to the next incident:
    /// one after the other they take longest.
    fn admits(&self, part: Part) -> bool {
        let runs = |part| self.running.contains(&part);
        let waits = |part| self.waiting.contains(&part);
        let is_kept_clear = runs(Part::Whole) || waits(Part::Whole);
        let left = usize::from(waits(Part::Incident) && !runs(Part::Incident));
        let free = self.places.saturating_sub(self.running.len());
        match part {
            Part::Nothing => free > left,
            Part::Nodes => free > left && !is_kept_clear,
            Part::Incident => free > 0 && !is_kept_clear && !runs(Part::Incident),
            Part::Whole => free > 0 && self.running.iter().all(|one| *one == Part::Nothing),
        }
    }
}

fn admitted(_: &Context) -> Result<()> {
    use Part::{Incident, Nodes, Nothing, Whole};
    let rows: [(&[Part], &[Part], &[Part]); 8] = [
        // Who runs, who else waits, and which of all may begin.
        (&[], &[], &[Nothing, Nodes, Incident, Whole]),
        (&[Nodes, Nodes], &[], &[Nothing, Nodes, Incident]),
        (&[Nodes, Incident], &[Incident], &[Nothing, Nodes]),
        (&[Nodes, Nodes, Nodes], &[Incident], &[Incident]),
        (&[Nodes, Nodes, Nodes, Incident], &[], &[]),
        (&[Nothing, Nothing], &[], &[Nothing, Nodes, Incident, Whole]),
        (&[Nodes], &[Whole], &[Nothing]),
        (&[Whole], &[Incident], &[Nothing]),
    ];
    for (running, others, wanted) in rows {
        for part in [Nothing, Nodes, Incident, Whole] {
            let state = State {
                places: 4,
                running: running.to_vec(),
                waiting: [others, &[part]].concat(),
            };
            ensure!(
                state.admits(part) == wanted.contains(&part),
                "{part:?}, where {running:?} run and {others:?} wait"
            );
        }
    }
    Ok(())
}
