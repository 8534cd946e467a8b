//! Who calls, and what is denied. The signature's scope is read, the signature itself is not
//! checked: the lab knows keys by their name only.

use std::collections::BTreeSet;

use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, StatusCode};

use super::call::Service;
use super::cloud::Cloud;
use super::error::ApiError;

/// What an access key is worth.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Credential {
    /// The operator's.
    Valid,
    /// The operator's, after the end of the session.
    Expired,
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

/// The caller of a request, or the error that the service gives instead.
pub(super) fn authenticate(
    cloud: &Cloud,
    service: Service,
    headers: &HeaderMap,
) -> Result<Caller, ApiError> {
    let scope = headers
        .get(AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(Scope::parse)
        .ok_or_else(|| missing_token(service))?;
    let credential = cloud
        .credentials
        .with(|known| known.get(scope.access_key).cloned());
    let (account, arn) = match credential {
        Some(Credential::Valid) => (cloud.account.clone(), cloud.caller_arn.clone()),
        Some(Credential::Foreign { account, arn }) => (account, arn),
        Some(Credential::Expired) => return Err(expired_token(service)),
        None => return Err(unknown_token(service)),
    };
    Ok(Caller {
        account,
        arn,
        region: scope.region.to_owned(),
    })
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
        Service::Ssm => ApiError::new(
            "AccessDeniedException",
            format!(
                "User: {arn} is not authorized to perform: {action} on resource: {resource} \
                 because no identity-based policy allows the {action} action"
            ),
        ),
    }
}

struct Scope<'a> {
    access_key: &'a str,
    region: &'a str,
}

impl<'a> Scope<'a> {
    /// Reads `AWS4-HMAC-SHA256 Credential=KEY/DATE/REGION/SERVICE/aws4_request, …`.
    fn parse(authorization: &'a str) -> Option<Self> {
        let fields = authorization.strip_prefix("AWS4-HMAC-SHA256 ")?;
        let credential = fields
            .split(',')
            .find_map(|field| field.trim().strip_prefix("Credential="))?;
        let mut parts = credential.split('/');
        let access_key = parts.next()?;
        let region = parts.nth(1)?;
        Some(Self { access_key, region })
    }
}

fn missing_token(service: Service) -> ApiError {
    match service {
        Service::Ssm => ApiError::new(
            "MissingAuthenticationTokenException",
            "Missing Authentication Token",
        ),
        Service::Ec2 => ApiError::new(
            "MissingParameter",
            "The request must contain the parameter AWSAccessKeyId",
        ),
        Service::Sts => ApiError::with_status(
            StatusCode::FORBIDDEN,
            "MissingAuthenticationToken",
            "Request is missing Authentication Token",
        ),
    }
}

fn expired_token(service: Service) -> ApiError {
    match service {
        Service::Ssm => ApiError::new(
            "ExpiredTokenException",
            "The security token included in the request is expired",
        ),
        Service::Ec2 => ApiError::new("RequestExpired", "Request has expired."),
        Service::Sts => ApiError::with_status(
            StatusCode::FORBIDDEN,
            "ExpiredToken",
            "The security token included in the request is expired",
        ),
    }
}

fn unknown_token(service: Service) -> ApiError {
    match service {
        Service::Ssm => ApiError::new(
            "UnrecognizedClientException",
            "The security token included in the request is invalid.",
        ),
        Service::Ec2 => ApiError::with_status(
            StatusCode::UNAUTHORIZED,
            "AuthFailure",
            "AWS was not able to validate the provided access credentials",
        ),
        Service::Sts => ApiError::with_status(
            StatusCode::FORBIDDEN,
            "InvalidClientTokenId",
            "The security token included in the request is invalid.",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn key_and_region_are_read_from_the_credential_scope() {
        let scope = Scope::parse(
            "AWS4-HMAC-SHA256 Credential=AKIAX/20260101/eu-west-1/ssm/aws4_request, \
             SignedHeaders=host;x-amz-date, Signature=00",
        )
        .unwrap();
        assert_eq!((scope.access_key, scope.region), ("AKIAX", "eu-west-1"));
        assert!(Scope::parse("Bearer x").is_none());
    }
}
