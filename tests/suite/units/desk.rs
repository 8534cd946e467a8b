//! A lab's node, what is run on it, and what its units leave behind.

use std::path::PathBuf;
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use heeler_tests::node::{Node, Place};
use heeler_tests::scene::Lab;

use crate::harness::Context;

/// Where a unit of the host leaves its traces: the control container's folder.
pub(super) const FOLDER: &str = "/local/host-containers/control";
/// How long what was begun may take on a busy machine.
pub(super) const SOON: Duration = Duration::from_secs(10);

/// A lab with one node whose admin container runs.
pub(super) struct Desk {
    pub(super) lab: Lab,
}

/// What a command on the node gave.
pub(super) struct Gave {
    pub(super) code: i32,
    pub(super) out: String,
    pub(super) err: String,
}

impl Gave {
    pub(super) fn expect(&self, code: i32, out: &str, err: &str) -> Result<()> {
        let Self {
            code: c,
            out: o,
            err: e,
        } = self;
        ensure!(
            *c == code && o.trim_end() == out && e.trim_end() == err,
            "exit {c} instead of {code}; stdout {o:?}; stderr {e:?}"
        );
        Ok(())
    }
}

impl Desk {
    pub(super) fn start(context: &Context) -> Result<Self> {
        let lab = Lab::start(context.plan().instant().admin(true))?;
        Ok(Self { lab })
    }

    pub(super) fn node(&self) -> Result<&Node> {
        self.lab.node()
    }

    pub(super) fn run(&self, place: Place, line: &str) -> Result<Gave> {
        let argv: Vec<&str> = line.split(' ').collect();
        self.run_words(place, &argv)
    }

    pub(super) fn run_words(&self, place: Place, argv: &[&str]) -> Result<Gave> {
        let output = self.node()?.run(place, argv)?;
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Ok(Gave {
            code: output.status.code().context("killed")?,
            out: text(&output.stdout),
            err: text(&output.stderr),
        })
    }

    pub(super) fn host(&self, line: &str) -> Result<Gave> {
        self.run(Place::Host, line)
    }

    /// A unit that makes the folder `trace`, in so many seconds.
    pub(super) fn arm(&self, unit: &str, seconds: u32, trace: &str) -> Result<Gave> {
        self.run(
            Place::Admin,
            &format!(
                "sheltie systemd-run --unit={unit} --on-active={seconds}s \
                 --timer-property=AccuracySec=1s --collect --quiet -- /usr/bin/mkdir {FOLDER}/{trace}"
            ),
        )
    }

    /// This machine's path of a trace.
    pub(super) fn trace(&self, name: &str) -> Result<PathBuf> {
        Ok(self
            .node()?
            .data_dir()
            .join("host-containers/control")
            .join(name))
    }

    pub(super) fn wait_for(&self, name: &str, limit: Duration) -> Result<()> {
        let path = self.trace(name)?;
        within(limit, &format!("there is no {name}"), || Ok(path.exists()))
    }

    /// The units that are loaded, as in `undo.timer active`.
    pub(super) fn units(&self) -> Result<Vec<String>> {
        let units = self.node()?.transient_units()?.into_iter();
        Ok(units
            .map(|unit| format!("{} {}", unit.name, unit.state))
            .collect())
    }

    pub(super) fn expect_units(&self, wanted: &[&str]) -> Result<()> {
        within(SOON, &format!("the units are not {wanted:?}"), || {
            Ok(self.units()? == wanted)
        })
    }
}

/// Waits until it is done, or complains.
pub(super) fn within(
    limit: Duration,
    complaint: &str,
    done: impl Fn() -> Result<bool>,
) -> Result<()> {
    let end = Instant::now() + limit;
    while !done()? {
        ensure!(Instant::now() < end, "{complaint} after {limit:?}");
        sleep(Duration::from_millis(20));
    }
    Ok(())
}
