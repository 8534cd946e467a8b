//! The release `heeler` under the stopwatch, with the lab's own record of what it sent.

use std::fs;
use std::io::{Read as _, pipe};
use std::mem::MaybeUninit;
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use heeler_tests::scene::Lab;
use jiff::Timestamp;
use tempfile::TempDir;

use super::build;
use super::figures::{Run, Traffic};

const RUNBOOK: &str = "conntrack-exhaustion";
/// How long the runbook watches counters, and the shortest that the language takes.
const WINDOWS: (&str, &str) = ("over: 2s", "over: 1s");
/// The exit status of a run that found something.
const FOUND: i32 = 3;

/// The program, the lab that it asks, and its runbooks.
pub(crate) struct Heeler<'a> {
    lab: &'a Lab,
    program: &'a Path,
    runbooks: Option<TempDir>,
}

impl<'a> Heeler<'a> {
    /// With the bundled runbook.
    pub(crate) fn bundled(lab: &'a Lab, program: &'a Path) -> Self {
        Self {
            lab,
            program,
            runbooks: None,
        }
    }

    /// With a copy of the bundled runbook that watches counters as shortly as can be.
    pub(crate) fn with_shortest_window(lab: &'a Lab, program: &'a Path) -> Result<Self> {
        let source = build::workspace()
            .join("runbooks")
            .join(RUNBOOK)
            .join("runbook.yaml");
        let text =
            fs::read_to_string(&source).with_context(|| format!("read {}", source.display()))?;
        let (bundled, shortest) = WINDOWS;
        ensure!(
            text.contains(bundled),
            "the runbook has no window `{bundled}` any more"
        );
        let runbooks = TempDir::new()?;
        let folder = runbooks.path().join(RUNBOOK);
        fs::create_dir(&folder)?;
        fs::write(folder.join("runbook.yaml"), text.replace(bundled, shortest))?;
        Ok(Self {
            lab,
            program,
            runbooks: Some(runbooks),
        })
    }

    /// Asks all nodes of the lab, of which one is ill.
    ///
    /// # Errors
    /// When it does not find what is wrong, or there is no answer that it can have read.
    pub(crate) fn run(&self) -> Result<Run> {
        let aws = self.lab.aws();
        let earlier = aws.commands().len();
        aws.forget_calls();
        let mut command = self.lab.command(self.program);
        command.args(["run", RUNBOOK]);
        if let Some(runbooks) = &self.runbooks {
            command.arg("--runbooks").arg(runbooks.path());
        }
        for node in self.lab.nodes() {
            command.args(["--node", &node.config().name]);
        }
        let began = Instant::now();
        let ended = finish(command)?;
        let (wall, verdict_at) = (began.elapsed(), Timestamp::now());
        ended.expect_exit(FOUND)?;
        let visible_at = self.visible_at(earlier)?;
        let traffic = self.traffic();
        let read_at = traffic.listed.last().context("heeler listed nothing")?;
        let since = |instant| Duration::try_from(verdict_at.duration_since(instant));
        Ok(Run {
            wall,
            cpu: ended.cpu,
            overhead: since(visible_at).context("the verdict came before the answer")?,
            reading: since(*read_at)?,
            traffic,
        })
    }

    /// How long `heeler --version` takes.
    pub(crate) fn version(&self) -> Result<Duration> {
        let mut command = self.lab.command(self.program);
        command.arg("--version");
        let began = Instant::now();
        let ended = finish(command)?;
        ended.expect_exit(0)?;
        Ok(began.elapsed())
    }

    /// Since when the last answer to the commands after the first `earlier` ones could be listed.
    fn visible_at(&self, earlier: usize) -> Result<Timestamp> {
        let commands = self.lab.aws().commands();
        let ends = commands.iter().skip(earlier).flat_map(|command| {
            let finished = command
                .invocations
                .iter()
                .filter_map(|invocation| invocation.finished_at);
            finished.map(|finished_at| finished_at.max(command.visible_at))
        });
        ends.max().context("no command of the run has ended")
    }

    fn traffic(&self) -> Traffic {
        let calls = self.lab.aws().calls();
        let count = |operation: &str| {
            calls
                .iter()
                .filter(|call| call.operation == operation)
                .count()
        };
        let listed = calls
            .iter()
            .filter(|call| call.operation == "ListCommandInvocations");
        Traffic {
            send_command: count("SendCommand"),
            get_command_invocation: count("GetCommandInvocation"),
            listed: listed.map(|call| call.at).collect(),
        }
    }
}

struct Ended {
    status: ExitStatus,
    said: String,
    cpu: Duration,
}

impl Ended {
    fn expect_exit(&self, code: i32) -> Result<()> {
        let as_expected = self.status.code() == Some(code);
        ensure!(
            as_expected,
            "heeler ended with {}, not {code}:\n{}",
            self.status,
            self.said
        );
        Ok(())
    }
}

fn finish(mut command: Command) -> Result<Ended> {
    let (mut output, input) = pipe()?;
    command
        .stdin(Stdio::null())
        .stdout(input.try_clone()?)
        .stderr(input);
    let child = command.spawn()?;
    // It holds the pipe's other end, too, and what the child says would never end.
    drop(command);
    let mut said = String::new();
    output.read_to_string(&mut said)?;
    let (status, cpu) = wait(&child)?;
    Ok(Ended { status, said, cpu })
}

/// Waits for a child's end: its exit status, and the user and system time of it and of whatever it
/// waited for itself.
#[expect(
    unsafe_code,
    reason = "no safe wrapper of wait4 gives the times of one child"
)]
fn wait(child: &Child) -> Result<(ExitStatus, Duration)> {
    let pid = libc::pid_t::try_from(child.id())?;
    let mut status = 0;
    let mut usage = MaybeUninit::<libc::rusage>::zeroed();
    // SAFETY: both pointers are to live values of the right types, and all zeroes are a valid
    // `rusage`. The child was not waited for before, and its handle is not used to do so later.
    let (waited, usage) = unsafe {
        let waited = libc::wait4(pid, &raw mut status, 0, usage.as_mut_ptr());
        (waited, usage.assume_init())
    };
    ensure!(waited == pid, "wait4: {}", std::io::Error::last_os_error());
    let cpu = duration(usage.ru_utime)? + duration(usage.ru_stime)?;
    Ok((ExitStatus::from_raw(status), cpu))
}

fn duration(time: libc::timeval) -> Result<Duration> {
    let seconds = Duration::from_secs(time.tv_sec.try_into()?);
    Ok(seconds + Duration::from_micros(time.tv_usec.try_into()?))
}
