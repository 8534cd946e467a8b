//! The host's `systemctl` as far as transient units, the node's own services and reboots go; every
//! other verb goes to the real program, which finds no systemd.

use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use crate::node::systemd::call::{Answer, Call, SOCKET, ask};
use crate::node::systemd::{Shown, UnitName, UnitState};

const REAL: &str = "/.lab/image/real/systemctl";
const NO_BLOCK: &str = "--no-block";
const PROPERTIES: &str = "--property=";
/// Between two looks at a job.
const PAUSE: Duration = Duration::from_millis(20);
const FAILED: i32 = 1;
/// No unit of this name is active (LSB; systemd `src/systemctl/systemctl-is-active.c`).
const NOT_RUNNING: i32 = 3;
/// No unit of this name is loaded (LSB).
const NOT_INSTALLED: i32 = 5;

/// Runs the verb and gives its exit code.
pub(crate) fn main(line: &[String]) -> i32 {
    let (flags, words): (Vec<&str>, Vec<&str>) = line
        .iter()
        .map(String::as_str)
        .partition(|word| word.starts_with('-'));
    let quiet = flags.iter().any(|flag| ["-q", "--quiet"].contains(flag));
    let is_known =
        |flag: &&str| ["-q", "--quiet", "--", "--check-inhibitors=yes", NO_BLOCK].contains(flag);
    let all_known = flags.iter().all(is_known);
    let properties = flags.iter().find_map(|flag| flag.strip_prefix(PROPERTIES));
    let done = match words.as_slice() {
        ["stop", units @ ..] if all_known && !units.is_empty() => stop(units),
        ["is-active", units @ ..] if all_known && !units.is_empty() => is_active(units, quiet),
        ["show", unit] if properties.is_some() => show(unit, properties.unwrap_or_default()),
        ["restart", unit] if all_known => restart(unit, flags.contains(&NO_BLOCK)),
        ["daemon-reload"] if all_known => asked(&Call::Reload).map(|_| 0),
        ["reboot"] if all_known => asked(&Call::Reboot).map(|_| 0),
        _ => {
            let error = Command::new(REAL).arg0("systemctl").args(line).exec();
            Err(format!("lab: running the real systemctl: {error}"))
        }
    };
    done.unwrap_or_else(|complaint| {
        eprintln!("{complaint}");
        FAILED
    })
}

fn show(unit: &str, properties: &str) -> Result<i32, String> {
    let Shown {
        load,
        active,
        sub,
        invocation,
        ..
    } = shown(&named(unit)?)?;
    let known = [
        ("LoadState", load),
        ("ActiveState", active),
        ("SubState", sub),
        ("InvocationID", invocation),
    ];
    let wanted: Vec<&str> = properties.split(',').collect();
    if let Some(other) = wanted
        .iter()
        .find(|name| known.iter().all(|(of, _)| of != *name))
    {
        return Err(format!("lab: systemctl shows no {other}"));
    }
    // In systemd's order, whatever was asked for first.
    for (name, value) in known.iter().filter(|(name, _)| wanted.contains(name)) {
        println!("{name}={value}");
    }
    Ok(0)
}

fn shown(name: &UnitName) -> Result<Shown, String> {
    match asked(&Call::Show(name.clone()))? {
        Answer::Shown(shown) => Ok(shown),
        other => Err(format!("lab: PID 1 answered {other:?}")),
    }
}

fn restart(unit: &str, at_once: bool) -> Result<i32, String> {
    let name = named(unit)?;
    if let Answer::Refused(words) = asked(&Call::Restart(name.clone()))? {
        eprintln!("Failed to restart {name}: {words}");
        return Ok(NOT_INSTALLED);
    }
    while !at_once && shown(&name)?.active == "activating" {
        std::thread::sleep(PAUSE);
    }
    if !at_once && shown(&name)?.active == "failed" {
        eprintln!("Job for {name} failed because the control process exited with error code.");
        return Ok(FAILED);
    }
    Ok(0)
}

fn stop(units: &[&str]) -> Result<i32, String> {
    let mut code = 0;
    for unit in units {
        let name = named(unit)?;
        if let Answer::Refused(words) = asked(&Call::Stop(name.clone()))? {
            eprintln!("Failed to stop {name}: {words}");
            code = NOT_INSTALLED;
        }
    }
    Ok(code)
}

/// One of them is enough.
fn is_active(units: &[&str], quiet: bool) -> Result<i32, String> {
    let mut code = NOT_RUNNING;
    for unit in units {
        let Answer::State(state) = asked(&Call::State(named(unit)?))? else {
            return Err("lab: PID 1 gave no state".to_owned());
        };
        if !quiet {
            println!("{state}");
        }
        if state == UnitState::Active {
            code = 0;
        }
    }
    Ok(code)
}

fn named(unit: &str) -> Result<UnitName, String> {
    UnitName::meant_by(unit).ok_or_else(|| format!("lab: no unit should be called {unit:?}"))
}

fn asked(call: &Call) -> Result<Answer, String> {
    ask(Path::new(SOCKET), call).map_err(|error| format!("Failed to connect to bus: {error:#}"))
}
