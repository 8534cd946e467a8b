//! The lab's Kubernetes API: enough of an API server for kubectl and the kube crate.
//!
//! It keeps objects, answers discovery, list (selectors, paging), get, watch, create, update,
//! patch, delete and dry runs with the real wordings, says who may do what, and misbehaves on
//! demand ([`Faults`]).
//! It runs **no controllers** but the one that writes the status of disruption budgets: nothing is
//! scheduled or scaled, no pod is started but one that is created for a node by name whose kubelet is connected, an evicted pod is not replaced, a deleted object and its
//! dependents are gone at once (pods when their node has stopped them: [`Stopping`]), and hardly
//! any object's schema is validated.
//!
//! It speaks TLS, as client-go sends no credentials over plain HTTP.

mod access;
mod body;
mod budget;
mod calls;
mod content;
#[cfg(test)]
mod coordination_tests;
mod deletion;
mod discovery;
mod door;
mod events;
mod eviction;
#[cfg(test)]
mod eviction_tests;
mod exec;
mod faults;
mod field_set;
mod fields;
mod kubeconfig;
mod kubelets;
mod lab;
mod labels;
mod managers;
#[cfg(test)]
mod managers_tests;
mod metadata;
mod openapi;
mod paging;
mod patch;
mod pod_security;
mod protobuf;
mod proxy;
mod read;
mod request;
mod resources;
mod review;
pub mod seed;
mod server;
mod service;
#[cfg(test)]
mod service_tests;
mod status;
mod store;
mod strategic;
mod table;
pub(crate) mod tls;
mod validation;
mod watch;
mod write;

pub use access::{Access, User};
pub use calls::Call;
pub use deletion::Stopping;
pub use door::{Door, Shown};
pub use faults::{Faults, Hold};
pub use kubeconfig::KubeconfigStyle;
pub use lab::{KubeConfig, KubeLab, Transport};
