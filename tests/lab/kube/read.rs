//! Get and list.

use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Value, json};

use crate::kube::content::{Form, json_response};
use crate::kube::fields::FieldSelector;
use crate::kube::labels::LabelSelector;
use crate::kube::paging::{Continuation, page};
use crate::kube::request::ObjectRequest;
use crate::kube::service::Api;
use crate::kube::status::{Answer, Refusal};
use crate::kube::store::Key;

/// The key of the object that a request names.
pub(crate) fn key_of(request: &ObjectRequest) -> Key {
    Key::new(request.resource.plural, &request.namespace, &request.name)
}

/// What a list or a watch is limited to.
#[derive(Debug)]
pub(crate) struct Selection {
    labels: LabelSelector,
    fields: FieldSelector,
}

impl Selection {
    /// Both selectors of a request.
    pub(crate) fn of(request: &ObjectRequest) -> Answer<Self> {
        Ok(Self {
            labels: LabelSelector::parse(&request.parameters.label_selector)?,
            fields: FieldSelector::parse(request.resource, &request.parameters.field_selector)?,
        })
    }

    /// Whether a stored object is selected.
    pub(crate) fn matches(&self, object: &Value) -> bool {
        self.labels.matches(object) && self.fields.matches(object)
    }

    fn is_empty(&self) -> bool {
        self.labels.is_empty() && self.fields.is_empty()
    }
}

/// One object by name.
pub(crate) fn get(api: &Api, request: &ObjectRequest, form: Form) -> Answer<Response> {
    let store = api.store();
    let object = store
        .get(&key_of(request))
        .ok_or_else(|| Refusal::not_found(request.resource, &request.name))?;
    Ok(json_response(
        StatusCode::OK,
        &form.object(request.resource, object),
    ))
}

/// The selected objects, in pages when a limit is given.
pub(crate) fn list(api: &Api, request: &ObjectRequest, form: Form) -> Answer<Response> {
    let selection = Selection::of(request)?;
    let from = Continuation::decode(&request.parameters.continue_token)?;
    let store = api.store();
    if from
        .as_ref()
        .is_some_and(|from| !store.remembers(from.version))
    {
        return Err(Refusal::expired(
            "The provided continue parameter is too old to display a consistent list result. You must start a new list without the continue parameter.",
        ));
    }
    let version = from.as_ref().map_or(store.version(), |from| from.version);
    let matches = store
        .of(request.resource.plural, &request.namespace)
        .filter(|(_, object)| selection.matches(object))
        .map(|(key, object)| (key.clone(), object.clone()))
        .collect();
    let page = page(matches, request.parameters.limit, from.as_ref(), version);
    let mut metadata = json!({"resourceVersion": version.to_string()});
    if !page.continue_token.is_empty() {
        metadata["continue"] = json!(page.continue_token);
        if selection.is_empty() {
            metadata["remainingItemCount"] = json!(page.remaining);
        }
    }
    Ok(json_response(
        StatusCode::OK,
        &form.list(request.resource, &page.items, metadata),
    ))
}
