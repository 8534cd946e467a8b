//! Whose a key is, and what is denied.

use std::collections::BTreeSet;

use axum::http::StatusCode;

use super::call::Service;
use super::error::ApiError;

/// What an access key is worth.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Credential {
    /// The operator's.
    Valid,
    /// The operator's, after the end of the session.
    Expired,
    /// Another person's of the same account.
    Colleague {
        /// Who it is.
        arn: String,
    },
    /// A good key of another account, which sees nothing of this one.
    Foreign {
        /// The other account.
        account: String,
        /// Who it is there.
        arn: String,
    },
}

/// An authenticated caller and the Region that the request was signed for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Caller {
    pub account: String,
    pub arn: String,
    pub region: String,
}

/// What IAM denies the operator.
#[derive(Debug, Default)]
pub(super) struct Denials {
    actions: BTreeSet<String>,
    instances: BTreeSet<String>,
}

impl Denials {
    /// Denies an action on everything.
    pub(super) fn action(&mut self, action: &str) {
        self.actions.insert(action.to_owned());
    }

    /// Ends the denial of an action.
    pub(super) fn lift(&mut self, action: &str) {
        self.actions.remove(action);
    }

    /// Denies commands on one instance.
    pub(super) fn instance(&mut self, id: &str) {
        self.instances.insert(id.to_owned());
    }

    /// Whether an action is denied on everything.
    pub(super) fn denies(&self, action: &str) -> bool {
        self.actions.contains(action)
    }

    /// Whether commands to an instance are denied.
    pub(super) fn denies_instance(&self, id: &str) -> bool {
        self.instances.contains(id)
    }
}

/// The denial of an action, in the service's words.
pub(super) fn denied(service: Service, caller: &Caller, action: &str, resource: &str) -> ApiError {
    let Caller { arn, .. } = caller;
    match service {
        Service::Ec2 => ApiError::with_status(
            StatusCode::FORBIDDEN,
            "UnauthorizedOperation",
            format!(
                "You are not authorized to perform this operation. User: {arn} is not authorized \
                 to perform: {action} because no identity-based policy allows the {action} action"
            ),
        ),
        Service::Sts => ApiError::with_status(
            StatusCode::FORBIDDEN,
            "AccessDenied",
            format!("User: {arn} is not authorized to perform: {action}"),
        ),
        Service::S3 => ApiError::with_status(
            StatusCode::FORBIDDEN,
            "AccessDenied",
            format!(
                "User: {arn} is not authorized to perform: {action} on resource: \"{resource}\" \
                 because no identity-based policy allows the {action} action"
            ),
        ),
        Service::SsmMessages => ApiError::with_status(
            StatusCode::FORBIDDEN,
            "AccessDeniedException",
            format!("User: {arn} is not authorized to perform: {action} on resource: {resource}"),
        ),
        Service::Ssm => ApiError::new(
            "AccessDeniedException",
            format!(
                "User: {arn} is not authorized to perform: {action} on resource: {resource} \
                 because no identity-based policy allows the {action} action"
            ),
        ),
    }
}
