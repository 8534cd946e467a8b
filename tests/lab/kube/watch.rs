//! Watches: one JSON line per change, until the time is up or the client goes.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::HeaderValue;
use axum::response::Response;
use futures::stream;
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::kube::content::Form;
use crate::kube::read::Selection;
use crate::kube::request::ObjectRequest;
use crate::kube::resources::Resource;
use crate::kube::service::Api;
use crate::kube::status::{Answer, Refusal};
use crate::kube::store::Change;

/// The API server ends a watch without `timeoutSeconds` after 30 to 60 minutes.
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(1800);

/// Starts a watch. Without a resource version (or with `0`) it begins with what is there.
pub(crate) fn watch(api: &Arc<Api>, request: &ObjectRequest, form: Form) -> Answer<Response> {
    let watcher = Watcher::new(api, request, form)?;
    let lines = stream::unfold(watcher, |mut watcher| async move {
        let line = watcher.next_line().await?;
        Some((Ok::<_, Infallible>(line), watcher))
    });
    let mut response = Response::new(Body::from_stream(lines));
    response
        .headers_mut()
        .insert("content-type", HeaderValue::from_static("application/json"));
    Ok(response)
}

struct Watcher {
    api: Arc<Api>,
    changed: tokio::sync::watch::Receiver<u64>,
    resource: &'static Resource,
    namespace: String,
    selection: Selection,
    form: Form,
    bookmarks: bool,
    deadline: Instant,
    seen: u64,
    pending: VecDeque<Value>,
    finished: bool,
}

impl Watcher {
    fn new(api: &Arc<Api>, request: &ObjectRequest, form: Form) -> Answer<Self> {
        let parameters = &request.parameters;
        let timeout = parameters
            .timeout_seconds
            .map_or(DEFAULT_TIMEOUT, Duration::from_secs);
        let from: u64 = match parameters.resource_version.as_str() {
            "" => 0,
            version => version.parse().map_err(|_| {
                Refusal::bad_request(format!("Invalid value: \"{version}\": strconv.ParseUint: parsing \"{version}\": invalid syntax"))
            })?,
        };
        let store = api.store();
        let mut watcher = Self {
            api: Arc::clone(api),
            changed: store.subscribe(),
            resource: request.resource,
            namespace: request.namespace.clone(),
            selection: Selection::of(request)?,
            form,
            bookmarks: parameters.bookmarks,
            deadline: Instant::now() + timeout,
            seen: if from == 0 || parameters.send_initial_events {
                store.version()
            } else {
                from
            },
            pending: VecDeque::new(),
            finished: false,
        };
        if from == 0 || parameters.send_initial_events {
            let present = store.of(watcher.resource.plural, &watcher.namespace);
            let selected: Vec<Value> = present
                .filter(|(_, object)| watcher.selection.matches(object))
                .map(|(_, object)| watcher.event("ADDED", object))
                .collect();
            watcher.pending.extend(selected);
        }
        if parameters.send_initial_events && parameters.bookmarks {
            watcher.pending.push_back(watcher.bookmark(true));
        }
        Ok(watcher)
    }

    async fn next_line(&mut self) -> Option<Bytes> {
        loop {
            if let Some(event) = self.pending.pop_front() {
                return Some(Bytes::from(format!("{event}\n")));
            }
            if self.finished {
                return None;
            }
            self.changed.mark_unchanged();
            self.collect();
            if !self.pending.is_empty() || self.finished {
                continue;
            }
            if tokio::time::timeout_at(self.deadline, self.changed.changed())
                .await
                .is_err()
            {
                self.finished = true;
                if self.bookmarks {
                    self.pending.push_back(self.bookmark(false));
                }
            }
        }
    }

    /// Takes what has changed since the last look.
    fn collect(&mut self) {
        let (changes, now) = {
            let store = self.api.store();
            (store.since(self.seen), store.version())
        };
        match changes {
            Some(changes) => {
                let events: Vec<Value> = changes
                    .iter()
                    .filter_map(|change| self.event_of(change))
                    .collect();
                self.pending.extend(events);
            }
            None => {
                let gone =
                    Refusal::expired(format!("too old resource version: {} ({now})", self.seen));
                self.pending
                    .push_back(json!({"type": "ERROR", "object": gone.to_status()}));
                self.finished = true;
            }
        }
        self.seen = now;
    }

    fn event_of(&self, change: &Change) -> Option<Value> {
        let elsewhere = !self.namespace.is_empty() && change.key.namespace != self.namespace;
        if change.key.plural != self.resource.plural || elsewhere {
            return None;
        }
        let before = change
            .before
            .as_ref()
            .filter(|object| self.selection.matches(object));
        let after = change
            .after
            .as_ref()
            .filter(|object| self.selection.matches(object));
        match (before, after) {
            (None, None) => None,
            (None, Some(object)) => Some(self.event("ADDED", object)),
            (Some(_), Some(object)) => Some(self.event("MODIFIED", object)),
            (Some(object), None) => {
                let mut last = object.clone();
                last["metadata"]["resourceVersion"] = json!(change.version.to_string());
                Some(self.event("DELETED", &last))
            }
        }
    }

    fn event(&self, kind: &str, object: &Value) -> Value {
        json!({"type": kind, "object": self.form.object(self.resource, object)})
    }

    fn bookmark(&self, initial_events_end: bool) -> Value {
        let mut metadata =
            json!({"resourceVersion": self.seen.to_string(), "creationTimestamp": null});
        if initial_events_end {
            metadata["annotations"] = json!({"k8s.io/initial-events-end": "true"});
        }
        json!({"type": "BOOKMARK", "object": {"kind": self.resource.kind,
            "apiVersion": self.resource.api_version(), "metadata": metadata}})
    }
}
