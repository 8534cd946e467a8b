//! Runbooks: from the text of a `runbook.yaml` to a checked model.
//!
//! Everything that can be known to be wrong before a run is found here, all of it at once and each
//! with its place. What the actions do with their own parameters is theirs; nothing is executed.

mod facts;
mod findings;
mod fixes;
mod inputs;
mod load;
mod looks;
mod model;
mod naming;
mod texts;

#[cfg(test)]
mod tests;

pub use facts::Reads;
pub use load::{Draft, draft, load};
pub use model::{
    FindingRule, FixRule, Input, LookStep, Runbook, Scope, Severity, TargetKind, Verify,
};
