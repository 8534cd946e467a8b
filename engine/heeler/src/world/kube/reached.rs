//! A rung of the ladder that leads to kubelets: who reaches them, and by which rights, differs; what is asked
//! of them does not.

use std::sync::Arc;

use futures::future::BoxFuture;
use heeler_core::logs::LogPath;
use serde_json::Value;

use super::client::Link;
use super::kubelet::Kubelet;
use super::rights::{REVIEW, Rights};
use crate::world::error::Cause;
use crate::world::port::{Answer, KubeletPage, NodeLogs, OpenFile, Part, Rung};

/// How kubelets are reached.
pub(super) trait Reach: Send + Sync {
    /// What the way is called.
    const NAME: &'static str;
    /// The right to logs, in words.
    const RIGHT: &'static str;

    /// The right to a page, to `get` this.
    fn part(page: KubeletPage) -> &'static str;

    /// Why it is not taken to that node, or to all, by those who are allowed to.
    fn barred<'a>(
        &'a self,
        _: &'a Link,
        _: Option<&'a str>,
    ) -> BoxFuture<'a, Result<Option<String>, Cause>> {
        Box::pin(async { Ok(None) })
    }

    /// A node's kubelet.
    fn kubelet<'a>(
        &'a self,
        link: &'a Link,
        node: &'a str,
    ) -> BoxFuture<'a, Result<Kubelet, Cause>>;
}

/// Kubelets that are reached like that.
pub(super) struct Reached<R> {
    link: Arc<Link>,
    reach: R,
    rights: Arc<Rights>,
}

impl<R: Reach> Reached<R> {
    /// `rights`: those to logs.
    pub(super) fn new(link: &Arc<Link>, reach: R, rights: Arc<Rights>) -> Self {
        Reached {
            link: Arc::clone(link),
            reach,
            rights,
        }
    }
}

impl<R: Reach> NodeLogs for Reached<R> {
    fn page<'a>(&'a self, node: &'a str, page: KubeletPage) -> Answer<'a, Option<Value>> {
        Box::pin(async move {
            let said = async {
                let kubelet = self.reach.kubelet(&self.link, node).await?;
                kubelet.document(page).await
            };
            let operation = format!("get {} {node} {}", R::part(page), page.path());
            said.await
                .map_err(|cause| self.link.fail(&operation, cause))
        })
    }

    fn list<'a>(&'a self, node: &'a str, folder: &'a LogPath) -> Answer<'a, Option<Vec<String>>> {
        Box::pin(async move {
            let names = async {
                let kubelet = self.reach.kubelet(&self.link, node).await?;
                kubelet.names(folder).await
            };
            names
                .await
                .map_err(|cause| self.link.fail(&operation::<R>(node, folder), cause))
        })
    }

    fn open<'a>(
        &'a self,
        node: &'a str,
        file: &'a LogPath,
        part: Part,
    ) -> Answer<'a, Option<OpenFile>> {
        Box::pin(async move {
            let operation = operation::<R>(node, file);
            let opened = async {
                let kubelet = self.reach.kubelet(&self.link, node).await?;
                let failed = self.link.failing(&operation);
                kubelet.file(file, part, failed).await
            };
            opened
                .await
                .map_err(|cause| self.link.fail(&operation, cause))
        })
    }
}

impl<R: Reach> Rung for Reached<R> {
    fn name(&self) -> &'static str {
        R::NAME
    }

    fn right(&self) -> &'static str {
        R::RIGHT
    }

    fn barred<'a>(&'a self, node: Option<&'a str>) -> Answer<'a, Option<String>> {
        Box::pin(async move {
            let why = async {
                match self.rights.may(&self.link, node).await? {
                    true => self.reach.barred(&self.link, node).await,
                    false => Ok(Some(format!("not allowed: {}", R::RIGHT))),
                }
            };
            why.await.map_err(|cause| self.link.fail(REVIEW, cause))
        })
    }
}

/// The right that it needs, and where.
fn operation<R: Reach>(node: &str, path: &LogPath) -> String {
    format!("{} {node} {path}", R::RIGHT)
}
