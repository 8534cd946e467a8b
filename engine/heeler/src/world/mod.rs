//! The world outside: AWS and Kubernetes as ports, and the adapters that stand behind them.
//!
//! The rest of the program sees [`port`]'s traits and the types beside them; `aws` is the only
//! place that knows the AWS SDK and `kube` the only one that knows the Kubernetes client. Nothing
//! here decides what is wrong with a node or what to do about it, and nothing here writes the
//! journal: callers get values and errors and tell the story themselves.

pub mod arriving;
pub mod aws;
pub mod equivalent;
pub mod error;
pub mod kube;
pub mod names;
pub mod place;
pub mod port;
pub mod resolve;
pub mod script;
pub mod watch;
pub mod ways;

pub use error::{CallError, Cause, PlaceError, TargetError, WorldError};
pub use port::{Aws, Cloud, Cluster, Ec2, Ssm, Sts};

/// Makes aws-lc-rs the one TLS provider of the process. To be called first in `main`: a later
/// dependency must not make the choice ambiguous at run time.
pub fn install_tls() {
    // Fails only where a provider has been installed before, which is then the same.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
}
