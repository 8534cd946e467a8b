//! Kubelets that the API server reaches for the caller. Kubernetes has one right for that, and it is close to root on
//! the node.

use futures::future::BoxFuture;

use super::client::{Link, segment};
use super::kubelet::Kubelet;
use super::reached::Reach;
use super::rights::PROXY;
use crate::world::error::Cause;
use crate::world::port::KubeletPage;

/// Through the API server's node proxy.
pub(super) struct Proxied;

impl Reach for Proxied {
    const NAME: &'static str = "node proxy";
    const RIGHT: &'static str = "get nodes/proxy";

    fn part(_: KubeletPage) -> &'static str {
        PROXY
    }

    fn kubelet<'a>(
        &'a self,
        link: &'a Link,
        node: &'a str,
    ) -> BoxFuture<'a, Result<Kubelet, Cause>> {
        Box::pin(async move {
            Ok(Kubelet {
                client: link.client().await?.clone(),
                base: format!("/api/v1/nodes/{}/proxy", segment(node)?),
                address: None,
            })
        })
    }
}
