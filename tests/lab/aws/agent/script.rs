//! Running a command's script in a control container: where it is put, what it gets, and how it
//! ends when it takes too long.

use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use std::os::unix::process::ExitStatusExt;
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::process::{Child, Command};
use tokio::sync::watch;

use super::{Job, Launch, Shell};

const SHORTEST: u64 = 5;
const LONGEST: u64 = 172_800;
const DEFAULT: u64 = 3_600;

const EXECUTABLE: u32 = 0o700;
const READABLE: u32 = 0o600;

/// How a script ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Exit {
    /// By itself, with a code.
    Code(i32),
    /// By a signal to the process that the agent started.
    Signal(i32),
    /// By the agent, at the end of its time.
    TimedOut,
    /// By the agent, on request.
    Cancelled,
    /// It never started.
    NotStarted(String),
}

/// What a script printed, and how it ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Printed {
    pub stdout: Vec<u8>,
    pub stderr: Vec<u8>,
    pub exit: Exit,
}

/// How long a script may run: outside 5..=172,800 seconds the value silently becomes an hour.
pub(super) fn execution_timeout(job: &Job) -> Duration {
    let asked = job.execution_timeout.parse().unwrap_or(DEFAULT);
    let allowed = (SHORTEST..=LONGEST).contains(&asked);
    Duration::from_secs(if allowed { asked } else { DEFAULT })
}

/// Runs a job's script, leaving script and streams on the node as the agent does.
pub(super) async fn run_in(
    shell: &dyn Shell,
    job: &Job,
    cancelled: watch::Receiver<bool>,
) -> Printed {
    let folder = orchestration_folder(job);
    let script = folder.join("_script.sh");
    let printed = match shell.place_file(&script, job.script.as_bytes(), EXECUTABLE) {
        Ok(script) => {
            let command = shell.command(&launch(job, script));
            run(command, execution_timeout(job), cancelled).await
        }
        Err(error) => not_started(format!("failed to create script file. {error}")),
    };
    for (name, bytes) in [("stdout", &printed.stdout), ("stderr", &printed.stderr)] {
        // The agent, too, only logs a copy that it cannot keep.
        let _ = shell.place_file(&folder.join(name), bytes, READABLE);
    }
    printed
}

fn orchestration_folder(job: &Job) -> PathBuf {
    Path::new(&job.instance_id)
        .join("document/orchestration")
        .join(&job.command_id)
        .join("awsrunShellScript/0.awsrunShellScript")
}

fn launch(job: &Job, script: PathBuf) -> Launch {
    let directory = PathBuf::from(&job.working_directory);
    Launch {
        script,
        working_directory: directory.is_absolute().then_some(directory),
        environment: job.environment.clone(),
    }
}

async fn run(
    mut command: Command,
    time: Duration,
    mut cancelled: watch::Receiver<bool>,
) -> Printed {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0);
    let mut child = match command.spawn() {
        Ok(child) => child,
        Err(error) => return not_started(format!("failed to run commands: {error}")),
    };
    let mut group = ProcessGroup::of(&child);
    let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
    let (out, err) = (child.stdout.take(), child.stderr.take());
    let exit = tokio::select! {
        // The end is the end of the streams too: a child in the background that holds them
        // holds the step.
        (status, (), ()) = async {
            tokio::join!(child.wait(), drain(out, &mut stdout), drain(err, &mut stderr))
        } => {
            group.forget();
            status.map_or_else(|error| Exit::NotStarted(error.to_string()), Exit::from)
        }
        () = tokio::time::sleep(time) => Exit::TimedOut,
        _ = cancelled.wait_for(|cancelled| *cancelled) => Exit::Cancelled,
    };
    Printed {
        stdout,
        stderr,
        exit,
    }
}

impl From<ExitStatus> for Exit {
    fn from(status: ExitStatus) -> Self {
        match (status.code(), status.signal()) {
            (Some(code), _) => Self::Code(code),
            (None, signal) => Self::Signal(signal.unwrap_or_default()),
        }
    }
}

fn not_started(reason: String) -> Printed {
    Printed {
        stdout: Vec::new(),
        stderr: Vec::new(),
        exit: Exit::NotStarted(reason),
    }
}

async fn drain(stream: Option<impl AsyncRead + Unpin>, into: &mut Vec<u8>) {
    let Some(mut stream) = stream else { return };
    while let Ok(1..) = stream.read_buf(into).await {}
}

/// The group of a script's processes, killed unless the script has ended: on time-out, on
/// cancellation, with its agent, and when the lab goes away.
struct ProcessGroup(Option<Pid>);

impl ProcessGroup {
    fn of(child: &Child) -> Self {
        let id = child.id().and_then(|id| i32::try_from(id).ok());
        Self(id.map(Pid::from_raw))
    }

    fn forget(&mut self) {
        self.0 = None;
    }
}

impl Drop for ProcessGroup {
    fn drop(&mut self) {
        if let Some(group) = self.0 {
            // It fails only when nobody is left in the group.
            let _ = killpg(group, Signal::SIGKILL);
        }
    }
}
