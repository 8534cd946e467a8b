//! Whether the caller may `get` a part of nodes: asked once for all of them, and where that is not so, once for
//! each.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use tokio::sync::OnceCell;

use super::client::Link;
use crate::world::error::Cause;
use crate::world::port::ObjectRef;

/// What asks for it.
pub(super) const REVIEW: &str = "create selfsubjectaccessreviews.authorization.k8s.io";

/// The part through which the API server passes questions on to kubelets.
pub(super) const PROXY: &str = "nodes/proxy";
/// The part that a kubelet itself wants for logs.
pub(super) const LOG: &str = "nodes/log";

/// The rights to one part of nodes.
pub(super) struct Rights {
    part: &'static str,
    to_all: OnceCell<bool>,
    by_name: Mutex<BTreeMap<String, bool>>,
}

impl Rights {
    /// To that part.
    pub(super) fn to(part: &'static str) -> Self {
        Rights {
            part,
            to_all: OnceCell::new(),
            by_name: Mutex::default(),
        }
    }

    /// Whether they reach that node, or all.
    pub(super) async fn may(&self, link: &Link, node: Option<&str>) -> Result<bool, Cause> {
        let of_all = ObjectRef::of_node(self.part, "");
        let of_all = self
            .to_all
            .get_or_try_init(|| link.review("get", &of_all))
            .await?;
        let node = match node {
            Some(node) if !of_all => node,
            _ => return Ok(*of_all),
        };
        let known = self.named().get(node).copied();
        if let Some(known) = known {
            return Ok(known);
        }
        let may = link
            .review("get", &ObjectRef::of_node(self.part, node))
            .await?;
        self.named().insert(node.to_owned(), may);
        Ok(may)
    }

    fn named(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, bool>> {
        self.by_name.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
