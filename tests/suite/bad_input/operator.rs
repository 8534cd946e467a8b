//! Somebody with a real node before them, and a runbook of the case's own.

use std::fs;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use heeler_tests::node::Place;
use heeler_tests::scene::Lab;

use crate::harness::{Context, Program, Surroundings};

/// What every hostile text here tries to leave behind, on a node or on this machine.
pub(super) const TRACE: &str = "heeler-suite-was-here";
const LONG: Duration = Duration::from_secs(120);

/// A lab, its operator, and runbooks of the case's own.
pub(super) struct Operator<'c> {
    context: &'c Context,
    /// The lab.
    pub(super) lab: Lab,
    around: Surroundings,
}

impl<'c> Operator<'c> {
    /// Starts a lab, and writes the runbook `quick`.
    pub(super) fn with(context: &'c Context, admin: bool, runbook: &str) -> Result<Self> {
        let lab = Lab::start(context.plan().instant().admin(admin))?;
        let around = Surroundings::in_lab(&lab)?;
        let folder = around.folder().join("runbooks/quick");
        fs::create_dir_all(&folder)?;
        fs::write(folder.join("runbook.yaml"), runbook)?;
        Ok(Self {
            context,
            lab,
            around,
        })
    }

    /// `heeler` with these arguments and that runbook.
    pub(super) fn heeler(&self, arguments: &[&str]) -> Result<Program<'c>> {
        let heeler = self.context.heeler(&self.around)?.limit(LONG);
        let heeler = heeler
            .args(["--runbooks"])
            .args([self.around.folder().join("runbooks")]);
        Ok(heeler.args(arguments.iter().copied()))
    }

    /// `heeler run quick` about the lab's node.
    pub(super) fn run(&self, more: &[&str]) -> Result<Program<'c>> {
        let node = &self.lab.node()?.config().name;
        self.heeler(&[&["run", "quick", "--node", node], more].concat())
    }

    /// The latest run of the journal.
    pub(super) fn latest(&self) -> Result<String> {
        let runs = self
            .heeler(&["runs", "--output", "json"])?
            .expect_exit(0)?
            .json()?;
        runs["runs"][0]["run"]
            .as_str()
            .map(str::to_owned)
            .context("no run")
    }

    /// No hostile text was obeyed: not in any place of the node, and not here.
    pub(super) fn expect_no_trace(&self) -> Result<()> {
        let node = self.lab.node()?;
        for place in [Place::Control, Place::Admin, Place::Host] {
            let listed = node.run(place, &["ls", "-a", "/", "/tmp", "/root"])?;
            let listed = String::from_utf8_lossy(&listed.stdout);
            ensure!(!listed.contains(TRACE), "{place:?} has a trace:\n{listed}");
        }
        let here = [self.around.folder(), Path::new("/tmp"), Path::new("/")];
        let left = here.iter().any(|folder| folder.join(TRACE).exists());
        ensure!(!left, "this machine has a trace");
        Ok(())
    }
}
