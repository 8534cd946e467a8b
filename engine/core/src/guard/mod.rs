//! What keeps a fix honest: the digest that an approval binds to, whose approval that is, and the
//! policy that says what it takes.
//!
//! Nothing here talks to a node. How far a fix has come is derived from its events and stored
//! nowhere else, so that a journal which was cut off at any point still says what stands.

pub mod approval;
mod digest;
mod identity;
pub mod policy;

pub use digest::plan_digest;
pub use identity::{Identity, short_caller};
