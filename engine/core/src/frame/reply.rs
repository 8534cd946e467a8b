//! What one look's script answered.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::value::Why;

/// Where on a node a script runs: the hops of a Bottlerocket node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Place {
    /// The control container, where the SSM agent lives. Always there.
    Control,
    /// The admin container, through `apiclient exec`.
    Admin,
    /// The host's own programs, through the admin container; there is no shell.
    Host,
}

impl Place {
    /// The letter that stands for the place in a frame.
    pub(crate) fn letter(self) -> char {
        match self {
            Place::Control => 'c',
            Place::Admin => 'a',
            Place::Host => 'h',
        }
    }

    /// The place of a frame's letter.
    pub(crate) fn from_letter(letter: &str) -> Option<Place> {
        match letter {
            "c" => Some(Place::Control),
            "a" => Some(Place::Admin),
            "h" => Some(Place::Host),
            _ => None,
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Place::Control => "control container",
            Place::Admin => "admin container",
            Place::Host => "host",
        })
    }
}

/// One script's own exit code and both of its streams.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// The look that it answers.
    pub look: String,
    /// Which rung of the ladder answered, counted from 0.
    pub rung: usize,
    /// Where it ran.
    pub place: Place,
    /// Why the rung before it gave nothing, where one was tried.
    pub before: Option<Why>,
    /// The script's own exit code. A script that ran out of its time is no reply.
    pub exit: i32,
    /// Standard output, cut at the rung's limit.
    pub stdout: Vec<u8>,
    /// The first bytes of standard error, where the exit code is not 0.
    pub stderr: Vec<u8>,
    /// Standard output was longer than the rung's limit.
    pub cut: bool,
}
