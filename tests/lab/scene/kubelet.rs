//! What the kubelets of a lab tell the cluster by themselves: that a node has another boot id.

use std::sync::Arc;
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread::JoinHandle;
use std::time::Duration;

use anyhow::Result;
use serde_json::json;

use crate::kube::KubeLab;
use crate::node::Node;

/// How often they look.
const EVERY: Duration = Duration::from_millis(100);

/// One thread for all nodes, until this is dropped.
pub(super) struct Kubelets {
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Kubelets {
    pub(super) fn start(nodes: &[Node], kube: &Arc<KubeLab>) -> Result<Self> {
        let known = nodes.iter().map(|node| Ok((node.clone(), node.boot_id()?)));
        let mut known: Vec<(Node, String)> = known.collect::<Result<_>>()?;
        let kube = Arc::clone(kube);
        let (stop, stopped) = mpsc::channel();
        let thread = std::thread::spawn(move || {
            while stopped.recv_timeout(EVERY) == Err(RecvTimeoutError::Timeout) {
                for (node, last) in &mut known {
                    // While a node boots there may be none.
                    if let Ok(now) = node.boot_id()
                        && !now.is_empty()
                        && now != *last
                        && report(&kube, node, &now).is_ok()
                    {
                        *last = now;
                    }
                }
            }
        });
        Ok(Self {
            stop: Some(stop),
            thread: Some(thread),
        })
    }
}

impl Drop for Kubelets {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            thread.join().ok();
        }
    }
}

/// Writes the boot id into the node's object.
pub(super) fn report(kube: &KubeLab, node: &Node, boot_id: &str) -> Result<()> {
    kube.edit("nodes", "", &node.config().name, |object| {
        object["status"]["nodeInfo"]["bootID"] = json!(boot_id);
    })?;
    Ok(())
}
