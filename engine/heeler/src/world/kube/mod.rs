//! The Kubernetes adapter: the only code that knows the kube client. It reads the kubeconfig,
//! asks for single objects and lists, writes what is shared, and says what a failure means; what the
//! objects mean is not its business.

mod adapter;
mod client;
mod context;
mod debug_pod;
mod direct;
mod evict;
mod failure;
mod kubelet;
mod login;
mod proxied;
mod reached;
mod rights;
mod shared;
mod write;

pub use adapter::{open, open_by};
