//! Heeler: on-call runbooks for Bottlerocket nodes on Amazon EKS.
//!
//! Arrows: `cli → bundle → run, logs → world (ports) → heeler_core`. The adapters of [`world`] are known to
//! nobody but [`cli`], which wires them.

pub mod bundle;
pub mod cases;
pub mod cli;
pub mod failure;
pub mod journal;
pub mod library;
pub mod logs;
pub mod run;
pub mod world;
