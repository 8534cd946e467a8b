//! A program that is still running: read line by line, signalled, killed.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use nix::sys::signal::{self, Signal};
use nix::unistd::Pid;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};
use tokio::runtime::Runtime;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::Finished;

/// A program on its way. Dropping it kills it.
pub(crate) struct Running<'r> {
    runtime: &'r Runtime,
    lines: Lines<BufReader<ChildStdout>>,
    read: String,
    stderr: JoinHandle<String>,
    child: Child,
    shown: String,
    _home: Arc<TempDir>,
}

impl<'r> Running<'r> {
    pub(super) fn start(
        runtime: &'r Runtime,
        mut command: Command,
        shown: String,
        home: Arc<TempDir>,
    ) -> Result<Self> {
        let _inside = runtime.enter();
        let mut child = command
            .spawn()
            .with_context(|| format!("start `{shown}`"))?;
        let pipes = child.stdout.take().zip(child.stderr.take());
        let (stdout, mut stderr) = pipes.context("the program's output is not a pipe")?;
        let stderr = runtime.spawn(async move {
            let mut text = Vec::new();
            // What was read before an error is what there is to show.
            let _ = stderr.read_to_end(&mut text).await;
            String::from_utf8_lossy(&text).into_owned()
        });
        Ok(Self {
            runtime,
            lines: BufReader::new(stdout).lines(),
            read: String::new(),
            stderr,
            child,
            shown,
            _home: home,
        })
    }

    /// The next line of its standard output.
    ///
    /// # Errors
    /// When none comes in time, or ever; what it said before is in the error.
    pub(crate) fn line(&mut self, limit: Duration) -> Result<String> {
        match self.next_line(limit)? {
            Some(line) => Ok(line),
            None => {
                let said = self.runtime.block_on(&mut self.stderr).unwrap_or_default();
                bail!(
                    "`{}` has ended\n--- stdout\n{}\n--- stderr\n{said}",
                    self.shown,
                    self.read
                )
            }
        }
    }

    fn next_line(&mut self, limit: Duration) -> Result<Option<String>> {
        let next = self
            .runtime
            .block_on(async { timeout(limit, self.lines.next_line()).await });
        let Ok(line) = next else {
            bail!(
                "`{}` printed nothing more within {limit:?} after\n{}",
                self.shown,
                self.read
            );
        };
        let line = line?;
        if let Some(line) = &line {
            self.read.push_str(line);
            self.read.push('\n');
        }
        Ok(line)
    }

    /// Its process id, while it runs.
    pub(crate) fn pid(&self) -> Option<u32> {
        self.child.id()
    }

    /// Sends it a signal, such as SIGINT for Ctrl-C.
    ///
    /// # Errors
    /// When it has ended.
    pub(crate) fn signal(&self, signal: Signal) -> Result<()> {
        let pid = self
            .pid()
            .with_context(|| format!("`{}` has ended", self.shown))?;
        signal::kill(Pid::from_raw(i32::try_from(pid)?), signal)?;
        Ok(())
    }

    /// Waits for its end; `limit` is the longest silence.
    ///
    /// # Errors
    /// When it goes on.
    pub(crate) fn finish(mut self, limit: Duration) -> Result<Finished> {
        while self.next_line(limit)?.is_some() {}
        let ended = self
            .runtime
            .block_on(async { timeout(limit, self.child.wait()).await });
        let status = ended.with_context(|| format!("`{}` does not end", self.shown))??;
        Ok(Finished {
            shown: self.shown,
            status,
            stdout: self.read,
            stderr: self.runtime.block_on(self.stderr)?,
        })
    }

    /// SIGKILL, and waits for the end.
    ///
    /// # Errors
    /// When it had ended before.
    pub(crate) fn kill(mut self) -> Result<()> {
        ensure!(
            self.child.try_wait()?.is_none(),
            "`{}` has ended by itself",
            self.shown
        );
        self.runtime
            .block_on(self.child.kill())
            .with_context(|| format!("kill `{}`", self.shown))
    }
}
