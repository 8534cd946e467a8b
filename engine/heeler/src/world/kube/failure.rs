//! From the kube client's errors to the ports' causes.

use kube::Error;
use kube::client::AuthError;
use kube::core::Status;

use crate::world::error::{Cause, Chain};

pub(super) fn cause(error: &Error) -> Cause {
    match error {
        Error::Api(status) => answered(status),
        Error::Auth(error) => credentials(error),
        Error::SerdeError(error) => Cause::Unreadable(error.to_string()),
        Error::FromUtf8(error) => Cause::Unreadable(error.to_string()),
        Error::RustlsTls(error) => Cause::Tls(error.to_string()),
        Error::Service(inner) => match inner.downcast_ref::<AuthError>() {
            // A token that was to be refreshed on the way.
            Some(error) => credentials(error),
            None => silence(&Chain::of(error)),
        },
        other => silence(&Chain::of(other)),
    }
}

fn answered(status: &Status) -> Cause {
    let message = status.message.clone();
    match status.code {
        401 => Cause::ExpiredCredentials(message),
        403 => Cause::Forbidden(message),
        // Of the object itself: a version that is not served any more is no object that is gone.
        404 if status.reason == "NotFound" && names_it(status) => Cause::NotFound(message),
        404 => Cause::Refused {
            code: "HTTP 404".to_owned(),
            detail: format!("the API server does not serve this: {message}"),
        },
        409 => Cause::Conflict(message),
        429 => Cause::Throttled(message),
        504 => Cause::TimedOut(message),
        code if code >= 500 => Cause::Unavailable(format!("HTTP {code} {message}")),
        code => Cause::Refused {
            code: format!("HTTP {code}"),
            detail: message,
        },
    }
}

fn names_it(status: &Status) -> bool {
    let name = status.details.as_ref().map(|details| &details.name);
    name.is_some_and(|name| !name.is_empty())
}

/// The command line of a failed plugin is left out: its environment may hold secrets.
fn credentials(error: &AuthError) -> Cause {
    let text = match error {
        AuthError::AuthExecRun { out, .. } => {
            let stderr = String::from_utf8_lossy(&out.stderr);
            let said = stderr
                .trim()
                .lines()
                .last()
                .unwrap_or("it said nothing that was caught");
            format!(
                "the kubeconfig's credential plugin failed ({}): {said}",
                out.status
            )
        }
        AuthError::AuthExecStart(error) => {
            format!("the kubeconfig's credential plugin can't be started: {error}")
        }
        other => other.to_string(),
    };
    if text.to_lowercase().contains("expired") {
        Cause::ExpiredCredentials(text)
    } else {
        Cause::NoCredentials(text)
    }
}

fn silence(chain: &Chain) -> Cause {
    if chain.is_tls() {
        Cause::Tls(chain.root())
    } else if chain.is_unconnected() {
        Cause::Unreachable(chain.root())
    } else {
        Cause::TimedOut(chain.root())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_an_object_that_is_named_is_not_there() {
        let status = |name: &str, reason: &str| {
            let status = json!({"code": 404, "message": "no", "reason": reason,
                "details": {"name": name}});
            answered(&serde_json::from_value(status).unwrap())
        };
        assert_eq!(status("web", "NotFound"), Cause::NotFound("no".into()));
        // A resource that is not served; a proxy, or a version that is not served any more.
        for (name, reason) in [("", "NotFound"), ("", "Failed to parse error data")] {
            let refused = status(name, reason);
            assert!(matches!(refused, Cause::Refused { .. }), "{refused:?}");
        }
    }
}
