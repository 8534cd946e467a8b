//! `apiclient`: Bottlerocket's command line for its API, with the exit codes and error texts of the
//! real one. It lives in every container and on the host.

use std::path::Path;

use anyhow::{Context, Result};

mod arguments;
mod exec;
mod settings;

use self::arguments::{Arguments, Subcommand};
use crate::node::api::SOCKET;
use crate::node::config::version_is_at_least;

const USAGE: &str = "Usage: apiclient [SUBCOMMAND] [OPTION]...

    Global options:
        -s, --socket-path PATH     Override the server socket path
        --log-level                Desired amount of output
        -v, --verbose              Sets log level to 'debug'

    Subcommands:
        raw                        Makes an HTTP request and prints the response on stdout.
        get                        Retrieve and print settings.
        set                        Changes settings and applies them to the system.
        exec                       Execute a command in a host container.
        reboot                     Reboots the host.
";

/// Runs the client and gives its exit code: 2 for usage, 1 for every failure.
pub(crate) fn main(line: &[String]) -> i32 {
    let arguments = match arguments::parse(line, SOCKET, has_separator()) {
        Ok(arguments) => arguments,
        Err(complaint) => {
            if !complaint.is_empty() {
                eprintln!("{complaint}\n");
            }
            eprint!("{USAGE}");
            return 2;
        }
    };
    if arguments.verbose {
        eprintln!("[DEBUG] apiclient: {:?}", arguments.subcommand);
    }
    match run(arguments) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("{error}");
            1
        }
    }
}

fn run(arguments: Arguments) -> Result<i32> {
    let socket = arguments.socket;
    match arguments.subcommand {
        Subcommand::Raw { uri, method, data } => settings::raw(&socket, &method, &uri, &data),
        Subcommand::Get { prefixes } => settings::get(&socket, prefixes),
        Subcommand::SetPairs { pairs } => settings::set_pairs(&socket, pairs),
        Subcommand::SetJson { json } => settings::set_json(&socket, &json),
        Subcommand::Exec {
            target,
            command,
            tty,
        } => exec::run(&socket, target, command, tty),
        Subcommand::Reboot => settings::reboot(&socket),
    }
}

/// Whether this version knows `--`.
fn has_separator() -> bool {
    let version = os_version(Path::new("/etc/bottlerocket-release"))
        .or_else(|_| os_version(Path::new("/etc/os-release")));
    version.is_ok_and(|version| version_is_at_least(&version, 1, 48))
}

fn os_version(release: &Path) -> Result<String> {
    let text = std::fs::read_to_string(release)?;
    let version = text
        .lines()
        .find_map(|line| line.strip_prefix("VERSION_ID="));
    version.map(str::to_owned).context("no VERSION_ID")
}
