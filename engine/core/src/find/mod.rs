//! Verdicts: a finding over what was seen on one node, or over the run.
//!
//! A finding holds, is ruled out, or can't be told; then everything that is missing is named. One
//! that holds may stand for others.
//! Nothing is sent or asked here.

mod bundle;
mod hold;
mod judge;
mod judged;
mod offer;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod used_tests;
mod verdicts;
mod view;
mod worlds;

pub use bundle::{Wish, wishes};
pub use hold::{Hold, Sampled};
pub use judge::judge;
pub use judged::{Judged, exit, judged};
pub use offer::{effect, reasons, unmet};
pub use verdicts::verdicts;
pub use view::View;
pub use worlds::{Worlds, whole};
