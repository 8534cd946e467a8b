//! An EC2 instance and its registration with Systems Manager.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::agent::Agent;

/// An EC2 instance of the lab.
#[derive(Debug, Clone)]
pub struct Instance {
    /// `i-` and 17 hexadecimal digits.
    pub id: String,
    /// The private DNS name, which is the Kubernetes node's name with IP based naming.
    pub private_dns_name: String,
    /// The primary private IPv4 address.
    pub private_ip: String,
    /// The instance's tags.
    pub tags: BTreeMap<String, String>,
    /// The state in EC2.
    pub state: InstanceState,
    /// Such as `m5.large`.
    pub instance_type: String,
    /// Such as `us-west-2a`.
    pub availability_zone: String,
    /// How the private DNS name is formed.
    pub hostname_type: HostnameType,
    /// When it was started.
    pub launched_at: Timestamp,
    /// Its registration with Systems Manager, if there is one.
    pub registration: Option<Registration>,
    /// What carries out its commands.
    pub agent: Agent,
}

/// What Systems Manager knows of a registered instance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registration {
    /// The result of pings that come every five minutes: always somewhat stale.
    pub ping_status: PingStatus,
    /// Such as `Bottlerocket`.
    pub platform_name: String,
    /// Such as `1.35.0`.
    pub platform_version: String,
    /// The SSM agent's version.
    pub agent_version: String,
}

/// SSM's idea of whether the agent lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PingStatus {
    /// A ping arrived lately.
    Online,
    /// None arrived for a while.
    ConnectionLost,
    /// Deprecated, yet still in the model.
    Inactive,
}

impl PingStatus {
    /// The name on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::Online => "Online",
            Self::ConnectionLost => "ConnectionLost",
            Self::Inactive => "Inactive",
        }
    }
}

/// The state of an EC2 instance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InstanceState {
    /// Being started.
    Pending,
    /// Running.
    Running,
    /// Being terminated.
    ShuttingDown,
    /// Gone, still listed for a while.
    Terminated,
    /// Being stopped.
    Stopping,
    /// Stopped.
    Stopped,
}

impl InstanceState {
    /// EC2's number of the state.
    pub fn code(self) -> u8 {
        match self {
            Self::Pending => 0,
            Self::Running => 16,
            Self::ShuttingDown => 32,
            Self::Terminated => 48,
            Self::Stopping => 64,
            Self::Stopped => 80,
        }
    }

    /// EC2's name of the state.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Running => "running",
            Self::ShuttingDown => "shutting-down",
            Self::Terminated => "terminated",
            Self::Stopping => "stopping",
            Self::Stopped => "stopped",
        }
    }
}

/// How EC2 forms an instance's private DNS name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HostnameType {
    /// `ip-10-0-0-1.us-west-2.compute.internal`
    IpName,
    /// `i-0123456789abcdef0.us-west-2.compute.internal`
    ResourceName,
}

impl HostnameType {
    /// The name on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::IpName => "ip-name",
            Self::ResourceName => "resource-name",
        }
    }
}

impl Instance {
    /// A running, registered Bottlerocket node of an EKS cluster, whose agent is silent.
    pub fn bottlerocket(id: &str, private_dns_name: &str, private_ip: &str, cluster: &str) -> Self {
        Self {
            id: id.to_owned(),
            private_dns_name: private_dns_name.to_owned(),
            private_ip: private_ip.to_owned(),
            tags: BTreeMap::from([
                ("eks:cluster-name".to_owned(), cluster.to_owned()),
                (
                    format!("kubernetes.io/cluster/{cluster}"),
                    "owned".to_owned(),
                ),
            ]),
            state: InstanceState::Running,
            instance_type: "m5.large".to_owned(),
            availability_zone: "us-west-2a".to_owned(),
            hostname_type: HostnameType::IpName,
            launched_at: Timestamp::now(),
            registration: Some(Registration {
                ping_status: PingStatus::Online,
                platform_name: "Bottlerocket".to_owned(),
                platform_version: "1.35.0".to_owned(),
                agent_version: "3.3.131.0".to_owned(),
            }),
            agent: Agent::Silent,
        }
    }

    /// As [`Instance::bottlerocket`], with Amazon Linux 2023 on it.
    pub fn amazon_linux(id: &str, private_dns_name: &str, private_ip: &str, cluster: &str) -> Self {
        Self {
            registration: Some(Registration {
                ping_status: PingStatus::Online,
                platform_name: "Amazon Linux".to_owned(),
                platform_version: "2023".to_owned(),
                agent_version: "3.3.131.0".to_owned(),
            }),
            ..Self::bottlerocket(id, private_dns_name, private_ip, cluster)
        }
    }

    /// The same instance with this agent.
    pub fn agent(mut self, agent: Agent) -> Self {
        self.agent = agent;
        self
    }

    /// The registration, which counts only while the instance runs.
    pub fn managed(&self) -> Option<&Registration> {
        let running = self.state == InstanceState::Running;
        self.registration.as_ref().filter(|_| running)
    }
}
