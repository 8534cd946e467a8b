//! A program whose standard input and standard error are a terminal, at which somebody answers.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::process::Stdio;
use std::thread;

use anyhow::{Context as _, Result, ensure};
use nix::pty::openpty;
use tokio::time::timeout;

use super::{Finished, Program};

impl Program<'_> {
    /// Runs it to its end at a terminal, where `question` is answered with what `answer` makes of
    /// everything shown until then. What the terminal showed is the standard error; the standard
    /// output is a pipe as ever.
    ///
    /// # Errors
    /// When it can't be started, takes too long, or does not ask.
    pub(crate) fn at_terminal(
        mut self,
        question: &str,
        answer: fn(&str) -> String,
    ) -> Result<Finished> {
        let terminal = openpty(None, None).context("make a terminal")?;
        self.command
            .stdin(Stdio::from(terminal.slave.try_clone()?))
            .stderr(Stdio::from(terminal.slave));
        let question = question.to_owned();
        let screen = File::from(terminal.master);
        let person = thread::spawn(move || attend(screen, &question, answer));
        let ended = self.runtime.block_on(async {
            let child = self.command.spawn()?;
            // Else this process itself would keep the terminal open.
            drop(self.command);
            let ended = timeout(self.limit, child.wait_with_output()).await;
            ended.unwrap_or_else(|_| Err(std::io::Error::other("it takes too long")))
        });
        let output = ended.with_context(|| format!("run `{}`", self.shown))?;
        let (stderr, asked) = person.join().unwrap_or_default();
        let finished = Finished {
            shown: self.shown,
            status: output.status,
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr,
        };
        ensure!(asked, "it did not ask\n{finished}");
        Ok(finished)
    }
}

/// Reads what the terminal shows until nobody is at its other end, and answers once. Gives what
/// was shown, and whether the question was.
fn attend(mut terminal: File, question: &str, answer: fn(&str) -> String) -> (String, bool) {
    let mut shown = Vec::new();
    let mut asked = false;
    let mut part = [0; 4096];
    // The other end's close is an error here.
    while let Ok(size @ 1..) = terminal.read(&mut part) {
        shown.extend_from_slice(part.get(..size).unwrap_or_default());
        let so_far = String::from_utf8_lossy(&shown);
        if !asked && so_far.contains(question) {
            asked = terminal.write_all(answer(&so_far).as_bytes()).is_ok();
        }
    }
    (String::from_utf8_lossy(&shown).into_owned(), asked)
}
