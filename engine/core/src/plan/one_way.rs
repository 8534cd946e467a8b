//! Changes that nothing can take back. They lock their node as all others do, so that nobody else
//! changes it meanwhile; at the end of its time only the lock ends. What each step came to is kept
//! beside the lock: whoever has lost the answer asks for it, and nothing is carried out twice.

use std::time::Duration;

use crate::event::RunId;
use crate::frame::{Nonce, Place, without_comments};

use super::fault::PlanFault;
use super::fix::{ARMING, Step, one_place, one_rung};
use super::lock::Hold;
use super::switch::Fuse;

/// What ending its lock may take beyond its time.
pub(super) const GRACE: Duration = Duration::from_secs(5);

/// Where these steps are carried out.
pub(super) fn place(steps: &[Step<'_>]) -> Result<Place, PlanFault> {
    match one_place(steps.iter().map(|step| step.change))? {
        Place::Control => Ok(Place::Control),
        Place::Admin | Place::Host => Ok(Place::Admin),
    }
}

/// The script that asks what the change of a run came to, which [`super::applied`] reads. A change
/// that never began can't any more. That it never began is only told where its record can't have been
/// removed since.
///
/// # Errors
/// None that a change which was sent could have.
pub fn recall(hold: &Hold, steps: &[Step<'_>], nonce: &Nonce) -> Result<String, PlanFault> {
    let fuse = Fuse::one_way(place(steps)?, hold.run.lock());
    one_rung(fuse.place, ARMING, script(&fuse, hold.run, ""), nonce)
}

/// The same, which also ends the lock of the run where nothing is carried out under it any more.
/// It may be sent again.
///
/// # Errors
/// As [`recall`].
pub fn release(hold: &Hold, steps: &[Step<'_>], nonce: &Nonce) -> Result<String, PlanFault> {
    let fuse = Fuse::one_way(place(steps)?, hold.run.lock());
    one_rung(
        fuse.place,
        ARMING,
        script(&fuse, hold.run, "release\n"),
        nonce,
    )
}

pub(super) fn script(fuse: &Fuse, run: RunId, first: &str) -> String {
    let began = run.began_s();
    fuse.opening(include_str!("recall.sh"))
        + &without_comments(include_str!("removed.sh"))
        + first
        + &format!("recall {began}\n")
}

/// The script that ends the lock when its time has come; `id` says whose it is. Whoever settles it
/// may see it at another path.
pub(super) fn unattended() -> String {
    without_comments(include_str!("over.sh"))
}
