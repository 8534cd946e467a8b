//! Scripts of a fix: what is there now, and the change itself.

use std::fmt::Write as _;

use crate::action::{Change, shell_quote};
use crate::event::BootId;
use crate::frame::{Answer, Nonce};
use crate::value::Why;

use super::fault::{ChangeFault, PlanFault};
use super::fix::{self, Line, Step, carried_out, in_doubt, lines, one_rung, stderr, values};
use super::undo::undo;

/// `change.sh`: another value than the planned one is there.
const OTHER_VALUE: i32 = 65;

/// What is there before a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Present {
    /// The present value.
    pub value: String,
    /// The names of the node's services that the change acts on.
    pub services: Vec<String>,
}

/// The script that prints what is there before each change.
pub fn present(changes: &[&dyn Change], nonce: &Nonce) -> Result<String, PlanFault> {
    let mut script = String::new();
    for change in changes {
        let services = change.services();
        for (sign, asks) in [('=', Some(change.present())), ('*', services)] {
            if let Some(asks) = asks {
                let _ = write!(
                    script,
                    "v=$(\n{asks}) || exit 1\nprintf '{sign}%s\\n' \"$v\"\n"
                );
            }
        }
    }
    one_rung(changes.iter().copied(), script, nonce)
}

/// What the script of [`present`] printed, one for each change.
pub fn read_present(answer: &Answer, changes: usize) -> Result<Vec<Present>, Why> {
    let reply = fix::reply(answer)?;
    if reply.exit != 0 {
        return Err(Why::Failed(stderr(reply)));
    }
    lines(reply)
        .and_then(|lines| found(&lines))
        .filter(|found| found.len() == changes)
        .ok_or_else(|| Why::Garbled("the node did not print each value".into()))
}

fn found(lines: &[Line<'_>]) -> Option<Vec<Present>> {
    let mut all: Vec<Present> = Vec::new();
    for (sign, text) in lines {
        match *sign {
            "=" => all.push(Present {
                value: (*text).to_owned(),
                services: Vec::new(),
            }),
            "*" => {
                let names = text.split_whitespace().map(str::to_owned);
                all.last_mut()?.services = names.collect();
            }
            _ => return None,
        }
    }
    Some(all)
}

/// The script that carries out the steps: only on the boot of the plan, only if every present
/// value is that of the plan, only if the record of it can be kept, and only as long as the node
/// has not been up for more than `expires_uptime_s` whole seconds: a command that was delayed must
/// not change anything when nobody waits for it any more. It stops at the first step that fails,
/// and prints each value that it read back, so that whatever was done is known.
///
/// # Errors
/// Also where the way back could not be sent: what can't be undone is not begun.
pub fn change(
    boot: &BootId,
    expires_uptime_s: u64,
    steps: &[Step<'_>],
    nonce: &Nonce,
) -> Result<String, PlanFault> {
    let back: Vec<Step<'_>> = steps.iter().rev().map(Step::back).collect();
    undo(boot, &back, nonce)?;
    let script = script(boot, expires_uptime_s, steps);
    one_rung(steps.iter().map(|step| step.change), script, nonce)
}

pub(super) fn script(boot: &BootId, expires_uptime_s: u64, steps: &[Step<'_>]) -> String {
    let mut script = fix::opening(boot, include_str!("change.sh"));
    for (number, step) in (1..).zip(steps) {
        script += &step.define_present();
        let _ = writeln!(script, "expect {number} {}", shell_quote(step.from));
    }
    let _ = writeln!(script, "with_room\nin_time {expires_uptime_s}");
    for step in steps {
        script += &step.define_apply();
        script += "carry_out\n";
    }
    script
}

/// What the script of [`change`] did: the values read back, one for each step.
pub fn applied(answer: &Answer, steps: usize) -> Result<Vec<String>, ChangeFault> {
    let (reply, lines) = carried_out(answer)?;
    let fault = match (reply.exit, lines.as_slice()) {
        (OTHER_VALUE, [("?", found)]) => other_value(found),
        (0, all) if all.len() == steps => return values(all).ok_or_else(in_doubt),
        (exit, [before @ .., ("!", present)]) if exit != 0 => {
            values(before).map(|done| ChangeFault::Stopped {
                done,
                present: (*present).to_owned(),
                text: stderr(reply),
            })
        }
        _ => None,
    };
    Err(fault.unwrap_or_else(in_doubt))
}

fn other_value(found: &str) -> Option<ChangeFault> {
    let (step, present) = found.split_once(' ')?;
    Some(ChangeFault::OtherValue {
        step: step.parse().ok()?,
        present: present.to_owned(),
    })
}
