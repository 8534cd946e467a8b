//! The connection to one cluster's API server, and what is asked over it: single objects and lists.

use std::time::Duration;

use kube::api::{GetParams, ListParams, Patch, PostParams};
use kube::config::{KubeConfigOptions, Kubeconfig};
use kube::core::Request;
use kube::{Client, Config};
use serde_json::Value;
use tokio::sync::OnceCell;
use tokio::time::{sleep, timeout};

use super::{failure, write};
use crate::world::error::{CallError, Cause, Service};
use crate::world::port::{Context, ListRef, ObjectRef, User, Write};

/// An API server that is there takes a connection at once.
pub(super) const CONNECT: Duration = Duration::from_secs(5);
/// One whole answer.
pub(super) const DEADLINE: Duration = Duration::from_secs(15);
/// The credential plugin, which may ask AWS.
pub(super) const LOGIN: Duration = Duration::from_secs(30);
/// Objects that one page of a list has.
const PAGE: u32 = 500;
/// Pauses after an answer of a server that is there and too busy.
const BUSY_PAUSES: [Duration; 2] = [Duration::from_millis(500), Duration::from_secs(2)];

/// One cluster's API server. There is one client, without the kube crate's own retries: those repeat every
/// 503 for minutes, and a second client would run the credential plugin a second time.
pub(super) struct Link {
    pub(super) context: Context,
    kubeconfig: Kubeconfig,
    client: OnceCell<Client>,
}

impl Link {
    /// To that context of the kubeconfig; nothing is connected yet.
    pub(super) fn new(kubeconfig: Kubeconfig, context: Context) -> Self {
        Link {
            context,
            kubeconfig,
            client: OnceCell::new(),
        }
    }

    pub(super) fn fail(&self, operation: &str, cause: Cause) -> CallError {
        self.failing(operation)(cause)
    }

    /// The same for what is still to come of a call.
    pub(super) fn failing(&self, operation: &str) -> impl Fn(Cause) -> CallError + Send + use<> {
        let (operation, context) = (operation.to_owned(), self.context.name.clone());
        move |cause| CallError::new(Service::Kubernetes, &operation, &context, cause)
    }

    pub(super) async fn client(&self) -> Result<&Client, Cause> {
        self.client.get_or_try_init(|| self.connect()).await
    }

    /// What the kubeconfig says of the context, with our own limits.
    pub(super) async fn config(&self) -> Result<Config, Cause> {
        let options = KubeConfigOptions {
            context: Some(self.context.name.clone()),
            ..Default::default()
        };
        let mut config = Config::from_custom_kubeconfig(self.kubeconfig.clone(), &options)
            .await
            .map_err(|error| Cause::NoCredentials(error.to_string()))?;
        config.connect_timeout = Some(CONNECT);
        // Each call has a limit of its own: an answer of a kubelet may be long in coming.
        config.read_timeout = None;
        config.default_retry = false;
        Ok(config)
    }

    /// Building a client runs the credential plugin, which blocks.
    async fn connect(&self) -> Result<Client, Cause> {
        let config = self.config().await?;
        let runtime = tokio::runtime::Handle::current();
        let login = tokio::task::spawn_blocking(move || {
            let _inside = runtime.enter();
            Client::try_from(config)
        });
        match timeout(LOGIN, login).await {
            Ok(Ok(built)) => built.map_err(|error| failure::cause(&error)),
            Ok(Err(error)) => Err(Cause::NoCredentials(error.to_string())),
            Err(_) => Err(Cause::NoCredentials(
                "the credential plugin does not end".into(),
            )),
        }
    }

    /// A busy server is asked again, a silent one is not.
    async fn ask(
        &self,
        request: impl Fn() -> Result<http::Request<Vec<u8>>, Cause>,
    ) -> Result<Value, Cause> {
        for pause in BUSY_PAUSES {
            match self.ask_once(request()?).await {
                Err(Cause::Throttled(_) | Cause::Unavailable(_)) => sleep(pause).await,
                answer => return answer,
            }
        }
        self.ask_once(request()?).await
    }

    async fn ask_once(&self, request: http::Request<Vec<u8>>) -> Result<Value, Cause> {
        let client = self.client().await?;
        match timeout(DEADLINE, client.request::<Value>(request)).await {
            Ok(answer) => answer.map_err(|error| failure::cause(&error)),
            Err(_) => Err(Cause::TimedOut(format!(
                "no answer within {} s",
                DEADLINE.as_secs()
            ))),
        }
    }

    pub(super) async fn object(&self, object: &ObjectRef) -> Result<Option<Value>, Cause> {
        let path = path(&object.api, &object.resource, object.namespace.as_deref())?;
        let name = segment(&object.name)?;
        let request = || {
            Request::new(&path)
                .get(name, &GetParams::default())
                .map_err(malformed)
        };
        match self.ask(request).await {
            Err(Cause::NotFound(_)) => Ok(None),
            answer => answer.map(Some),
        }
    }

    pub(super) async fn review(&self, verb: &str, object: &ObjectRef) -> Result<bool, Cause> {
        let review = write::review(verb, object);
        let request = || {
            Request::new(write::REVIEWS)
                .create(&PostParams::default(), review.to_string().into_bytes())
                .map_err(malformed)
        };
        let answer = self.ask(request).await?;
        let allowed = answer.pointer("/status/allowed").and_then(Value::as_bool);
        allowed.ok_or_else(|| Cause::Unreadable("the review has no verdict".into()))
    }

    pub(super) async fn introduction(&self) -> Result<User, Cause> {
        let request = || {
            Request::new(write::INTRODUCTIONS)
                .create(
                    &PostParams::default(),
                    write::introduction().to_string().into_bytes(),
                )
                .map_err(malformed)
        };
        let answer = self.ask(request).await?;
        write::introduced(&answer)
            .ok_or_else(|| Cause::Unreadable("the review names nobody".into()))
    }

    pub(super) async fn write(
        &self,
        object: &ObjectRef,
        patch: &Value,
        write: Write,
    ) -> Result<Value, Cause> {
        let path = path(&object.api, &object.resource, object.namespace.as_deref())?;
        let name = segment(&object.name)?;
        let request = Request::new(&path)
            .patch(name, &write::parameters(write), &Patch::Merge(patch))
            .map_err(malformed)?;
        self.ask_once(request).await
    }

    /// The items of a list, or what failed.
    pub(super) async fn list(&self, list: &ListRef) -> Result<Vec<Value>, CallError> {
        let place = list
            .namespace
            .as_deref()
            .map_or("in all namespaces".to_owned(), |namespace| {
                format!("in namespace {namespace}")
            });
        let operation = format!("list {} {place}", list.resource);
        self.items(list)
            .await
            .map_err(|cause| self.fail(&operation, cause))
    }

    pub(super) async fn items(&self, list: &ListRef) -> Result<Vec<Value>, Cause> {
        let path = path(&list.api, &list.resource, list.namespace.as_deref())?;
        let mut parameters = ListParams::default().limit(PAGE);
        parameters.field_selector.clone_from(&list.fields);
        parameters.label_selector.clone_from(&list.labels);
        let mut items = Vec::new();
        loop {
            let request = || Request::new(&path).list(&parameters).map_err(malformed);
            let mut page = self.ask(request).await?;
            if let Some(Value::Array(found)) = page.get_mut("items").map(Value::take) {
                items.extend(found);
            }
            match page.pointer("/metadata/continue").and_then(Value::as_str) {
                Some(token) if !token.is_empty() => {
                    parameters.continue_token = Some(token.to_owned());
                }
                _ => return Ok(items),
            }
        }
    }
}

/// `/api/v1/namespaces/NS/RESOURCE`, of checked parts.
pub(super) fn path(api: &str, resource: &str, namespace: Option<&str>) -> Result<String, Cause> {
    let mut path = String::new();
    for part in api.split('/') {
        path.push('/');
        path.push_str(segment(part)?);
    }
    if let Some(namespace) = namespace {
        path.push_str("/namespaces/");
        path.push_str(segment(namespace)?);
    }
    path.push('/');
    path.push_str(segment(resource)?);
    Ok(path)
}

/// A part of a path that needs no escaping and leads nowhere else.
pub(super) fn segment(text: &str) -> Result<&str, Cause> {
    let plain = text
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || "-._:".contains(c));
    if plain && !text.is_empty() && !text.starts_with('.') {
        Ok(text)
    } else {
        Err(malformed(format!("{text:?} is no Kubernetes name")))
    }
}

pub(super) fn malformed(error: impl ToString) -> Cause {
    Cause::Refused {
        code: "request".into(),
        detail: error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_made_of_checked_parts() {
        assert_eq!(path("api/v1", "nodes", None).unwrap(), "/api/v1/nodes");
        assert_eq!(
            path("apis/apps/v1", "daemonsets", Some("kube-system")).unwrap(),
            "/apis/apps/v1/namespaces/kube-system/daemonsets"
        );
        for odd in ["..", "a/b", "a?b", "", "a b", "%2e%2e"] {
            assert!(path("api/v1", odd, None).is_err(), "{odd}");
            assert!(path("api/v1", "pods", Some(odd)).is_err(), "{odd}");
        }
    }
}
