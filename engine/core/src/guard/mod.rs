//! What keeps a fix honest: the policy that says what it takes, the digest that an approval binds
//! to, and whose approval that is; how far a fix has come, what may come next, and what is said of
//! a step that was taken.
//!
//! Nothing here talks to a node. How far a fix has come is derived from its events and stored
//! nowhere else, so that a journal which was cut off at any point still says what stands.

pub mod approval;
mod digest;
mod evicted;
mod identity;
mod next;
mod one_way;
mod outcome;
mod plan_file;
pub mod policy;
mod ramp;
mod reboot;
pub mod shared;
mod stage;
mod undone;

pub use digest::plan_digest;
pub use evicted::{after_evictions, evicted, no_pod_comes_back};
pub use identity::{Identity, short_caller};
pub use next::{Next, Sight, Terms, next};
pub use one_way::{after_give_up, after_release, lock_unseen, no_way_back};
pub use outcome::{
    Caller, Outcome, Sent, after_apply, after_keep, after_undo, back, started, way_back,
};
pub use plan_file::{PlanFile, PlanFileFault, Planning};
pub use ramp::{Reason, Tally, Turn, turn, whole};
pub use reboot::Move;
pub use stage::{End, Sample, Stage};
pub use undone::undone_so_far;
