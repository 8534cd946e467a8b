//! A program in a case's surroundings, from its arguments to its start.

use std::ffi::{OsStr, OsString};
use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result};
use tempfile::TempDir;
use tokio::io::AsyncWriteExt as _;
use tokio::process::Command;
use tokio::runtime::Runtime;
use tokio::time::timeout;

use super::{Finished, Running, Surroundings};

const LIMIT: Duration = Duration::from_secs(120);

/// A program that is about to run.
pub(crate) struct Program<'r> {
    pub(super) runtime: &'r Runtime,
    pub(super) command: Command,
    pub(super) shown: String,
    home: Arc<TempDir>,
    stdin: Option<Vec<u8>>,
    pub(super) limit: Duration,
}

impl<'r> Program<'r> {
    pub(super) fn new(
        runtime: &'r Runtime,
        path: &Path,
        name: &str,
        surroundings: &Surroundings,
    ) -> Self {
        let mut command = Command::new(path);
        let variables = surroundings
            .variables()
            .iter()
            .map(|(name, value)| (name, value));
        command
            .env_clear()
            .envs(variables)
            .current_dir(surroundings.folder());
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command.kill_on_drop(true);
        Self {
            runtime,
            command,
            shown: name.to_owned(),
            home: surroundings.home(),
            stdin: None,
            limit: LIMIT,
        }
    }

    /// With more arguments.
    #[must_use]
    pub(crate) fn args<A: Into<OsString>>(
        mut self,
        arguments: impl IntoIterator<Item = A>,
    ) -> Self {
        for argument in arguments.into_iter().map(Into::into) {
            self.shown.push(' ');
            self.shown.push_str(&argument.to_string_lossy());
            self.command.arg(argument);
        }
        self
    }

    /// With one more variable than its surroundings have.
    #[must_use]
    pub(crate) fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    /// With something to read on standard input, which is closed after it.
    #[must_use]
    pub(crate) fn stdin(mut self, text: &str) -> Self {
        self.command.stdin(Stdio::piped());
        self.stdin = Some(text.into());
        self
    }

    /// With another limit than two minutes.
    #[must_use]
    pub(crate) fn limit(mut self, limit: Duration) -> Self {
        self.limit = limit;
        self
    }

    /// Runs it to its end.
    ///
    /// # Errors
    /// When it can't be started, or takes too long.
    pub(crate) fn finish(mut self) -> Result<Finished> {
        let ended = self.runtime.block_on(async {
            let mut child = self.command.spawn()?;
            if let (Some(mut pipe), Some(text)) = (child.stdin.take(), self.stdin.take()) {
                // A program that doesn't read all of it has its reasons.
                let _ = pipe.write_all(&text).await;
            }
            let ended = timeout(self.limit, child.wait_with_output()).await;
            ended.unwrap_or_else(|_| Err(std::io::Error::other("it takes too long")))
        });
        let output = ended.with_context(|| format!("run `{}`", self.shown))?;
        Ok(Finished {
            shown: self.shown,
            status: output.status,
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        })
    }

    /// Runs it to its end, which has to be this exit code.
    ///
    /// # Errors
    /// When it ends in another way; both streams are in the error.
    pub(crate) fn expect_exit(self, code: i32) -> Result<Finished> {
        self.finish()?.expect_exit(code)
    }

    /// Runs it to its end, which has to be an error with `needle` on its standard error.
    ///
    /// # Errors
    /// When it succeeds, or fails in other words.
    pub(crate) fn expect_error(self, needle: &str) -> Result<Finished> {
        self.finish()?.expect_error(needle)
    }

    /// Starts it, to be read line by line, or signalled.
    ///
    /// # Errors
    /// When it can't be started.
    pub(crate) fn start(self) -> Result<Running<'r>> {
        Running::start(self.runtime, self.command, self.shown, self.home)
    }
}
