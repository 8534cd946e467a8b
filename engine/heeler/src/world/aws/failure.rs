//! From the SDK's errors to the ports' causes.

use std::error::Error;

use aws_sdk_ssm::error::{ProvideErrorMetadata, SdkError};
use jiff::Timestamp;

use super::clock;
use crate::world::error::{CallError, Cause, Chain, Service};

/// A failed call of `action` in `region`.
pub(super) fn failed<E>(action: &str, region: &str, error: &SdkError<E>) -> CallError
where
    E: ProvideErrorMetadata + Error + 'static,
{
    CallError::new(Service::Aws, action, region, cause(error))
}

/// Why a service does not accept a request that somebody else has signed.
pub(super) enum Refusal {
    /// This is what it says.
    Said(String),
    /// The signature is too old for it, though this machine's clock is right.
    TooOld,
    /// The signer's temporary credentials have ended since; this is what it says.
    SessionEnded(String),
}

/// Why a service does not accept somebody else's request, where saying it again would not help;
/// `None`: it did not get so far, or this machine's own clock is why.
pub(super) fn refusal<E>(error: &SdkError<E>) -> Option<Refusal>
where
    E: ProvideErrorMetadata + Error + 'static,
{
    let SdkError::ServiceError(failure) = error else {
        return None;
    };
    match cause(error) {
        Cause::Throttled(_) | Cause::Unavailable(_) | Cause::ClockOff { ahead: Some(_), .. } => {
            return None;
        }
        Cause::ClockOff { ahead: None, .. } => return Some(Refusal::TooOld),
        Cause::ExpiredCredentials(said) => return Some(Refusal::SessionEnded(said)),
        _ => {}
    }
    let meta = failure.err().meta();
    let (code, message) = (meta.code().unwrap_or_default(), meta.message());
    let said = format!("{code}: {}", message.unwrap_or_default());
    Some(Refusal::Said(said))
}

/// Credentials that could not be had.
pub(super) fn without_credentials(
    action: &str,
    region: &str,
    error: &(dyn Error + 'static),
) -> CallError {
    let chain = Chain::of(error);
    let cause = clock::off_for_credentials(&chain).unwrap_or_else(|| {
        if chain.mentions(&["expired"]) {
            Cause::ExpiredCredentials(chain.root())
        } else {
            Cause::NoCredentials(chain.root())
        }
    });
    CallError::new(Service::Aws, action, region, cause)
}

/// An answer of `action` that lacks something that it must have.
pub(super) fn unreadable(action: &str, region: &str, what: impl Into<String>) -> CallError {
    CallError::new(Service::Aws, action, region, Cause::Unreadable(what.into()))
}

fn cause<E>(error: &SdkError<E>) -> Cause
where
    E: ProvideErrorMetadata + Error + 'static,
{
    match error {
        SdkError::ServiceError(failure) => {
            let status = failure.raw().status().as_u16();
            let meta = failure.err().meta();
            let code = meta.code().unwrap_or_default();
            let message = meta.message().unwrap_or_default();
            let date = failure.raw().headers().get("date");
            clock::off(code, message, date, Timestamp::now())
                .unwrap_or_else(|| by_code(code, message, status))
        }
        SdkError::ResponseError(failure) if failure.raw().status().is_server_error() => {
            Cause::Unavailable(format!("HTTP {}", failure.raw().status().as_u16()))
        }
        SdkError::ResponseError(_) => broken(&Chain::of(error)),
        SdkError::TimeoutError(_) | SdkError::DispatchFailure(_) => silence(&Chain::of(error)),
        _ => construction(&Chain::of(error)),
    }
}

/// The answer began and could not be read to its end, or makes no sense.
fn broken(chain: &Chain) -> Cause {
    if chain.mentions(&["incomplete", "connection", "unexpected end", "body"]) {
        Cause::TimedOut(chain.root())
    } else {
        Cause::Unreadable(chain.root())
    }
}

/// No answer came. Whether the request left this machine decides whether it may have been
/// executed; in doubt it has.
fn silence(chain: &Chain) -> Cause {
    if chain.mentions(&["credential"]) {
        construction(chain)
    } else if chain.is_tls() {
        Cause::Tls(chain.root())
    } else if chain.is_unconnected() {
        Cause::Unreachable(chain.root())
    } else {
        Cause::TimedOut(chain.root())
    }
}

/// The request could not be built, which is nearly always for want of credentials.
fn construction(chain: &Chain) -> Cause {
    if let Some(cause) = clock::off_for_credentials(chain) {
        cause
    } else if chain.mentions(&["expired"]) {
        Cause::ExpiredCredentials(chain.root())
    } else if chain.mentions(&["credential", "identity", "sso", "profile"]) {
        Cause::NoCredentials(chain.root())
    } else {
        Cause::Refused {
            code: "request".into(),
            detail: chain.whole(),
        }
    }
}

fn by_code(code: &str, message: &str, status: u16) -> Cause {
    let detail = if message.is_empty() {
        code.to_owned()
    } else {
        message.to_owned()
    };
    match code {
        "ThrottlingException"
        | "Throttling"
        | "ThrottledException"
        | "TooManyRequestsException"
        | "RequestLimitExceeded"
        | "RequestThrottled"
        | "SlowDown" => Cause::Throttled(detail),
        "AccessDeniedException" | "AccessDenied" | "UnauthorizedOperation" => {
            Cause::Forbidden(detail)
        }
        "ExpiredTokenException" | "ExpiredToken" | "RequestExpired" => {
            Cause::ExpiredCredentials(detail)
        }
        "UnrecognizedClientException"
        | "InvalidClientTokenId"
        | "AuthFailure"
        | "InvalidSignatureException"
        | "SignatureDoesNotMatch"
        | "IncompleteSignature"
        | "MissingAuthenticationToken"
        | "MissingAuthenticationTokenException"
        | "InvalidAccessKeyId" => Cause::ForeignCredentials(detail),
        "InvalidInstanceID.NotFound"
        | "InvocationDoesNotExist"
        | "InvalidCommandId"
        | "NoSuchBucket"
        | "NoSuchKey"
        | "NotFound" => Cause::NotFound(detail),
        // What is answered to a HEAD has no words.
        "" if status == 403 => Cause::Forbidden("HTTP 403".to_owned()),
        "" if status == 404 => Cause::NotFound(detail),
        _ if status >= 500 => Cause::Unavailable(format!("HTTP {status} {detail}")),
        _ => Cause::Refused {
            code: code.to_owned(),
            detail: message.to_owned(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_that_a_clock_keeps_back_have_not_expired() {
        let error = |text: &str| std::io::Error::other(text.to_owned());
        let said =
            "SignatureDoesNotMatch: Signature expired: 1 is now earlier than 2 (3 - 15 min.)";
        for (text, code) in [
            (said, "clock-off"),
            ("the SSO session has expired", "expired-credentials"),
            ("no credentials found in chain", "no-credentials"),
        ] {
            let error = error(text);
            let failed = without_credentials("sts:GetCallerIdentity", "eu-west-1", &error);
            assert_eq!(failed.code(), code);
            assert!(failed.what().contains(text), "{}", failed.what());
            let built = construction(&Chain::of(&error));
            let built = CallError::new(Service::Aws, "sts:GetCallerIdentity", "eu-west-1", built);
            assert_eq!(built.code(), code);
        }
    }

    #[test]
    fn codes_have_causes() {
        assert!(matches!(
            by_code("ThrottlingException", "", 400),
            Cause::Throttled(_)
        ));
        assert!(matches!(
            by_code("RequestLimitExceeded", "", 503),
            Cause::Throttled(_)
        ));
        assert!(matches!(
            by_code("UnauthorizedOperation", "no", 403),
            Cause::Forbidden(_)
        ));
        assert!(matches!(
            by_code("ExpiredTokenException", "", 400),
            Cause::ExpiredCredentials(_)
        ));
        assert!(matches!(
            by_code("InternalServerError", "", 500),
            Cause::Unavailable(_)
        ));
        assert!(matches!(by_code("", "", 502), Cause::Unavailable(_)));
        assert!(matches!(by_code("", "", 403), Cause::Forbidden(_)));
        assert!(matches!(by_code("NoSuchKey", "", 404), Cause::NotFound(_)));
        assert!(matches!(by_code("SlowDown", "", 503), Cause::Throttled(_)));
        assert!(matches!(
            by_code("InvalidDocument", "", 400),
            Cause::Refused { .. }
        ));
    }
}
