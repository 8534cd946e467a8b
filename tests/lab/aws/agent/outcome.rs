//! What the agent makes of a script's end: exit codes with a hidden meaning, and the text that
//! it adds by itself. (SSM: amazon-ssm-agent `runscript.go`, `runpluginutil.go`,
//! `pluginutil_unix.go`.)

use super::output;
use super::script::{Exit, Printed};

const SKIP_WITH_SUCCESS: i32 = 168;
const SKIP_WITH_FAILURE: i32 = 169;
const REBOOT: i32 = 194;
const STOPPED: i32 = 137;

/// The status of the one plugin that a command has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PluginStatus {
    /// Exit code 0 or 168.
    Success,
    /// Another exit code.
    Failed,
    /// Killed at the end of its time, or exit code 137.
    TimedOut,
    /// Killed on request.
    Cancelled,
}

/// A script's result before it is put on the wire.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PluginResult {
    pub status: PluginStatus,
    pub code: i32,
    /// Both streams in 2,500 bytes.
    pub output: Vec<u8>,
    pub stdout: Vec<u8>,
    pub stderr: Vec<u8>,
}

/// The result of a script. There is none when it asked for a reboot: the agent of a container
/// cannot reboot the host, and no final reply is ever sent.
pub(super) fn conclude(printed: Printed) -> Option<PluginResult> {
    let Printed {
        mut stdout,
        mut stderr,
        exit,
    } = printed;
    let (status, code) = match &exit {
        Exit::Code(REBOOT) => return None,
        Exit::Code(0) => (PluginStatus::Success, 0),
        Exit::Code(STOPPED) | Exit::TimedOut => (PluginStatus::TimedOut, STOPPED),
        Exit::Cancelled => (PluginStatus::Cancelled, STOPPED),
        Exit::Code(code) => (PluginStatus::Failed, *code),
        Exit::Signal(_) => (PluginStatus::Failed, -1),
        Exit::NotStarted(_) => (PluginStatus::Failed, 1),
    };
    if status == PluginStatus::Failed {
        stderr.extend_from_slice(failure(&exit).as_bytes());
    }
    let output = output::merge(&stdout, &stderr);
    let status = match code {
        SKIP_WITH_SUCCESS => {
            stderr.clear();
            stdout.extend_from_slice(skipped(code, "succeeded").as_bytes());
            PluginStatus::Success
        }
        SKIP_WITH_FAILURE => {
            let note = skipped(code, "Failed");
            stderr.extend_from_slice(note.as_bytes());
            stdout.extend_from_slice(note.as_bytes());
            status
        }
        _ => status,
    };
    Some(PluginResult {
        status,
        code,
        output,
        stdout: output::cap(stdout),
        stderr: output::cap(stderr),
    })
}

fn failure(exit: &Exit) -> String {
    match exit {
        Exit::NotStarted(reason) => reason.clone(),
        Exit::Signal(signal) => format!("failed to run commands: signal: {}", name(*signal)),
        Exit::Code(code) => format!("failed to run commands: exit status {code}"),
        Exit::TimedOut | Exit::Cancelled => String::new(),
    }
}

fn skipped(code: i32, mark: &str) -> String {
    format!(
        "\nStep exited with code {code}. Therefore, marking step as {mark}. Further document \
         steps will be skipped."
    )
}

/// A signal as Go's `syscall.Signal` prints it.
fn name(signal: i32) -> String {
    match signal {
        1 => "hangup".to_owned(),
        2 => "interrupt".to_owned(),
        6 => "aborted".to_owned(),
        9 => "killed".to_owned(),
        11 => "segmentation fault".to_owned(),
        13 => "broken pipe".to_owned(),
        15 => "terminated".to_owned(),
        other => format!("signal {other}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(exit: Exit) -> PluginResult {
        let printed = Printed {
            stdout: b"out\n".to_vec(),
            stderr: b"err\n".to_vec(),
            exit,
        };
        conclude(printed).unwrap()
    }

    #[test]
    fn the_exit_code_table() {
        let table = [
            (Exit::Code(0), PluginStatus::Success, 0),
            (Exit::Code(1), PluginStatus::Failed, 1),
            (Exit::Code(137), PluginStatus::TimedOut, 137),
            (Exit::Code(168), PluginStatus::Success, 168),
            (Exit::Code(169), PluginStatus::Failed, 169),
            (Exit::TimedOut, PluginStatus::TimedOut, 137),
            (Exit::Cancelled, PluginStatus::Cancelled, 137),
            (Exit::Signal(9), PluginStatus::Failed, -1),
        ];
        for (exit, status, code) in table {
            let result = after(exit.clone());
            assert_eq!((result.status, result.code), (status, code), "{exit:?}");
        }
    }

    #[test]
    fn a_failure_is_noted_in_stderr_and_a_time_out_is_not() {
        let failed = after(Exit::Code(3));
        assert_eq!(failed.stderr, b"err\nfailed to run commands: exit status 3");
        assert_eq!(after(Exit::Code(137)).stderr, b"err\n");
    }

    #[test]
    fn code_168_blanks_stderr_and_169_writes_to_both() {
        let success = after(Exit::Code(168));
        assert!(success.stderr.is_empty());
        assert!(
            success
                .stdout
                .starts_with(b"out\n\nStep exited with code 168.")
        );
        let merged = String::from_utf8(success.output).unwrap();
        assert!(merged.ends_with("err\nfailed to run commands: exit status 168"));
        let failure = after(Exit::Code(169));
        assert!(failure.stderr.ends_with(b"steps will be skipped."));
        assert!(failure.stdout.ends_with(b"steps will be skipped."));
    }

    #[test]
    fn code_194_never_gets_a_final_reply() {
        let printed = Printed {
            stdout: Vec::new(),
            stderr: Vec::new(),
            exit: Exit::Code(194),
        };
        assert_eq!(conclude(printed), None);
    }
}
