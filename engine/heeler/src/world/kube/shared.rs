//! The shared objects of a cluster, over its API.

use std::time::Duration;

use heeler_core::guard::shared::{BOARD, NAMESPACE};
use heeler_core::plan::MANAGER;
use http::{Request as HttpRequest, header};
use jiff::Timestamp;
use jiff::fmt::rfc2822;
use kube::Error;
use kube::api::{DeleteParams, GetParams, PostParams, Preconditions};
use kube::client::Body;
use kube::core::{Request, Status};
use serde_json::Value;
use tokio::time::timeout;

use super::client::{Link, malformed, path, segment};
use super::failure;
use crate::world::error::Cause;
use crate::world::port::{Answer, ListRef, Seen, Shared, Written};

const LEASES: (&str, &str) = ("apis/coordination.k8s.io/v1", "leases");
const MAPS: (&str, &str) = ("api/v1", "configmaps");
/// One whole answer. A fix waits for several of them, and goes on without.
const DEADLINE: Duration = Duration::from_secs(5);

/// An answer that was read.
struct Reply {
    object: Value,
    at: Timestamp,
}

impl Link {
    /// One request. None of them is repeated here: who writes reads again first.
    async fn shared(
        &self,
        request: Result<HttpRequest<Vec<u8>>, Cause>,
    ) -> Result<Option<Reply>, Cause> {
        let request = request?.map(Body::from);
        let client = self.client().await?;
        let asked = async {
            let answer = client.send(request).await?;
            let (head, body) = answer.into_parts();
            let bytes = body.collect_bytes().await?;
            Ok::<_, Error>((head, bytes))
        };
        let (head, bytes) = match timeout(DEADLINE, asked).await {
            Ok(answered) => answered.map_err(|error| failure::cause(&error))?,
            Err(_) => {
                let seconds = DEADLINE.as_secs();
                return Err(Cause::TimedOut(format!("no answer within {seconds} s")));
            }
        };
        if head.status.is_success() {
            let object = serde_json::from_slice(&bytes);
            let object = object.map_err(|error| Cause::Unreadable(error.to_string()))?;
            let date = head.headers.get(header::DATE);
            let date = date.and_then(|date| rfc2822::parse(date.to_str().ok()?).ok());
            let at = date.map_or_else(Timestamp::now, |date| date.timestamp());
            return Ok(Some(Reply { object, at }));
        }
        // 404: it is not there. 409: it is another one by now.
        let code = head.status.as_u16();
        let status = serde_json::from_slice(&bytes).unwrap_or_else(|_| {
            Status::failure(&String::from_utf8_lossy(&bytes), "").with_code(code)
        });
        match code {
            409 => Ok(None),
            _ => Err(failure::cause(&Error::Api(status.boxed()))),
        }
    }

    async fn put(
        &self,
        (api, resource): (&str, &str),
        verb: &str,
        object: &Value,
    ) -> Result<Written, Cause> {
        let path = path(api, resource, Some(NAMESPACE))?;
        let name = segment(text(object, "/metadata/name"))?;
        let body = serde_json::to_vec(object).map_err(malformed)?;
        let parameters = PostParams {
            field_manager: Some(MANAGER.to_owned()),
            ..PostParams::default()
        };
        let request = Request::new(path);
        let made = match verb {
            "create" => request.create(&parameters, body),
            _ => request.replace(name, &parameters, body),
        };
        Ok(match self.shared(made.map_err(malformed)).await? {
            Some(reply) => Written::Yes(reply.object),
            None => Written::Overtaken,
        })
    }

    async fn remove(&self, lease: &Value) -> Result<Written, Cause> {
        let (api, resource) = LEASES;
        let path = path(api, resource, Some(NAMESPACE))?;
        let name = segment(text(lease, "/metadata/name"))?;
        let version = text(lease, "/metadata/resourceVersion").to_owned();
        let parameters = DeleteParams::default().preconditions(Preconditions {
            resource_version: Some(version),
            uid: None,
        });
        let request = Request::new(path).delete(name, &parameters);
        Ok(match self.shared(request.map_err(malformed)).await? {
            Some(reply) => Written::Yes(reply.object),
            None => Written::Overtaken,
        })
    }
}

fn text<'o>(object: &'o Value, pointer: &str) -> &'o str {
    let found = object.pointer(pointer).and_then(Value::as_str);
    found.unwrap_or_default()
}

impl Shared for Link {
    fn board(&self) -> Answer<'_, Seen> {
        Box::pin(async move {
            let (api, resource) = MAPS;
            let request = path(api, resource, Some(NAMESPACE)).and_then(|path| {
                let request = Request::new(path).get(BOARD, &GetParams::default());
                request.map_err(malformed)
            });
            let (map, at) = match self.shared(request).await {
                Ok(Some(reply)) => (Some(reply.object), reply.at),
                Ok(None) | Err(Cause::NotFound(_)) => (None, Timestamp::now()),
                Err(cause) => {
                    return Err(self.fail(&format!("get {resource} {NAMESPACE}/{BOARD}"), cause));
                }
            };
            Ok(Seen { map, at })
        })
    }

    fn replace_board<'a>(&'a self, map: &'a Value) -> Answer<'a, Written> {
        Box::pin(async move {
            let written = self.put(MAPS, "update", map).await;
            let operation = format!("update configmaps {NAMESPACE}/{BOARD}");
            written.map_err(|cause| self.fail(&operation, cause))
        })
    }

    fn leases(&self) -> Answer<'_, Vec<Value>> {
        Box::pin(async move {
            let (api, resource) = LEASES;
            let list = ListRef {
                api: api.to_owned(),
                resource: resource.to_owned(),
                namespace: Some(NAMESPACE.to_owned()),
                fields: None,
                labels: None,
            };
            self.list(&list).await
        })
    }

    fn put_lease<'a>(&'a self, lease: &'a Value) -> Answer<'a, Written> {
        Box::pin(async move {
            let verb = match text(lease, "/metadata/resourceVersion") {
                "" => "create",
                _ => "update",
            };
            let operation = format!("{verb} leases in namespace {NAMESPACE}");
            let written = match self.put(LEASES, verb, lease).await {
                // It was removed since.
                Err(Cause::NotFound(_)) if verb == "update" => Ok(Written::Overtaken),
                written => written,
            };
            written.map_err(|cause| self.fail(&operation, cause))
        })
    }

    fn remove_lease<'a>(&'a self, lease: &'a Value) -> Answer<'a, Written> {
        Box::pin(async move {
            let operation = format!("delete leases in namespace {NAMESPACE}");
            let removed = match self.remove(lease).await {
                Err(Cause::NotFound(_)) => Ok(Written::Overtaken),
                removed => removed,
            };
            removed.map_err(|cause| self.fail(&operation, cause))
        })
    }
}
