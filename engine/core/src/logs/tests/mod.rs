//! Logs of containers.

mod decode;
mod line;
mod merge;
mod names;
