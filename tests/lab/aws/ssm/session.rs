//! StartSession, ResumeSession and TerminateSession, for `AWS-StartNonInteractiveCommand` alone.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Deserialize;
use serde_json::json;

use super::super::authorization::{self, Caller};
use super::super::call::Service;
use super::super::cloud::Cloud;
use super::super::error::ApiError;
use super::super::session::{Spawn, Wanted};
use super::{SsmReply, validation};

const DOCUMENT: &str = "AWS-StartNonInteractiveCommand";
const LONGEST_REASON: usize = 256;
const LONGEST_VALUE: usize = 65_535;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Start {
    target: String,
    #[serde(default)]
    document_name: String,
    #[serde(default)]
    reason: String,
    #[serde(default)]
    parameters: BTreeMap<String, Vec<String>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Named {
    session_id: String,
}

/// Starts a session.
pub(super) fn start(
    cloud: &Arc<Cloud>,
    caller: &Caller,
    request: Start,
) -> Result<SsmReply, ApiError> {
    if request.document_name != DOCUMENT {
        let message = format!(
            "Document with name {} does not exist.",
            request.document_name
        );
        return Err(ApiError::new("InvalidDocument", message));
    }
    let long = |value: &str, member: &str, most: usize| {
        let rule = format!("Member must have length less than or equal to {most}");
        (value.chars().count() > most).then(|| validation::constraint(value, member, &rule))
    };
    let values = request.parameters.values().flatten();
    let long = long(&request.reason, "reason", LONGEST_REASON).or_else(|| {
        values
            .filter_map(|value| long(value, "parameters", LONGEST_VALUE))
            .next()
    });
    if let Some(error) = long {
        return Err(error);
    }
    let parameter = |name: &str| match request.parameters.get(name).map(Vec::as_slice) {
        Some([value]) => Some(value.clone()),
        _ => None,
    };
    let known = ["command", "separateOutputStream"];
    let is_odd = request
        .parameters
        .keys()
        .any(|name| !known.contains(&name.as_str()));
    let command = parameter("command").filter(|_| !is_odd);
    let command = command.ok_or_else(|| ApiError::new("InvalidParameters", ""))?;
    let instance = cloud
        .visible_instances(caller)
        .into_iter()
        .find(|instance| instance.id == request.target && instance.managed().is_some());
    if cloud
        .denials
        .with(|denials| denials.denies_instance(&request.target))
    {
        let Caller {
            region, account, ..
        } = caller;
        let resource = format!("arn:aws:ec2:{region}:{account}:instance/{}", request.target);
        return Err(authorization::denied(
            Service::Ssm,
            caller,
            "ssm:StartSession",
            &resource,
        ));
    }
    let is_there = !cloud.faults.is_cut_off(&request.target) && !cloud.sessions.are_refused();
    if instance.is_none() || !is_there {
        let message = format!("{} is not connected.", request.target);
        return Err(ApiError::new("TargetNotConnected", message));
    }
    let wanted = Wanted {
        command,
        separate: parameter("separateOutputStream").as_deref() == Some("true"),
        reason: request.reason,
        spawn: Spawn(Arc::clone(cloud)),
    };
    let session = cloud.sessions.start((&caller.arn, &request.target), wanted);
    Ok(json!({
        "SessionId": session.id,
        "StreamUrl": cloud.sessions.url(&session),
        "TokenValue": session.token(),
    }))
}

/// A new address and token of a session that is going on.
pub(super) fn resume(cloud: &Arc<Cloud>, request: &Named) -> Result<SsmReply, ApiError> {
    let session = cloud.sessions.find(&request.session_id);
    let session = session.filter(|session| session.is_open()).ok_or_else(|| {
        let message = format!("Session with id {} does not exist.", request.session_id);
        ApiError::new("DoesNotExistException", message)
    })?;
    Ok(json!({
        "SessionId": session.id,
        "StreamUrl": cloud.sessions.url(&session),
        "TokenValue": session.renew(),
    }))
}

/// Ends a session.
pub(super) fn terminate(cloud: &Arc<Cloud>, request: &Named) -> SsmReply {
    if let Some(session) = cloud.sessions.find(&request.session_id) {
        session.terminate();
    }
    json!({ "SessionId": request.session_id })
}
