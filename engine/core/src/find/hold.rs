//! Whether the condition of a fix holds, and for how long it has: compared first with last, so
//! that what grows between two samples counts.

use std::collections::BTreeMap;
use std::time::Duration;

use super::view::View;
use crate::event::RunId;
use crate::expr::World;
use crate::runbook::{Runbook, Verify};
use crate::value::Value;

/// The stretch in which a condition has held so far.
#[derive(Debug, Default)]
pub struct Hold {
    /// The first sample of it, and its time since the change.
    first: Option<(View, Duration)>,
}

/// What one more sample came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sampled {
    /// True, false or not seen.
    pub holds: Option<bool>,
    /// For how long the condition has held.
    pub held: Duration,
    /// The numbers behind it, for people.
    pub says: String,
}

impl Hold {
    /// Takes in what was seen `at` some time after the change.
    pub fn sample(
        &mut self,
        (runbook, verify): (&Runbook, &Verify),
        inputs: &BTreeMap<String, Value>,
        run: RunId,
        view: View,
        at: Duration,
    ) -> Sampled {
        let alone = view.world(runbook, inputs, run);
        let Some((first, since)) = &self.first else {
            let holds = verify.that.holds(&alone).ok();
            if holds == Some(true) {
                self.first = Some((view, at));
            }
            return Sampled {
                holds,
                held: Duration::ZERO,
                says: says(verify, &alone),
            };
        };
        let held = at.saturating_sub(*since);
        let across = between(runbook, first, &view, held).world(runbook, inputs, run);
        // What happened between the two samples counts as much as what the last one saw.
        let holds = match (
            verify.that.holds(&alone).ok(),
            verify.that.holds(&across).ok(),
        ) {
            (Some(true), Some(true)) => Some(true),
            (Some(false), _) | (_, Some(false)) => Some(false),
            _ => None,
        };
        let says = says(verify, &across);
        if holds == Some(true) {
            return Sampled { holds, held, says };
        }
        self.first = None;
        Sampled {
            holds,
            held: Duration::ZERO,
            says,
        }
    }
}

/// The looks' values over the time between two samples.
fn between(runbook: &Runbook, first: &View, last: &View, elapsed: Duration) -> View {
    let mut view = View::new(last.target.clone());
    view.ident.clone_from(&last.ident);
    for step in &runbook.looks {
        let Some(value) = last.looks.get(&step.name) else {
            continue;
        };
        let grown = first
            .looks
            .get(&step.name)
            .and_then(|first| step.look.between(first, value, elapsed));
        view.looks
            .insert(step.name.clone(), grown.unwrap_or_else(|| value.clone()));
    }
    view
}

fn says(verify: &Verify, world: &World) -> String {
    let parts: Vec<String> = verify
        .that
        .roots()
        .into_iter()
        .filter_map(|(root, field)| {
            let value = world.get(&root)?;
            match field {
                Some(field) => Some(format!(
                    "{root}.{field}: {}",
                    value.get(&field).unwrap_or(value)
                )),
                None => Some(format!("{root}: {value}")),
            }
        })
        .collect();
    parts.join("; ")
}
