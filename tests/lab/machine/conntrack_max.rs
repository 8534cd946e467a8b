//! The machine's one `nf_conntrack_max`: lent to one incident at a time, and always put back.
//!
//! The value limits every network namespace separately but exists once, so a lab that lowers it
//! touches the whole machine. The original is on record in [`RECORD`] before anything is changed;
//! the record is written and removed under [`LOCK`] only.

use std::fs;
use std::os::fd::OwnedFd;
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};

use super::lock::{self, Held};
use super::namespace;
use crate::node::mount;

/// The file of `/proc/sys` that holds the value.
pub(crate) const FILE: &str = "/proc/sys/net/netfilter/nf_conntrack_max";
const COUNT: &str = "/proc/sys/net/netfilter/nf_conntrack_count";
/// Below `/run`, because the value itself does not survive a reboot either.
const FOLDER: &str = "/run/heeler-lab";
const LOCK: &str = "/run/heeler-lab/nf_conntrack_max.lock";
const RECORD: &str = "/run/heeler-lab/nf_conntrack_max.json";
/// No incident may lower the value below this.
const FLOOR: u64 = 4096;
/// How long an incident waits for another one's watcher to put the value back.
const WAIT_FOR_REPAIR: Duration = Duration::from_secs(2);

/// The machine's present `nf_conntrack_max`, in entries for each network namespace.
///
/// # Errors
/// When the kernel has no connection tracking (the module is not loaded).
pub fn nf_conntrack_max() -> Result<u64> {
    read_number(FILE)
}

/// How many entries the machine's own table has: none where nothing of its own is tracked.
///
/// # Errors
/// As [`nf_conntrack_max`].
pub fn nf_conntrack_count() -> Result<u64> {
    read_number(COUNT)
}

/// What the machine's `nf_conntrack_max` is when no lab has borrowed it, in entries.
///
/// # Errors
/// As [`nf_conntrack_max`], or when the record of a loan is damaged.
pub fn nf_conntrack_max_at_rest() -> Result<u64> {
    record()?.map_or_else(nf_conntrack_max, |record| Ok(record.original))
}

#[derive(Serialize, Deserialize)]
struct Record {
    run: String,
    original: u64,
}

/// The right to change the machine's `nf_conntrack_max`. Dropping it puts the value back.
pub struct ConntrackMax {
    original: u64,
    /// First processes of the nodes whose own writes reach the value.
    reached: Mutex<Vec<u32>>,
    _lock: Held,
}

impl ConntrackMax {
    /// Takes the machine-wide lock for the lab run `run`, first repairing what a killed one left.
    pub(super) fn lock(run: &str) -> Result<Self> {
        fs::create_dir_all(FOLDER).with_context(|| format!("making {FOLDER}"))?;
        let Some(held) = wait_for_lock()? else {
            bail!("another incident runs on this machine (lock {LOCK}): end it, or wait for it");
        };
        put_back()?;
        let original = nf_conntrack_max()?;
        let record = serde_json::to_string(&Record {
            run: run.to_owned(),
            original,
        })?;
        fs::write(RECORD, record).with_context(|| format!("writing {RECORD}"))?;
        Ok(Self {
            original,
            reached: Mutex::default(),
            _lock: held,
        })
    }

    /// Sets the value for the whole machine.
    ///
    /// # Errors
    /// When `value` is below 4,096 or below four times what the machine itself has in its table.
    pub fn set(&self, value: u64) -> Result<()> {
        let least = FLOOR.max(nf_conntrack_count()?.saturating_mul(4));
        if value < least {
            bail!(
                "nf_conntrack_max = {value} could harm this machine: the least allowed now is {least}"
            );
        }
        write(value)
    }

    /// What the machine had before, in entries.
    #[must_use]
    pub fn original(&self) -> u64 {
        self.original
    }

    /// Makes the file writable inside the node whose init process is `pid`, for its host and, by
    /// propagation, for its admin container.
    pub(crate) fn reach_into(&self, pid: u32) -> Result<()> {
        let tree = writable_file()?;
        namespace::within_mounts_of(pid, move || mount::attach(&tree, Path::new(FILE)))?;
        self.reached
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(pid);
        Ok(())
    }

    /// From now on only the machine itself can change the value.
    fn withdraw(&self) {
        for pid in self
            .reached
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .drain(..)
        {
            // A node that has ended has taken its mounts along.
            namespace::within_mounts_of(pid, || mount::detach(Path::new(FILE))).ok();
        }
    }
}

impl Drop for ConntrackMax {
    fn drop(&mut self) {
        self.withdraw();
        if let Err(error) = put_back() {
            eprintln!("lab: nf_conntrack_max is not as it was before: {error:#}");
        }
    }
}

/// The file as the machine's own namespace sees it: elsewhere it has mode 0444.
fn writable_file() -> Result<OwnedFd> {
    mount::detached_copy(Path::new(FILE), false)
}

fn wait_for_lock() -> Result<Option<Held>> {
    let give_up = std::time::Instant::now() + WAIT_FOR_REPAIR;
    loop {
        match lock::try_lock(Path::new(LOCK))? {
            None if std::time::Instant::now() < give_up => {
                std::thread::sleep(Duration::from_millis(20))
            }
            held_or_not => return Ok(held_or_not),
        }
    }
}

/// Puts the value back if `run` is on record as having changed it and nobody has repaired it since.
pub(super) fn repair_after(run: &str) -> Result<()> {
    repair_if(|record| record.run == run)
}

/// Puts the value back if some lab run died without doing so.
pub(super) fn repair() -> Result<()> {
    repair_if(|_| true)
}

fn repair_if(wanted: impl Fn(&Record) -> bool) -> Result<()> {
    if !Path::new(RECORD).exists() {
        return Ok(());
    }
    // Whoever holds the lock is alive and has repaired the value when it took the lock.
    let Some(_held) = lock::try_lock(Path::new(LOCK))? else {
        return Ok(());
    };
    match record()? {
        Some(record) if wanted(&record) => put_back(),
        _ => Ok(()),
    }
}

/// Must be called with the lock held.
fn put_back() -> Result<()> {
    if let Some(record) = record()? {
        write(record.original)?;
        fs::remove_file(RECORD).with_context(|| format!("removing {RECORD}"))?;
    }
    Ok(())
}

fn record() -> Result<Option<Record>> {
    match fs::read_to_string(RECORD) {
        Ok(text) => {
            Ok(Some(serde_json::from_str(&text).with_context(|| {
                format!("{RECORD} is damaged: {text:?}")
            })?))
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("reading {RECORD}")),
    }
}

fn write(value: u64) -> Result<()> {
    fs::write(FILE, value.to_string()).with_context(|| format!("writing {value} to {FILE}"))
}

fn read_number(path: &str) -> Result<u64> {
    let text = fs::read_to_string(path)
        .with_context(|| format!("reading {path}: modprobe nf_conntrack"))?;
    text.trim()
        .parse()
        .with_context(|| format!("{path} holds {text:?}, not a number"))
}
