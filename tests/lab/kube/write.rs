//! Create, update, patch and delete, and their dry runs.

use std::sync::Arc;

use axum::body::Bytes;
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Value, json};

use crate::kube::body::{check_shape, parse, received};
use crate::kube::content::{Form, json_response};
use crate::kube::deletion;
use crate::kube::kubelets;
use crate::kube::managers;
use crate::kube::metadata::{self, text};
use crate::kube::patch::PatchKind;
use crate::kube::pod_security;
use crate::kube::read::key_of;
use crate::kube::request::ObjectRequest;
use crate::kube::resources::Updates;
use crate::kube::service::Api;
use crate::kube::status::{Answer, Refusal};
use crate::kube::store::{Key, Store};
use crate::kube::validation;

const MODIFIED: &str =
    "the object has been modified; please apply your changes to the latest version and try again";

/// A new object.
pub(crate) fn create(
    api: &Arc<Api>,
    request: &ObjectRequest,
    form: Form,
    content_type: &str,
    body: &Bytes,
) -> Answer<Response> {
    let mut object = received(request.resource, content_type, body)?;
    managers::note_update(request, &Value::Null, &mut object);
    let is_pod = request.resource.kind == "Pod";
    if is_pod {
        object["status"] = json!({"phase": "Pending"});
    }
    let stored = insert(&mut api.store(), request, object)?;
    if is_pod && !request.parameters.dry_run {
        kubelets::run(api, &stored);
    }
    Ok(json_response(
        StatusCode::CREATED,
        &form.object(request.resource, &stored),
    ))
}

/// A whole object in place of the present one.
pub(crate) fn update(
    api: &Api,
    request: &ObjectRequest,
    form: Form,
    content_type: &str,
    body: &Bytes,
) -> Answer<Response> {
    let mut object = received(request.resource, content_type, body)?;
    let is_versioned = !text(&object["metadata"]["resourceVersion"]).is_empty();
    let name = text(&object["metadata"]["name"]);
    if name != request.name {
        return Err(Refusal::bad_request(format!(
            "the name of the object ({name}) does not match the name on the URL ({})",
            request.name
        )));
    }
    let mut store = api.store();
    let before = match (present(&store, request), request.resource.updates) {
        (Err(_), Updates::VersionedOrCreating) if !is_versioned => {
            managers::note_update(request, &Value::Null, &mut object);
            let stored = insert(&mut store, request, object)?;
            return Ok(json_response(
                StatusCode::CREATED,
                &form.object(request.resource, &stored),
            ));
        }
        (Ok(_), Updates::Versioned | Updates::VersionedOrCreating) if !is_versioned => {
            return Err(Refusal::unversioned(request.resource, &request.name));
        }
        (present, _) => present?,
    };
    let stored = replace(&mut store, request, &before, object, managers::note_update)?;
    Ok(json_response(
        StatusCode::OK,
        &form.object(request.resource, &stored),
    ))
}

/// A change of the present object; server-side apply creates what is missing.
pub(crate) fn patch(
    api: &Api,
    request: &ObjectRequest,
    form: Form,
    content_type: &str,
    body: &Bytes,
) -> Answer<Response> {
    let kind = PatchKind::of(content_type)?;
    let body = parse(body)?;
    if kind == PatchKind::Apply && request.parameters.field_manager.is_empty() {
        return Err(Refusal::bad_request(
            "fieldManager: Required value: is required for apply patch",
        ));
    }
    if kind == PatchKind::Apply && !body["metadata"]["managedFields"].is_null() {
        return Err(Refusal::bad_request("metadata.managedFields must be nil"));
    }
    let mut store = api.store();
    let before = match present(&store, request) {
        Err(_) if kind == PatchKind::Apply => {
            check_shape(request.resource, &body)?;
            let object = managers::applied(request, &Value::Null, body.clone(), &body)?;
            let stored = insert(&mut store, request, object)?;
            return Ok(json_response(
                StatusCode::CREATED,
                &form.object(request.resource, &stored),
            ));
        }
        present => present?,
    };
    let mut after = kind.apply(&before, &body)?;
    check_shape(request.resource, &after)?;
    validation::readable(request.resource, &after).map_err(|why| {
        let what = format!("Invalid value: {:?}: {why}", after.to_string());
        Refusal::invalid(request.resource, &request.name, "patch", &what)
    })?;
    let mut note: NoteOwners = managers::note_update;
    if kind == PatchKind::Apply {
        after = managers::applied(request, &before, after, &body)?;
        note = |_, _, _| ();
    }
    let stored = replace(&mut store, request, &before, after, note)?;
    Ok(json_response(
        StatusCode::OK,
        &form.object(request.resource, &stored),
    ))
}

/// Removes an object, with its dependents unless they are to be orphaned.
pub(crate) fn delete(api: &Arc<Api>, request: &ObjectRequest, body: &Bytes) -> Answer<Response> {
    let options = if body.is_empty() {
        json!({})
    } else {
        parse(body)?
    };
    let mut store = api.store();
    let object = present(&store, request)?;
    check_preconditions(request, &options["preconditions"], &object["metadata"])?;
    let dry_run = request.parameters.dry_run || options["dryRun"][0] == "All";
    if !dry_run
        && let Some(going) = deletion::delete(api, &mut store, &key_of(request), &object, &options)
    {
        return Ok(json_response(StatusCode::OK, &going));
    }
    let mut details = json!({"name": request.name, "kind": request.resource.plural, "uid": object["metadata"]["uid"]});
    if !request.resource.group.is_empty() {
        details["group"] = json!(request.resource.group);
    }
    let status = json!({"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "details": details});
    Ok(json_response(StatusCode::OK, &status))
}

pub(crate) fn present(store: &Store, request: &ObjectRequest) -> Answer<Value> {
    let object = store.get(&key_of(request)).cloned();
    object.ok_or_else(|| Refusal::not_found(request.resource, &request.name))
}

fn insert(store: &mut Store, request: &ObjectRequest, mut object: Value) -> Answer<Value> {
    let resource = request.resource;
    let namespace = text(&object["metadata"]["namespace"]);
    if !namespace.is_empty() && namespace != request.namespace {
        return Err(Refusal::bad_request(
            "the namespace of the provided object does not match the namespace sent on the request",
        ));
    }
    let home = Key::new("namespaces", "", &request.namespace);
    if resource.namespaced && store.get(&home).is_none() {
        let namespaces = crate::kube::resources::by_plural("namespaces").unwrap_or(resource);
        return Err(Refusal::not_found(namespaces, &request.namespace));
    }
    if !text(&object["metadata"]["resourceVersion"]).is_empty() {
        return Err(Refusal::of_storage(
            "resourceVersion should not be set on objects to be created",
        ));
    }
    let name = metadata::give_birth(resource, &request.namespace, &mut object)?;
    validation::check(resource, &name, &object)?;
    pod_security::admit(store, request, &name, &object)?;
    if resource.kind == "PodDisruptionBudget"
        && let Some(fields) = object.as_object_mut()
    {
        fields.remove("status");
    }
    let key = Key::new(resource.plural, &request.namespace, &name);
    if store.get(&key).is_some() {
        return Err(Refusal::already_exists(resource, &name));
    }
    Ok(if request.parameters.dry_run {
        object
    } else {
        store.put(key, object)
    })
}

/// Notes in the new object whose the fields are that differ from the old one.
type NoteOwners = fn(&ObjectRequest, &Value, &mut Value);

fn replace(
    store: &mut Store,
    request: &ObjectRequest,
    before: &Value,
    mut after: Value,
    note_owners: NoteOwners,
) -> Answer<Value> {
    check_preconditions(request, &after["metadata"], &before["metadata"])?;
    keep_other_half(request, before, &mut after);
    metadata::keep_identity(before, &mut after);
    note_owners(request, before, &mut after);
    validation::check(request.resource, &request.name, &after)?;
    after["metadata"]["resourceVersion"] = before["metadata"]["resourceVersion"].clone();
    if &after == before || request.parameters.dry_run {
        return Ok(after);
    }
    Ok(store.put(key_of(request), after))
}

/// `status` is written through its subresource only, and nothing else is.
fn keep_other_half(request: &ObjectRequest, before: &Value, after: &mut Value) {
    if request.subresource == "status" {
        let status = after["status"].take();
        *after = before.clone();
        after["status"] = status;
    } else if request.resource.has_status {
        match before.get("status") {
            Some(status) => after["status"] = status.clone(),
            None => {
                after
                    .as_object_mut()
                    .and_then(|fields| fields.remove("status"));
            }
        }
    }
}

/// A uid or resource version that the client names must be the present one.
pub(crate) fn check_preconditions(
    request: &ObjectRequest,
    named: &Value,
    present: &Value,
) -> Answer<()> {
    let differs = |field: &str| {
        let value = text(&named[field]);
        !value.is_empty() && present[field] != value.as_str()
    };
    let conflict = |why: &str| Err(Refusal::conflict(request.resource, &request.name, why));
    if differs("uid") {
        return conflict(&format!(
            "Precondition failed: UID in precondition: {}, UID in object meta: {}",
            text(&named["uid"]),
            text(&present["uid"])
        ));
    }
    if differs("resourceVersion") {
        return conflict(MODIFIED);
    }
    Ok(())
}
