//! How a node begins and ends: the process that holds its namespaces, and the pipe on whose end it
//! goes down.

use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use super::api;
use super::config::NodePlan;
use super::state::{State, file};
use crate::machine::Machine;
use crate::program::boot;

/// How long a node may take to boot, in a busy machine's time.
const BOOT_WITHIN: Duration = Duration::from_secs(20);

/// The process outside that ends the node when its standard input ends.
pub(super) struct Life {
    boot: Child,
    line: Option<ChildStdin>,
}

impl Life {
    /// Starts a node's processes and waits for its API; gives its first process, too.
    pub(super) fn begin(machine: &Machine, plan: &NodePlan, state: &State) -> Result<(Self, u32)> {
        let log = fs::File::create(plan.folder.join("log")).context("making the node's log")?;
        let mut boot = Command::new(machine.lab_binary())
            .arg0(boot::BOOT)
            .arg(state.path(NodePlan::FILE))
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .context("starting the node's boot process")?;
        let line = boot.stdin.take();
        let answer = boot
            .stdout
            .take()
            .context("no pipe from the boot process")?;
        let mut life = Self { boot, line };
        let mut first = String::new();
        BufReader::new(answer).read_line(&mut first)?;
        let init = first
            .trim()
            .strip_prefix("init ")
            .and_then(|pid| pid.parse().ok())
            .context("the node did not boot")?;
        let give_up = Instant::now() + BOOT_WITHIN;
        while !state.path(api::READY).exists() {
            if life.boot.try_wait()?.is_some() || Instant::now() > give_up {
                bail!("the node's API did not come up within {BOOT_WITHIN:?}");
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        Ok((life, init))
    }

    /// Ends the node and waits for it.
    pub(super) fn end(&mut self) {
        drop(self.line.take());
        self.boot.wait().ok();
    }
}

impl Drop for Life {
    fn drop(&mut self) {
        self.end();
    }
}

/// Makes what is seen of a boot: a new boot id, an empty kernel log, the time.
pub(super) fn note_boot(state: &State) -> Result<()> {
    let id = uuid::Builder::from_random_bytes(rand::random()).into_uuid();
    state.write(file::BOOT_ID, &format!("{id}\n"))?;
    state.append(file::BOOTS, &id.to_string())?;
    state.write(file::KERNEL_LINES, "")?;
    state.write(file::BOOTED_AT, &uptime()?.as_secs().to_string())
}

/// Time since the machine's boot, by the clock of the kernel's log.
pub(super) fn uptime() -> Result<Duration> {
    let text = fs::read_to_string("/proc/uptime").context("reading /proc/uptime")?;
    let seconds: f64 = text
        .split(' ')
        .next()
        .unwrap_or_default()
        .parse()
        .context("/proc/uptime is no number")?;
    Ok(Duration::from_secs_f64(seconds))
}
