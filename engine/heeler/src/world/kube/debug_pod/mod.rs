//! The last rung of the ladder: a pod on the node that sees its `/var/log`, and lives no longer than its
//! caller. It takes no right to nodes: but to make pods in one namespace, and to run commands in them.
//!
//! One pod serves all that is read of its node. It is made with the first question, made anew where it has
//! ended, and taken back by [`Rung::tidy`]; where nobody comes to that, its node ends it.

mod exec;
mod files;
mod made;
mod pod;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures::future::{BoxFuture, join_all};
use heeler_core::logs::LogPath;
use serde_json::Value;
use tokio::sync::{Mutex as Turn, OnceCell};

use self::exec::Running;
use self::made::{Asked, Made};
use super::client::Link;
use super::rights::{REVIEW, Rights};
use crate::world::error::Cause;
use crate::world::port::{
    Answer, DebugPod, KubeletPage, NodeLogs, ObjectRef, OpenFile, Part, Rung,
};

/// What a command may take to say something.
const ANSWER: Duration = Duration::from_secs(30);
/// What the caller must be allowed. Which of the last two a WebSocket takes differs by version: `get` as it is
/// one, `create` since 1.35.
const RIGHTS: [(&str, &str); 5] = [
    ("create", "pods"),
    ("get", "pods"),
    ("delete", "pods"),
    ("get", "pods/exec"),
    ("create", "pods/exec"),
];
/// The same in words.
const RIGHT: &str = "create, get and delete pods, get and create pods/exec";
/// The pods of one caller.
pub(super) struct DebugPods {
    link: Arc<Link>,
    wanted: DebugPod,
    proxied: Arc<Rights>,
    missing: OnceCell<Option<String>>,
    /// Whose they are, as a label.
    owner: OnceCell<String>,
    nodes: Mutex<BTreeMap<String, Arc<Turn<Berth>>>>,
    /// All that were asked for and not taken back.
    asked: Mutex<Vec<Asked>>,
    /// They are taken back, and no others are made. It is looked at and set with [`Self::asked`] in hand.
    is_over: AtomicBool,
}

/// A node's pod.
#[derive(Default)]
enum Berth {
    #[default]
    Empty,
    /// It did not start, and another one would not either.
    Closed(Cause),
    /// It was asked for. Whoever waited for it may have gone; who comes next waits for the same one.
    Starting(Asked),
    Up(Asked),
}

impl DebugPods {
    pub(super) fn new(link: &Arc<Link>, wanted: DebugPod, proxied: Arc<Rights>) -> Self {
        DebugPods {
            link: Arc::clone(link),
            wanted,
            proxied,
            missing: OnceCell::new(),
            owner: OnceCell::new(),
            nodes: Mutex::default(),
            asked: Mutex::default(),
            is_over: AtomicBool::default(),
        }
    }

    fn namespace(&self) -> &str {
        let named = self.wanted.namespace.as_deref();
        named.unwrap_or(&self.link.context.namespace)
    }

    /// Which right is missing.
    async fn missing(&self) -> Result<Option<String>, Cause> {
        let ask = async {
            let namespace = self.namespace();
            for (verb, resource) in RIGHTS {
                let object = ObjectRef {
                    resource: resource.to_owned(),
                    ..ObjectRef::pod(namespace, "")
                };
                if !self.link.review(verb, &object).await? {
                    let why = format!("not allowed: {verb} {resource} in namespace {namespace}");
                    return Ok(Some(why));
                }
            }
            Ok(None)
        };
        self.missing.get_or_try_init(|| ask).await.cloned()
    }

    /// A node's pod, which runs; whoever comes meanwhile waits for the same one.
    async fn up(&self, node: &str) -> Result<Made, Cause> {
        let berth = self.berth(node);
        let mut berth = berth.lock().await;
        let asked = match &*berth {
            Berth::Up(asked) if asked.lasts() => return Ok(asked.made.clone()),
            Berth::Starting(asked) if asked.lasts() => asked.clone(),
            Berth::Closed(cause) => return Err(cause.clone()),
            Berth::Up(_) | Berth::Starting(_) | Berth::Empty => {
                *berth = Berth::Empty;
                let asked = self.ask(node).await?;
                *berth = Berth::Starting(asked.clone());
                asked
            }
        };
        match asked.running(&self.link).await {
            Ok(()) => {
                let made = asked.made.clone();
                *berth = Berth::Up(asked);
                Ok(made)
            }
            Err(cause) => {
                *berth = match cause {
                    Cause::TimedOut(_)
                    | Cause::Unavailable(_)
                    | Cause::Unreachable(_)
                    | Cause::Throttled(_) => Berth::Empty,
                    _ => Berth::Closed(cause.clone()),
                };
                if asked.remove(&self.link).await.is_none() {
                    self.asked()
                        .retain(|other| other.made.name != asked.made.name);
                }
                Err(cause)
            }
        }
    }

    /// Asks for a node's pod, and does not wait for it.
    async fn ask(&self, node: &str) -> Result<Asked, Cause> {
        let owner = self.owner.get_or_try_init(|| self.begin()).await?;
        self.forget_ended().await;
        let made = Made::named(self.namespace(), node, owner);
        let mut all = self.asked();
        if self.is_over.load(Ordering::Relaxed) {
            let (code, detail) = ("ended".to_owned(), "debug pods are taken back".to_owned());
            return Err(Cause::Refused { code, detail });
        }
        let asked = made::ask(&self.link, made, &self.wanted.image);
        all.push(asked.clone());
        Ok(asked)
    }

    /// Removes pods that their nodes have ended; what can't be removed now is removed by a later run.
    async fn forget_ended(&self) {
        let ended = self
            .asked()
            .extract_if(.., |asked| asked.made.is_over())
            .collect::<Vec<_>>();
        for asked in ended {
            asked.remove(&self.link).await;
        }
    }

    /// Before the first pod: whose they are, and what is left of runs before.
    async fn begin(&self) -> Result<String, Cause> {
        let owner = made::owner(&self.link.introduction().await?.name);
        made::sweep(&self.link, self.namespace(), &owner).await;
        Ok(owner)
    }

    /// Runs a command on a node.
    async fn run(&self, node: &str, command: &[&str]) -> Result<Running, Cause> {
        let made = self.up(node).await?;
        let client = self.link.client().await?;
        let started = exec::start(client, &made, command).await;
        let is_gone = match &started {
            Err(Cause::NotFound(_)) => true,
            Err(Cause::Refused { detail, .. }) => detail.contains("completed pod"),
            _ => false,
        };
        if !is_gone {
            return started;
        }
        let berth = self.berth(node);
        let mut berth = berth.lock().await;
        if matches!(&*berth, Berth::Up(asked) if asked.made.name == made.name) {
            *berth = Berth::Empty;
        }
        Err(Cause::Unavailable(format!("the debug pod {made} is gone")))
    }

    fn berth(&self, node: &str) -> Arc<Turn<Berth>> {
        let mut nodes = self.nodes.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(nodes.entry(node.to_owned()).or_default())
    }

    fn asked(&self) -> MutexGuard<'_, Vec<Asked>> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn operation(&self, node: &str, path: &LogPath) -> String {
        let namespace = self.namespace();
        format!("create pods and pods/exec in namespace {namespace} for {path} of {node}")
    }
}

impl NodeLogs for DebugPods {
    /// A pod can't ask the kubelet.
    fn page<'a>(&'a self, _: &'a str, _: KubeletPage) -> Answer<'a, Option<Value>> {
        Box::pin(async { Ok(None) })
    }

    fn list<'a>(&'a self, node: &'a str, folder: &'a LogPath) -> Answer<'a, Option<Vec<String>>> {
        Box::pin(async move {
            let names = self.names(node, folder).await;
            names.map_err(|cause| self.link.fail(&self.operation(node, folder), cause))
        })
    }

    fn open<'a>(
        &'a self,
        node: &'a str,
        file: &'a LogPath,
        part: Part,
    ) -> Answer<'a, Option<OpenFile>> {
        Box::pin(async move {
            let operation = self.operation(node, file);
            let opened = self.file((node, file), part, &operation).await;
            opened.map_err(|cause| self.link.fail(&operation, cause))
        })
    }
}

impl Rung for DebugPods {
    fn name(&self) -> &'static str {
        "debug pod"
    }

    fn right(&self) -> &'static str {
        RIGHT
    }

    fn barred<'a>(&'a self, node: Option<&'a str>) -> Answer<'a, Option<String>> {
        Box::pin(async move {
            let Some(node) = node else {
                // Nobody wants one on each node of a cluster.
                return Ok(Some("it is made where a node is named alone".to_owned()));
            };
            let why = async {
                match self.proxied.may(&self.link, Some(node)).await? {
                    // A command in a pod goes the same way as the node proxy.
                    true => Ok(Some("the node proxy is allowed".to_owned())),
                    false => self.missing().await,
                }
            };
            why.await.map_err(|cause| self.link.fail(REVIEW, cause))
        })
    }

    fn patience(&self) -> Duration {
        made::START + ANSWER
    }

    fn tidy(&self) -> BoxFuture<'_, Vec<String>> {
        Box::pin(async move {
            let asked = {
                let mut asked = self.asked();
                self.is_over.store(true, Ordering::Relaxed);
                std::mem::take(&mut *asked)
            };
            let removed = asked.iter().map(|asked| asked.remove(&self.link));
            join_all(removed).await.into_iter().flatten().collect()
        })
    }
}
