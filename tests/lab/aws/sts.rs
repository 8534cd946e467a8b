//! STS: who the caller is.

use aws_lc_rs::digest::{SHA256, digest};
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse as _, Response};
use serde_json::json;

use super::authorization::Caller;
use super::error::ApiError;
use super::query::Form;
use super::signature::hex;
use super::xml::Element;

/// The namespace of every reply of the service.
pub(super) const NAMESPACE: &str = "https://sts.amazonaws.com/doc/2011-06-15/";

/// Who a caller is, to be said in XML or, to whoever accepts only that, in JSON.
pub(super) struct Identity {
    arn: String,
    user_id: String,
    account: String,
    request_id: String,
}

/// Serves one operation.
pub(super) fn serve(caller: &Caller, form: &Form, request_id: &str) -> Result<Identity, ApiError> {
    match form.get("Action") {
        Some("GetCallerIdentity") => Ok(Identity {
            arn: caller.arn.clone(),
            user_id: user_id(&caller.arn),
            account: caller.account.clone(),
            request_id: request_id.to_owned(),
        }),
        other => Err(ApiError::new(
            "InvalidAction",
            format!("Could not find operation {}", other.unwrap_or_default()),
        )),
    }
}

impl Identity {
    /// As the SDKs read it.
    pub(super) fn into_xml(self) -> Response {
        let identity = Element::new("GetCallerIdentityResult")
            .text("Arn", self.arn)
            .text("UserId", self.user_id)
            .text("Account", self.account);
        Element::namespaced("GetCallerIdentityResponse", NAMESPACE)
            .child(identity)
            .child(Element::new("ResponseMetadata").text("RequestId", self.request_id))
            .into_response()
    }

    /// As EKS reads it, which passes presigned requests on.
    pub(super) fn into_json(self) -> Response {
        let result = json!({ "Account": self.account, "Arn": self.arn, "UserId": self.user_id });
        let body = json!({ "GetCallerIdentityResponse": {
            "GetCallerIdentityResult": result,
            "ResponseMetadata": { "RequestId": self.request_id },
        }});
        ([(CONTENT_TYPE, "application/json")], body.to_string()).into_response()
    }
}

/// The id of a user; of a session the id of its role and the session's name.
fn user_id(arn: &str) -> String {
    let unique = |prefix: &str, of: &str| {
        let digest = hex(digest(&SHA256, of.as_bytes()).as_ref()).to_uppercase();
        format!("{prefix}{}", digest.chars().take(17).collect::<String>())
    };
    match arn.rsplit_once('/') {
        Some((role, session)) if role.contains(":assumed-role/") => {
            format!("{}:{session}", unique("AROA", role))
        }
        _ => unique("AIDA", arn),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sessions_of_a_role_share_its_id() {
        let of = |account: &str, who: &str| user_id(&format!("arn:aws:sts::{account}:{who}"));
        let alice = of("1", "assumed-role/ops/alice");
        let role = alice.strip_suffix(":alice").unwrap();
        assert_eq!(role.len(), 21);
        assert_eq!(of("1", "assumed-role/ops/bob"), format!("{role}:bob"));
        assert!(!of("2", "assumed-role/ops/alice").starts_with(role));
        assert!(of("1", "user/carol").starts_with("AIDA"));
    }
}
