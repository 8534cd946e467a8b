//! The lab: Bottlerocket nodes, an AWS account and a Kubernetes cluster on one Linux machine, to
//! prove Heeler against. Built from what is known of the real ones; it knows nothing of `engine/`
//! and holds no tests of it.
//!
//! [`scene::Lab`] is the lab as a whole, [`command`] the program `lab`.

pub mod aws;
pub mod command;
pub mod fault;
pub mod incident;
pub mod kube;
pub mod latency;
pub mod machine;
pub mod node;
pub mod program;
pub mod scene;
