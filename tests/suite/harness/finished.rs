//! How a program ended, and what a case expects of that.

use std::fmt;
use std::process::ExitStatus;

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;

use super::redact::redacted;

/// How a program ended, and what it said.
#[derive(Debug)]
pub(crate) struct Finished {
    pub(super) shown: String,
    /// Its exit status.
    pub(crate) status: ExitStatus,
    /// All of its standard output.
    pub(crate) stdout: String,
    /// All of its standard error.
    pub(crate) stderr: String,
}

impl Finished {
    /// Compares its exit code.
    ///
    /// # Errors
    /// When it is another one, or a signal; both streams are in the error.
    pub(crate) fn expect_exit(self, code: i32) -> Result<Self> {
        let as_expected = self.status.code() == Some(code);
        ensure!(as_expected, "exit code {code} was expected\n{self}");
        Ok(self)
    }

    /// Expects a failure with `needle` on standard error.
    ///
    /// # Errors
    /// When it succeeded, or failed in other words.
    pub(crate) fn expect_error(self, needle: &str) -> Result<Self> {
        let as_expected = !self.status.success() && self.stderr.contains(needle);
        ensure!(as_expected, "an error with `{needle}` was expected\n{self}");
        Ok(self)
    }

    /// Its standard output as JSON.
    ///
    /// # Errors
    /// When it is none.
    pub(crate) fn json(&self) -> Result<Value> {
        serde_json::from_str(&self.stdout).with_context(|| format!("no JSON\n{self}"))
    }

    /// Its standard output without what differs from run to run: ids, times, durations.
    pub(crate) fn screen(&self) -> String {
        redacted(&self.stdout)
    }

    /// Compares the whole screen with `expected`, both trimmed.
    ///
    /// # Errors
    /// When they differ.
    pub(crate) fn expect_screen(&self, expected: &str) -> Result<&Self> {
        let screen = self.screen();
        let same = screen.trim() == expected.trim();
        ensure!(
            same,
            "another screen was expected:\n{expected}\n--- redacted\n{screen}\n{self}"
        );
        Ok(self)
    }

    /// Looks for a text on standard output.
    ///
    /// # Errors
    /// When it isn't there.
    pub(crate) fn expect_stdout(&self, needle: &str) -> Result<&Self> {
        ensure!(
            self.stdout.contains(needle),
            "no `{needle}` on standard output\n{self}"
        );
        Ok(self)
    }

    /// Looks for a text on standard error.
    ///
    /// # Errors
    /// When it isn't there.
    pub(crate) fn expect_stderr(&self, needle: &str) -> Result<&Self> {
        ensure!(
            self.stderr.contains(needle),
            "no `{needle}` on standard error\n{self}"
        );
        Ok(self)
    }
}

impl fmt::Display for Finished {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            shown,
            status,
            stdout,
            stderr,
        } = self;
        write!(
            f,
            "$ {shown}\n{status}\n--- stdout\n{stdout}\n--- stderr\n{stderr}"
        )
    }
}
