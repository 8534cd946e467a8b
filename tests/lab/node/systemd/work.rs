//! What a service does, and how it goes on when one of its commands has ended.
//!
//! Sources, as of systemd 252: `src/core/service.c` (`service_sigchld_event`), `execute.c`,
//! `dbus-execute.c` (refusals), `unit.c` (`unit_escape_setting`).

use nix::sys::signal::Signal;
use serde::{Deserialize, Serialize};

/// Signals by which a service may end well (systemd `src/shared/exit-status.c`).
const CLEAN: [Signal; 4] = [
    Signal::SIGHUP,
    Signal::SIGINT,
    Signal::SIGTERM,
    Signal::SIGPIPE,
];
/// What the transient file has a backslash before, and what nothing takes the backslash from when
/// the file is read: systemd before 254.
const ESCAPED_FOR_EVER: [char; 2] = ['$', ';'];

/// What a service does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Work {
    pub(crate) kind: ServiceType,
    pub(crate) surroundings: Surroundings,
    /// In the order in which they run.
    pub(crate) commands: Vec<Command>,
}

/// `Type=`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum ServiceType {
    Simple,
    Oneshot,
}

/// What each command of a service finds.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Surroundings {
    pub(crate) folder: Option<WorkingDirectory>,
    /// `StandardOutput=append:`; standard error goes there, too, by its default `inherit`.
    pub(crate) output: Option<String>,
}

/// `WorkingDirectory=`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct WorkingDirectory {
    pub(crate) path: String,
    /// Whether `/` will do instead.
    pub(crate) may_be_missing: bool,
}

/// One command of a service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Command {
    pub(crate) role: Role,
    /// The program and its arguments.
    pub(crate) argv: Vec<String>,
    /// The prefix `-`.
    pub(crate) may_fail: bool,
}

/// Which setting has the command; they run in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) enum Role {
    Condition,
    Before,
    Main,
    After,
}

/// How a command's process ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    Code(i32),
    Signal(Signal),
}

/// What becomes of the service when one of its commands has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    GoOn,
    /// It ends here, without failure.
    Skip,
    Fail,
}

impl Work {
    /// What PID 1 refuses, in its words.
    pub(super) fn check(&self) -> Result<(), String> {
        for program in self
            .commands
            .iter()
            .filter_map(|command| command.argv.first())
        {
            if !program.starts_with('/') && program.contains('/') {
                return Err(format!(
                    "\"{program}\" is neither a valid executable name nor an absolute path"
                ));
            }
        }
        let Surroundings { folder, output } = &self.surroundings;
        if folder.as_ref().is_some_and(|it| !it.path.starts_with('/')) {
            return Err("WorkingDirectory= expects an absolute path or '~'".to_owned());
        }
        match output {
            Some(path) if !path.starts_with('/') => Err(format!("Path {path} is not absolute")),
            Some(path) if !is_normalized(path) => Err(format!("Path {path} is not normalized")),
            _ => Ok(()),
        }
    }

    /// What follows from the end of one of its commands.
    pub(super) fn verdict(&self, command: &Command, ending: Ending) -> Verdict {
        // Only what keeps running may end by a signal and well.
        let is_daemon = command.role == Role::Main && self.kind == ServiceType::Simple;
        let well = match ending {
            Ending::Code(code) => code == 0,
            Ending::Signal(signal) => is_daemon && CLEAN.contains(&signal),
        };
        match (command.role, ending) {
            _ if well || command.may_fail => Verdict::GoOn,
            (Role::Condition, Ending::Code(1..=254)) => Verdict::Skip,
            _ => Verdict::Fail,
        }
    }
}

impl Command {
    /// The words that are left of the command when PID 1 has read its own transient file again.
    pub(super) fn reread(&self) -> Self {
        let mut argv = self.argv.clone();
        for word in &mut argv {
            for letter in ESCAPED_FOR_EVER {
                *word = word.replace(letter, &format!("\\{letter}"));
            }
        }
        Self {
            argv,
            ..self.clone()
        }
    }
}

fn is_normalized(path: &str) -> bool {
    !path.split('/').any(|part| [".", ".."].contains(&part))
}

#[cfg(test)]
#[path = "work_tests.rs"]
mod tests;
