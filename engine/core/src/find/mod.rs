//! Verdicts: a finding over what was seen on one node, or over the run.
//!
//! A finding holds, is ruled out, or can't be told; then everything that is missing is named.
//! Nothing is sent or asked here.

mod judge;
#[cfg(test)]
mod tests;

pub use judge::judge;
