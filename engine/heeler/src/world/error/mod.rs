//! Everything that can go wrong outside, as values: each says what, where and what to do, and has
//! a code that scripts can rely on. How a process ends because of one is decided elsewhere.

mod call;
mod chain;
mod place;
mod target;
mod target_text;

use std::fmt;

pub(crate) use chain::Chain;

pub use call::{Call, CallError, Cause, Service};
pub use place::PlaceError;
pub use target::TargetError;

/// Any failure of the world.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WorldError {
    /// A call failed.
    Call(CallError),
    /// Context, account, region or cluster are not what they must be.
    Place(PlaceError),
    /// The pod, node or instance can't be used.
    Target(TargetError),
}

impl WorldError {
    /// Stable, kebab-case.
    pub fn code(&self) -> &'static str {
        match self {
            WorldError::Call(error) => error.code(),
            WorldError::Place(error) => error.code(),
            WorldError::Target(error) => error.code(),
        }
    }

    /// What went wrong.
    pub fn what(&self) -> String {
        match self {
            WorldError::Call(error) => error.what(),
            WorldError::Place(error) => error.what(),
            WorldError::Target(error) => error.what(),
        }
    }

    /// Where.
    pub fn place(&self) -> String {
        match self {
            WorldError::Call(error) => error.place(),
            WorldError::Place(error) => error.place(),
            WorldError::Target(error) => error.place(),
        }
    }

    /// What to do.
    pub fn help(&self) -> String {
        match self {
            WorldError::Call(error) => error.help(),
            WorldError::Place(error) => error.help(),
            WorldError::Target(error) => error.help(),
        }
    }

    /// Wrong use of the command line: nothing was asked of anybody.
    pub fn is_usage(&self) -> bool {
        match self {
            WorldError::Call(_) => false,
            WorldError::Place(error) => error.is_usage(),
            WorldError::Target(error) => error.is_usage(),
        }
    }
}

impl fmt::Display for WorldError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({}); {}", self.what(), self.place(), self.help())
    }
}

impl std::error::Error for WorldError {}

impl From<CallError> for WorldError {
    fn from(error: CallError) -> Self {
        WorldError::Call(error)
    }
}

impl From<PlaceError> for WorldError {
    fn from(error: PlaceError) -> Self {
        WorldError::Place(error)
    }
}

impl From<TargetError> for WorldError {
    fn from(error: TargetError) -> Self {
        WorldError::Target(error)
    }
}
