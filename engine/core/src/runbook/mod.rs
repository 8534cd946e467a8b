//! Runbooks: from the text of a `runbook.yaml` to a checked model.
//!
//! Everything that can be known to be wrong before a run is found here, all of it at once and each
//! with its place. What the actions do with their own parameters is theirs; nothing is executed.

mod evidence;
mod facts;
mod findings;
mod fixes;
mod input;
mod inputs;
mod instead;
mod load;
mod looks;
mod model;
mod naming;
mod schema;
mod scope;
mod texts;

#[cfg(test)]
mod tests;

pub use facts::Reads;
pub use input::{Input, InputType};
pub use load::{Draft, draft, load};
pub use model::{
    Evidence, FindingRule, FixRule, LookStep, Runbook, Scope, Severity, Strength, TargetKind,
    Verify,
};
pub use schema::schema;
