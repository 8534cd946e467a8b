//! Emptying a node: which of its pods are evicted and which are left alone, and in which order the
//! API server is asked for it. Nothing here asks anybody.

mod course;
mod residents;
mod tenants;
#[cfg(test)]
mod tests;

pub use course::{Course, Eviction, Halt, Left, Turn};
pub use residents::residents;
pub use tenants::{Bar, Stays, Tenant, Tenants, is_cordoned, tenants, workload};
