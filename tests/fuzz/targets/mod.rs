//! What has to hold for any input: no panic, and nothing that grows beyond its limit. The fuzzers
//! here and the property tests of `tests/properties/hostile.rs` run the same functions.

pub mod case;
pub mod expression;
pub mod frame;
pub mod provider_id;
pub mod runbook;
pub mod sound;
pub mod template;
mod world;
