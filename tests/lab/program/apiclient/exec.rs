//! The subcommand `exec`: both remote streams on standard output, the remote exit code as its own.

use std::io::{IsTerminal, Read, Write, stdin, stdout};
use std::os::unix::net::UnixStream;
use std::path::Path;

use anyhow::{Result, anyhow};

use crate::node::api::frame::{ClientMessage, Frame, Initialize, OsText, Tty};
use crate::node::api::http;

/// The size of one message of standard input, in bytes.
const INPUT_CHUNK: usize = 4096;

/// Runs `command` in the host container `target`. Without `tty` it is a terminal where both
/// streams are one.
pub(super) fn run(
    socket: &Path,
    target: String,
    command: Vec<String>,
    tty: Option<bool>,
) -> Result<i32> {
    let connection = http::connect(socket).map_err(|error| {
        anyhow!(
            "Failed to exec: Failed to connect to server at {}: {error}",
            socket.display()
        )
    })?;
    http::call(&connection, "GET", "/exec", b"")?;
    let wants_tty = tty.unwrap_or_else(|| stdin().is_terminal() && stdout().is_terminal());
    let command = command
        .into_iter()
        .map(|word| OsText::Unix(word.into_bytes()))
        .collect();
    let request = Initialize {
        command,
        target,
        tty: wants_tty.then_some(Tty { size: None }),
    };
    let initialize = Frame::Text(serde_json::to_string(&ClientMessage::Initialize(request))?);
    // A server that refuses the frame closes the connection: the missing exit code then says so.
    if initialize.write(&mut &connection).is_ok() {
        let to_server = connection.try_clone()?;
        std::thread::spawn(move || send_input(to_server));
    }
    match receive_output(&connection) {
        Some(code) => Ok(code),
        None => Err(anyhow!(
            "Didn't receive a return code or signal; unsure what happened"
        )),
    }
}

/// Always reads standard input, wanted or not: inside a loop that reads, it eats the loop's input.
fn send_input(mut connection: UnixStream) -> Result<()> {
    let mut buffer = [0; INPUT_CHUNK];
    loop {
        let length = stdin().lock().read(&mut buffer)?;
        let data = buffer.get(..length).unwrap_or_default();
        if data.is_empty() {
            return Frame::Text(serde_json::to_string(&ClientMessage::ContentComplete)?)
                .write(&mut connection);
        }
        Frame::Binary(data.to_vec()).write(&mut connection)?;
    }
}

fn receive_output(mut connection: &UnixStream) -> Option<i32> {
    let mut output = stdout().lock();
    loop {
        match Frame::read(&mut connection).ok()?? {
            Frame::Binary(data) => output.write_all(&data).and_then(|()| output.flush()).ok()?,
            Frame::Close(code) => return code.parse().ok(),
            Frame::Text(_) => {}
        }
    }
}
