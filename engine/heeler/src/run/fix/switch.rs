//! What takes a fix back if everything else fails.

use std::time::Duration;

use heeler_core::event::{Armed, ChangePlan};
use heeler_core::frame::Switch;
use heeler_core::plan as scripts;
use heeler_core::value::DurationSpan;

use super::{Order, Refusal, Stop, cluster, undo};

/// The switch that can take the changes back on the node.
pub(super) fn armed(order: &Order<'_>, changes: &[ChangePlan]) -> Result<Armed, Stop> {
    let steps = undo::steps(order.rule, changes);
    match scripts::switch(&steps) {
        Ok(switch) => Ok(Armed {
            switch,
            after_s: order.rule.undo_after.as_secs().max(1),
        }),
        Err(fault) => Err(Stop::Refused(Refusal::because(fault.to_string()))),
    }
}

/// The same for people.
pub(super) fn undo_says(order: &Order<'_>, armed: Option<Armed>) -> String {
    let Some(armed) = armed else {
        let says = match order.rule.is_of_cluster() {
            true if order.rule.is_one_way() => cluster::NO_UNDO,
            true => cluster::UNDO,
            false => {
                "by nothing and nobody: where it does not help it ends stuck, and a person goes on"
            }
        };
        return says.to_owned();
    };
    let after = DurationSpan(Duration::from_secs(armed.after_s));
    match armed.switch {
        Switch::Host => format!(
            "by the node itself after {after} unless it is kept: a timer of the host, tried out before \
             anything is changed; a restart undoes it at once"
        ),
        Switch::Control => format!(
            "by the node itself after {after} unless it is kept: a job in the control container; after \
             a restart by whoever runs heeler on the node next"
        ),
    }
}
