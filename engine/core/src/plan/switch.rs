//! The dead man's switch: what takes a change back on the node itself when nobody keeps it.
//!
//! A timer of the host's systemd does it for what lives in the kernel: it needs neither container,
//! and a restart forgets it together with the value. For what `apiclient` has set, it is a job in
//! the control container; the setting outlives a restart, its job does not, and the record that is
//! left is settled by whoever comes to the node next.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::frame::{LockId, Place, Switch, without_comments};

use super::fault::PlanFault;
use super::fix::{Step, one_place};
use super::host;
use super::lock::{self, Home};
use super::one_way;
use super::undo;

/// The switch that can take these steps back.
///
/// # Errors
/// Steps of several places, and values that can't be the word of a command on the host.
pub fn switch(steps: &[Step<'_>]) -> Result<Switch, PlanFault> {
    match one_place(steps.iter().map(|step| step.change))? {
        Place::Control => Ok(Switch::Control),
        Place::Admin | Place::Host => {
            let back: Vec<Step<'_>> = steps.iter().map(Step::back).collect();
            host::check(steps)?;
            host::check(&back)?;
            Ok(Switch::Host)
        }
    }
}

/// The lock of a run on a node, and what becomes of both by itself.
#[derive(Debug, Clone)]
pub(super) struct Fuse {
    /// What takes the change back; `None`: nothing can, and only the lock ends.
    pub(super) switch: Option<Switch>,
    /// Where its scripts run.
    pub(super) place: Place,
    pub(super) id: LockId,
    pub(super) home: Home,
}

impl Fuse {
    pub(super) fn new(switch: Switch, id: LockId) -> Self {
        Fuse {
            switch: Some(switch),
            ..Fuse::one_way(place(switch), id)
        }
    }

    /// For what can't be taken back.
    pub(super) fn one_way(place: Place, id: LockId) -> Self {
        Fuse {
            switch: None,
            place,
            id,
            home: Home::of(place),
        }
    }

    /// For these steps.
    pub(super) fn of(steps: &[Step<'_>], id: LockId) -> Result<Self, PlanFault> {
        let ways_back = steps.iter().filter(|step| step.change.has_way_back());
        match ways_back.count() {
            0 => Ok(Fuse::one_way(one_way::place(steps)?, id)),
            all if all == steps.len() => Ok(Fuse::new(switch(steps)?, id)),
            _ => Err(PlanFault::SeveralWays),
        }
    }

    /// The beginning of every script that has to do with its lock.
    pub(super) fn opening(&self, own: &str) -> String {
        without_comments(include_str!("fix.sh"))
            + &lock::functions(&self.home, &self.id)
            + &without_comments(match self.switch {
                Some(Switch::Host) => include_str!("host.sh"),
                Some(Switch::Control) | None => include_str!("detached.sh"),
            })
            + &without_comments(match self.switch {
                Some(Switch::Control) => include_str!("token.sh"),
                Some(Switch::Host) | None => "",
            })
            + &without_comments(own)
    }

    /// The functions that depend on what is taken back: `print_undo`, which prints the script for
    /// the switch and for whoever settles it; `furnish`, which puts beside the lock's record what
    /// that needs; and those that hand the host what it has to run.
    pub(super) fn undo(&self, back: &[Step<'_>]) -> Result<String, PlanFault> {
        let (unattended, beside) = match self.switch {
            Some(Switch::Host) => return host::functions(&self.home, back),
            // Whoever locks the node begins with the token.
            Some(Switch::Control) => (undo::unattended(self, back), "true >\"$1/busy.$id.$me\""),
            None => (one_way::unattended(), ":"),
        };
        Ok(format!(
            "print_undo() {{ printf 'id=%s\\n' \"$id\" && printf %s {} | base64 -d; }}\n\
             furnish() {{ {beside}; }}\n",
            STANDARD.encode(unattended)
        ))
    }
}

/// Where the scripts of a switch run.
pub(super) fn place(switch: Switch) -> Place {
    match switch {
        Switch::Host => Place::Admin,
        Switch::Control => Place::Control,
    }
}
