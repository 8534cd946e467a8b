//! The Kubernetes adapter: the only code that knows the kube client. It reads the kubeconfig,
//! asks for single objects and lists, and says what a failure means; what the objects mean is
//! not its business.

mod client;
mod context;
mod failure;
mod write;

pub use client::open;
