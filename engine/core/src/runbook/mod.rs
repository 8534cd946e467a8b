//! Runbooks: from the text of a `runbook.yaml` to a checked model.
//!
//! Everything that can be known to be wrong before a run is found here, all of it at once and each
//! with its place. What the actions do with their own parameters is theirs; nothing is executed.

mod bounds;
mod bundle;
mod draft;
mod evidence;
mod facts;
mod findings;
mod fixes;
mod input;
mod input_keys;
mod inputs;
mod instead;
mod load;
mod looks;
mod model;
mod naming;
mod reading;
mod schema;
mod scope;
mod shelf;
mod step;
mod texts;
mod uses;

#[cfg(test)]
pub(crate) mod tests;

pub use facts::{Reads, reserved};
pub use input::{Input, InputType};
pub use load::{KEYS, load, load_among, read};
pub use model::{
    BundleRule, Evidence, FindingRule, FixRule, Runbook, Scope, Severity, Strength, TargetKind,
    Verify,
};
pub use reading::Reading;
pub use schema::schema;
pub use shelf::{Alone, Shelf};
pub use step::{ForEach, Given, LookStep, Used};
