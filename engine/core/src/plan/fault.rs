//! What can't be planned, and what a node did not carry out.

use thiserror::Error;

use crate::frame::Held;
use crate::value::Why;

/// Why looks can't become one command.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum PlanFault {
    /// A name that could be more than a name in a shell.
    #[error("`{0}` can't be a look's name; write it in snake_case")]
    Name(String),
    /// Two looks of the same name.
    #[error("there are two looks named `{0}`; give one of them another name")]
    Twice(String),
    /// A text of a rung that does not fit on one line of a record.
    #[error("look `{0}`: what a rung needs must be one line of text")]
    Needs(String),
    /// Rungs of the control container on both sides of more than one admin stage.
    #[error("look `{0}`: the ladder goes through the admin container more than once")]
    Ladder(String),
    /// A look without any way of answering it.
    #[error("look `{0}` has no rung at all")]
    NoRung(String),
    /// A fix without a change.
    #[error("there is nothing to change")]
    NothingToChange,
    /// The changes of one fix must all stand or fall together.
    #[error("the changes of one fix are carried out in different places; make them several fixes")]
    SeveralPlaces,
    /// What can't be taken back has no switch, and what can has one.
    #[error("some of the changes can be taken back, and others can't; make them several fixes")]
    SeveralWays,
    /// A value that can't travel to the host's programs, which would have to take it back.
    #[error("{0} has a value that nothing on the node could take back")]
    NoSwitch(String),
    /// The script is longer than a command can carry.
    #[error("the looks need a script of {size} bytes, and a command carries {most}")]
    Script {
        /// Bytes of the script.
        size: usize,
        /// Most bytes.
        most: usize,
    },
    /// The answers can be longer than a command can bring back.
    #[error("the looks can answer {size} bytes, and a command brings back {most}")]
    Answer {
        /// Bytes of the longest answers.
        size: usize,
        /// Most bytes.
        most: usize,
    },
    /// The part for the admin container is longer than `apiclient exec` takes.
    #[error(
        "the admin container needs a script of {size} bytes, and `apiclient exec` takes {most}"
    )]
    TooLong {
        /// Bytes of the script.
        size: usize,
        /// Most bytes.
        most: usize,
    },
}

/// Why a fix, or taking one back, did not do all that it should have.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ChangeFault {
    /// The node has been restarted since.
    #[error("the node has been restarted since the plan was made; nothing was changed")]
    OtherBoot,
    /// The script started after its time.
    #[error("the command reached the node too late; nothing was changed")]
    TooLate,
    /// No record of what is done could be kept on the node.
    #[error("the node has no room to keep a record of the change; nothing was changed")]
    NoRoom,
    /// A present value can't be read.
    #[error("a present value can't be read: {text}; nothing was changed")]
    NotRead {
        /// What went wrong.
        text: String,
    },
    /// A present value is not the one of the plan.
    #[error(
        "step {step} finds `{present}`, which is not the value of the plan; nothing was changed"
    )]
    OtherValue {
        /// Which step, counted from 1.
        step: usize,
        /// The value that is there.
        present: String,
    },
    /// A step failed; those before it were carried out, those after it were not.
    #[error("step {} failed and left `{present}`: {text}; steps carried out before it: {}", .done.len() + 1, .done.len())]
    Stopped {
        /// The values read back of the steps that were carried out.
        done: Vec<String>,
        /// The value that the failed step read last.
        present: String,
        /// What went wrong.
        text: String,
    },
    /// Another change is under way on the node.
    #[error(
        "another change is under way on the node: {} by {}; nothing was changed",
        .0.id,
        .0.by
    )]
    Held(Box<Held>),
    /// The node is locked, and the lock does not say by whom.
    #[error(
        "the node is locked, and the record of that can't be read: look again in a few minutes; \
         if it stays so, nobody but a person can end it; nothing was changed"
    )]
    Unreadable,
    /// The switch of another change may still come.
    #[error("the node is about to take the change back by itself; nothing was changed")]
    NotYet,
    /// The change was given up before it came to the node.
    #[error("it was given up before the node took it; nothing was changed")]
    GivenUp,
    /// What would take the change back can't be made ready.
    #[error("the node can't be made to take the change back by itself: {0}; nothing was changed")]
    NotArmed(String),
    /// Nobody kept the change in time, and it was taken back on the node.
    #[error("nobody kept the change in time: it was taken back on the node")]
    NodeUndid,
    /// The change never began, and can't any more.
    #[error("it never began; nothing was changed")]
    NeverBegan,
    /// The node has no record of the change.
    #[error("the node has no record of the change")]
    NotHeld,
    /// The node has no record of the change, and may have had one.
    #[error(
        "the node keeps the records of its latest changes only, and has none of this one: whether it \
         was carried out is not known"
    )]
    Removed,
    /// A change that can't be taken back has not come to its end.
    #[error("the node is still carrying it out")]
    UnderWay,
    /// The admin container is off; nothing was changed.
    #[error("the admin container is off; nothing was changed")]
    AdminOff,
    /// The answer gives no certainty: read the present values before anything else is done.
    #[error("the change is in doubt: {0}")]
    InDoubt(Why),
}
