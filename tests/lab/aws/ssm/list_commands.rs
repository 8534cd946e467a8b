//! ListCommands: the newest first, and only after they have become visible.

use serde::Deserialize;

use super::super::authorization::Caller;
use super::super::cloud::Cloud;
use super::super::error::ApiError;
use super::super::page;
use super::command_filter::{self, CommandFilter, Subject};
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
}

/// Lists commands.
pub(super) fn serve(
    cloud: &Cloud,
    caller: &Caller,
    request: Request,
) -> Result<SsmReply, ApiError> {
    let size = validation::page_size(request.max_results, 1..=50, DEFAULT_PAGE)?;
    let mut found = Vec::new();
    for command in cloud.visible_commands(caller) {
        let invocations = command.invocations();
        let subject = Subject {
            command: &command,
            statuses: vec![command.status()],
            complete: invocations.iter().all(|i| i.status().is_terminal()),
        };
        let wanted = request
            .command_id
            .as_ref()
            .is_none_or(|id| *id == command.id)
            && request
                .instance_id
                .as_ref()
                .is_none_or(|id| invocations.iter().any(|i| i.instance_id == *id));
        if command_filter::pass(&request.filters, &subject)? && wanted {
            found.push(command.to_json());
        }
    }
    let page = page::cut(found, request.next_token.as_deref(), size)
        .map_err(|_| ApiError::new("InvalidNextToken", "Invalid next token"))?;
    Ok(wire::paged("Commands", page.items, page.next_token))
}
