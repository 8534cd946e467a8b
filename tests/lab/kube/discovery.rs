//! Everything that is not an object: health, version, discovery, OpenAPI.

use axum::http::request::Parts;
use axum::http::{Method, StatusCode};
use axum::response::Response;
use serde_json::{Value, json};

use crate::kube::content::{json_response, typed_response};
use crate::kube::openapi;
use crate::kube::resources::{NAMED_GROUPS, Resource, of_group};

const AGGREGATED: &str = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";

/// What anonymous clients may ask, as `system:public-info-viewer` allows upstream.
pub(crate) fn open_to_all(git_version: &str, path: &str) -> Option<Response> {
    match path {
        "/healthz" | "/livez" | "/readyz" => Some(typed_response(
            StatusCode::OK,
            "text/plain; charset=utf-8",
            "ok".to_owned(),
        )),
        "/version" | "/version/" => Some(json_response(StatusCode::OK, &version(git_version))),
        _ => None,
    }
}

/// Discovery and OpenAPI; `None` for all other paths.
pub(crate) fn answer(parts: &Parts) -> Option<Response> {
    if parts.method != Method::GET {
        return None;
    }
    let path: Vec<&str> = parts
        .uri
        .path()
        .split('/')
        .filter(|part| !part.is_empty())
        .collect();
    let accept = parts
        .headers
        .get("accept")
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let aggregated = accept
        .split(',')
        .any(|media| media.contains("as=APIGroupDiscoveryList") && media.contains("v=v2"));
    let body = match path.as_slice() {
        ["api"] if aggregated => return Some(aggregated_response(&[""])),
        ["apis"] if aggregated => return Some(aggregated_response(&NAMED_GROUPS)),
        [] => {
            json!({"paths": ["/api", "/api/v1", "/apis", "/healthz", "/livez", "/openapi/v3", "/readyz", "/version"]})
        }
        ["api"] => {
            json!({"kind": "APIVersions", "versions": ["v1"], "serverAddressByClientCIDRs": []})
        }
        ["apis"] => {
            let groups: Vec<Value> = NAMED_GROUPS.iter().map(|group| group_of(group)).collect();
            json!({"kind": "APIGroupList", "apiVersion": "v1", "groups": groups})
        }
        ["apis", group] if NAMED_GROUPS.contains(group) => {
            let mut body = group_of(group);
            body["kind"] = json!("APIGroup");
            body["apiVersion"] = json!("v1");
            body
        }
        ["api", "v1"] => resource_list("", "v1")?,
        ["apis", group, version] => resource_list(group, version)?,
        ["openapi", "v3"] => openapi::index(),
        ["openapi", "v3", "api", "v1"] => openapi::document("", "v1")?,
        ["openapi", "v3", "apis", group, version] => openapi::document(group, version)?,
        _ => return None,
    };
    Some(json_response(StatusCode::OK, &body))
}

fn version(git_version: &str) -> Value {
    let mut numbers = git_version.trim_start_matches('v').split('.');
    json!({
        "major": numbers.next().unwrap_or_default(),
        "minor": numbers.next().unwrap_or_default(),
        "gitVersion": git_version,
        "gitCommit": "0000000000000000000000000000000000000000",
        "gitTreeState": "clean",
        "buildDate": "2025-10-01T00:00:00Z",
        "goVersion": "go1.24.6",
        "compiler": "gc",
        "platform": "linux/amd64",
    })
}

fn group_of(group: &str) -> Value {
    let version = json!({"groupVersion": format!("{group}/v1"), "version": "v1"});
    json!({"name": group, "versions": [version], "preferredVersion": version})
}

fn resource_list(group: &str, version: &str) -> Option<Value> {
    let served = of_group(group, version);
    let group_version = served.first()?.api_version();
    let resources: Vec<Value> = served
        .iter()
        .flat_map(|resource| entries(resource))
        .collect();
    Some(
        json!({"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": group_version, "resources": resources}),
    )
}

fn entries(resource: &Resource) -> Vec<Value> {
    let mut main = json!({"name": resource.plural, "singularName": resource.singular,
        "namespaced": resource.namespaced, "kind": resource.kind, "verbs": resource.verbs});
    if !resource.short_names.is_empty() {
        main["shortNames"] = json!(resource.short_names);
    }
    let mut entries = vec![main];
    for part in resource.subresources() {
        let mut entry = json!({"name": format!("{}/{}", resource.plural, part.name), "singularName": "",
            "namespaced": resource.namespaced, "kind": resource.kind, "verbs": part.verbs});
        if let Some([group, version, kind]) = part.type_of_its_own {
            entry["group"] = json!(group);
            entry["version"] = json!(version);
            entry["kind"] = json!(kind);
        }
        entries.push(entry);
    }
    entries
}

fn aggregated_response(groups: &[&str]) -> Response {
    let items: Vec<Value> = groups
        .iter()
        .map(|group| {
            let resources: Vec<Value> = of_group(group, "v1")
                .iter()
                .map(|r| aggregated_entry(r))
                .collect();
            let metadata = if group.is_empty() {
                json!({})
            } else {
                json!({"name": group})
            };
            json!({"metadata": metadata,
                "versions": [{"version": "v1", "resources": resources, "freshness": "Current"}]})
        })
        .collect();
    let body = json!({"kind": "APIGroupDiscoveryList", "apiVersion": "apidiscovery.k8s.io/v2",
        "metadata": {}, "items": items});
    typed_response(StatusCode::OK, AGGREGATED, body.to_string())
}

fn aggregated_entry(resource: &Resource) -> Value {
    let kind = json!({"group": resource.group, "version": resource.version, "kind": resource.kind});
    let mut entry = json!({"resource": resource.plural, "responseKind": kind,
        "scope": if resource.namespaced { "Namespaced" } else { "Cluster" },
        "singularResource": resource.singular, "verbs": resource.verbs, "shortNames": resource.short_names});
    let parts: Vec<Value> = resource
        .subresources()
        .into_iter()
        .map(|part| {
            let kind = match part.type_of_its_own {
                Some([group, version, kind]) => {
                    json!({"group": group, "version": version, "kind": kind})
                }
                None => kind.clone(),
            };
            json!({"subresource": part.name, "responseKind": kind, "verbs": part.verbs})
        })
        .collect();
    if !parts.is_empty() {
        entry["subresources"] = json!(parts);
    }
    entry
}
