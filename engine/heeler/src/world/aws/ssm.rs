//! SSM: Run Command and the registry of nodes.

use std::time::Duration;

use aws_config::SdkConfig;
use aws_sdk_ssm::types::{
    CommandInvocation, InstanceInformation, InstanceInformationStringFilter, PingStatus,
};
use futures::future::BoxFuture;
use heeler_core::event::{CommandId, InstanceId};
use tokio::time::sleep;

use super::account::{once, reads};
use super::failure::{failed, unreadable};
use crate::world::error::{CallError, Cause, WorldError};
use crate::world::port::{
    Answer, Ended, Invocation, Ping, Progress, Registration, SendCommand, Ssm, WholeOutput,
};

/// ListCommandInvocations and DescribeInstanceInformation give up to 50 a page.
const PAGE: i32 = 50;
/// Ids in one filter of DescribeInstanceInformation: one page's worth.
const IDS_PER_FILTER: usize = 50;
/// What the agent puts where it cuts standard output (amazon-ssm-agent: iohandler.go).
const CUT_MARK: &str = "--output truncated--";
/// GetCommandInvocation is eventually consistent: an invocation may not be there for a while.
const PATIENCE: [Duration; 4] = [
    Duration::from_millis(200),
    Duration::from_millis(500),
    Duration::from_secs(1),
    Duration::from_secs(2),
];

/// SSM in one region.
pub(super) struct Client {
    pub(super) sdk: aws_sdk_ssm::Client,
    pub(super) region: String,
}

impl Client {
    pub(super) fn new(config: &SdkConfig, region: &str) -> Self {
        let config = aws_sdk_ssm::config::Builder::from(config)
            .retry_config(reads())
            .build();
        Client {
            sdk: aws_sdk_ssm::Client::from_conf(config),
            region: region.to_owned(),
        }
    }

    /// Asks once: whoever polls asks again anyway, and must hear of a throttle at once.
    async fn list(&self, command: &CommandId) -> Result<Vec<Invocation>, CallError> {
        const ACTION: &str = "ssm:ListCommandInvocations";
        let (mut invocations, mut next) = (Vec::new(), None);
        loop {
            let page = self
                .sdk
                .list_command_invocations()
                .command_id(&command.0)
                .details(true)
                .max_results(PAGE)
                .set_next_token(next)
                .customize()
                .config_override(aws_sdk_ssm::config::Builder::default().retry_config(once()))
                .send()
                .await
                .map_err(|error| failed(ACTION, &self.region, &error))?;
            for invocation in page.command_invocations.unwrap_or_default() {
                invocations.push(
                    read_invocation(invocation)
                        .map_err(|text| unreadable(ACTION, &self.region, text))?,
                );
            }
            next = page.next_token.filter(|token| !token.is_empty());
            if next.is_none() {
                return Ok(invocations);
            }
        }
    }

    async fn get(
        &self,
        command: &CommandId,
        instance: &InstanceId,
    ) -> Result<WholeOutput, CallError> {
        let answer = self
            .sdk
            .get_command_invocation()
            .command_id(&command.0)
            .instance_id(instance.as_str())
            .send()
            .await
            .map_err(|error| failed("ssm:GetCommandInvocation", &self.region, &error))?;
        let stdout = answer.standard_output_content.unwrap_or_default();
        Ok(WholeOutput {
            cut: stdout.trim_end().ends_with(CUT_MARK),
            stdout,
            stderr: answer.standard_error_content.unwrap_or_default(),
        })
    }

    async fn registered(&self, ids: &[InstanceId]) -> Result<Vec<Registration>, CallError> {
        const ACTION: &str = "ssm:DescribeInstanceInformation";
        let filter = InstanceInformationStringFilter::builder()
            .key("InstanceIds")
            .set_values(Some(ids.iter().map(ToString::to_string).collect()))
            .build()
            .map_err(|error| unreadable(ACTION, &self.region, error.to_string()))?;
        let mut pages = self
            .sdk
            .describe_instance_information()
            .filters(filter)
            .max_results(PAGE)
            .into_paginator()
            .send();
        let mut registrations = Vec::new();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| failed(ACTION, &self.region, &error))?;
            let known = page.instance_information_list.unwrap_or_default();
            registrations.extend(known.into_iter().filter_map(read_registration));
        }
        Ok(registrations)
    }
}

impl Ssm for Client {
    fn send<'a>(
        &'a self,
        command: &'a SendCommand,
    ) -> BoxFuture<'a, Result<CommandId, WorldError>> {
        Box::pin(self.send_once(command))
    }

    fn invocations<'a>(&'a self, command: &'a CommandId) -> Answer<'a, Vec<Invocation>> {
        Box::pin(self.list(command))
    }

    fn whole_output<'a>(
        &'a self,
        command: &'a CommandId,
        instance: &'a InstanceId,
    ) -> Answer<'a, WholeOutput> {
        Box::pin(async move {
            for pause in PATIENCE {
                match self.get(command, instance).await {
                    Err(error) if matches!(error.cause, Cause::NotFound(_)) => sleep(pause).await,
                    answer => return answer,
                }
            }
            self.get(command, instance).await
        })
    }

    fn cancel<'a>(&'a self, command: &'a CommandId) -> Answer<'a, ()> {
        Box::pin(async move {
            self.sdk
                .cancel_command()
                .command_id(&command.0)
                .send()
                .await
                .map(|_| ())
                .map_err(|error| failed("ssm:CancelCommand", &self.region, &error))
        })
    }

    fn registrations<'a>(&'a self, ids: &'a [InstanceId]) -> Answer<'a, Vec<Registration>> {
        Box::pin(async move {
            let chunks = ids
                .chunks(IDS_PER_FILTER)
                .map(|chunk| self.registered(chunk));
            Ok(futures::future::try_join_all(chunks).await?.concat())
        })
    }
}

fn read_registration(known: InstanceInformation) -> Option<Registration> {
    let last = known
        .last_ping_date_time
        .and_then(|time| jiff::Timestamp::from_second(time.secs()).ok());
    Some(Registration {
        // A hybrid node's `mi-…` can't be a target.
        instance: known.instance_id?.parse().ok()?,
        ping: match known.ping_status {
            Some(PingStatus::Online) => Ping::Online,
            _ => Ping::Lost(last),
        },
        platform: known.platform_name,
        platform_version: known.platform_version,
    })
}

fn read_invocation(invocation: CommandInvocation) -> Result<Invocation, String> {
    let status = invocation
        .status
        .map(|status| status.as_str().to_owned())
        .unwrap_or_default();
    let outputs: Vec<String> = invocation
        .command_plugins
        .unwrap_or_default()
        .into_iter()
        .filter_map(|plugin| plugin.output)
        .collect();
    Ok(Invocation {
        instance: invocation.instance_id.unwrap_or_default().parse()?,
        progress: progress(
            &status,
            invocation.status_details.as_deref().unwrap_or_default(),
        ),
        output: outputs.join("\n"),
    })
}

/// The details say more than the status, and are spelt with and without spaces.
fn progress(status: &str, details: &str) -> Progress {
    let details: String = details.chars().filter(|c| !c.is_whitespace()).collect();
    [details.as_str(), status]
        .iter()
        .find_map(|word| ended(word))
        .map_or_else(
            || {
                Progress::Running(if details.is_empty() {
                    status.to_owned()
                } else {
                    details.clone()
                })
            },
            Progress::Ended,
        )
}

fn ended(word: &str) -> Option<Ended> {
    Some(match word {
        "Success" => Ended::Success,
        "Failed" => Ended::Failed,
        "ExecutionTimedOut" => Ended::ExecutionTimedOut,
        // A bare `TimedOut` does not say which: nothing may be taken for granted then.
        "DeliveryTimedOut" | "TimedOut" => Ended::DeliveryTimedOut,
        "Undeliverable" => Ended::Undeliverable,
        "InvalidPlatform" => Ended::InvalidPlatform,
        "AccessDenied" => Ended::AccessDenied,
        "Terminated" => Ended::Terminated,
        "Cancelled" => Ended::Cancelled,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn details_say_more_than_the_status() {
        for (status, details, wanted) in [
            (
                "TimedOut",
                "Delivery Timed Out",
                Progress::Ended(Ended::DeliveryTimedOut),
            ),
            (
                "TimedOut",
                "ExecutionTimedOut",
                Progress::Ended(Ended::ExecutionTimedOut),
            ),
            ("TimedOut", "", Progress::Ended(Ended::DeliveryTimedOut)),
            (
                "Failed",
                "Undeliverable",
                Progress::Ended(Ended::Undeliverable),
            ),
            ("Failed", "Failed", Progress::Ended(Ended::Failed)),
            (
                "Cancelled",
                "Terminated",
                Progress::Ended(Ended::Terminated),
            ),
            (
                "Success",
                "Details placeholder",
                Progress::Ended(Ended::Success),
            ),
            (
                "InProgress",
                "In Progress",
                Progress::Running("InProgress".into()),
            ),
            ("Pending", "", Progress::Running("Pending".into())),
            (
                "Cancelling",
                "Cancelling",
                Progress::Running("Cancelling".into()),
            ),
        ] {
            assert_eq!(progress(status, details), wanted, "{status} {details}");
        }
    }
}
