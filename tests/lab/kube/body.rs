//! Bodies of requests as objects of the right type.

use axum::body::Bytes;
use serde_json::Value;

use crate::kube::events;
use crate::kube::metadata::text;
use crate::kube::protobuf::MEDIA_TYPE;
use crate::kube::resources::Resource;
use crate::kube::status::{Answer, Refusal};
use crate::kube::validation;

/// The object of a create or an update.
pub(crate) fn received(resource: &Resource, content_type: &str, body: &Bytes) -> Answer<Value> {
    if content_type
        .split(';')
        .next()
        .is_some_and(|media| !["", "application/json", MEDIA_TYPE].contains(&media.trim()))
    {
        return Err(Refusal::unsupported_media_type("application/json"));
    }
    let object = typed(resource, body)?;
    validation::readable(resource, &object).map_err(|why| {
        let Resource { kind, version, .. } = resource;
        Refusal::bad_request(format!(
            "{kind} in version \"{version}\" cannot be handled as a {kind}: {why}"
        ))
    })?;
    Ok(if resource.is_new_event() {
        events::to_core(&object)
    } else {
        object
    })
}

/// A body as an object of this resource's type.
pub(crate) fn typed(resource: &Resource, body: &Bytes) -> Answer<Value> {
    let object = parse(body)?;
    check_shape(resource, &object)?;
    Ok(object)
}

/// A body as JSON.
pub(crate) fn parse(body: &Bytes) -> Answer<Value> {
    serde_json::from_slice(body).map_err(|e| {
        Refusal::bad_request(format!(
            "the object provided is unrecognized (must be of type Object): {e}"
        ))
    })
}

/// The type must be the path's, and the parts that the server itself touches must be maps.
pub(crate) fn check_shape(resource: &Resource, object: &Value) -> Answer<()> {
    let is_map = |pointer: &str| {
        object
            .pointer(pointer)
            .is_none_or(|part| part.is_object() || part.is_null())
    };
    if !object.is_object()
        || !["/metadata", "/metadata/labels", "/spec", "/status"]
            .into_iter()
            .all(is_map)
    {
        return Err(Refusal::bad_request(
            "the object provided is unrecognized: metadata, labels, spec and status must be objects",
        ));
    }
    let (version, kind) = (text(&object["apiVersion"]), text(&object["kind"]));
    let own_type = version == resource.api_version() && kind == resource.kind;
    let stored_event = resource.is_new_event() && version == "v1" && kind == resource.kind;
    if own_type || stored_event {
        return Ok(());
    }
    Err(Refusal::bad_request(format!(
        "the object provided is unrecognized (must be of type {}): couldn't get version/kind; found {version}, Kind={kind}",
        resource.kind
    )))
}
