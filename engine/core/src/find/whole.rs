//! What is known of a run as a whole: the looks that are asked once.

use std::collections::BTreeMap;

use super::view::{View, unasked};
use crate::event::RunId;
use crate::expr::World;
use crate::runbook::{Runbook, Scope};
use crate::value::Value;

/// Everything that an expression can name without naming a node. A look that is asked once a run has
/// one answer, which all views share; that of a node that is not to be judged does not count.
pub(super) fn whole(
    runbook: &Runbook,
    inputs: &BTreeMap<String, Value>,
    run: RunId,
    views: &[View],
) -> World {
    let mut world = World::default();
    for step in runbook.looks.iter().filter(|step| step.scope == Scope::Run) {
        let mut sound = views.iter().filter(|view| view.barred.is_none());
        let value = sound.find_map(|view| view.looks.get(&step.name));
        world.insert(
            &step.name,
            value.cloned().unwrap_or_else(|| unasked(&step.name)),
        );
    }
    world.insert("inputs", Value::record(inputs.clone()));
    world.insert("run", Value::record([("id", Value::text(run.short()))]));
    world
}
