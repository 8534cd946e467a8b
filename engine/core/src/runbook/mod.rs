//! Runbooks: from the text of a `runbook.yaml` to a checked model.
//!
//! Everything that can be known to be wrong before a run is found here, all of it at once and each
//! with its place. What the actions do with their own parameters is theirs; nothing is executed.

mod draft;
mod facts;
mod findings;
mod fixes;
mod inputs;
mod limits;
mod load;
mod looks;
mod model;
mod naming;
mod step;
mod texts;
mod uses;

#[cfg(test)]
mod tests;

pub use load::{Alone, Shelf, load, load_among};
pub use model::{FindingRule, FixRule, Input, Runbook, Scope, Severity, TargetKind, Verify};
pub use step::{ForEach, Given, LookStep, Used};
