//! The lab's AWS: SSM Run Command, EC2 DescribeInstances, STS and S3 on one loopback listener, in
//! the services' own wire formats, so that the untouched AWS SDK, AWS CLI and boto3 work
//! against it through `AWS_ENDPOINT_URL`.
//!
//! It reproduces what makes the real services hard: commands that show up late, output that is
//! cut, replies that are lost, ids that fail a whole batch, signatures that are checked. It knows
//! no other operation, and knows nothing of the program under test.

pub mod agent;
mod authentication;
mod authorization;
mod call;
mod claim;
mod clock;
mod cloud;
mod config;
mod connection;
mod ec2;
mod error;
mod identifier;
pub mod instance;
mod keys;
mod listener;
mod page;
pub mod presign;
mod query;
mod s3;
mod session;
pub mod shared;
mod signature;
mod ssm;
mod sts;
mod wildcard;
mod xml;

use std::sync::Arc;

use anyhow::{Context, Result, ensure};
use jiff::SignedDuration;
use tempfile::NamedTempFile;
use tokio::net::TcpListener;
use tokio::runtime::Handle;
use tokio::task::AbortHandle;

pub use authorization::Credential;
pub use call::{Call, Service};
pub use config::{AwsConfig, EXPIRED_ACCESS_KEY, OPERATOR_ACCESS_KEY};
pub use s3::BucketPlan;
pub use session::{SessionRecord, SessionUpset};
pub use ssm::record::{CommandRecord, InvocationRecord};

use crate::fault::Faults;
use crate::kube::tls::{Authority, TlsListener};
use crate::latency::Latency;
use cloud::Cloud;
use instance::Instance;
use keys::Keys;

/// A running endpoint. Clones are handles to the same one; it stops with the last of them.
#[derive(Clone)]
pub struct AwsLab {
    cloud: Arc<Cloud>,
    endpoint_url: String,
    runtime: Handle,
    trust: Arc<NamedTempFile>,
    _listener: Arc<Listener>,
}

/// Ends the listening tasks when the last handle goes.
struct Listener([AbortHandle; 2]);

impl Drop for Listener {
    fn drop(&mut self) {
        self.0.iter().for_each(AbortHandle::abort);
    }
}

impl AwsLab {
    /// Binds a free port of 127.0.0.1 and serves it in the background.
    ///
    /// # Errors
    /// When no port can be bound.
    pub async fn start(config: AwsConfig) -> Result<Self> {
        let socket = TcpListener::bind(("127.0.0.1", 0))
            .await
            .context("bind a port for the lab's AWS endpoints")?;
        let endpoint_url = format!("http://{}", socket.local_addr()?);
        let cloud = Arc::new(Cloud::new(config));
        let serving = tokio::spawn(listener::serve(socket, Arc::clone(&cloud)));
        let channels = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = channels.local_addr()?.to_string();
        cloud.sessions.address.get_or_init(|| address);
        let authority = Authority::generate()?;
        let identity = authority.certify(&["127.0.0.1"])?;
        let trust = NamedTempFile::with_prefix("heeler-lab-")?;
        std::fs::write(trust.path(), authority.certificate())?;
        let channels = TlsListener::new(channels, &identity, Arc::default())?;
        let channels = tokio::spawn(session::serve(channels, Arc::clone(&cloud)));
        Ok(Self {
            cloud,
            endpoint_url,
            runtime: Handle::current(),
            trust: Arc::new(trust),
            _listener: Arc::new(Listener([serving.abort_handle(), channels.abort_handle()])),
        })
    }

    /// Serves the same endpoints on another socket as well: one of a network namespace from which the first
    /// can't be reached. It ends with the runtime that the endpoints run on.
    ///
    /// # Errors
    /// When the socket can't be used.
    pub fn serve_also(&self, socket: std::net::TcpListener) -> Result<()> {
        socket.set_nonblocking(true)?;
        let _entered = self.runtime.enter();
        let socket = TcpListener::from_std(socket)?;
        self.runtime
            .spawn(listener::serve(socket, Arc::clone(&self.cloud)));
        Ok(())
    }

    /// What `AWS_ENDPOINT_URL` has to be.
    pub fn endpoint_url(&self) -> &str {
        &self.endpoint_url
    }

    /// The environment of a client that is the operator.
    pub fn environment(&self) -> Vec<(&'static str, String)> {
        self.environment_with(OPERATOR_ACCESS_KEY)
    }

    /// The environment of a client with another access key, its secret and its token.
    pub fn environment_with(&self, access_key: &str) -> Vec<(&'static str, String)> {
        let region = &self.cloud.region;
        let keys = Keys::of(access_key);
        vec![
            ("AWS_ENDPOINT_URL", self.endpoint_url.clone()),
            ("AWS_REGION", region.clone()),
            ("AWS_DEFAULT_REGION", region.clone()),
            ("AWS_ACCESS_KEY_ID", keys.access_key),
            ("AWS_SECRET_ACCESS_KEY", keys.secret),
            // Clients take an empty one for none, which keys of users want.
            ("AWS_SESSION_TOKEN", keys.token.unwrap_or_default()),
            ("AWS_EC2_METADATA_DISABLED", "true".to_owned()),
            // Data channels are never without TLS.
            ("SSL_CERT_FILE", self.trust.path().display().to_string()),
        ]
    }

    /// Adds an instance, or replaces the one with its id.
    pub fn add(&self, instance: Instance) {
        self.cloud.add(instance);
    }

    /// Changes an instance in place.
    ///
    /// # Errors
    /// When there is no instance with this id.
    pub fn change(&self, id: &str, change: impl FnOnce(&mut Instance)) -> Result<()> {
        self.cloud
            .instances
            .with(|instances| instances.get_mut(id).map(change))
            .with_context(|| format!("the lab has no instance {id}"))
    }

    /// Denies the caller an action, such as `ssm:SendCommand`.
    pub fn deny(&self, action: &str) {
        self.cloud.denials.with(|denials| denials.action(action));
    }

    /// Ends [`AwsLab::deny`].
    pub fn allow(&self, action: &str) {
        self.cloud.denials.with(|denials| denials.lift(action));
    }

    /// Denies `ssm:SendCommand` on one instance, as a tag condition in IAM does.
    pub fn deny_instance(&self, id: &str) {
        self.cloud.denials.with(|denials| denials.instance(id));
    }

    /// Makes an access key known, or changes what it is worth.
    pub fn credential(&self, access_key: &str, credential: Credential) {
        self.cloud
            .credentials
            .with(|known| known.insert(access_key.to_owned(), credential));
    }

    /// Lets another person of the operator's role call; returns that session's access key.
    ///
    /// # Errors
    /// When the name is no word of at most ten small letters and digits, or the operator has no role.
    pub fn add_colleague(&self, name: &str) -> Result<String> {
        let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
        let fits = (1..=10).contains(&name.len()) && name.chars().all(is_plain);
        ensure!(fits, "{name:?} is no word of at most ten small letters");
        let role = self.cloud.caller_arn.rsplit_once('/');
        let (role, _) = role.context("the operator has no role")?;
        let arn = format!("{role}/{name}");
        let access_key = format!("ASIALAB{:0>13}", name.to_uppercase());
        self.credential(&access_key, Credential::Colleague { arn });
        Ok(access_key)
    }

    /// Puts the services' clocks ahead of the machine's; behind it when negative.
    pub fn set_clock(&self, ahead: SignedDuration) {
        self.cloud.clock.set(ahead);
    }

    /// Every call so far, in the order of arrival.
    pub fn calls(&self) -> Vec<Call> {
        self.cloud.calls.with(|calls| calls.clone())
    }

    /// How many calls of an operation arrived.
    pub fn count(&self, operation: &str) -> usize {
        let matches = |call: &&Call| call.operation == operation;
        self.cloud
            .calls
            .with(|calls| calls.iter().filter(matches).count())
    }

    /// Empties the request log.
    pub fn forget_calls(&self) {
        self.cloud.calls.with(Vec::clear);
    }

    /// Every command so far, with the instants a benchmark needs.
    pub fn commands(&self) -> Vec<CommandRecord> {
        self.cloud.commands.records()
    }

    /// Draws all further delays from another model, such as a new one with an old seed.
    pub fn set_latency(&self, latency: Latency) {
        self.cloud.latency.with(|present| *present = latency);
    }

    /// Moves a command's `ExpiresAfter` to now: what has not ended is `DeliveryTimedOut`.
    pub fn expire(&self, command_id: &str) {
        if let Some(command) = self.cloud.commands.find(command_id) {
            command.expire();
        }
    }

    /// The faults that this endpoint and its agents obey.
    pub fn faults(&self) -> &Faults {
        &self.cloud.faults
    }
}

#[cfg(test)]
mod over_http;
