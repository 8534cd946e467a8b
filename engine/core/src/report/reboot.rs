//! A reboot on the screen: its steps, and the cordon that it has left.

use super::model::Report;
use super::repair::way_back;
use super::screen::{Screen, Tone};
use crate::event::Reached;

/// The steps of a reboot, and what it has left.
pub(super) fn show(screen: &mut Screen, report: &Report) {
    let reboot = &report.fix.reboot;
    for (phase, reached) in reboot.steps() {
        match reached {
            Reached::Begun => {
                screen.toned_row(phase.word(), Tone::Alarm, "begun; its end is not known")
            }
            Reached::Done(says) | Reached::Idle(says) => screen.row(phase.word(), says),
            Reached::Refused(why) | Reached::Partly(why) => {
                screen.toned_row(phase.word(), Tone::Alarm, why);
            }
        }
    }
    if let Some(node) = reboot.left_cordoned() {
        let text = format!("{} is left cordoned, as far as is known", node.name);
        screen.toned_row("CORDONED", Tone::Alarm, &text);
        way_back(screen, report, "uncordons it where that is safe");
    }
}
