//! The way through a runbook's looks, wave by wave, filled from what is kept.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::net::IpAddr;

use super::{QuestionId, Recording};
use crate::event::{Event, NodeTarget, RunId};
use crate::find::View;
use crate::plan::{self, Answered, Ask, Bounds};
use crate::runbook::{LookStep, Runbook};
use crate::value::{Value, Why};

/// What may be asked: neither the time that is left nor the caller has a part in a question. What only
/// reads is told apart where it is asked.
const BOUNDS: Bounds = Bounds {
    unconfined: true,
    deadline: None,
};

/// What the looks of a wave come to.
pub type Wave<'r> = Vec<(&'r LookStep, Ask)>;

/// A runbook on its way through one node's answers.
#[derive(Debug)]
pub struct Course<'r> {
    runbook: &'r Runbook,
    inputs: BTreeMap<String, Value>,
    run: RunId,
    waves: VecDeque<Vec<usize>>,
    /// What was asked in the waves before. Asked again later, a node may answer something else, and that was not kept.
    asked: BTreeSet<QuestionId>,
    /// The node, with the values of the waves so far.
    pub view: View,
}

impl<'r> Course<'r> {
    /// The beginning: nothing was looked at yet.
    pub fn new(
        runbook: &'r Runbook,
        inputs: BTreeMap<String, Value>,
        run: RunId,
        target: NodeTarget,
    ) -> Self {
        Course {
            runbook,
            inputs,
            run,
            waves: plan::waves(&runbook.looks).into(),
            asked: BTreeSet::new(),
            view: View::new(target),
        }
    }

    /// The runbook.
    pub fn runbook(&self) -> &'r Runbook {
        self.runbook
    }

    /// The next wave, in view of the values so far; `None`: that was all.
    pub fn next_wave(&mut self) -> Option<Wave<'r>> {
        let wave = self.waves.pop_front()?;
        let worlds = self.view.worlds(self.runbook, &self.inputs, self.run);
        let steps = wave
            .into_iter()
            .filter_map(|index| self.runbook.looks.get(index));
        let asks = steps.map(|step| (step, plan::ask(step, &self.view, &worlds, &BOUNDS)));
        Some(asks.collect())
    }

    /// The addresses in a wave's values that people would rather read as names.
    pub fn addresses(wave: &Wave<'r>, recording: &Recording) -> BTreeSet<IpAddr> {
        let values = wave
            .iter()
            .map(|(step, ask)| (step, answered(step, ask, recording, |_| false).value));
        values
            .flat_map(|(step, value)| step.look.addresses(&value))
            .collect()
    }

    /// Fills a wave's values from what is kept, and gives them as a run would record them.
    pub fn take(&mut self, wave: Wave<'r>, recording: &Recording) -> Vec<Event> {
        self.view.ident.clone_from(&recording.ident);
        let names: Vec<(IpAddr, String)> = recording
            .names
            .iter()
            .map(|(address, name)| (*address, name.clone()))
            .collect();
        let (mut events, mut now) = (Vec::new(), BTreeSet::new());
        for (step, ask) in wave {
            let mut answered = answered(step, &ask, recording, |question| {
                let was_asked = self.asked.contains(&question);
                now.insert(question);
                was_asked
            });
            answered.value = step.look.name_addresses(answered.value, &names);
            let value = answered.value.clone();
            self.view.looks.insert(step.name.clone(), value);
            let instance = self.view.target.instance.clone();
            events.push(answered.event(step, instance, None));
        }
        self.asked.append(&mut now);
        events
    }
}

/// What a look comes to. What was asked before is not taken for what it is asked now.
fn answered(
    step: &LookStep,
    ask: &Ask,
    recording: &Recording,
    mut was_asked: impl FnMut(QuestionId) -> bool,
) -> Answered {
    ask.answered(step, |part| match &part.source {
        Ok(source) if was_asked(QuestionId::of(source)) => {
            (Err(Why::NotRecorded(recording.moment())), Vec::new())
        }
        _ => recording.answer(step, part),
    })
}
