//! CancelCommand: a request, without a guarantee that anything stops.

use serde::Deserialize;
use serde_json::json;

use super::super::authorization::Caller;
use super::super::cloud::Cloud;
use super::super::error::ApiError;
use super::{SsmReply, validation};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Request {
    command_id: String,
    #[serde(default)]
    instance_ids: Vec<String>,
}

/// Asks the agents of a command, or of some of its nodes, to kill the script.
pub(super) fn serve(
    cloud: &Cloud,
    caller: &Caller,
    request: &Request,
) -> Result<SsmReply, ApiError> {
    validation::check_ids(&request.instance_ids)?;
    let command = cloud
        .commands
        .find(&request.command_id)
        .filter(|_| cloud.is_home_of(caller))
        .ok_or_else(|| ApiError::new("InvalidCommandId", ""))?;
    let invocations = command.invocations();
    let chosen = |id: &String| request.instance_ids.is_empty() || request.instance_ids.contains(id);
    if let Some(foreign) = request
        .instance_ids
        .iter()
        .find(|id| !invocations.iter().any(|i| i.instance_id == **id))
    {
        let message = format!("Instance {foreign} is not a target of the command");
        return Err(ApiError::new("InvalidInstanceId", message));
    }
    for invocation in invocations.iter().filter(|i| chosen(&i.instance_id)) {
        invocation.cancel();
    }
    Ok(json!({}))
}
