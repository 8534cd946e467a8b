//! What the host's programs ask of PID 1, and what it answers: JSON over a socket where the real
//! ones speak D-Bus.

use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::own::{Fate, Shown};
use super::unit::{TransientUnit, UnitName, UnitState};
use super::work::Work;

/// Where PID 1 listens, on the host.
pub(crate) const SOCKET: &str = "/run/systemd/private";

/// What PID 1 is asked for; the last four only by the lab.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Call {
    Start(Start),
    Stop(UnitName),
    State(UnitName),
    /// `systemctl daemon-reload`.
    Reload,
    Reboot,
    /// Restarts a service of the node's own.
    Restart(UnitName),
    /// What there is to tell of a service of the node's own.
    Show(UnitName),
    List,
    /// Whether transient units are refused from now on.
    Refuse(bool),
    /// The timer of this stem is to stay, and never to elapse.
    Lose(String),
    /// How the next starts of a service of the node's own end.
    Befall(UnitName, Fate),
}

/// A transient service, at once or by a timer.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Start {
    /// The name without its suffix.
    pub(crate) stem: String,
    pub(crate) work: Work,
    pub(crate) timer: Option<Delay>,
    /// Whether the unit is unloaded even when it has failed.
    pub(crate) collect: bool,
}

/// When a timer elapses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Delay {
    pub(crate) base: TimerBase,
    pub(crate) after: Duration,
    /// How much later it may be.
    pub(crate) accuracy: Duration,
}

/// What a timer counts from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum TimerBase {
    /// `OnActiveSec=`: the timer's start, or the last reload of PID 1 (`src/core/timer.c`,
    /// `timer_enter_waiting`: a timer that is just read again is not active yet).
    Active,
    /// `OnBootSec=`: what `/proc/uptime` counts from.
    Boot,
}

/// PID 1's answer.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Answer {
    Done,
    /// In the words of systemd.
    Refused(String),
    State(UnitState),
    Shown(Shown),
    Units(Vec<TransientUnit>),
}

/// Asks the PID 1 that listens at `socket`.
pub(crate) fn ask(socket: &Path, call: &Call) -> Result<Answer> {
    let mut connection = UnixStream::connect(socket)
        .with_context(|| format!("connecting to {}", socket.display()))?;
    send(&mut connection, call)?;
    receive(&connection)
}

pub(super) fn send(to: &mut UnixStream, message: &impl Serialize) -> Result<()> {
    let line = format!("{}\n", serde_json::to_string(message)?);
    to.write_all(line.as_bytes())
        .context("writing to the socket")
}

pub(super) fn receive<T: DeserializeOwned>(from: &UnixStream) -> Result<T> {
    let mut line = String::new();
    BufReader::new(from).read_line(&mut line)?;
    serde_json::from_str(&line).with_context(|| format!("this is no message: {line:?}"))
}
