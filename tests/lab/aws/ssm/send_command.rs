//! SendCommand: everything is checked before anything is sent, and there is no client token:
//! two calls are two commands.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Deserialize;
use serde_json::json;

use super::super::authorization::{self, Caller};
use super::super::call::Service;
use super::super::cloud::Cloud;
use super::super::error::ApiError;
use super::record::Command;
use super::{SsmReply, dispatch, document, targets, validation};

/// The request's members. Those of S3, SNS, CloudWatch and alarms are not served.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct Request {
    #[serde(default)]
    pub instance_ids: Vec<String>,
    #[serde(default)]
    pub targets: Vec<Target>,
    pub document_name: String,
    #[serde(default = "default_version")]
    pub document_version: String,
    #[serde(default = "default_timeout")]
    pub timeout_seconds: u32,
    #[serde(default)]
    pub comment: String,
    #[serde(default)]
    pub parameters: BTreeMap<String, Vec<String>>,
    #[serde(default = "default_concurrency")]
    pub max_concurrency: String,
    #[serde(default = "default_errors")]
    pub max_errors: String,
}

/// A set of nodes by key and values.
#[derive(Debug, Clone, Deserialize, serde::Serialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct Target {
    pub key: String,
    #[serde(default)]
    pub values: Vec<String>,
}

fn default_version() -> String {
    "$DEFAULT".to_owned()
}

fn default_timeout() -> u32 {
    3_600
}

fn default_concurrency() -> String {
    "50".to_owned()
}

/// The service stops at the first failure unless told otherwise.
fn default_errors() -> String {
    "0".to_owned()
}

impl Request {
    /// A parameter that holds one value.
    pub(crate) fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.get(name)?.first().map(String::as_str)
    }
}

/// Accepts a command and starts to dispatch it.
pub(super) fn serve(
    cloud: &Arc<Cloud>,
    caller: &Caller,
    request: Request,
) -> Result<SsmReply, ApiError> {
    validation::check(&request)?;
    document::check(&request)?;
    check_denials(cloud, caller, &request)?;
    targets::check_instance_ids(cloud, caller, &request.instance_ids)?;
    let delay = cloud.latency.with(|latency| latency.draw_visibility());
    let command = Arc::new(Command::new(request, delay));
    cloud.commands.keep(Arc::clone(&command));
    let reply = json!({ "Command": command.to_json() });
    tokio::spawn(dispatch::run(Arc::clone(cloud), caller.clone(), command));
    Ok(reply)
}

/// Nodes that are named one by one are authorized at once, all or nothing.
fn check_denials(cloud: &Cloud, caller: &Caller, request: &Request) -> Result<(), ApiError> {
    let denied = request
        .instance_ids
        .iter()
        .find(|id| cloud.denials.with(|denials| denials.denies_instance(id)));
    denied.map_or(Ok(()), |id| {
        let Caller {
            region, account, ..
        } = caller;
        let resource = format!("arn:aws:ec2:{region}:{account}:instance/{id}");
        let action = "ssm:SendCommand";
        Err(authorization::denied(
            Service::Ssm,
            caller,
            action,
            &resource,
        ))
    })
}
