//! Content negotiation: plain objects, tables, metadata only. Never protobuf.

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::Response;
use serde_json::{Value, json};

use crate::kube::events;
use crate::kube::resources::Resource;
use crate::kube::status::{Answer, Refusal};
use crate::kube::table;

/// In which form the client wants objects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    Plain,
    Table,
    Metadata,
}

impl Form {
    /// The first form of the Accept header that the lab can give; 406 without any.
    pub(crate) fn negotiate(headers: &HeaderMap) -> Answer<Self> {
        let accept = headers
            .get("accept")
            .and_then(|value| value.to_str().ok())
            .unwrap_or("*/*");
        accept
            .split(',')
            .find_map(Self::of_media_type)
            .ok_or_else(Refusal::not_acceptable)
    }

    fn of_media_type(media_type: &str) -> Option<Self> {
        let mut parts = media_type.split(';').map(str::trim);
        let base = parts.next()?;
        if !matches!(base, "application/json" | "application/*" | "*/*" | "") {
            return None;
        }
        let parameters: Vec<&str> = parts.collect();
        let asked = parameters.iter().find_map(|p| p.strip_prefix("as="));
        match asked {
            None => Some(Self::Plain),
            Some("Table") if parameters.contains(&"v=v1") => Some(Self::Table),
            Some("PartialObjectMetadata" | "PartialObjectMetadataList")
                if parameters.contains(&"v=v1") =>
            {
                Some(Self::Metadata)
            }
            Some(_) => None,
        }
    }

    /// A single object in this form.
    pub(crate) fn object(self, resource: &Resource, stored: &Value) -> Value {
        match self {
            Self::Plain => presented(resource, stored),
            Self::Metadata => metadata_only(stored),
            Self::Table => table::of(
                resource,
                &[stored],
                json!({"resourceVersion": stored["metadata"]["resourceVersion"]}),
            ),
        }
    }

    /// A list in this form; the items of a plain list don't repeat their type.
    pub(crate) fn list(self, resource: &Resource, stored: &[Value], metadata: Value) -> Value {
        match self {
            Self::Table => table::of(resource, &stored.iter().collect::<Vec<_>>(), metadata),
            Self::Plain => {
                let items: Vec<_> = stored
                    .iter()
                    .map(|item| untyped(presented(resource, item)))
                    .collect();
                json!({"kind": format!("{}List", resource.kind), "apiVersion": resource.api_version(),
                    "metadata": metadata, "items": items})
            }
            Self::Metadata => {
                let items: Vec<_> = stored.iter().map(metadata_only).collect();
                json!({"kind": "PartialObjectMetadataList", "apiVersion": "meta.k8s.io/v1",
                    "metadata": metadata, "items": items})
            }
        }
    }
}

fn presented(resource: &Resource, stored: &Value) -> Value {
    if resource.is_new_event() {
        events::to_new(stored)
    } else {
        stored.clone()
    }
}

/// Only who the object is.
pub(crate) fn metadata_only(stored: &Value) -> Value {
    json!({"kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1", "metadata": stored["metadata"]})
}

fn untyped(mut item: Value) -> Value {
    if let Some(fields) = item.as_object_mut() {
        fields.remove("kind");
        fields.remove("apiVersion");
    }
    item
}

/// A JSON answer.
pub(crate) fn json_response(code: StatusCode, body: &Value) -> Response {
    typed_response(code, "application/json", body.to_string())
}

/// An answer of any type.
pub(crate) fn typed_response(code: StatusCode, media_type: &'static str, body: String) -> Response {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = code;
    response
        .headers_mut()
        .insert("content-type", HeaderValue::from_static(media_type));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(accept: &str) -> Answer<Form> {
        let mut headers = HeaderMap::new();
        headers.insert("accept", accept.parse().expect("a header"));
        Form::negotiate(&headers)
    }

    #[test]
    fn the_first_form_that_can_be_given_wins() {
        let kubectl = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json";
        assert_eq!(form(kubectl).expect("a form"), Form::Table);
        assert_eq!(
            form("application/vnd.kubernetes.protobuf,application/json").expect("a form"),
            Form::Plain
        );
        assert_eq!(form("*/*").expect("a form"), Form::Plain);
        assert!(form("application/vnd.kubernetes.protobuf").is_err());
    }
}
