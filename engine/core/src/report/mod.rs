//! What a run came to, as a fold over its events, and the ways of showing it: the first screen for
//! people, JSON for programs, and a line of progress for each event that is worth one.
//!
//! Nothing is decided here. A verdict is taken as it was recorded; what has no recorded end is
//! called in doubt. Whether a run may be resumed or taken back is not this module's business.

mod bundle;
mod clean;
mod course;
mod doubt;
mod evidence;
mod findings;
mod fleet;
mod fold;
mod grouped;
mod json;
mod model;
mod node;
mod plan;
mod progress;
mod ramp;
mod reboot;
mod repair;
mod screen;
mod silences;
mod text;
mod values;

#[cfg(test)]
mod tests;

pub use bundle::{BundleCourse, BundleEnd};
pub use clean::{clean, clean_json, clean_lines};
pub use course::{Approval, ChangeCourse, FixCourse, FixEnd, FixState, Outcome, Refusal, Sample};
pub use doubt::Doubt;
pub use evidence::Proof;
pub use findings::{Findings, Judgement, Looked, Severity, UnseenGroup};
pub use json::{JSON_FORMAT, json, json_text};
pub use model::{
    ClusterCheck, CommandCourse, CommandFate, Ending, Failure, FromBundle, NodeAnswer, NodeReport,
    Note, Order, Report,
};
pub use progress::{Progress, status};
pub use ramp::{NodeCourse, Pace, RampCourse, RampNode};
pub use screen::Style;
pub use text::{plan_text, text, text_since, text_so_far};
