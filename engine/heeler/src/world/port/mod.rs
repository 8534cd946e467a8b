//! What the program asks of the world, as object-safe traits. No port retries by itself what might
//! have changed something; what a port may repeat is said at the method.

mod cluster;
#[cfg(test)]
mod cluster_double;
mod ec2;
mod node_logs;
mod s3;
mod shared;
mod ssm;
mod streams;
mod sts;

use std::sync::Arc;

use futures::future::BoxFuture;

use super::error::{CallError, WorldError};

pub use cluster::{Cluster, Context, Evicted, ListRef, ObjectRef, User, Write};
#[cfg(test)]
pub(crate) use cluster_double::ClusterDouble;
pub use ec2::{Ec2, Machine};
pub use node_logs::{DebugPod, KubeletPage, NamedWays, NodeLogs, OpenFile, Part, Rung, SessionsOf};
pub use s3::{Deleted, Object, Presigned, S3, Stored, Upload};
pub use shared::{Seen, Shared, Written};
pub use ssm::{
    Comment, DEFAULT_DOCUMENT, Ended, Invocation, MOST_INSTANCES, Ping, Progress, Ran,
    Registration, SendCommand, Ssm, WholeOutput,
};
pub use streams::{Printed, StreamedScript, Streams};
pub use sts::{Caller, Signer, Sts};

/// What a single call answers.
pub type Answer<'a, T> = BoxFuture<'a, Result<T, CallError>>;

/// The AWS services of one account, seen from one region.
#[derive(Clone)]
pub struct Aws {
    /// The region that every call goes to.
    pub region: String,
    /// The profile, where one was chosen; for commands that people paste.
    pub profile: Option<String>,
    /// Systems Manager.
    pub ssm: Arc<dyn Ssm>,
    /// EC2.
    pub ec2: Arc<dyn Ec2>,
    /// The Security Token Service.
    pub sts: Arc<dyn Sts>,
    /// S3.
    pub s3: Arc<dyn S3>,
    /// Session Manager.
    pub streams: Arc<dyn Streams>,
}

/// Opens AWS in a region. The region is often known only once Kubernetes has named the node.
pub trait Cloud: Send + Sync {
    /// The services in `region`; `None` takes the region of the profile or the environment.
    ///
    /// # Errors
    /// When no region is known at all.
    fn enter(&self, region: Option<String>) -> BoxFuture<'_, Result<Aws, WorldError>>;
}
