//! What the lab's account is when it starts.

use super::instance::Instance;
use crate::fault::Faults;
use crate::latency::Latency;

/// The access key of the operator, who may do everything that is not denied.
pub const OPERATOR_ACCESS_KEY: &str = "ASIALABOPERATOR00001";
/// An access key whose session has expired. Any other key is unknown.
pub const EXPIRED_ACCESS_KEY: &str = "ASIALABEXPIRED000001";

/// Account, Region, caller, instances and behaviour of an endpoint.
#[derive(Debug)]
pub struct AwsConfig {
    /// The account's twelve digits.
    pub account: String,
    /// The Region that the instances are in.
    pub region: String,
    /// The ARN that the operator's key stands for.
    pub caller_arn: String,
    /// The instances there are at the start.
    pub instances: Vec<Instance>,
    /// What calls cost and when commands become visible.
    pub latency: Latency,
    /// The handle through which faults are asked for.
    pub faults: Faults,
}

impl Default for AwsConfig {
    fn default() -> Self {
        Self {
            account: "111122223333".to_owned(),
            region: "us-west-2".to_owned(),
            caller_arn: "arn:aws:sts::111122223333:assumed-role/ops/alice".to_owned(),
            instances: Vec::new(),
            latency: Latency::default(),
            faults: Faults::default(),
        }
    }
}
