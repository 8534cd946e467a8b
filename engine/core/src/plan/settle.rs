//! Settling a lock whose switch is gone: the next contact of any heeler takes back what nobody kept.

use std::fmt::Write as _;
use std::time::Duration;

use thiserror::Error;

use crate::action::shell_quote;
use crate::frame::{Answer, Held, Nonce, Place, Switch};

use super::fault::{ChangeFault, PlanFault};
use super::fix::{MARGIN, carried_out, in_doubt, one_rung};
use super::switch::Fuse;

/// Whose change it is, nobody knows here: a host container takes the longest to start or stop.
const LONGEST: Duration = Duration::from_secs(220);

/// How long to wait for the end of settling.
pub fn settling() -> Duration {
    LONGEST + MARGIN
}

/// How a lock ended.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Settled {
    /// Its change was taken back; a value that somebody had set since was left alone.
    #[error("it was taken back, but for what somebody had set since")]
    Undone,
    /// Its change had been kept.
    #[error("it had been kept")]
    Kept,
    /// A restart had undone its change.
    #[error("a restart had undone it")]
    Lost,
    /// Nothing can take its change back: only its lock was ended.
    #[error("its time is over, and nothing can take it back: it stays")]
    Over,
    /// It was gone before, and nothing is known of it any more.
    #[error("it had ended meanwhile")]
    Gone,
    /// Its change can't be taken back by what was left for that on the node.
    #[error("it could not be taken back: {0}")]
    Stuck(String),
}

/// The script that ends the lock of a run, if its switch is lost. It may be sent at any time: the
/// node itself looks whether the switch may still come.
///
/// # Errors
/// None.
pub fn settle(held: &Held, nonce: &Nonce) -> Result<String, PlanFault> {
    let fuse = match held.switch {
        Some(switch) => Fuse::new(switch, held.id.clone()),
        // Wherever it was made: the control container is always there.
        None => Fuse::one_way(Place::Control, held.id.clone()),
    };
    one_rung(fuse.place, LONGEST, script(&fuse, held), nonce)
}

pub(super) fn script(fuse: &Fuse, held: &Held) -> String {
    let mut script = fuse.opening(include_str!("settle.sh"));
    let switch = match fuse.switch {
        Some(Switch::Host) => "host",
        Some(Switch::Control) => "control",
        None => "''",
    };
    let _ = writeln!(
        script,
        "settle {} {} {switch}",
        shell_quote(&held.boot),
        held.until_s
    );
    script
}

/// What the script of [`settle`] did.
///
/// # Errors
/// `Held`, where the switch may still come; `AdminOff` and `NoRoom`, where nothing was done, and
/// `InDoubt`.
pub fn settled(answer: &Answer) -> Result<Settled, ChangeFault> {
    let (reply, lines) = carried_out(answer)?;
    match (reply.exit, lines.as_slice()) {
        (0, [("=", "undone")]) => Ok(Settled::Undone),
        (0, [("=", "kept")]) => Ok(Settled::Kept),
        (0, [("=", "lost")]) => Ok(Settled::Lost),
        (0, [("=", "over")]) => Ok(Settled::Over),
        (0, [("!", text)]) => Ok(Settled::Stuck((*text).to_owned())),
        (0, []) => Ok(Settled::Gone),
        _ => Err(in_doubt()),
    }
}
