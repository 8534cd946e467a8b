//! Whole screens, as somebody reads them.

mod evidence;
mod fixes;
mod machines;
mod repairs;
mod runs;
mod stories;
mod troubles;
