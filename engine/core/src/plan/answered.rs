//! What a look came to, and how it is recorded.

use super::ask::{Ask, Part};
use crate::event::{Event, InstanceId, LookTrace, RawAnswer};
use crate::runbook::{LookStep, Scope};
use crate::value::{Value, Why};

/// A look that has been answered.
#[derive(Debug, Clone, PartialEq)]
pub struct Answered {
    /// Its value.
    pub value: Value,
    /// Which rungs were tried for it, each once.
    pub trace: Vec<LookTrace>,
}

impl Answered {
    /// As it is recorded, with what came of it.
    pub fn event(self, step: &LookStep, instance: InstanceId, raw: Option<RawAnswer>) -> Event {
        Event::LookAnswered {
            instance: (step.scope == Scope::Node).then_some(instance),
            look: step.name.clone(),
            label: step.label.clone(),
            value: self.value,
            trace: self.trace,
            raw,
        }
    }
}

impl Ask {
    /// What the look came to: `read` gives the answer to each question that was asked, and the rungs that
    /// were tried for it.
    pub fn answered(
        &self,
        step: &LookStep,
        mut read: impl FnMut(&Part) -> (Result<Value, Why>, Vec<LookTrace>),
    ) -> Answered {
        let mut trace: Vec<LookTrace> = Vec::new();
        let value = self.value(step, |part| {
            let (answer, rungs) = read(part);
            for rung in rungs {
                if !trace.contains(&rung) {
                    trace.push(rung);
                }
            }
            answer
        });
        Answered { value, trace }
    }
}
