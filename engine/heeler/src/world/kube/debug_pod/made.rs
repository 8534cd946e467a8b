//! Making debug pods, and taking them back: all of them, whatever became of making them.
//!
//! A pod is named before it is asked for, and is asked for by a task of its own: who is interrupted meanwhile
//! knows what to take back, and does not overtake the request.

use std::fmt;
use std::time::Duration;

use futures::FutureExt as _;
use futures::future::{BoxFuture, Shared};
use kube::api::{DeleteParams, PostParams, Preconditions};
use kube::core::Request;
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use tokio::time::{Instant, sleep, timeout};

use super::super::client::{DEADLINE, Link, malformed, path, segment};
use super::super::failure;
use super::pod::{LEASE, MANAGED_BY, OWNER, Phase, manifest, phase};
use crate::world::error::Cause;
use crate::world::port::{ListRef, ObjectRef};

/// An image that is pulled takes its time; one that can't be is told of sooner.
pub(super) const START: Duration = Duration::from_secs(60);
/// So long before its end a pod is not asked any more.
const LAST: Duration = Duration::from_secs(60);
/// Its node ends a pod within seconds.
const GONE: Duration = Duration::from_secs(15);
/// How often it is looked at.
const LOOK: Duration = Duration::from_millis(250);
/// A request whose answer did not come may be carried out later.
const LATE: [Duration; 3] = [
    Duration::ZERO,
    Duration::from_secs(1),
    Duration::from_secs(3),
];
/// By so much clocks may differ.
const SKEW: i64 = 300;

/// A pod that was asked for.
#[derive(Clone)]
pub(super) struct Made {
    pub(super) namespace: String,
    pub(super) name: String,
    pub(super) node: String,
    /// Whose it is, as a label.
    pub(super) owner: String,
    /// When it was asked for.
    pub(super) at: Instant,
}

/// A pod that was asked for, and what the API server has said.
#[derive(Clone)]
pub(super) struct Asked {
    pub(super) made: Made,
    answer: Shared<BoxFuture<'static, Result<String, Cause>>>,
}

impl Made {
    /// One with a name that nobody else has.
    pub(super) fn named(namespace: &str, node: &str, owner: &str) -> Self {
        let id = uuid::Uuid::now_v7().simple().to_string();
        // Its first digits are the time.
        let random = id.get(20..).unwrap_or(&id);
        Made {
            namespace: namespace.to_owned(),
            name: format!("heeler-logs-{random}"),
            node: node.to_owned(),
            owner: owner.to_owned(),
            at: Instant::now(),
        }
    }

    pub(super) fn object(&self) -> ObjectRef {
        ObjectRef::pod(&self.namespace, &self.name)
    }

    /// Whether its node has ended it by now.
    pub(super) fn is_over(&self) -> bool {
        self.at.elapsed().as_secs() >= u64::from(LEASE)
    }
}

impl fmt::Display for Made {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{} on {}", self.namespace, self.name, self.node)
    }
}

/// Who somebody is, as a label can hold it.
pub(super) fn owner(user: &str) -> String {
    let digest = Sha256::digest(user.as_bytes());
    let digits = digest.iter().take(16).map(|byte| format!("{byte:02x}"));
    digits.collect()
}

/// Asks for a pod. Nobody has to wait for it.
pub(super) fn ask(link: &std::sync::Arc<Link>, made: Made, image: &str) -> Asked {
    let (link, body) = (link.clone(), manifest(&made, image));
    let namespace = made.namespace.clone();
    let posting = tokio::spawn(async move {
        let path = path("api/v1", "pods", Some(&namespace))?;
        let request = Request::new(path)
            .create(&PostParams::default(), body.to_string().into_bytes())
            .map_err(malformed)?;
        let pod = sent(&link, request).await?;
        let uid = pod.pointer("/metadata/uid").and_then(Value::as_str);
        uid.map(str::to_owned)
            .ok_or_else(|| Cause::Unreadable("a pod without a uid".to_owned()))
    });
    let answer = posting.map(|ended| {
        ended.unwrap_or_else(|error| Err(Cause::TimedOut(format!("it was not asked for: {error}"))))
    });
    Asked {
        made,
        answer: answer.boxed().shared(),
    }
}

impl Asked {
    /// Whether it can be asked yet: not shortly before its end.
    pub(super) fn lasts(&self) -> bool {
        self.made.at.elapsed() + LAST < Duration::from_secs(u64::from(LEASE))
    }

    /// Waits until the pod runs.
    pub(super) async fn running(&self, link: &Link) -> Result<(), Cause> {
        self.answer.clone().await?;
        let end = Instant::now() + START;
        let mut last = String::new();
        while Instant::now() < end {
            let pod = link.object(&self.made.object()).await?;
            let Some(pod) = pod else {
                return Err(Cause::Refused {
                    code: "Deleted".to_owned(),
                    detail: "the debug pod does not start: somebody has deleted it".to_owned(),
                });
            };
            match phase(&pod) {
                Ok(Phase::Running) => return Ok(()),
                Ok(Phase::Starting(why)) => last = why,
                // What the kubelet says while it backs off does not say why the pull has failed.
                Err(Cause::Refused { code, detail }) if last.contains("ErrImagePull") => {
                    let detail = format!("{detail}; {last}");
                    return Err(Cause::Refused { code, detail });
                }
                Err(cause) => return Err(cause),
            }
            sleep(LOOK).await;
        }
        let seconds = START.as_secs();
        Err(Cause::Refused {
            code: "NotStarted".to_owned(),
            detail: format!("the debug pod does not start within {seconds} s: {last}"),
        })
    }

    /// Takes the pod back; what could not be, in words.
    pub(super) async fn remove(&self, link: &Link) -> Option<String> {
        let answer = self.answer.clone().await;
        let uid = match &answer {
            Ok(uid) => Some(uid.as_str()),
            // It may have been made, or be made yet.
            Err(Cause::TimedOut(_) | Cause::Unavailable(_) | Cause::Unreadable(_)) => None,
            Err(_) => return None,
        };
        let mut why = "whether it was made was not answered, and it is not there yet".to_owned();
        for pause in LATE {
            sleep(pause).await;
            match delete(link, &self.made.object(), uid).await {
                Ok(true) => return self.gone(link).await,
                Ok(false) if uid.is_some() => return None,
                Ok(false) => {}
                Err(cause) => why = self.words(link, "delete", cause),
            }
        }
        Some(self.left(link, &why))
    }

    /// Waits until its node has ended it.
    async fn gone(&self, link: &Link) -> Option<String> {
        let end = Instant::now() + GONE;
        while Instant::now() < end {
            match link.object(&self.made.object()).await {
                Ok(None) => return None,
                Ok(Some(_)) => sleep(LOOK).await,
                Err(cause) => return Some(self.left(link, &self.words(link, "get", cause))),
            }
        }
        Some(self.left(link, "it was told to go, and its node has not ended it yet"))
    }

    fn words(&self, link: &Link, verb: &str, cause: Cause) -> String {
        let operation = format!("{verb} pods {}", self.made.object().full_name());
        link.fail(&operation, cause).what()
    }

    fn left(&self, link: &Link, why: &str) -> String {
        let Made {
            namespace, name, ..
        } = &self.made;
        let context = &link.context.name;
        let rest = u64::from(LEASE).saturating_sub(self.made.at.elapsed().as_secs()) / 60 + 1;
        format!(
            "the debug pod {} may be left: {why}. Its node ends it within {rest} min; to remove it: \
             kubectl --context '{context}' delete pod --namespace {namespace} {name}",
            self.made
        )
    }
}

/// Removes what is left of runs before, of the same caller, that nobody uses any more. Who may not list pods
/// leaves them there: their nodes have ended them.
pub(super) async fn sweep(link: &Link, namespace: &str, owner: &str) {
    let (key, value) = MANAGED_BY;
    let mine =
        ListRef::core("pods", Some(namespace)).labels(format!("{key}={value},{OWNER}={owner}"));
    let oldest = jiff::Timestamp::now().as_second() - i64::from(LEASE) - SKEW;
    for pod in link.items(&mine).await.unwrap_or_default() {
        let text = |pointer: &str| pod.pointer(pointer).and_then(Value::as_str);
        let has_ended = matches!(text("/status/phase"), Some("Failed" | "Succeeded"));
        let made = text("/metadata/creationTimestamp").and_then(|at| at.parse().ok());
        let is_old = made.is_some_and(|at: jiff::Timestamp| at.as_second() < oldest);
        if let (Some(name), Some(uid), true) = (
            text("/metadata/name"),
            text("/metadata/uid"),
            has_ended || is_old,
        ) {
            // The next run tries it again.
            delete(link, &ObjectRef::pod(namespace, name), Some(uid))
                .await
                .ok();
        }
    }
}

/// Deletes a pod, and no other one of its name; `false`: it is not there.
async fn delete(link: &Link, pod: &ObjectRef, uid: Option<&str>) -> Result<bool, Cause> {
    let path = path(&pod.api, &pod.resource, pod.namespace.as_deref())?;
    let parameters = DeleteParams {
        preconditions: uid.map(|uid| Preconditions {
            uid: Some(uid.to_owned()),
            resource_version: None,
        }),
        ..DeleteParams::default()
    };
    let request = Request::new(path)
        .delete(segment(&pod.name)?, &parameters)
        .map_err(malformed)?;
    match sent(link, request).await {
        Ok(_) => Ok(true),
        // Another one of that name is none of ours.
        Err(Cause::NotFound(_) | Cause::Conflict(_)) => Ok(false),
        Err(cause) => Err(cause),
    }
}

async fn sent(link: &Link, request: http::Request<Vec<u8>>) -> Result<Value, Cause> {
    let client = link.client().await?;
    match timeout(DEADLINE, client.request::<Value>(request)).await {
        Ok(answer) => answer.map_err(|error| failure::cause(&error)),
        Err(_) => {
            let seconds = DEADLINE.as_secs();
            Err(Cause::TimedOut(format!("no answer within {seconds} s")))
        }
    }
}
