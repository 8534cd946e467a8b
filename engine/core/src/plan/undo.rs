//! The way back of a fix. Each step is judged alone: what somebody else has changed since stays as
//! it is, and hinders no other step.

use std::fmt::Write as _;
use std::time::Duration;

use crate::action::{NodeChange, shell_quote};
use crate::event::RunId;
use crate::frame::{Answer, Nonce, Place, without_comments};

use super::change::grace;
use super::fault::{ChangeFault, PlanFault};
use super::fix::{self, ARMING, Line, Step, carried_out, in_doubt, limit, one_rung, patience};
use super::keep::restarted;
use super::lock::Hold;
use super::switch::{Fuse, switch};

/// Longer than anybody is at it: the switch comes once.
const UNHURRIED: Duration = Duration::from_secs(3600);

/// Who takes a change back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Claimant {
    /// Their run: that of the fix itself, or a later one.
    pub run: RunId,
    /// It is written down that the change was made. Otherwise the node has to have a record of it: a
    /// change that never began leaves the values to others, whose they may be.
    pub knows_it_began: bool,
}

/// What became of one step of the way back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Undone {
    /// The old value was set; this is the value read back.
    Back(String),
    /// This value was there already: the one that would have been set, or the one before the fix.
    WasBack(String),
    /// The node's switch has taken back what still stood, as nobody kept it in time. What is there now
    /// may be anybody's: this value, where it could be read.
    ByNode(Option<String>),
    /// This value is there, neither the old one nor that of the fix; it was left alone.
    Moved(String),
    /// The value of the fix is there, and it is somebody else's now; it was left alone.
    Theirs {
        /// The value.
        present: String,
        /// Whose it is: "`kubectl-edit` has set it since".
        whose: String,
    },
    /// The object that had the value is not there any more.
    Gone,
    /// The step failed.
    Failed {
        /// The value that was read last; `None` where none could be read.
        present: Option<String>,
        /// What went wrong.
        text: String,
    },
}

/// The script that takes steps back, in the order given: `from` is the value that the fix has set,
/// `to` the one before it. It claims the lock of the fix, or takes one of its own for the run
/// of whoever does it. It compares each value before it sets it, and may be sent again. Where a restart has
/// undone the change it only ends the lock.
///
/// # Errors
/// As [`super::change`].
pub fn undo(
    hold: &Hold,
    by: &Claimant,
    back: &[Step<'_>],
    nonce: &Nonce,
) -> Result<String, PlanFault> {
    let fuse = Fuse::new(switch(back)?, hold.run.lock());
    let changes = back.iter().map(|step| step.change);
    let limit = ARMING + waiting(changes.clone()) + limit(changes);
    one_rung(fuse.place, limit, script(&fuse, hold, by, back)?, nonce)
}

/// How long to wait for somebody else who is at it: as long as that may take. A kernel parameter is
/// set at once.
fn waiting<'a>(changes: impl IntoIterator<Item = &'a dyn NodeChange>) -> Duration {
    limit(
        changes
            .into_iter()
            .filter(|change| change.place() == Place::Control),
    )
}

/// How long to wait for the end of a command that takes these changes back.
pub fn undo_patience<'a>(
    changes: impl IntoIterator<Item = &'a dyn NodeChange> + Clone,
) -> Duration {
    patience(changes.clone()) + waiting(changes)
}

pub(super) fn script(
    fuse: &Fuse,
    hold: &Hold,
    by: &Claimant,
    back: &[Step<'_>],
) -> Result<String, PlanFault> {
    let mut script = fuse.opening(include_str!("undo.sh"));
    script += &without_comments(include_str!("claim.sh"));
    script += &without_comments(include_str!("removed.sh"));
    script += &fuse.undo(back)?;
    script += &restarted(fuse, hold);
    let _ = writeln!(
        script,
        "grace={}\nhas_room || exit 68\ngone=\nknown={}\nbegan={}\nclaim {} {} {}\n\
         [ -n \"$gone\" ] || seize {} || {{\nby_another\n[ -n \"$gone\" ] || exit 77\n}}",
        grace(back),
        if by.knows_it_began { "1" } else { "" },
        hold.run.began_s(),
        by.run.lock(),
        ARMING.as_secs(),
        hold.record_now(fuse.switch),
        waiting(back.iter().map(|step| step.change)).as_secs(),
    );
    script += &take_back(back);
    script += "finish\n";
    Ok(script)
}

/// The script of a switch that has a shell; `id` says whose lock it is.
pub(super) fn unattended(fuse: &Fuse, back: &[Step<'_>]) -> String {
    format!(
        "gone=\n# shellcheck disable=SC3045\nulimit -S -v \"$(ulimit -H -v)\" 2>/dev/null\nd=$(mktemp -d 2>/dev/null || mktemp -d -p /dev/shm) || exit 1\nset -- \"$d\"\ntrap 'rm -rf \"$d\"' EXIT\nlock=$id\n{}id=$lock\n\
         end_cut_short\nturn armed undoing\nseize {} || exit\n[ -e \"$h/lock/undoing.$id\" ] || exit\n{}finish\n",
        fuse.opening(include_str!("undo.sh")),
        UNHURRIED.as_secs(),
        take_back(back),
    )
}

fn take_back(back: &[Step<'_>]) -> String {
    let mut script = "left=\n".to_owned();
    for step in back {
        script += &step.define_present();
        script += &step.define_apply();
        script += step.define_holds().as_deref().unwrap_or("holds() { :; }\n");
        let [from, to, before] = [step.from, step.to, step.before()].map(shell_quote);
        let _ = writeln!(script, "take_back {from} {to} {before}");
    }
    script
}

/// What the script of [`undo`] did, step by step.
///
/// # Errors
/// `OtherBoot`, `AdminOff` and `NoRoom`, where nothing was done, and `InDoubt`.
pub fn undone(answer: &Answer, steps: usize) -> Result<Vec<Undone>, ChangeFault> {
    let (reply, lines) = match carried_out(answer) {
        Err(ChangeFault::NodeUndid) => return by_node(answer, steps),
        carried_out => carried_out?,
    };
    read(&lines)
        .filter(|undone| reply.exit == 0 && undone.len() == steps)
        .ok_or_else(in_doubt)
}

/// What is there of a change that the node's switch has taken back.
fn by_node(answer: &Answer, steps: usize) -> Result<Vec<Undone>, ChangeFault> {
    let reply = fix::reply(answer).map_err(ChangeFault::InDoubt)?;
    let seen = fix::lines(reply).and_then(|lines| read(&lines));
    let seen = seen
        .filter(|seen| seen.len() == steps)
        .ok_or_else(in_doubt)?;
    let by_node = |end| match end {
        Undone::WasBack(value) | Undone::Moved(value) => Undone::ByNode(Some(value)),
        _ => Undone::ByNode(None),
    };
    Ok(seen.into_iter().map(by_node).collect())
}

fn read(mut lines: &[Line<'_>]) -> Option<Vec<Undone>> {
    let mut undone = Vec::new();
    while let [(sign, value), rest @ ..] = lines {
        lines = rest;
        let value = (*value).to_owned();
        undone.push(match *sign {
            "=" => Undone::Back(value),
            "~" => Undone::WasBack(value),
            "?" => Undone::Moved(value),
            "!" => {
                let ((":", text), rest) = lines.split_first()? else {
                    return None;
                };
                lines = rest;
                Undone::Failed {
                    present: (!value.is_empty()).then_some(value),
                    text: (*text).to_owned(),
                }
            }
            _ => return None,
        });
    }
    Some(undone)
}
