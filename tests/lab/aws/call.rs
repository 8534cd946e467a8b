//! The request log: what clients really sent, for tests that count.

use jiff::Timestamp;

/// One call that arrived, whatever became of it.
#[derive(Debug, Clone)]
pub struct Call {
    /// The service it was for.
    pub service: Service,
    /// The operation, such as `SendCommand`.
    pub operation: String,
    /// When it arrived.
    pub at: Timestamp,
    /// The whole request body.
    pub body: String,
    /// The client's `User-Agent`.
    pub user_agent: String,
}

/// The services that the lab has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Service {
    /// Systems Manager: JSON 1.1.
    Ssm,
    /// The data channels of Systems Manager's sessions.
    SsmMessages,
    /// EC2: its own query protocol.
    Ec2,
    /// STS: the query protocol.
    Sts,
    /// S3: REST.
    S3,
}

impl Service {
    /// The name in ARNs, actions and credential scopes.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ssm => "ssm",
            Self::SsmMessages => "ssmmessages",
            Self::Ec2 => "ec2",
            Self::Sts => "sts",
            Self::S3 => "s3",
        }
    }
}
