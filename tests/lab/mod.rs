//! The lab: Bottlerocket nodes, an AWS account and a Kubernetes cluster on one Linux machine, to
//! prove Heeler against. Built from what is known of the real ones; it knows nothing of `engine/`
//! and holds no tests of it.
//!
//! [`scene::Lab`] is the lab as a whole, [`command`] the program `lab`.

#![allow(
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test bed: JSON is indexed (which never panics), and what it says it prints"
)]

pub mod aws;
pub mod command;
pub mod fault;
pub mod incident;
pub mod kube;
pub mod kubelet;
pub mod latency;
pub mod machine;
pub mod node;
pub mod program;
pub mod scene;
