//! One entry of the stored stream, and the exit codes that a run can end with.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::body::Event;
use super::ids::RunId;

/// The format of records. A reader refuses a higher one, and says so.
pub const FORMAT: u32 = 1;

/// One event with its place in the stream.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    /// The run.
    pub run: RunId,
    /// Counts from 1 within the run, without gaps.
    pub seq: u64,
    /// When it happened.
    pub at: Timestamp,
    /// What happened.
    pub event: Event,
}

/// How a run ended; the number is the process's exit status. The order is that of section
/// "Exit codes" in the reference: the highest that applies wins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Exit {
    /// No finding holds, or the fix is kept, or only a plan was asked for.
    Clear,
    /// No finding holds, and some could not be told.
    NotSeen,
    /// A finding holds.
    Found,
    /// The run could not do its work.
    Failed,
    /// A fix was refused, and changed nothing.
    Refused,
    /// A fix was taken back.
    Reverted,
    /// A fix could not be taken back: there is work to do by hand.
    Stuck,
    /// Interrupted from outside.
    Interrupted,
}

impl Exit {
    /// All of them, in the order in which the highest that applies wins; the last one is no
    /// verdict at all.
    pub const ALL: [Exit; 8] = [
        Exit::Stuck,
        Exit::Reverted,
        Exit::Refused,
        Exit::Failed,
        Exit::Found,
        Exit::NotSeen,
        Exit::Clear,
        Exit::Interrupted,
    ];

    /// What it means, for the reference.
    pub fn meaning(self) -> &'static str {
        match self {
            Exit::Clear => "no finding holds, or the fix is kept, or only a plan was asked for",
            Exit::NotSeen => "no finding holds, and some could not be told",
            Exit::Found => "a finding holds, whatever else is unseen",
            Exit::Failed => "failed: the run could not do (all of) its work",
            Exit::Refused => {
                "refused: a fix or a look was not started, and changed nothing; with `--all` the report \
                 tells which nodes were changed before"
            }
            Exit::Reverted => {
                "reverted: a fix was taken back; `heeler revert` of several nodes ends so only where \
                 each of them was"
            }
            Exit::Stuck => {
                "stuck: a fix could not be taken back, or has no way back and was not seen to work; \
                 the commands to go on with by hand are printed"
            }
            Exit::Interrupted => "interrupted",
        }
    }

    /// The process's exit status.
    pub fn code(self) -> u8 {
        match self {
            Exit::Clear => 0,
            Exit::NotSeen => 4,
            Exit::Found => 3,
            Exit::Failed => 1,
            Exit::Refused => 5,
            Exit::Reverted => 6,
            Exit::Stuck => 7,
            Exit::Interrupted => 130,
        }
    }
}
