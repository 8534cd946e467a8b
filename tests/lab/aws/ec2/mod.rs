//! EC2: DescribeInstances with ids, filters and paging.

mod document;
mod filter;

use super::authorization::Caller;
use super::cloud::Cloud;
use super::error::ApiError;
use super::instance::Instance;
use super::page;
use super::query::Form;
use super::xml::Element;

/// The namespace of every reply of the service.
const NAMESPACE: &str = "http://ec2.amazonaws.com/doc/2016-11-15/";
const PAGE_SIZES: std::ops::RangeInclusive<usize> = 5..=1000;

/// Serves one operation.
pub(super) fn serve(
    cloud: &Cloud,
    caller: &Caller,
    form: &Form,
    request_id: &str,
) -> Result<Element, ApiError> {
    match form.get("Action") {
        Some("DescribeInstances") => describe_instances(cloud, caller, form, request_id),
        other => Err(ApiError::new(
            "InvalidAction",
            format!(
                "The action {} is not valid for this web service.",
                other.unwrap_or_default()
            ),
        )),
    }
}

fn describe_instances(
    cloud: &Cloud,
    caller: &Caller,
    form: &Form,
    request_id: &str,
) -> Result<Element, ApiError> {
    let ids = form.list("InstanceId");
    let size = page_size(form, &ids)?;
    let mut found = by_ids(cloud.visible_instances(caller), &ids)?;
    for (name, values) in form.filters() {
        filter::retain(&mut found, name, &values)?;
    }
    let page = page::cut(found, form.get("NextToken"), size)
        .map_err(|_| invalid_value("Unable to parse pagination token"))?;
    let reservations = page
        .items
        .iter()
        .map(|instance| document::reservation(instance, &cloud.account));
    let reply = Element::namespaced("DescribeInstancesResponse", NAMESPACE)
        .text("requestId", request_id)
        .child(Element::new("reservationSet").children(reservations));
    Ok(match page.next_token {
        Some(token) => reply.text("nextToken", token),
        None => reply,
    })
}

fn page_size(form: &Form, ids: &[&str]) -> Result<usize, ApiError> {
    let Some(text) = form.get("MaxResults") else {
        return Ok(*PAGE_SIZES.end());
    };
    if !ids.is_empty() {
        let message = "The parameter instancesSet cannot be used with the parameter maxResults";
        return Err(ApiError::new("InvalidParameterCombination", message));
    }
    text.parse()
        .ok()
        .filter(|size| PAGE_SIZES.contains(size))
        .ok_or_else(|| {
            invalid_value(format!(
                "Value ( {text} ) for parameter maxResults is invalid. Expecting a value between \
                 5 and 1000."
            ))
        })
}

fn by_ids(instances: Vec<Instance>, ids: &[&str]) -> Result<Vec<Instance>, ApiError> {
    if let Some(malformed) = ids.iter().find(|id| !id.starts_with("i-")) {
        let message = format!("Invalid id: \"{malformed}\"");
        return Err(ApiError::new("InvalidInstanceID.Malformed", message));
    }
    if ids.is_empty() {
        return Ok(instances);
    }
    let unknown: Vec<&str> = ids
        .iter()
        .filter(|id| !instances.iter().any(|instance| instance.id == **id))
        .copied()
        .collect();
    match unknown.as_slice() {
        [] => Ok(instances
            .into_iter()
            .filter(|instance| ids.contains(&instance.id.as_str()))
            .collect()),
        [id] => Err(not_found(format!("The instance ID '{id}' does not exist"))),
        many => Err(not_found(format!(
            "The instance IDs '{}' do not exist",
            many.join(", ")
        ))),
    }
}

fn not_found(message: String) -> ApiError {
    ApiError::new("InvalidInstanceID.NotFound", message)
}

fn invalid_value(message: impl Into<String>) -> ApiError {
    ApiError::new("InvalidParameterValue", message)
}
