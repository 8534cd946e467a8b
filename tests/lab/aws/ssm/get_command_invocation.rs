//! GetCommandInvocation: one node, both streams apart. Right after SendCommand the invocation
//! does not exist.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::json;

use super::super::authorization::Caller;
use super::super::cloud::Cloud;
use super::super::error::ApiError;
use super::SsmReply;

const PLUGIN: &str = "aws:runShellScript";

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Request {
    command_id: String,
    instance_id: String,
    plugin_name: Option<String>,
}

/// Shows a command on one node.
pub(super) fn serve(
    cloud: &Cloud,
    caller: &Caller,
    request: &Request,
) -> Result<SsmReply, ApiError> {
    let missing = || ApiError::new("InvocationDoesNotExist", "");
    if request
        .plugin_name
        .as_ref()
        .is_some_and(|name| name != PLUGIN)
    {
        return Err(ApiError::new("InvalidPluginName", ""));
    }
    let commands = cloud.visible_commands(caller);
    let command = commands
        .iter()
        .find(|command| command.id == request.command_id)
        .ok_or_else(missing)?;
    let invocations = command.invocations();
    let invocation = invocations
        .iter()
        .find(|invocation| invocation.instance_id == request.instance_id)
        .ok_or_else(missing)?;
    let status = invocation.status();
    let reply = invocation.reply();
    let time = |instant: Timestamp| instant.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string();
    let elapsed = reply
        .as_ref()
        .map(|reply| reply.ended.duration_since(reply.started).as_secs_f64());
    Ok(json!({
        "CommandId": command.id,
        "InstanceId": invocation.instance_id,
        "Comment": command.request.comment,
        "DocumentName": command.request.document_name,
        "DocumentVersion": command.request.document_version,
        "PluginName": PLUGIN,
        "ResponseCode": invocation.response_code(),
        "ExecutionStartDateTime": reply.as_ref().map(|r| time(r.started)).unwrap_or_default(),
        "ExecutionElapsedTime": elapsed.map(|s| format!("PT{s:.3}S")).unwrap_or_default(),
        "ExecutionEndDateTime": reply.as_ref().map(|r| time(r.ended)).unwrap_or_default(),
        "Status": status.coarse(),
        "StatusDetails": status.detail(),
        "StandardOutputContent": reply.map(|reply| reply.stdout).unwrap_or_default(),
        "StandardOutputUrl": "",
        "StandardErrorContent": invocation.shown_stderr(),
        "StandardErrorUrl": "",
        "CloudWatchOutputConfig": super::wire::no_cloud_watch(),
    }))
}
