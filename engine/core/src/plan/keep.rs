//! Keeping a change: the switch is disarmed, unless it has been faster.

use crate::action::shell_quote;
use crate::frame::{Answer, Nonce, Switch};

use super::fault::{ChangeFault, PlanFault};
use super::fix::{ARMING, carried_out, in_doubt, one_rung};
use super::lock::Hold;
use super::switch::Fuse;

/// The script that keeps what a run has changed. It may be sent again: what is kept stays kept.
///
/// # Errors
/// None that a change which was applied could have.
pub fn keep(switch: Switch, hold: &Hold, nonce: &Nonce) -> Result<String, PlanFault> {
    let fuse = Fuse::new(switch, hold.run.lock());
    one_rung(fuse.place, ARMING, script(&fuse, hold), nonce)
}

pub(super) fn script(fuse: &Fuse, hold: &Hold) -> String {
    fuse.opening(include_str!("keep.sh")) + &restarted(fuse, hold) + "keep\n"
}

/// Where a restart has undone the change, its lock is ended and nothing else is done. What
/// `apiclient` has set outlives a restart.
pub(super) fn restarted(fuse: &Fuse, hold: &Hold) -> String {
    match fuse.switch {
        Some(Switch::Host) => format!("is_boot {} || restarted\n", shell_quote(&hold.boot.0)),
        Some(Switch::Control) | None => String::new(),
    }
}

/// What the script of [`keep`] did.
///
/// # Errors
/// `OtherBoot`, where a restart has undone the change; `NodeUndid`, where the switch was faster;
/// `UnderWay`, where it is at it; `NotHeld`, where nothing is known of the change there;
/// `AdminOff` and `NoRoom`, where nothing was done, and `InDoubt`.
pub fn kept(answer: &Answer) -> Result<(), ChangeFault> {
    let (reply, lines) = carried_out(answer)?;
    match (reply.exit, lines.as_slice()) {
        (0, [("=", "kept")]) => Ok(()),
        _ => Err(in_doubt()),
    }
}
