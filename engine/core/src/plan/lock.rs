//! The lock of a node: who changes something there, and what takes it back if nobody keeps it.
//!
//! It is a folder in the control container's persistent directory, which survives restarts of
//! containers and of the node, and which the admin container and the host see, too. Source:
//! bottlerocket-core-kit `sources/host-ctr`, withDefaultMounts and withSuperpowered.

use std::fmt::Write as _;
use std::time::Duration;

use crate::action::shell_quote;
use crate::event::{BootId, RunId};
use crate::frame::{LockId, Place, Switch, without_comments};

/// The lock's folder as the host sees it.
const ON_HOST: &str = "/local/host-containers/control/heeler";
/// The same in the control container.
const IN_CONTROL: &str = "/.bottlerocket/host-containers/current/heeler";
/// The same in the admin container.
const IN_ADMIN: &str = "/.bottlerocket/rootfs/local/host-containers/control/heeler";

/// Where the folder of the lock is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Home {
    /// Where the script runs.
    pub(super) here: String,
    /// On the host.
    pub(super) on_host: String,
    /// A folder in the host's memory.
    pub(super) lists: String,
}

impl Home {
    /// The folder as scripts of a place see it.
    pub(super) fn of(place: Place) -> Self {
        let here = match place {
            Place::Control => IN_CONTROL,
            Place::Admin | Place::Host => IN_ADMIN,
        };
        Home {
            here: here.to_owned(),
            on_host: ON_HOST.to_owned(),
            lists: "/run".to_owned(),
        }
    }
}

/// Who changes something, and for how long the node leaves it at that.
#[derive(Debug, Clone)]
pub struct Hold {
    /// The run that changes something.
    pub run: RunId,
    /// Who: the caller's short name.
    pub by: String,
    /// The boot that the change is for.
    pub boot: BootId,
    /// The node takes the change back after this time, in whole seconds; where nothing can, only the
    /// lock ends then.
    pub undo_after: Duration,
}

impl Hold {
    /// The words of the record beside the lock, which [`crate::frame::Held`] reads: SWITCH BOOT BY.
    pub(super) fn record(&self, switch: Option<Switch>) -> String {
        let (boot, by) = (one_word(&self.boot.0), one_word(&self.by));
        format!("{} {boot} {by}", Switch::record(switch))
    }

    /// The same for a lock that is taken on whatever boot this is.
    pub(super) fn record_now(&self, switch: Option<Switch>) -> String {
        let boot = "\"$(cat /proc/sys/kernel/random/boot_id)\"";
        format!("{} {boot} {}", Switch::record(switch), one_word(&self.by))
    }
}

/// Text that is one word for a shell and one field of a record.
fn one_word(text: &str) -> String {
    let kept = |c: &char| c.is_ascii_alphanumeric() || "_.@/+=,:-".contains(*c);
    let word: String = text.chars().filter(kept).take(100).collect();
    if word.is_empty() {
        "-".to_owned()
    } else {
        word
    }
}

/// The functions for a lock.
pub(super) fn functions(home: &Home, id: &LockId) -> String {
    let mut script = String::new();
    let _ = writeln!(script, "h={} id={id}", shell_quote(&home.here));
    script + &without_comments(include_str!("lock.sh"))
}
