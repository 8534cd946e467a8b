//! The real `heeler`, called as a person at a terminal would.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

use crate::scene::Lab;

/// What a terminal program may know of its terminal.
const TERMINAL: &[&str] = &["TERM", "COLORTERM", "NO_COLOR", "COLUMNS"];

/// The program, and the lab that it is pointed at.
pub(super) struct Heeler<'a> {
    lab: &'a Lab,
    program: &'a Path,
}

impl<'a> Heeler<'a> {
    pub(super) fn new(lab: &'a Lab, program: &'a Path) -> Self {
        Self { lab, program }
    }

    /// Runs it before everybody's eyes.
    ///
    /// # Errors
    /// When its exit status is not the `expected` one.
    pub(super) fn show(&self, arguments: &[&str], expected: i32) -> Result<()> {
        println!("$ heeler {}\n", arguments.join(" "));
        std::io::stdout().flush()?;
        let status = self
            .command(arguments)
            .status()
            .context("starting heeler")?;
        if status.code() != Some(expected) {
            bail!(
                "`heeler {}` ended with {status}, not with exit status {expected}",
                arguments.join(" ")
            );
        }
        Ok(())
    }

    /// Runs it for the JSON that it prints.
    ///
    /// # Errors
    /// When it fails, or prints something else.
    pub(super) fn ask(&self, arguments: &[&str]) -> Result<Value> {
        let call = format!("`heeler {}`", arguments.join(" "));
        let output = self
            .command(arguments)
            .output()
            .context("starting heeler")?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr);
            bail!("{call} ended with {}: {}", output.status, said.trim_end());
        }
        serde_json::from_slice(&output.stdout).with_context(|| format!("{call} printed no JSON"))
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.lab.command(self.program);
        command.args(arguments).stdin(Stdio::null());
        for name in TERMINAL {
            if let Some(value) = std::env::var_os(name) {
                command.env(name, value);
            }
        }
        command
    }
}
