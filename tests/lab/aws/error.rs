//! Errors as the services put them on the wire: the same trouble has another code, status and
//! shape in each of them.

use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::call::Service;
use super::xml::Element;

/// An error reply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ApiError {
    pub status: StatusCode,
    pub code: String,
    pub message: String,
}

impl ApiError {
    /// A client error with the status 400.
    pub(super) fn new(code: &str, message: impl Into<String>) -> Self {
        Self::with_status(StatusCode::BAD_REQUEST, code, message)
    }

    /// An error with its own status.
    pub(super) fn with_status(status: StatusCode, code: &str, message: impl Into<String>) -> Self {
        Self {
            status,
            code: code.to_owned(),
            message: message.into(),
        }
    }

    /// A request that does not fit the model: `what` names value, member and constraint.
    pub(super) fn validation(what: impl AsRef<str>) -> Self {
        let message = format!("1 validation error detected: {}", what.as_ref());
        Self::new("ValidationException", message)
    }

    /// The service's throttling error.
    pub(super) fn throttled(service: Service) -> Self {
        match service {
            Service::Ssm | Service::SsmMessages => {
                Self::new("ThrottlingException", "Rate exceeded")
            }
            Service::Sts => Self::new("Throttling", "Rate exceeded"),
            Service::Ec2 => Self::with_status(
                StatusCode::SERVICE_UNAVAILABLE,
                "RequestLimitExceeded",
                "Request limit exceeded.",
            ),
            Service::S3 => Self::with_status(
                StatusCode::SERVICE_UNAVAILABLE,
                "SlowDown",
                "Please reduce your request rate.",
            ),
        }
    }

    /// The service's own failure.
    pub(super) fn server_error(service: Service, status: StatusCode) -> Self {
        let code = match service {
            Service::Ssm | Service::SsmMessages => "InternalServerError",
            Service::Ec2 | Service::S3 => "InternalError",
            Service::Sts => "InternalFailure",
        };
        Self::with_status(status, code, "An internal error has occurred")
    }

    /// The reply in the service's wire format.
    pub(super) fn response(&self, service: Service, request_id: &str) -> Response {
        match service {
            Service::Ssm | Service::SsmMessages => self.json(),
            Service::Ec2 => self.ec2(request_id),
            Service::Sts => self.query(request_id),
            Service::S3 => self.rest(request_id),
        }
    }

    fn json(&self) -> Response {
        // Modelled errors spell the member with a capital, the common ones do not.
        let member = if self.code.ends_with("Exception") {
            "message"
        } else {
            "Message"
        };
        let mut body = json!({ "__type": self.code });
        if !self.message.is_empty() {
            body[member] = json!(self.message);
        }
        let content_type = [(CONTENT_TYPE, "application/x-amz-json-1.1")];
        (self.status, content_type, body.to_string()).into_response()
    }

    /// The reply of a query protocol to who accepts JSON.
    pub(super) fn query_json(&self, request_id: &str) -> Response {
        let error = json!({ "Code": self.code, "Message": self.message, "Type": "Sender" });
        let body = json!({ "Error": error, "RequestId": request_id });
        let content_type = [(CONTENT_TYPE, "application/json")];
        (self.status, content_type, body.to_string()).into_response()
    }

    fn ec2(&self, request_id: &str) -> Response {
        let error = Element::new("Error")
            .text("Code", &self.code)
            .text("Message", &self.message);
        let document = Element::new("Response")
            .child(Element::new("Errors").child(error))
            .text("RequestID", request_id);
        (self.status, document).into_response()
    }

    fn rest(&self, request_id: &str) -> Response {
        let document = Element::new("Error")
            .text("Code", &self.code)
            .text("Message", &self.message)
            .text("RequestId", request_id);
        (self.status, document).into_response()
    }

    fn query(&self, request_id: &str) -> Response {
        let error = Element::new("Error")
            .text("Type", "Sender")
            .text("Code", &self.code)
            .text("Message", &self.message);
        let document = Element::namespaced("ErrorResponse", super::sts::NAMESPACE)
            .child(error)
            .text("RequestId", request_id);
        (self.status, document).into_response()
    }
}
