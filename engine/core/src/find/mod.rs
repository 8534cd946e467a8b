//! Verdicts: a finding over what was seen on one node, or over the run.
//!
//! A finding holds, is ruled out, or can't be told; then everything that is missing is named.
//! Nothing is sent or asked here.

mod judge;
mod judged;
mod offer;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod used_tests;
mod view;
mod worlds;

pub use judge::judge;
pub use judged::{Judged, exit, judged};
pub use offer::{reasons, unmet};
pub use view::View;
pub use worlds::Worlds;
