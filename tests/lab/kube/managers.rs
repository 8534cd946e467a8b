//! Who owns which field: `managedFields`, kept at every write, and the conflicts of server-side
//! apply. Source: "Server-Side Apply" in Kubernetes' reference, and
//! `apimachinery/pkg/util/managedfields/internal/conflict.go` for the words.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::kube::field_set::{self, FieldSet, Path};
use crate::kube::metadata::{text, time};
use crate::kube::request::ObjectRequest;
use crate::kube::status::{Answer, Refusal};

/// One entry of `managedFields`.
#[derive(Debug, Clone, PartialEq)]
struct Entry {
    manager: String,
    operation: String,
    api_version: String,
    subresource: String,
    time: Value,
    fields: FieldSet,
}

impl Entry {
    fn of(request: &ObjectRequest, manager: &str, operation: &str) -> Self {
        Self {
            manager: manager.to_owned(),
            operation: operation.to_owned(),
            api_version: request.resource.api_version(),
            subresource: request.subresource.clone(),
            time: json!(time(Timestamp::now())),
            fields: FieldSet::new(),
        }
    }

    fn read(entry: &Value) -> Self {
        Self {
            manager: text(&entry["manager"]),
            operation: text(&entry["operation"]),
            api_version: text(&entry["apiVersion"]),
            subresource: text(&entry["subresource"]),
            time: entry["time"].clone(),
            fields: field_set::of_fields(&entry["fieldsV1"]),
        }
    }

    fn write(&self) -> Value {
        let mut entry = json!({"manager": self.manager, "operation": self.operation,
            "apiVersion": self.api_version, "time": self.time, "fieldsType": "FieldsV1",
            "fieldsV1": field_set::to_fields(&self.fields)});
        if !self.subresource.is_empty() {
            entry["subresource"] = json!(self.subresource);
        }
        entry
    }

    fn is_as(&self, other: &Self) -> bool {
        let who = |entry: &Self| {
            let Self {
                manager,
                operation,
                api_version,
                subresource,
                ..
            } = entry;
            let words = [manager, operation, api_version, subresource];
            words.map(String::clone)
        };
        who(self) == who(other)
    }

    /// As conflicts name it.
    fn shown(&self) -> String {
        let mut shown = format!("{:?}", self.manager);
        if !self.subresource.is_empty() {
            shown = format!("{shown} with subresource {:?}", self.subresource);
        }
        if self.operation == "Update" {
            shown = format!("{shown} using {}", self.api_version);
            if let Some(time) = self.time.as_str() {
                shown = format!("{shown} at {time}");
            }
        }
        shown
    }
}

/// Notes whose the fields are that a write has changed.
pub(crate) fn note_update(request: &ObjectRequest, before: &Value, after: &mut Value) {
    // Who sends an object without them leaves them as they are.
    if !after["metadata"]["managedFields"].is_array() {
        let kept = before["metadata"]["managedFields"].clone();
        set(after, kept);
    }
    let known = read(after).unwrap_or_default();
    let mut entries = known.clone();
    let present = field_set::leaves(after);
    let changed: FieldSet = present
        .iter()
        .filter(|path| field_set::at(before, path) != field_set::at(after, path))
        .cloned()
        .collect();
    let mut own = Entry::of(request, &request.manager(), "Update");
    for entry in &mut entries {
        entry
            .fields
            .retain(|path| present.contains(path) && !changed.contains(path));
    }
    if !changed.is_empty() {
        match entries.iter_mut().find(|entry| entry.is_as(&own)) {
            Some(entry) => {
                entry.fields.extend(changed);
                entry.time = own.time;
            }
            None => {
                own.fields = changed;
                entries.push(own);
            }
        }
    }
    if entries != known {
        store(after, &entries);
    }
}

/// The object as it is when a manager has applied this body: refused when another manager owns a
/// field that would change, unless it is forced.
pub(crate) fn applied(
    request: &ObjectRequest,
    before: &Value,
    merged: Value,
    body: &Value,
) -> Answer<Value> {
    let mut entries = read(before).unwrap_or_default();
    let mut own = Entry::of(request, &request.manager(), "Apply");
    own.fields = field_set::leaves(body);
    let changes = |path: &Path| field_set::at(before, path) != field_set::at(body, path);
    let mut conflicts = Vec::new();
    for entry in entries.iter_mut().filter(|entry| !entry.is_as(&own)) {
        let lost = own
            .fields
            .iter()
            .filter(|path| entry.fields.contains(*path));
        let lost: Vec<Path> = lost.filter(|path| changes(path)).cloned().collect();
        entry.fields.retain(|path| !lost.contains(path));
        conflicts.extend(
            lost.into_iter()
                .map(|path| (entry.shown(), field_set::shown(&path))),
        );
    }
    if !conflicts.is_empty() && !request.parameters.force {
        return Err(Refusal::apply_conflict(&conflicts));
    }
    let mut after = merged;
    if let Some(known) = entries.iter().position(|entry| entry.is_as(&own)) {
        let known = entries.remove(known);
        let others = |path: &Path| entries.iter().any(|entry| entry.fields.contains(path));
        for path in known.fields.difference(&own.fields) {
            if !others(path) {
                field_set::remove(&mut after, path);
            }
        }
        if known.fields == own.fields && conflicts.is_empty() {
            own.time = known.time;
        }
    }
    entries.insert(0, own);
    store(&mut after, &entries);
    Ok(after)
}

/// Makes an object one that a manager has applied, all of it.
pub(crate) fn apply_all(object: &mut Value, manager: &str) {
    let entry = Entry {
        manager: manager.to_owned(),
        operation: "Apply".to_owned(),
        api_version: text(&object["apiVersion"]),
        subresource: String::new(),
        time: json!(time(Timestamp::now())),
        fields: field_set::leaves(object)
            .into_iter()
            .filter(|path| path.first().is_none_or(|step| step != "f:status"))
            .collect(),
    };
    store(object, &[entry]);
}

fn read(object: &Value) -> Option<Vec<Entry>> {
    let entries = object["metadata"]["managedFields"].as_array()?;
    Some(entries.iter().map(Entry::read).collect())
}

fn store(object: &mut Value, entries: &[Entry]) {
    let entries = entries.iter().filter(|entry| !entry.fields.is_empty());
    let entries: Vec<Value> = entries.map(Entry::write).collect();
    set(object, json!(entries));
}

fn set(object: &mut Value, entries: Value) {
    let Some(metadata) = object["metadata"].as_object_mut() else {
        return;
    };
    if entries.as_array().is_none_or(Vec::is_empty) {
        metadata.remove("managedFields");
    } else {
        metadata.insert("managedFields".to_owned(), entries);
    }
}
