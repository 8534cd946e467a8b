//! DescribeInstanceInformation: the registered, running instances. Ten to a page unless asked
//! otherwise; no filter by platform name.

use serde::Deserialize;
use serde_json::{Value, json};

use super::super::authorization::Caller;
use super::super::cloud::Cloud;
use super::super::error::ApiError;
use super::super::instance::{Instance, Registration};
use super::super::page;
use super::wire::epoch_seconds;
use super::{SsmReply, validation, wire};

const DEFAULT_PAGE: usize = 10;
const MOST_VALUES: usize = 100;

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields, default)]
pub(super) struct Request {
    instance_information_filter_list: Vec<OldFilter>,
    filters: Vec<Filter>,
    max_results: Option<u32>,
    next_token: Option<String>,
}

/// A filter with a free key.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Filter {
    key: String,
    values: Vec<String>,
}

/// A filter of the older list, which knows no tags.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct OldFilter {
    key: String,
    value_set: Vec<String>,
}

/// Lists registered instances.
pub(super) fn serve(
    cloud: &Cloud,
    caller: &Caller,
    request: &Request,
) -> Result<SsmReply, ApiError> {
    let size = validation::page_size(request.max_results, 5..=50, DEFAULT_PAGE)?;
    let filters = request.all_filters();
    check(&filters)?;
    let mut found = Vec::new();
    for instance in cloud.visible_instances(caller) {
        if let Some(registration) = instance.managed()
            && passes(&filters, &instance, registration)?
        {
            found.push(to_json(&instance, registration));
        }
    }
    let page = page::cut(found, request.next_token.as_deref(), size)
        .map_err(|_| ApiError::new("InvalidNextToken", "Invalid next token"))?;
    Ok(wire::paged(
        "InstanceInformationList",
        page.items,
        page.next_token,
    ))
}

impl Request {
    fn all_filters(&self) -> Vec<Filter> {
        let old = self.instance_information_filter_list.iter();
        let old = old.map(|filter| Filter {
            key: filter.key.clone(),
            values: filter.value_set.clone(),
        });
        old.chain(self.filters.iter().cloned()).collect()
    }
}

fn check(filters: &[Filter]) -> Result<(), ApiError> {
    let by_tag = filters
        .iter()
        .filter(|filter| filter.key.starts_with("tag"))
        .count();
    if by_tag > 0 && by_tag < filters.len() {
        return Err(ApiError::new("InvalidFilterKey", ""));
    }
    let bad = |filter: &Filter| filter.values.is_empty() || filter.values.len() > MOST_VALUES;
    if filters.iter().any(bad) {
        return Err(ApiError::new("InvalidInstanceInformationFilterValue", ""));
    }
    Ok(())
}

fn passes(
    filters: &[Filter],
    instance: &Instance,
    registration: &Registration,
) -> Result<bool, ApiError> {
    let mut passes = true;
    for filter in filters {
        let found = values(&filter.key, instance, registration)
            .ok_or_else(|| ApiError::new("InvalidFilterKey", ""))?;
        passes &= found
            .iter()
            .any(|value| filter.values.iter().any(|wanted| wanted == value));
    }
    Ok(passes)
}

/// What a filter looks at; nothing for a filter that does not exist.
fn values<'a>(
    key: &str,
    instance: &'a Instance,
    registration: &'a Registration,
) -> Option<Vec<&'a str>> {
    if let Some(tag) = key.strip_prefix("tag:") {
        return Some(
            instance
                .tags
                .get(tag)
                .map(String::as_str)
                .into_iter()
                .collect(),
        );
    }
    Some(match key {
        "tag-key" => instance.tags.keys().map(String::as_str).collect(),
        "InstanceIds" => vec![&instance.id],
        "PingStatus" => vec![registration.ping_status.name()],
        "PlatformTypes" => vec!["Linux"],
        "ResourceType" => vec!["EC2Instance"],
        "SourceTypes" => vec!["AWS::EC2::Instance"],
        "AgentVersion" => vec![&registration.agent_version],
        "ActivationIds" | "IamRole" | "SourceIds" | "AssociationStatus" => Vec::new(),
        _ => return None,
    })
}

fn to_json(instance: &Instance, registration: &Registration) -> Value {
    json!({
        "InstanceId": instance.id,
        "PingStatus": registration.ping_status.name(),
        "LastPingDateTime": epoch_seconds(jiff::Timestamp::now()),
        "AgentVersion": registration.agent_version,
        "IsLatestVersion": false,
        "PlatformType": "Linux",
        "PlatformName": registration.platform_name,
        "PlatformVersion": registration.platform_version,
        "ResourceType": "EC2Instance",
        "IPAddress": instance.private_ip,
        "ComputerName": instance.private_dns_name,
        "SourceId": instance.id,
        "SourceType": "AWS::EC2::Instance",
    })
}
