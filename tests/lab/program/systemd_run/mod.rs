//! The host's `systemd-run`: a transient service, at once or by a timer (systemd `src/run/run.c`).

use std::env;
use std::ffi::OsStr;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use crate::node::systemd::call::{Answer, Call, SOCKET, Start, ask};
use crate::node::systemd::work::ServiceType;
use crate::node::systemd::{UnitKind, UnitName};

mod arguments;
mod properties;
mod words;

use self::arguments::Arguments;

/// Asks PID 1, and gives the exit code: 1 for every failure.
pub(crate) fn main(line: &[String]) -> i32 {
    match arguments::parse(line).and_then(run) {
        Ok(()) => 0,
        Err(complaint) => {
            eprintln!("{complaint}");
            1
        }
    }
}

fn run(arguments: Arguments) -> Result<(), String> {
    let Arguments {
        stem,
        timer,
        properties,
        collect,
        quiet,
        program,
        rest,
    } = arguments;
    let program = executable(&program)
        .ok_or_else(|| format!("Failed to find executable {program}: No such file or directory"))?;
    let argv = std::iter::once(program.to_string_lossy().into_owned()).chain(rest);
    let work = properties::work(&properties, argv.collect())?;
    if work.kind == ServiceType::Oneshot && timer.is_none() {
        return Err("lab: Type=oneshot needs a timer here".to_owned());
    }
    let stem = stem.unwrap_or_else(|| format!("run-r{:032x}", rand::random::<u128>()));
    let kind = timer.map_or("service", |_| "timer");
    let service = UnitName::new(&stem, UnitKind::Service);
    let started = match &timer {
        Some(_) => {
            let timer = UnitName::new(&stem, UnitKind::Timer);
            format!("Running timer as unit: {timer}\nWill run service as unit: {service}")
        }
        None => format!("Running as unit: {service}"),
    };
    let start = Start {
        stem,
        work,
        timer,
        collect,
    };
    match ask(Path::new(SOCKET), &Call::Start(start)) {
        Ok(Answer::Done) if quiet => Ok(()),
        Ok(Answer::Done) => {
            eprintln!("{started}");
            Ok(())
        }
        Ok(Answer::Refused(words)) => {
            Err(format!("Failed to start transient {kind} unit: {words}"))
        }
        Ok(other) => Err(format!("lab: PID 1 answered {other:?}")),
        Err(error) => Err(format!("Failed to connect to bus: {error:#}")),
    }
}

/// The absolute path of a program that the caller's search path leads to.
fn executable(program: &str) -> Option<PathBuf> {
    let is_executable = |path: &PathBuf| {
        let metadata = path.metadata();
        metadata.is_ok_and(|file| file.is_file() && file.permissions().mode() & 0o111 != 0)
    };
    if program.contains('/') {
        return std::path::absolute(program).ok().filter(is_executable);
    }
    let path = env::var_os("PATH");
    let folders = env::split_paths(path.as_deref().unwrap_or(OsStr::new("")));
    let mut candidates = folders.map(|folder| folder.join(program));
    candidates.find(is_executable)
}
