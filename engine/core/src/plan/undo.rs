//! The way back of a fix. Each step is judged alone: what somebody else has changed since stays as
//! it is, and hinders no other step.

use std::fmt::Write as _;

use crate::action::shell_quote;
use crate::event::BootId;
use crate::frame::{Answer, Nonce};

use super::fault::{ChangeFault, PlanFault};
use super::fix::{self, Line, Step, carried_out, in_doubt, one_rung};

/// What became of one step of the way back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Undone {
    /// The old value was set; this is the value read back.
    Back(String),
    /// The old value was there already.
    WasBack,
    /// This value is there, neither the old one nor that of the fix; it was left alone.
    Moved(String),
    /// The step failed.
    Failed {
        /// The value that it read last; empty where none could be read.
        present: String,
        /// What went wrong.
        text: String,
    },
}

/// The script that takes steps back, in the order given: `from` is the value that the fix has set,
/// `to` the one before it. On another boot it does nothing, nor where no record can be kept. It
/// never expires, as it compares each value before it sets it, and may be sent again.
pub fn undo(boot: &BootId, steps: &[Step<'_>], nonce: &Nonce) -> Result<String, PlanFault> {
    let script = script(boot, steps);
    one_rung(steps.iter().map(|step| step.change), script, nonce)
}

pub(super) fn script(boot: &BootId, steps: &[Step<'_>]) -> String {
    let mut script = fix::opening(boot, include_str!("undo.sh")) + "with_room\n";
    for step in steps {
        script += &step.define_present();
        script += &step.define_apply();
        let (from, to) = (shell_quote(step.from), shell_quote(step.to));
        let _ = writeln!(script, "take_back {from} {to}");
    }
    script
}

/// What the script of [`undo`] did, step by step.
///
/// # Errors
/// `OtherBoot`, `AdminOff` and `NoRoom`, where nothing was done, and `InDoubt`.
pub fn undone(answer: &Answer, steps: usize) -> Result<Vec<Undone>, ChangeFault> {
    let (reply, lines) = carried_out(answer)?;
    read(&lines)
        .filter(|undone| reply.exit == 0 && undone.len() == steps)
        .ok_or_else(in_doubt)
}

fn read(mut lines: &[Line<'_>]) -> Option<Vec<Undone>> {
    let mut undone = Vec::new();
    while let [(sign, value), rest @ ..] = lines {
        lines = rest;
        let value = (*value).to_owned();
        undone.push(match *sign {
            "=" => Undone::Back(value),
            "~" => Undone::WasBack,
            "?" => Undone::Moved(value),
            "!" => {
                let ((":", text), rest) = lines.split_first()? else {
                    return None;
                };
                lines = rest;
                Undone::Failed {
                    present: value,
                    text: (*text).to_owned(),
                }
            }
            _ => return None,
        });
    }
    Some(undone)
}
