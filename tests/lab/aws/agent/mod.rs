//! The SSM agent of a node: takes a command, runs it as the real agent does, and makes the
//! reply that the service gets. (SSM: amazon-ssm-agent 3.3, `agent/plugins/runscript`,
//! `agent/framework/runpluginutil`, `agent/executers`.)
//!
//! Where the script runs is the affair of the [`Shell`] that a node brings along.

mod outcome;
mod output;
mod reply;
mod script;
mod worker;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tokio::process::Command;
use tokio::sync::watch;

pub use outcome::PluginStatus;
pub use reply::Reply;
pub use worker::Worker;

use crate::fault::Faults;
use script::{Exit, Printed};

/// The way into a node's control container.
pub trait Shell: Send + Sync {
    /// Writes a file below `/var/lib/amazon/ssm` of the control container, with its parents, and
    /// returns its path as seen inside.
    ///
    /// # Errors
    /// When the node is gone or its disk is full.
    fn place_file(&self, relative: &Path, bytes: &[u8], mode: u32) -> anyhow::Result<PathBuf>;

    /// `sh -c SCRIPT` inside the control container. The agent adds streams and process group;
    /// everything that the script starts has to stay in that group unless it leaves by itself.
    fn command(&self, launch: &Launch) -> Command;

    /// These words as `ssm-user` inside the control container, without a shell, for a session.
    fn session(&self, words: &[String]) -> Command {
        let (program, rest) = words
            .split_first()
            .map_or(("false", words), |(program, rest)| (program.as_str(), rest));
        let mut command = Command::new(program);
        command.args(rest);
        command
    }
}

/// What a [`Shell`] needs to know of a script that it starts.
#[derive(Debug, Clone)]
pub struct Launch {
    /// The script, as seen inside the control container.
    pub script: PathBuf,
    /// The directory to enter inside the control container, if not the agent's own.
    pub working_directory: Option<PathBuf>,
    /// What to add to the environment.
    pub environment: Vec<(String, String)>,
}

type Script = dyn Fn(&Job) -> ScriptedReply + Send + Sync;

/// What carries out a node's commands.
#[derive(Clone)]
pub enum Agent {
    /// Nothing: commands stay in progress until they expire.
    Silent,
    /// The real thing, in a control container.
    Shell(Arc<dyn Shell>),
    /// A function, for fleets that have to cost nothing.
    Scripted(Arc<Script>),
}

impl Agent {
    /// An agent that runs scripts through a shell.
    pub fn shell(shell: impl Shell + 'static) -> Self {
        Self::Shell(Arc::new(shell))
    }

    /// An agent that only computes what scripts would print.
    pub fn scripted(script: impl Fn(&Job) -> ScriptedReply + Send + Sync + 'static) -> Self {
        Self::Scripted(Arc::new(script))
    }

    /// An agent on which every script succeeds at once and prints `text`.
    pub fn printing(text: &str) -> Self {
        let text = text.to_owned();
        Self::scripted(move |_| ScriptedReply::printing(&text))
    }
}

impl fmt::Debug for Agent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Silent => "Silent",
            Self::Shell(_) => "Shell",
            Self::Scripted(_) => "Scripted",
        })
    }
}

/// What the service hands to an agent.
#[derive(Debug, Clone)]
pub struct Job {
    /// The command.
    pub command_id: String,
    /// The node.
    pub instance_id: String,
    /// The elements of `commands`, joined by newlines, with one more at the end.
    pub script: String,
    /// The parameter `workingDirectory`.
    pub working_directory: String,
    /// The parameter `executionTimeout`, as it was given.
    pub execution_timeout: String,
    /// What the agent knows of its own place.
    pub environment: Vec<(String, String)>,
}

/// What a scripted agent answers.
#[derive(Debug, Clone, Default)]
pub struct ScriptedReply {
    /// Standard output.
    pub stdout: Vec<u8>,
    /// Standard error.
    pub stderr: Vec<u8>,
    /// The script's exit code.
    pub exit_code: i32,
    /// How long the script runs.
    pub takes: Duration,
}

impl ScriptedReply {
    /// A success that prints `text`.
    pub fn printing(text: &str) -> Self {
        Self {
            stdout: text.into(),
            ..Self::default()
        }
    }
}

/// Carries out a job. Nothing comes back when the reply is lost on the way.
pub async fn carry_out(
    agent: Agent,
    job: Job,
    cancelled: watch::Receiver<bool>,
    faults: &Faults,
) -> Option<Reply> {
    let started = jiff::Timestamp::now();
    let mut printed = match agent {
        Agent::Silent => return std::future::pending().await,
        Agent::Shell(shell) => script::run_in(&*shell, &job, cancelled).await,
        Agent::Scripted(script) => rehearse(script(&job), &job, cancelled).await,
    };
    printed.stdout = faults.forged(&job.instance_id, printed.stdout);
    tokio::time::sleep(output::copying_time(&printed)).await;
    reply::encode(outcome::conclude(printed)?, started)
}

/// A scripted answer, under the same limits as a script that runs.
async fn rehearse(
    scripted: ScriptedReply,
    job: &Job,
    mut cancelled: watch::Receiver<bool>,
) -> Printed {
    let exit = tokio::select! {
        () = tokio::time::sleep(scripted.takes) => Exit::Code(scripted.exit_code),
        () = tokio::time::sleep(script::execution_timeout(job)) => Exit::TimedOut,
        _ = cancelled.wait_for(|cancelled| *cancelled) => Exit::Cancelled,
    };
    Printed {
        stdout: scripted.stdout,
        stderr: scripted.stderr,
        exit,
    }
}
