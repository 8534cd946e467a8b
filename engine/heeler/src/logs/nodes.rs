//! The nodes that logs are read from, as all see them who do.

use std::collections::HashMap;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{OnceCell, Semaphore};
use tokio::time::timeout;

use super::flow::Folder;
use crate::world::port::KubeletPage;

/// A kubelet that is well says at once how it is configured.
const KEEPS: Duration = Duration::from_secs(5);
/// Questions that wait for their answer to begin. Each has a connection of its own, and an API server that is in
/// trouble is asked by others, too.
const ASKING: usize = 32;

/// Those of them that go to one node, which may be silent for a minute.
const OF_ONE: usize = 12;

/// All of them.
#[derive(Debug)]
pub struct Nodes {
    seen: Mutex<HashMap<String, Arc<Node>>>,
    pub(super) asking: Semaphore,
}

impl Default for Nodes {
    fn default() -> Self {
        Nodes {
            seen: Mutex::default(),
            asking: Semaphore::new(ASKING),
        }
    }
}

impl Nodes {
    /// The node of this name.
    pub(super) fn get(&self, name: &str) -> Arc<Node> {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(seen.entry(name.to_owned()).or_default())
    }
}

/// A node, as all see it who read from it.
#[derive(Debug)]
pub(super) struct Node {
    /// Who asks it takes one of these before one of all.
    pub(super) asking: Semaphore,
    /// It did not answer for so long that somebody has given it up.
    pub(super) is_lost: AtomicBool,
    /// It was said that it is waited for.
    pub(super) is_told: AtomicBool,
    /// It was said by which way it is read.
    pub(super) is_way_told: AtomicBool,
    /// How many files of a start its kubelet keeps, as far as it says so.
    keeps: OnceCell<Option<u32>>,
}

impl Default for Node {
    fn default() -> Self {
        Node {
            asking: Semaphore::new(OF_ONE),
            is_lost: AtomicBool::default(),
            is_told: AtomicBool::default(),
            is_way_told: AtomicBool::default(),
            keeps: OnceCell::default(),
        }
    }
}

impl Node {
    /// Asks the kubelet once how many files of a start it keeps.
    pub(super) async fn keeps(&self, folder: Folder<'_>) -> Option<u32> {
        let ask = async {
            let said = folder.logs.page(folder.node, KubeletPage::Configuration);
            let said = timeout(KEEPS, said).await.ok()?.ok().flatten()?;
            let kept = said
                .pointer("/kubeletconfig/containerLogMaxFiles")?
                .as_u64()?;
            u32::try_from(kept).ok()
        };
        *self.keeps.get_or_init(|| ask).await
    }
}
