//! GetConnectionStatus: the live control channel, unlike the ping status, which is stale.

use serde::Deserialize;
use serde_json::json;

use super::super::authorization::Caller;
use super::super::cloud::Cloud;
use super::super::error::ApiError;
use super::SsmReply;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Request {
    target: String,
}

/// Tells whether an agent is connected now.
pub(super) fn serve(
    cloud: &Cloud,
    caller: &Caller,
    request: &Request,
) -> Result<SsmReply, ApiError> {
    let registered = cloud
        .visible_instances(caller)
        .iter()
        .any(|instance| instance.id == request.target && instance.managed().is_some());
    let connected = registered && !cloud.faults.is_cut_off(&request.target);
    let status = if connected {
        "connected"
    } else {
        "notconnected"
    };
    Ok(json!({ "Target": request.target, "Status": status }))
}
