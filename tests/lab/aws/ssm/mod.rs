//! Systems Manager: Run Command, the inventory of registered instances and the state of their
//! connections. One file per operation; `record` keeps what was sent, `dispatch` brings it to
//! the agents, and `session` starts sessions. Automation and own documents are not here.

mod aggregate;
mod cancel_command;
mod command_filter;
mod connection_status;
mod dispatch;
mod document;
mod get_command_invocation;
mod instance_information;
mod invocation;
mod list_command_invocations;
mod list_commands;
pub(super) mod record;
mod send_command;
mod session;
mod status;
mod targets;
mod validation;
mod wire;

use std::sync::Arc;

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::authorization::Caller;
use super::cloud::Cloud;
use super::error::ApiError;

/// The body of a successful reply.
pub(super) type SsmReply = Value;

/// Serves one operation.
pub(super) fn serve(
    cloud: &Arc<Cloud>,
    caller: &Caller,
    operation: &str,
    body: &str,
) -> Result<SsmReply, ApiError> {
    match operation {
        "SendCommand" => send_command::serve(cloud, caller, read(body)?),
        "ListCommands" => list_commands::serve(cloud, caller, read(body)?),
        "ListCommandInvocations" => list_command_invocations::serve(cloud, caller, read(body)?),
        "GetCommandInvocation" => get_command_invocation::serve(cloud, caller, &read(body)?),
        "CancelCommand" => cancel_command::serve(cloud, caller, &read(body)?),
        "DescribeInstanceInformation" => instance_information::serve(cloud, caller, &read(body)?),
        "GetConnectionStatus" => connection_status::serve(cloud, caller, &read(body)?),
        "StartSession" => session::start(cloud, caller, read(body)?),
        "ResumeSession" => session::resume(cloud, &read(body)?),
        "TerminateSession" => Ok(session::terminate(cloud, &read(body)?)),
        _ => Err(ApiError::new("UnknownOperationException", "")),
    }
}

/// Reads a request. A member that the lab does not act on is refused rather than ignored.
fn read<T: DeserializeOwned>(body: &str) -> Result<T, ApiError> {
    serde_json::from_str(body)
        .map_err(|error| ApiError::new("SerializationException", error.to_string()))
}

#[cfg(test)]
mod measured;
