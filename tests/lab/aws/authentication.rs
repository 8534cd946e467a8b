//! Who calls: the signature of a request is checked as the services check it, in the order in
//! which they find fault, and what is wrong is said in the words of each.
//!
//! Sources: AWS's "Troubleshoot Signature Version 4 requests" for the texts, aws-iam-authenticator
//! for what STS makes of presigned requests.

use axum::http::StatusCode;
use jiff::civil::DateTime;
use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};

use super::authorization::{Caller, Credential};
use super::call::Service;
use super::claim::{Claim, Flaw};
use super::cloud::Cloud;
use super::error::ApiError;
use super::keys::Keys;
use super::signature::{Received, Texts};

/// How an `X-Amz-Date` is written.
pub(super) const STAMP: &str = "%Y%m%dT%H%M%SZ";
const MISMATCH: &str = "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.";

/// The caller of a request, or the error that the service gives instead.
pub(super) fn authenticate(
    cloud: &Cloud,
    service: Service,
    request: &Received<'_>,
) -> Result<Caller, ApiError> {
    let claim = Claim::read(request.headers, request.query).map_err(|flaw| match flaw {
        Flaw::Missing => missing_token(service),
        Flaw::Incomplete(why) => incomplete(service, why),
    })?;
    check_time(cloud, service, &claim)?;
    check_scope(service, &claim)?;
    let (account, arn) = owner(cloud, service, &claim)?;
    let keys = Keys::of(&claim.scope.access_key);
    let texts = Texts::of(request, &claim);
    if !texts.are_signed_by(&keys.secret, &claim) {
        let Texts { canonical, to_sign } = texts;
        return Err(mismatch(
            service,
            format!(
                "{MISMATCH}\n\nThe Canonical String for this request should have been\n\
                 '{canonical}'\n\nThe String-to-Sign should have been\n'{to_sign}'\n"
            ),
        ));
    }
    Ok(Caller {
        account,
        arn,
        region: claim.scope.region,
    })
}

/// A signature is good for some minutes before and after its time. `X-Amz-Expires` counts for S3 alone:
/// STS ignores it, so a presigned request lives as long as any other.
fn check_time(cloud: &Cloud, service: Service, claim: &Claim) -> Result<(), ApiError> {
    let text = |at: Timestamp| at.strftime(STAMP).to_string();
    let signed =
        DateTime::strptime(STAMP, &claim.stamp).and_then(|at| Offset::UTC.to_timestamp(at));
    // Reading is more lenient than the format: what is written again has to be the same.
    let Some(signed) = signed.ok().filter(|at| text(*at) == claim.stamp) else {
        let why = format!(
            "Date must be in ISO-8601 'basic format'. Got '{}'. See http://en.wikipedia.org/wiki/ISO_8601",
            claim.stamp
        );
        return Err(incomplete(service, why));
    };
    let (now, minutes) = (cloud.clock.now(), window(service));
    if let (Service::S3, Some(seconds)) = (service, &claim.expires) {
        return check_life(signed, now, seconds);
    }
    let window = SignedDuration::from_mins(minutes);
    let (stamp, present) = (&claim.stamp, text(now));
    let (first, last) = (now - window, now + window);
    if signed < first {
        let first = text(first);
        let why = format!(
            "Signature expired: {stamp} is now earlier than {first} ({present} - {minutes} min.)"
        );
        return Err(out_of_time(service, why));
    }
    if signed > last {
        let last = text(last);
        let why = format!(
            "Signature not yet current: {stamp} is still later than {last} ({present} + {minutes} min.)"
        );
        return Err(out_of_time(service, why));
    }
    Ok(())
}

/// A request that was presigned for S3 is good from its time on, for as long as it says.
fn check_life(signed: Timestamp, now: Timestamp, seconds: &str) -> Result<(), ApiError> {
    const LONGEST: i64 = 604_800;
    let life = seconds
        .parse()
        .ok()
        .filter(|life| (0..=LONGEST).contains(life));
    let Some(life) = life else {
        let why = format!("X-Amz-Expires must be between 0 and {LONGEST} seconds");
        let code = "AuthorizationQueryParametersError";
        return Err(ApiError::new(code, why));
    };
    let denied = |why: &str| {
        Err(ApiError::with_status(
            StatusCode::FORBIDDEN,
            "AccessDenied",
            why,
        ))
    };
    if now > signed + SignedDuration::from_secs(life) {
        return denied("Request has expired");
    }
    // Clocks may differ.
    if signed > now + SignedDuration::from_mins(window(Service::S3)) {
        return denied("Request is not yet valid");
    }
    Ok(())
}

/// How far a signature's time may be from the service's, in minutes.
fn window(service: Service) -> i64 {
    match service {
        Service::Ssm | Service::SsmMessages | Service::Ec2 => 5,
        Service::Sts | Service::S3 => 15,
    }
}

fn check_scope(service: Service, claim: &Claim) -> Result<(), ApiError> {
    let Claim { scope, stamp, .. } = claim;
    if !claim.signed_headers.iter().any(|name| name == "host") {
        let why = "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.";
        return Err(mismatch(service, why.to_owned()));
    }
    let mut faults = Vec::new();
    if scope.service != service.name() {
        let right = service.name();
        faults.push(format!(
            "Credential should be scoped to correct service: '{right}'. "
        ));
    }
    if scope.end != "aws4_request" {
        let end = &scope.end;
        faults.push(format!(
            "Credential should be scoped with a valid terminator: 'aws4_request', not '{end}'. "
        ));
    }
    let (date, day) = (&scope.date, stamp.get(..8).unwrap_or_default());
    if date != day {
        faults.push(format!(
            "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from \
             HTTP: '{date}' != '{day}', from '{stamp}'."
        ));
    }
    if faults.is_empty() {
        return Ok(());
    }
    Err(mismatch(service, faults.concat()))
}

/// Account and ARN behind a key, which has to come with its own token.
fn owner(cloud: &Cloud, service: Service, claim: &Claim) -> Result<(String, String), ApiError> {
    let key = &claim.scope.access_key;
    let credential = cloud.credentials.with(|known| known.get(key).cloned());
    let (account, arn) = match credential {
        Some(Credential::Valid) => (cloud.account.clone(), cloud.caller_arn.clone()),
        Some(Credential::Colleague { arn }) => (cloud.account.clone(), arn),
        Some(Credential::Foreign { account, arn }) => (account, arn),
        Some(Credential::Expired) => return Err(expired_token(service)),
        None => return Err(unknown_token(service)),
    };
    if claim.token != Keys::of(key).token {
        return Err(unknown_token(service));
    }
    Ok((account, arn))
}

fn missing_token(service: Service) -> ApiError {
    match service {
        Service::SsmMessages => forbidden(
            "MissingAuthenticationTokenException",
            "Missing Authentication Token",
        ),
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
        Service::S3 => {
            ApiError::with_status(StatusCode::FORBIDDEN, "AccessDenied", "Access Denied")
        }
    }
}

fn incomplete(service: Service, why: String) -> ApiError {
    match service {
        Service::SsmMessages => forbidden("IncompleteSignatureException", why),
        Service::Ssm => ApiError::new("IncompleteSignatureException", why),
        Service::Ec2 | Service::Sts => ApiError::new("IncompleteSignature", why),
        Service::S3 => ApiError::new("AuthorizationQueryParametersError", why),
    }
}

fn mismatch(service: Service, why: String) -> ApiError {
    match service {
        Service::SsmMessages => forbidden("InvalidSignatureException", why),
        Service::Ssm => ApiError::new("InvalidSignatureException", why),
        Service::Ec2 => auth_failure(),
        Service::Sts | Service::S3 => {
            ApiError::with_status(StatusCode::FORBIDDEN, "SignatureDoesNotMatch", why)
        }
    }
}

fn out_of_time(service: Service, why: String) -> ApiError {
    match service {
        // Nothing tells it from a key that is not known: aws/aws-sdk-java#519.
        Service::Ec2 => auth_failure(),
        Service::Ssm | Service::SsmMessages | Service::Sts => mismatch(service, why),
        Service::S3 => ApiError::with_status(
            StatusCode::FORBIDDEN,
            "RequestTimeTooSkewed",
            "The difference between the request time and the current time is too large.",
        ),
    }
}

fn expired_token(service: Service) -> ApiError {
    match service {
        Service::SsmMessages => forbidden(
            "ExpiredTokenException",
            "The security token included in the request is expired",
        ),
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
        Service::S3 => ApiError::new("ExpiredToken", "The provided token has expired."),
    }
}

fn unknown_token(service: Service) -> ApiError {
    match service {
        Service::SsmMessages => forbidden(
            "UnrecognizedClientException",
            "The security token included in the request is invalid.",
        ),
        Service::Ssm => ApiError::new(
            "UnrecognizedClientException",
            "The security token included in the request is invalid.",
        ),
        Service::Ec2 => auth_failure(),
        Service::Sts => ApiError::with_status(
            StatusCode::FORBIDDEN,
            "InvalidClientTokenId",
            "The security token included in the request is invalid.",
        ),
        Service::S3 => ApiError::with_status(
            StatusCode::FORBIDDEN,
            "InvalidAccessKeyId",
            "The AWS Access Key Id you provided does not exist in our records.",
        ),
    }
}

/// What an upgrade is refused with.
fn forbidden(code: &str, why: impl Into<String>) -> ApiError {
    ApiError::with_status(StatusCode::FORBIDDEN, code, why)
}

fn auth_failure() -> ApiError {
    ApiError::with_status(
        StatusCode::UNAUTHORIZED,
        "AuthFailure",
        "AWS was not able to validate the provided access credentials",
    )
}
