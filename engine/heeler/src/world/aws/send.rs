//! SendCommand, which has no idempotency token: it is sent once, and when its fate is unknown the
//! command is looked up by its comment instead.

use std::time::Duration;

use aws_sdk_ssm::types::{CommandFilter, CommandFilterKey};
use heeler_core::event::{CommandId, InstanceId};
use jiff::Timestamp;
use tokio::time::sleep;

use super::account::once;
use super::failure::{failed, unreadable};
use super::ssm::Client;
use crate::world::error::{CallError, Cause, TargetError, WorldError};
use crate::world::port::{MOST_INSTANCES, SendCommand};
use crate::world::script;
use crate::world::watch::random_share;

const ACTION: &str = "ssm:SendCommand";
/// Pauses after a throttled call, which was not executed; each is stretched at random.
const THROTTLE_PAUSES: [Duration; 5] = [
    Duration::from_millis(500),
    Duration::from_secs(1),
    Duration::from_secs(2),
    Duration::from_secs(4),
    Duration::from_secs(8),
];
/// Pauses before each look for a command that may have been started: ListCommands is eventually
/// consistent.
const LOOK_PAUSES: [Duration; 4] = [
    Duration::from_millis(500),
    Duration::from_secs(1),
    Duration::from_secs(2),
    Duration::from_secs(3),
];
/// Commands that one page of ListCommands can have.
const PAGE: i32 = 50;
/// Pages of ListCommands that a look goes through; the latest commands come first.
const MOST_PAGES: usize = 4;
/// How far this clock may be from AWS's: signatures are refused beyond.
const CLOCK_SKEW: Duration = Duration::from_secs(300);

impl Client {
    pub(super) async fn send_once(&self, command: &SendCommand) -> Result<CommandId, WorldError> {
        let count = command.instances.len();
        if count == 0 || count > MOST_INSTANCES {
            // The service may answer too many with a throttle, which would be repeated for ever.
            return Err(TargetError::InstanceCount { count }.into());
        }
        let line = script::wrap_with(&command.script, command.secret.as_ref())?;
        let mut pauses = THROTTLE_PAUSES.iter();
        loop {
            let error = match self.call(command, &line).await {
                Ok(id) => return Ok(id),
                Err(error) => unless_it_repeats(error),
            };
            match &error.cause {
                Cause::Throttled(_) => match pauses.next() {
                    Some(pause) => sleep(*pause + random_share(*pause)).await,
                    None => return Err(error.into()),
                },
                // A 5xx, a time-out or half an answer: it may have been executed.
                Cause::TimedOut(_) | Cause::Unavailable(_) | Cause::Unreadable(_) => {
                    return Ok(self.find(command, &error).await?);
                }
                _ => return Err(error.into()),
            }
        }
    }

    async fn call(&self, command: &SendCommand, line: &str) -> Result<CommandId, CallError> {
        let answer = self
            .sdk
            .send_command()
            .set_instance_ids(Some(
                command.instances.iter().map(ToString::to_string).collect(),
            ))
            .document_name(&command.document)
            .comment(command.comment.as_str())
            .timeout_seconds(command.delivery_seconds())
            .parameters("commands", vec![line.to_owned()])
            .parameters(
                "executionTimeout",
                vec![command.execution_seconds().to_string()],
            )
            .max_concurrency(MOST_INSTANCES.to_string())
            // The default, 0, would stop the command at the first node that fails.
            .max_errors("100%")
            .customize()
            .config_override(aws_sdk_ssm::config::Builder::default().retry_config(once()))
            .send()
            .await
            .map_err(|error| refusal(failed(ACTION, &self.region, &error), &command.instances))?;
        answer
            .command
            .and_then(|command| command.command_id)
            .map(CommandId)
            .ok_or_else(|| unreadable(ACTION, &self.region, "it has no command id"))
    }

    /// Looks for the command that may have been started.
    async fn find(&self, command: &SendCommand, doubt: &CallError) -> Result<CommandId, CallError> {
        let comment = command.comment.as_str();
        let mut detail = doubt.what();
        for pause in LOOK_PAUSES {
            sleep(pause).await;
            match self.look_for(comment).await {
                Ok(Some(id)) => return Ok(id),
                Ok(None) => {}
                Err(error) => detail = format!("{}; {}", doubt.what(), error.what()),
            }
        }
        Err(doubt.because(Cause::Ambiguous {
            comment: comment.to_owned(),
            detail,
        }))
    }

    async fn look_for(&self, comment: &str) -> Result<Option<CommandId>, CallError> {
        const ACTION: &str = "ssm:ListCommands";
        let since = CommandFilter::builder()
            .key(CommandFilterKey::InvokedAfter)
            .value(look_back(Timestamp::now()))
            .build()
            .map_err(|error| unreadable(ACTION, &self.region, error.to_string()))?;
        let mut next = None;
        for _ in 0..MOST_PAGES {
            let page = self
                .sdk
                .list_commands()
                .filters(since.clone())
                .max_results(PAGE)
                .set_next_token(next)
                .customize()
                // The caller looks again anyway.
                .config_override(aws_sdk_ssm::config::Builder::default().retry_config(once()))
                .send()
                .await
                .map_err(|error| failed(ACTION, &self.region, &error))?;
            let found = page
                .commands
                .unwrap_or_default()
                .into_iter()
                .find(|command| command.comment.as_deref() == Some(comment))
                .and_then(|command| command.command_id);
            next = page.next_token.filter(|token| !token.is_empty());
            if found.is_some() || next.is_none() {
                return Ok(found.map(CommandId));
            }
        }
        Ok(None)
    }
}

/// `InvokedAfter` takes whole seconds, as in `2024-07-07T00:00:00Z`.
fn look_back(now: Timestamp) -> String {
    let start = now
        .as_second()
        .saturating_sub(CLOCK_SKEW.as_secs().cast_signed() * 2);
    Timestamp::from_second(start)
        .unwrap_or(now)
        .strftime("%Y-%m-%dT%H:%M:%SZ")
        .to_string()
}

/// A service may repeat in its words what it refuses, and that may hold a secret.
fn unless_it_repeats(error: CallError) -> CallError {
    match &error.cause {
        Cause::Refused { code, detail } if detail.contains(script::SECRET) => {
            let (code, detail) = (code.clone(), "its words repeat a command with a secret");
            error.because(Cause::Refused {
                code,
                detail: detail.to_owned(),
            })
        }
        _ => error,
    }
}

/// `InvalidInstanceId` refuses the whole command; its message names the culprits:
/// `Instances [[i-…, i-…]] not in a valid state for account …`.
fn refusal(error: CallError, asked: &[InstanceId]) -> CallError {
    let Cause::Refused { code, detail } = &error.cause else {
        return error;
    };
    if code != "InvalidInstanceId" {
        return error;
    }
    let named: Vec<InstanceId> = detail
        .split(|c: char| !c.is_ascii_alphanumeric() && c != '-')
        .filter_map(|word| word.parse().ok())
        .filter(|id| asked.contains(id))
        .collect();
    // A message without ids can only mean the one that was asked for.
    match (named.is_empty(), asked) {
        (false, _) => error.because(Cause::InvalidInstances(named)),
        (true, [only]) => error.because(Cause::InvalidInstances(vec![only.clone()])),
        (true, _) => error,
    }
}

#[cfg(test)]
#[path = "send_tests.rs"]
mod tests;
