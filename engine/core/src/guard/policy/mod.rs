//! Policy: who may do what, whose approval it takes, how much at once, and when. One file,
//! `heeler.yaml`, and pure decisions over it.
//!
//! What a rule does not say allows nothing: a cluster that could not be told is in no list, and a
//! rule that forbids holds until it is known not to.

mod accept;
mod approvals;
mod calendar;
mod checked;
mod decide;
mod glob;
mod limits;
mod load;
mod names;
mod read;
mod rules;
mod site;
#[cfg(test)]
mod tests;
mod who;

pub use accept::Unfit;
pub use approvals::Approval;
pub use checked::Policy;
pub use decide::{Decision, Refusal, Request, RulePlace};
pub use limits::Limits;
pub use load::{Full, Group, GroupKind, GroupNodes, Load};
pub use names::Fact;
pub use read::{KEYS, read};
pub use site::Site;
