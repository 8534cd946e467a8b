//! What a step of a fix does beside setting its value.

use crate::action::Fits;
use crate::hazard::{self, Circumstances, Then};

use super::fix::Step;

/// What a step does to a node of this version of Bottlerocket beside setting its value, one line
/// each, and what is dangerous about that. `services` are those that the node says it acts on,
/// `earlier` those of the steps before it.
///
/// # Errors
/// In words, when a known danger refuses it there.
pub fn effects(
    step: &Step<'_>,
    services: &[String],
    earlier: &[String],
    os_version: &str,
) -> Result<Vec<String>, String> {
    let hazards = hazard::of(&Circumstances {
        touched: &step.change.touches(step.from, step.to),
        services,
        earlier,
        os_version,
    });
    let mut effects = step.change.effects(services);
    let waits = [
        (step.fits(), Fits::AT_ONCE),
        (step.back().fits(), Fits::ON_THE_WAY_BACK),
    ];
    let told = waits.iter().filter(|(fits, _)| fits.is_some());
    effects.extend(told.map(|(_, line)| (*line).to_owned()));
    for hazard in hazards {
        match hazard.then {
            Then::Refuse(why) => return Err(format!("{}: {why}", step.change.subject())),
            Then::Warn(line) => effects.push(line.to_owned()),
        }
    }
    Ok(effects)
}
