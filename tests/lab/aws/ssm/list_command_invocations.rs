//! ListCommandInvocations: one command on all of its nodes, with both streams in 2,500 bytes.
//! A command that is not visible yet gives an empty list, not an error.

use serde::Deserialize;
use serde_json::{Value, json};

use super::super::authorization::Caller;
use super::super::cloud::Cloud;
use super::super::error::ApiError;
use super::super::page;
use super::command_filter::{self, CommandFilter, Subject};
use super::invocation::Invocation;
use super::record::Command;
use super::wire::epoch_seconds;
use super::{SsmReply, validation, wire};

const DEFAULT_PAGE: usize = 50;

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields, default)]
pub(super) struct Request {
    command_id: Option<String>,
    instance_id: Option<String>,
    max_results: Option<u32>,
    next_token: Option<String>,
    filters: Vec<CommandFilter>,
    details: bool,
}

/// Lists invocations.
pub(super) fn serve(
    cloud: &Cloud,
    caller: &Caller,
    request: Request,
) -> Result<SsmReply, ApiError> {
    let size = validation::page_size(request.max_results, 1..=50, DEFAULT_PAGE)?;
    let mut found = Vec::new();
    let by_command = request.command_id.as_deref();
    let by_instance = request.instance_id.as_deref();
    let commands = cloud.visible_commands(caller).into_iter();
    for command in commands.filter(|command| by_command.is_none_or(|id| id == command.id)) {
        for invocation in command.invocations() {
            let status = invocation.status();
            let subject = Subject {
                command: &command,
                statuses: vec![status.coarse(), status.detail()],
                complete: status.is_terminal(),
            };
            let wanted = by_instance.is_none_or(|id| id == invocation.instance_id);
            if command_filter::pass(&request.filters, &subject)? && wanted {
                found.push(to_json(cloud, &command, &invocation, request.details));
            }
        }
    }
    let page = page::cut(found, request.next_token.as_deref(), size)
        .map_err(|_| ApiError::new("InvalidNextToken", "Invalid next token"))?;
    Ok(wire::paged(
        "CommandInvocations",
        page.items,
        page.next_token,
    ))
}

fn to_json(cloud: &Cloud, command: &Command, invocation: &Invocation, details: bool) -> Value {
    let status = invocation.status();
    let name = cloud.instance(&invocation.instance_id);
    let plugins = if details {
        vec![plugin(invocation)]
    } else {
        Vec::new()
    };
    json!({
        "CommandId": command.id,
        "InstanceId": invocation.instance_id,
        "InstanceName": name.map(|instance| instance.private_dns_name).unwrap_or_default(),
        "Comment": command.request.comment,
        "DocumentName": command.request.document_name,
        "DocumentVersion": command.request.document_version,
        "RequestedDateTime": epoch_seconds(command.requested_at),
        "Status": status.coarse(),
        "StatusDetails": status.spaced_detail(),
        "StandardOutputUrl": "",
        "StandardErrorUrl": "",
        "CommandPlugins": plugins,
        "ServiceRole": "",
        "NotificationConfig": wire::no_notification(),
        "CloudWatchOutputConfig": wire::no_cloud_watch(),
    })
}

fn plugin(invocation: &Invocation) -> Value {
    let status = invocation.status();
    let mut plugin = json!({
        "Name": "aws:runShellScript",
        "Status": status.of_plugin(),
        "StatusDetails": status.spaced_detail(),
        "ResponseCode": invocation.response_code(),
        "Output": "",
        "StandardOutputUrl": "",
        "StandardErrorUrl": "",
        "OutputS3Region": "",
        "OutputS3BucketName": "",
        "OutputS3KeyPrefix": "",
    });
    if let Some(reply) = invocation.reply() {
        plugin["Output"] = json!(reply.output);
        plugin["ResponseStartDateTime"] = epoch_seconds(reply.started);
        plugin["ResponseFinishDateTime"] = epoch_seconds(reply.ended);
    }
    plugin
}
