//! STS: who the caller is.

use super::authorization::Caller;
use super::error::ApiError;
use super::query::Form;
use super::xml::Element;

/// The namespace of every reply of the service.
pub(super) const NAMESPACE: &str = "https://sts.amazonaws.com/doc/2011-06-15/";

/// Serves one operation.
pub(super) fn serve(caller: &Caller, form: &Form, request_id: &str) -> Result<Element, ApiError> {
    match form.get("Action") {
        Some("GetCallerIdentity") => Ok(caller_identity(caller, request_id)),
        other => Err(ApiError::new(
            "InvalidAction",
            format!("Could not find operation {}", other.unwrap_or_default()),
        )),
    }
}

fn caller_identity(caller: &Caller, request_id: &str) -> Element {
    let session = caller.arn.rsplit('/').next().unwrap_or_default();
    let identity = Element::new("GetCallerIdentityResult")
        .text("Arn", &caller.arn)
        .text("UserId", format!("AROALABOPERATOR000001:{session}"))
        .text("Account", &caller.account);
    Element::namespaced("GetCallerIdentityResponse", NAMESPACE)
        .child(identity)
        .child(Element::new("ResponseMetadata").text("RequestId", request_id))
}
