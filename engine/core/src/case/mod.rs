//! Cases: what was seen in a run, and the verdicts that it must give. They are a runbook's unit
//! tests: replayed without a node, in virtual time, and spoilt in every way in which a world can
//! fail to answer.
//!
//! Nothing here reads a file or the journal: texts and records are handed in.

mod check;
mod coverage;
mod differ;
mod model;
mod mutate;
mod needs;
mod nodes;
mod past;
mod places;
mod read;
mod record;
mod redact;
mod replay;
mod scalar;
mod seen;
mod then;
mod tokens;
mod value;
mod why;
mod write;

#[cfg(test)]
mod tests;

pub use check::{Checked, Wrong, check, wrong};
pub use coverage::{Coverage, Covered, covered};
pub use differ::{Difference, differences};
pub use model::{Case, Ending, Node, Offer, Pod, Sample, Then, Told};
pub use mutate::{Mutation, mutations};
pub use past::{Past, past};
pub use read::read;
pub use record::{Recorded, record};
pub use redact::Redaction;
pub use replay::{BETWEEN_SAMPLES, Followed, Outcome, Said, replay};
pub use write::write;
