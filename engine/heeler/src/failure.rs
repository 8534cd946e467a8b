//! Why a command could not do its work: what, where, what to do, a code and an exit status.

pub mod codes;

use std::fmt;

use heeler_core::event::{Event, Exit};

/// A failure as people and scripts see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// Stable, kebab-case; listed in the reference.
    pub code: &'static str,
    /// What went wrong.
    pub what: String,
    /// Where: a pod, a node, a file, a service.
    pub place: String,
    /// What to do about it.
    pub help: String,
    /// How the process ends.
    pub ending: Ending,
}

/// How a failed command ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// Wrong use: exit status 2, as clap's.
    Usage,
    /// The run ends with this status.
    Run(Exit),
}

impl Failure {
    /// A run that could not do its work.
    pub fn failed(
        code: &'static str,
        what: impl Into<String>,
        place: impl Into<String>,
        help: impl Into<String>,
    ) -> Self {
        Failure {
            code,
            what: what.into(),
            place: place.into(),
            help: help.into(),
            ending: Ending::Run(Exit::Failed),
        }
    }

    /// Wrong use of the command line.
    pub fn usage(
        code: &'static str,
        what: impl Into<String>,
        place: impl Into<String>,
        help: impl Into<String>,
    ) -> Self {
        Failure {
            ending: Ending::Usage,
            ..Failure::failed(code, what, place, help)
        }
    }

    /// Something that a guard or the policy does not let happen; nothing was changed.
    pub fn refused(
        code: &'static str,
        what: impl Into<String>,
        place: impl Into<String>,
        help: impl Into<String>,
    ) -> Self {
        Failure {
            ending: Ending::Run(Exit::Refused),
            ..Failure::failed(code, what, place, help)
        }
    }

    /// The run was interrupted from outside.
    pub fn interrupted(what: impl Into<String>) -> Self {
        Failure {
            ending: Ending::Run(Exit::Interrupted),
            ..Failure::failed(
                "interrupted",
                what,
                "this terminal",
                "run the command again when you are ready",
            )
        }
    }

    /// Trying the same again may help: nothing was refused for good.
    pub fn is_passing(&self) -> bool {
        matches!(
            self.code,
            "throttled" | "timed-out" | "unreachable" | "unavailable" | "in-doubt"
        )
    }

    /// The event that the journal keeps of it.
    pub fn event(&self) -> Event {
        Event::Failure {
            code: self.code.to_owned(),
            what: self.what.clone(),
            place: self.place.clone(),
            help: self.help.clone(),
        }
    }

    /// The process's exit status.
    pub fn code(&self) -> u8 {
        match self.ending {
            Ending::Usage => 2,
            Ending::Run(exit) => exit.code(),
        }
    }

    /// The run's ending; wrong use never starts a run.
    pub fn exit(&self) -> Exit {
        match self.ending {
            Ending::Usage => Exit::Failed,
            Ending::Run(exit) => exit,
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "error[{}]: {}\n  --> {}\n  help: {}",
            self.code, self.what, self.place, self.help
        )
    }
}

impl std::error::Error for Failure {}
