//! What keeps a fix honest: the digest that an approval binds to.
//!
//! Nothing here talks to a node. How far a fix has come is derived from its events and stored
//! nowhere else, so that a journal which was cut off at any point still says what stands.

mod digest;

pub use digest::plan_digest;
