//! The Kubernetes adapter: the only code that knows the kube client. It reads the kubeconfig,
//! asks for single objects and lists, writes what is shared, and says what a failure means; what the
//! objects mean is not its business.

mod client;
mod context;
mod evict;
mod failure;
mod node_logs;
mod shared;
mod write;

pub use client::open;
