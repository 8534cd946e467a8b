//! The server's side of `apiclient exec`: what the real one leaves to `ctr task exec`, with the
//! same faults. Both streams in one pipe, the lost end of input, SIGTERM to the top process only.

use std::ffi::OsString;
use std::io::{ErrorKind, PipeReader, Read, Write, pipe};
use std::net::Shutdown;
use std::os::unix::ffi::OsStringExt;
use std::os::unix::net::UnixStream;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::frame::{ClientMessage, Frame, Initialize, OsText};
use super::http::Response;
use crate::node::container::{Container, Door, SEARCH_PATH};

/// What containerd and runc take to start a process.
const START_TAKES: Duration = Duration::from_millis(35);
/// How long the server waits for the rest of the output when the process has ended.
const DRAIN: Duration = Duration::from_millis(500);

type Writer = Arc<Mutex<UnixStream>>;

/// Serves one exec connection to its end.
pub(super) fn serve(connection: &UnixStream) -> Result<()> {
    Response::new(101, "").write(&mut &*connection)?;
    let Some(Frame::Text(text)) = Frame::read(&mut &*connection)? else {
        bail!("exec without Initialize")
    };
    let ClientMessage::Initialize(request) = serde_json::from_str(&text)? else {
        bail!("exec without Initialize")
    };
    let writer: Writer = Arc::new(Mutex::new(connection.try_clone()?));
    let code = match start(&request) {
        Ok(running) => supervise(running, connection, &writer, request.tty.is_some())?,
        Err(complaint) => {
            send(
                &writer,
                &Frame::Binary(format!("ctr: {complaint}\n").into_bytes()),
            )?;
            1
        }
    };
    send(&writer, &Frame::Close(code.to_string()))?;
    connection
        .shutdown(Shutdown::Both)
        .context("closing the connection")
}

struct Running {
    child: Child,
    output: PipeReader,
}

/// Starts the command, or says in `ctr`'s words why it can't.
#[expect(
    unsafe_code,
    reason = "a child can enter namespaces only between fork and exec"
)]
fn start(request: &Initialize) -> Result<Running, String> {
    std::thread::sleep(START_TAKES);
    let pid = first_process(&request.target)?;
    let mut words = request
        .command
        .iter()
        .map(|OsText::Unix(bytes)| OsString::from_vec(bytes.clone()));
    let program = words.next().ok_or("no command")?;
    let name = program.to_string_lossy().into_owned();
    let (output, input) = pipe().map_err(|error| error.to_string())?;
    let door = Door::to_admin(pid).map_err(|error| format!("{error:#}"))?;
    let mut command = Command::new(program);
    command
        .args(words)
        .env_clear()
        .env("PATH", SEARCH_PATH)
        .env("HOME", "/root");
    command.stdin(Stdio::piped());
    command
        .stderr(input.try_clone().map_err(|error| error.to_string())?)
        .stdout(input);
    // SAFETY: between fork and exec the closure only makes system calls on files opened before.
    unsafe {
        command.pre_exec(move || {
            door.pass()
                .and_then(|()| nix::unistd::setsid().map(drop).map_err(Into::into))
        })
    };
    let child = command.spawn().map_err(|error| match error.kind() {
        ErrorKind::NotFound => runc_complaint(&name, "executable file not found in $PATH"),
        _ => runc_complaint(&name, &error.to_string()),
    })?;
    Ok(Running { child, output })
}

fn runc_complaint(program: &str, cause: &str) -> String {
    format!(
        "OCI runtime exec failed: exec failed: unable to start container process: exec: {program:?}: {cause}: unknown"
    )
}

/// The admin container's first process. The control container is not a target here: nothing that
/// runs in it needs to enter it.
fn first_process(target: &str) -> Result<u32, String> {
    let not_found = || format!("container {target:?} in namespace \"default\": not found");
    if target != Container::Admin.name() {
        return Err(not_found());
    }
    Container::Admin.first_process_here().ok_or_else(|| {
        if Container::Admin.was_started() {
            format!("no running task found: task {target} not found: not found")
        } else {
            not_found()
        }
    })
}

/// Moves data both ways until the process has ended, and gives its exit code.
fn supervise(
    mut running: Running,
    connection: &UnixStream,
    writer: &Writer,
    tty: bool,
) -> Result<i32> {
    let ended = Arc::new(AtomicBool::new(false));
    let pid = Pid::from_raw(i32::try_from(running.child.id())?);
    let stdin = running
        .child
        .stdin
        .take()
        .context("no pipe to the process")?;
    let incoming = connection.try_clone()?;
    let has_ended = Arc::clone(&ended);
    std::thread::spawn(move || {
        let client_left = pump_input(incoming, stdin, &has_ended);
        // With a terminal, the process outlives its client.
        if client_left && !tty && !has_ended.load(Ordering::SeqCst) {
            kill(pid, Signal::SIGTERM).ok();
        }
    });
    let (drained, rest) = mpsc::channel();
    let (output, to_client) = (running.output, Arc::clone(writer));
    std::thread::spawn(move || {
        pump_output(output, &to_client);
        drained.send(()).ok();
    });
    let status = running.child.wait().context("waiting for the process")?;
    ended.store(true, Ordering::SeqCst);
    rest.recv_timeout(DRAIN).ok();
    Ok(exit_code(status))
}

fn exit_code(status: ExitStatus) -> i32 {
    status
        .code()
        .unwrap_or_else(|| 128 + status.signal().unwrap_or(0))
}

fn pump_output(mut from: PipeReader, to: &Writer) {
    let mut buffer = [0; 16 * 1024];
    while let Ok(length) = from.read(&mut buffer) {
        let data = buffer.get(..length).unwrap_or_default();
        if data.is_empty() || send(to, &Frame::Binary(data.to_vec())).is_err() {
            return;
        }
    }
}

/// Feeds the process until the client is gone; says whether it left before the process ended.
///
/// `ctr` watches for the end of input only once the process runs (containerd
/// `cmd/ctr/commands/tasks/exec.go`), so an end with no data ahead of it is usually lost, and the
/// process waits for ever. Here it always is.
fn pump_input(mut from: UnixStream, stdin: ChildStdin, ended: &AtomicBool) -> bool {
    let mut stdin = Some(stdin);
    let mut any_data = false;
    while let Ok(Some(frame)) = Frame::read(&mut from) {
        match frame {
            Frame::Binary(data) => {
                any_data = true;
                stdin.as_mut().map(|stdin| stdin.write_all(&data));
            }
            // Text other than the end of input (a resized window) changes nothing here.
            Frame::Text(text) => {
                let is_end = matches!(
                    serde_json::from_str(&text),
                    Ok(ClientMessage::ContentComplete)
                );
                if is_end && any_data {
                    stdin = None;
                }
            }
            Frame::Close(_) => break,
        }
    }
    !ended.load(Ordering::SeqCst)
}

fn send(to: &Writer, frame: &Frame) -> Result<()> {
    let mut stream = to.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    frame.write(&mut *stream)
}
