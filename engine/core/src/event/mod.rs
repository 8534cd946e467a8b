//! Everything that happens is an event. The journal is the stored stream; the terminal, JSON and
//! every later view are folds over it, and so is resuming.

mod body;
mod bundle;
mod fix;
mod ids;
mod place;
mod provider;
mod ramp;
mod raw;
mod reboot;
mod record;
#[cfg(test)]
pub(crate) mod samples;
#[cfg(test)]
mod tests;
mod verdict;

pub use body::Event;
pub use bundle::BundleStep;
pub use fix::{
    Armed, ChangePlan, Commands, Direction, FixOffer, FixPlan, PinnedObject, Ruling, Signed,
};
pub use ids::{BootId, CommandId, InstanceId, LockId, RunId};
pub use place::{NodeGroup, NodeTarget, PodTarget, Where};
pub use provider::{ProviderId, is_region, region_of_zone};
pub use ramp::{NodeEnd, RampStep};
pub use raw::RawAnswer;
pub use reboot::{Phase, Reached, Reboot};
pub use record::{Exit, FORMAT, Record};
pub use verdict::{Evidence, FindingText, Strength, Verdict};

pub use crate::frame::LookTrace;
