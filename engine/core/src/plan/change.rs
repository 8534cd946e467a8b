//! Scripts of a fix: what is there now, and the change itself.

use std::fmt::Write as _;
use std::time::Duration;

use uuid::Uuid;

use crate::action::{NodeChange, shell_quote};
use crate::event::{BootId, RunId};
use crate::frame::{Answer, Nonce, Switch, without_comments};
use crate::value::Why;

use super::fault::{ChangeFault, PlanFault};
use super::fix::{
    self, ARMING, Line, Step, carried_out, in_doubt, limit, lines, one_place, one_rung, stderr,
    values,
};
use super::lock::Hold;
use super::one_way;
use super::switch::Fuse;
use super::undo::{Claimant, undo};

/// `change.sh`: another value than the planned one is there.
pub(super) const OTHER_VALUE: i32 = 65;

/// A switch that is later than this is not worth waiting for.
const LONGEST_GRACE: Duration = Duration::from_secs(60);

/// What is there before a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Present {
    /// The present value.
    pub value: String,
    /// The names of the node's services that the change acts on.
    pub services: Vec<String>,
}

/// The script that prints what is there before each change.
pub fn present(changes: &[&dyn NodeChange], nonce: &Nonce) -> Result<String, PlanFault> {
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
    let place = one_place(changes.iter().copied())?;
    one_rung(place, limit(changes.iter().copied()), script, nonce)
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

/// The script that carries out the steps: only on the boot of the plan, only as long as the node
/// has not been up for more than `expires_uptime_s` whole seconds (a command that was delayed must
/// not change anything when nobody waits for it any more), only if the record of it can be kept,
/// with a switch that is armed and has shown that it may do here what it has to, only while nobody
/// else changes anything, and only if every present value is that of the plan. It stops at the
/// first step that fails, and prints each value that it read back, so that whatever was done is
/// known.
///
/// # Errors
/// Also where the way back could not be sent: what can't be undone is not begun.
pub fn change(
    hold: &Hold,
    expires_uptime_s: u64,
    steps: &[Step<'_>],
    nonce: &Nonce,
) -> Result<String, PlanFault> {
    let fuse = Fuse::of(steps, hold.run.lock())?;
    if fuse.switch.is_some() {
        let itself = Claimant {
            run: hold.run,
            knows_it_began: true,
        };
        undo(hold, &itself, &back(steps), nonce)?;
    }
    let script = script(&fuse, hold, expires_uptime_s, steps)?;
    let limit = ARMING + limit(steps.iter().map(|step| step.change));
    one_rung(fuse.place, limit, script, nonce)
}

/// What the switch may take beyond its time, in whole seconds. Where it is still at it then, whoever
/// settles waits for it; of kernel parameters both set the same values, and only one can end the
/// lock.
pub(super) fn grace(back: &[Step<'_>]) -> u64 {
    let limit = limit(back.iter().map(|step| step.change));
    limit.min(LONGEST_GRACE).as_secs()
}

/// Whether one command can carry changes of these at all: with the shortest values that there are.
///
/// # Errors
/// As [`change`].
pub fn carried_by_one_command(changes: &[&dyn NodeChange]) -> Result<(), PlanFault> {
    let steps: Vec<Step<'_>> = changes
        .iter()
        .map(|change| Step {
            change: *change,
            from: "0",
            to: "1",
            back: "0",
        })
        .collect();
    let hold = Hold {
        run: RunId::new(Uuid::nil()),
        by: String::new(),
        boot: BootId(String::new()),
        undo_after: Duration::ZERO,
    };
    change(&hold, 0, &steps, &Nonce::new([0; 8])).map(drop)
}

fn back<'a>(steps: &[Step<'a>]) -> Vec<Step<'a>> {
    steps.iter().rev().map(Step::back).collect()
}

pub(super) fn script(
    fuse: &Fuse,
    hold: &Hold,
    expires_uptime_s: u64,
    steps: &[Step<'_>],
) -> Result<String, PlanFault> {
    let mut script = lock(fuse, hold, expires_uptime_s, steps)?;
    for step in steps {
        script += &step.define_apply();
        if fuse.switch.is_some() {
            script += &step.define_withdraw();
        }
        if fuse.switch == Some(Switch::Host) {
            script += &step.define_restore();
        }
        script += "carry_out\n";
    }
    if fuse.switch.is_none() {
        script += "carried_out\n";
    }
    Ok(script)
}

/// The part of it that locks the node, and refuses where it is not as the plan has it.
pub(super) fn lock(
    fuse: &Fuse,
    hold: &Hold,
    expires_uptime_s: u64,
    steps: &[Step<'_>],
) -> Result<String, PlanFault> {
    let mut script = fuse.opening(include_str!("change.sh"));
    script += &without_comments(match fuse.switch {
        Some(_) => include_str!("loan.sh"),
        None => include_str!("one_way.sh"),
    });
    script += &fuse.undo(&back(steps))?;
    let grace = match fuse.switch {
        Some(_) => grace(&back(steps)),
        None => one_way::GRACE.as_secs(),
    };
    let _ = writeln!(
        script,
        "grace={grace}\nonce\nis_boot {} || exit 66\nis_up_for {expires_uptime_s} || exit 70\n\
         secure {} {}",
        shell_quote(&hold.boot.0),
        hold.undo_after.as_secs(),
        hold.record(fuse.switch),
    );
    for (number, step) in (1..).zip(steps) {
        script += &step.define_present();
        let _ = writeln!(script, "expect {number} {}", shell_quote(step.from));
    }
    let _ = writeln!(
        script,
        "has_room || quit 68\nis_up_for {expires_uptime_s} || quit 70\n\
         if ! rehearse || ! is_armed; then\nnot_armed\nquit 73\nfi"
    );
    Ok(script)
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

pub(super) fn other_value(found: &str) -> Option<ChangeFault> {
    let (step, present) = found.split_once(' ')?;
    Some(ChangeFault::OtherValue {
        step: step.parse().ok()?,
        present: present.to_owned(),
    })
}
