//! A request taken apart: verb, resource, place, parameters.

use std::fmt;

use axum::extract::Query;
use axum::http::{Method, Uri};

use crate::kube::resources::{self, Resource};
use crate::kube::status::{Answer, Place, Refusal};

/// What is asked, as RBAC names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verb {
    Get,
    List,
    Watch,
    Create,
    Update,
    Patch,
    Delete,
}

impl fmt::Display for Verb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Get => "get",
            Self::List => "list",
            Self::Watch => "watch",
            Self::Create => "create",
            Self::Update => "update",
            Self::Patch => "patch",
            Self::Delete => "delete",
        })
    }
}

/// A request for objects.
#[derive(Debug)]
pub(crate) struct ObjectRequest {
    pub(crate) verb: Verb,
    pub(crate) resource: &'static Resource,
    pub(crate) namespace: String,
    pub(crate) name: String,
    pub(crate) subresource: String,
    pub(crate) parameters: Parameters,
    /// The client's program, as its `User-Agent` begins.
    pub(crate) program: String,
}

impl ObjectRequest {
    /// Takes an object path apart. `None`: no path of this API, the answer is a plain 404.
    pub(crate) fn parse(method: &Method, uri: &Uri) -> Option<Answer<Self>> {
        let path: Vec<&str> = uri
            .path()
            .split('/')
            .filter(|part| !part.is_empty())
            .collect();
        let (group, version, rest) = match path.as_slice() {
            ["api", version, rest @ ..] => ("", *version, rest),
            ["apis", group, version, rest @ ..] => (*group, *version, rest),
            _ => return None,
        };
        let (namespace, plural, rest) = match rest {
            ["namespaces", namespace, plural, rest @ ..] if *plural != "status" => {
                (*namespace, *plural, rest)
            }
            [plural, rest @ ..] => ("", *plural, rest),
            [] => return None,
        };
        let resource = resources::find(group, version, plural)?;
        let parts = resource.subresources();
        let (name, part) = match rest {
            [] => ("", None),
            [name] => (*name, None),
            [name, part] => (
                *name,
                Some(*parts.iter().find(|known| known.name == *part)?),
            ),
            _ => return None,
        };
        if !resource.namespaced && !namespace.is_empty() {
            return None;
        }
        if resource.namespaced && namespace.is_empty() && !name.is_empty() {
            return None;
        }
        let parameters = match Parameters::parse(uri) {
            Ok(parameters) => parameters,
            Err(refusal) => return Some(Err(refusal)),
        };
        let allowed = part.map_or(resource.verbs, |part| part.verbs);
        let verb = verb(method, name, part.is_some(), parameters.watch)
            .filter(|verb| allowed.contains(&verb.to_string().as_str()));
        let Some(verb) = verb else {
            return Some(Err(Refusal::method_not_allowed()));
        };
        Some(Ok(Self {
            verb,
            resource,
            namespace: namespace.to_owned(),
            name: name.to_owned(),
            subresource: part.map_or("", |part| part.name).to_owned(),
            parameters,
            program: String::new(),
        }))
    }

    /// Whose the written fields are: who the client says it is, else its program.
    pub(crate) fn manager(&self) -> String {
        match self.parameters.field_manager.as_str() {
            "" => self.program.clone(),
            manager => manager.to_owned(),
        }
    }

    /// Where the request points, for messages.
    pub(crate) fn place(&self) -> Place<'_> {
        Place {
            namespace: &self.namespace,
            name: &self.name,
            subresource: &self.subresource,
        }
    }
}

fn verb(method: &Method, name: &str, is_part: bool, watch: bool) -> Option<Verb> {
    match (method.as_str(), name.is_empty()) {
        ("GET", true) if watch => Some(Verb::Watch),
        ("GET", true) => Some(Verb::List),
        ("GET", false) => Some(Verb::Get),
        ("POST", true) => Some(Verb::Create),
        ("POST", false) if is_part => Some(Verb::Create),
        ("PUT", false) => Some(Verb::Update),
        ("PATCH", false) => Some(Verb::Patch),
        ("DELETE", false) => Some(Verb::Delete),
        _ => None,
    }
}

/// The query parameters that the lab understands; others are ignored, as the real one does.
#[derive(Debug, Default)]
pub(crate) struct Parameters {
    pub(crate) label_selector: String,
    pub(crate) field_selector: String,
    pub(crate) limit: usize,
    pub(crate) continue_token: String,
    pub(crate) resource_version: String,
    pub(crate) watch: bool,
    pub(crate) timeout_seconds: Option<u64>,
    pub(crate) bookmarks: bool,
    pub(crate) send_initial_events: bool,
    pub(crate) dry_run: bool,
    pub(crate) field_manager: String,
    pub(crate) force: bool,
}

impl Parameters {
    fn parse(uri: &Uri) -> Answer<Self> {
        let Query(pairs) = Query::<Vec<(String, String)>>::try_from_uri(uri)
            .map_err(|e| Refusal::bad_request(e.to_string()))?;
        let mut parameters = Self::default();
        for (key, value) in pairs {
            match key.as_str() {
                "labelSelector" => parameters.label_selector = value,
                "fieldSelector" => parameters.field_selector = value,
                "limit" => parameters.limit = number(&key, &value)?,
                "continue" => parameters.continue_token = value,
                "resourceVersion" => parameters.resource_version = value,
                "watch" => parameters.watch = is_true(&value),
                "timeoutSeconds" => parameters.timeout_seconds = Some(number(&key, &value)?),
                "allowWatchBookmarks" => parameters.bookmarks = is_true(&value),
                "sendInitialEvents" => parameters.send_initial_events = is_true(&value),
                "force" => parameters.force = is_true(&value),
                "fieldManager" => parameters.field_manager = value,
                "dryRun" if value == "All" => parameters.dry_run = true,
                "dryRun" => {
                    return Err(Refusal::bad_request(format!(
                        "dryRun: Unsupported value: \"{value}\": supported values: \"All\""
                    )));
                }
                _ => {}
            }
        }
        Ok(parameters)
    }
}

fn is_true(value: &str) -> bool {
    matches!(value, "true" | "1" | "")
}

fn number<N: std::str::FromStr>(key: &str, value: &str) -> Answer<N> {
    value
        .parse()
        .map_err(|_| Refusal::bad_request(format!("{key}: cannot parse \"{value}\" as a number")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(method: Method, uri: &str) -> Option<Answer<ObjectRequest>> {
        ObjectRequest::parse(&method, &uri.parse().expect("a URI"))
    }

    fn parsed(method: Method, uri: &str) -> ObjectRequest {
        parse(method, uri)
            .expect("a path of this API")
            .expect("no refusal")
    }

    #[test]
    fn paths_lead_to_verb_resource_and_place() {
        let list = parsed(Method::GET, "/api/v1/pods?limit=5");
        assert_eq!(
            (list.verb, list.resource.kind, list.parameters.limit),
            (Verb::List, "Pod", 5)
        );
        let get = parsed(
            Method::GET,
            "/apis/apps/v1/namespaces/kube-system/daemonsets/kube-proxy",
        );
        assert_eq!(
            (get.verb, get.namespace.as_str(), get.name.as_str()),
            (Verb::Get, "kube-system", "kube-proxy")
        );
        let watch = parsed(Method::GET, "/api/v1/nodes?watch=true");
        assert_eq!(watch.verb, Verb::Watch);
        let status = parsed(Method::PATCH, "/api/v1/namespaces/shop/status");
        assert_eq!(
            (status.resource.kind, status.subresource.as_str()),
            ("Namespace", "status")
        );
        let eviction = parsed(Method::POST, "/api/v1/namespaces/shop/pods/web-1/eviction");
        assert_eq!(
            (eviction.verb, eviction.subresource.as_str()),
            (Verb::Create, "eviction")
        );
    }

    #[test]
    fn foreign_paths_are_no_requests_for_objects() {
        assert!(parse(Method::GET, "/apis/networking.k8s.io/v1/ingresses").is_none());
        assert!(parse(Method::GET, "/api/v1/namespaces/shop/nodes").is_none());
        assert!(parse(Method::GET, "/api/v1/pods/web-1").is_none());
        for (method, path) in [
            (Method::DELETE, "/api/v1/nodes"),
            (Method::POST, "/api/v1/namespaces/shop/pods/web-1"),
            (Method::POST, "/api/v1/nodes/n1/status"),
            (Method::GET, "/api/v1/namespaces/shop/pods/web-1/eviction"),
            (
                Method::GET,
                "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
            ),
        ] {
            assert!(parse(method, path).expect("known path").is_err(), "{path}");
        }
    }
}
