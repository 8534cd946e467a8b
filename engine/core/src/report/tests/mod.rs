//! Whole screens, as somebody reads them.

mod approvals;
mod bundles;
mod clean;
mod drained;
mod evidence;
mod fixes;
mod from_bundle;
mod guarded;
mod machines;
mod ramps;
mod repairs;
mod runs;
mod stories;
mod troubles;
