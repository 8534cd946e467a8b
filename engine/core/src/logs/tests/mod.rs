//! Logs of containers.

mod decode;
mod gunzip;
mod line;
mod merge;
mod names;
