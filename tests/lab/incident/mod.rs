//! Incidents that can be switched on: one file each, each a real state of the kernel. Starting one
//! gives a handle; dropping the handle ends the load and leaves the node and the machine as before.
//!
//! Only [`allowance`] and [`proxied_max`] rest on the lab's own programs and values. Nothing here
//! knows how Heeler would judge the state.

pub mod accept_queue;
pub mod allowance;
pub mod clash;
pub mod filling;
pub mod full;
pub mod healthy;
pub mod proxied_max;
mod stage;
pub mod was_full;
