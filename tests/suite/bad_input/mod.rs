//! Bad input and a bad world: every refusal says what, where and what to do, ends with its own
//! exit status, does nothing by halves, and leaves a journal that repeats it.

#![allow(
    clippy::indexing_slicing,
    reason = "a case that panics has failed, as one that gives an error has"
)]

pub(crate) mod answers;
pub(crate) mod data;
pub(crate) mod fleet;
pub(crate) mod interrupt;
pub(crate) mod journal;
pub(crate) mod names;
mod operator;
pub(crate) mod outputs;
pub(crate) mod place;
mod puppet;
pub(crate) mod rights;
pub(crate) mod secrets;
pub(crate) mod silence;
pub(crate) mod stage;
pub(crate) mod targets;
