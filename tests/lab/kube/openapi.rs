//! OpenAPI v3, as little of it as kubectl needs to see that the server validates fields and
//! takes dry runs. Schemas are empty and fields are **not** validated; there is no OpenAPI v2.

use serde_json::{Value, json};

use crate::kube::resources::{NAMED_GROUPS, Resource, of_group};

/// The list of documents.
pub(crate) fn index() -> Value {
    let mut paths = json!({"api/v1": {"serverRelativeURL": "/openapi/v3/api/v1"}});
    for group in NAMED_GROUPS {
        paths[format!("apis/{group}/v1")] =
            json!({"serverRelativeURL": format!("/openapi/v3/apis/{group}/v1")});
    }
    json!({"paths": paths})
}

/// The document of one group version.
pub(crate) fn document(group: &str, version: &str) -> Option<Value> {
    let served = of_group(group, version);
    served.first()?;
    let mut paths = json!({});
    let mut schemas = json!({});
    for resource in served {
        if resource.verbs.contains(&"patch") {
            paths[path_of(resource)] = json!({"patch": operation(resource)});
        }
        schemas[format!("io.k8s.api.{}", resource.kind)] =
            json!({"type": "object", "x-kubernetes-group-version-kind": [type_of(resource)]});
    }
    Some(
        json!({"openapi": "3.0.0", "info": {"title": "Kubernetes", "version": "unversioned"},
        "paths": paths, "components": {"schemas": schemas}}),
    )
}

fn path_of(resource: &Resource) -> String {
    let root = if resource.group.is_empty() {
        "api"
    } else {
        "apis"
    };
    let namespace = if resource.namespaced {
        "/namespaces/{namespace}"
    } else {
        ""
    };
    format!(
        "/{root}/{}{namespace}/{}/{{name}}",
        resource.api_version(),
        resource.plural
    )
}

fn operation(resource: &Resource) -> Value {
    let parameters: Vec<Value> = ["dryRun", "fieldManager", "fieldValidation", "force"]
        .iter()
        .map(|name| json!({"name": name, "in": "query", "schema": {"type": "string"}}))
        .collect();
    json!({"parameters": parameters, "responses": {},
        "x-kubernetes-action": "patch", "x-kubernetes-group-version-kind": type_of(resource)})
}

fn type_of(resource: &Resource) -> Value {
    json!({"group": resource.group, "version": resource.version, "kind": resource.kind})
}
