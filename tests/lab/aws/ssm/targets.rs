//! Which nodes a command is for.

use super::super::authorization::Caller;
use super::super::cloud::Cloud;
use super::super::error::ApiError;
use super::super::instance::Instance;
use super::send_command::{Request, Target};
use super::status::Status;

/// Checks instance ids as SendCommand does: one that is not registered, not running or of
/// another Region fails all of them.
pub(super) fn check_instance_ids(
    cloud: &Cloud,
    caller: &Caller,
    ids: &[String],
) -> Result<(), ApiError> {
    let visible = cloud.visible_instances(caller);
    let is_managed = |id: &String| {
        let mut instances = visible.iter();
        instances.any(|instance| instance.id == *id && instance.managed().is_some())
    };
    let invalid: Vec<&str> = ids
        .iter()
        .filter(|id| !is_managed(id))
        .map(String::as_str)
        .collect();
    if invalid.is_empty() {
        return Ok(());
    }
    let message = format!(
        "Instances [[{}]] not in a valid state for account {}",
        invalid.join(", "),
        caller.account
    );
    Err(ApiError::new("InvalidInstanceId", message))
}

/// The nodes of a command, each with the state it starts in. Ids that EC2 does not know are
/// silently absent, those that it knows and Systems Manager does not are undeliverable.
pub(super) fn resolve(cloud: &Cloud, caller: &Caller, request: &Request) -> Vec<(String, Status)> {
    if request.targets.is_empty() {
        let pending = |id: &String| (id.clone(), Status::Pending);
        return request.instance_ids.iter().map(pending).collect();
    }
    cloud
        .visible_instances(caller)
        .iter()
        .filter(|instance| {
            request
                .targets
                .iter()
                .all(|target| selects(target, instance))
        })
        .map(|instance| (instance.id.clone(), first_status(cloud, instance)))
        .collect()
}

fn selects(target: &Target, instance: &Instance) -> bool {
    let holds = |value: &String| target.values.contains(value);
    if target.key.eq_ignore_ascii_case("instanceids") {
        return holds(&instance.id);
    }
    match target.key.strip_prefix("tag:") {
        // By tag only registered nodes are found.
        Some(key) => instance.managed().is_some() && instance.tags.get(key).is_some_and(holds),
        None => false,
    }
}

fn first_status(cloud: &Cloud, instance: &Instance) -> Status {
    let denied = cloud.denials.with(|d| d.denies_instance(&instance.id));
    if denied {
        Status::AccessDenied
    } else if instance.managed().is_none() {
        Status::Undeliverable
    } else {
        Status::Pending
    }
}
