//! Approval: a line of text by which another person puts their name to one plan of one run.
//!
//! It holds a request to STS that its sender has signed, with the plan among what is signed: the way
//! in which EKS tokens work. Whoever applies the plan sends that request, and STS answers whose
//! credentials have signed it. Nothing here asks anybody: what can be known without is checked, and
//! what is left is a [`Question`].

mod check;
mod endpoint;
mod fault;
mod presigned;
mod statement;
#[cfg(test)]
mod tests;
mod token;

pub use check::{Expected, LIFE, Ledger, Question};
pub use fault::Fault;
pub use statement::{ApprovalId, HEADER, PlanDigest, Statement};
pub use token::{MOST_BYTES, Token};
