//! How far a change of a node reaches: what runs there while it is made.

use heeler_core::event::{ChangePlan, NodeTarget};
use heeler_core::plan::drain;

use super::cluster::drain::pods_of;
use crate::world::Cluster;

/// The line of a plan that says what runs on the node it changes, or why nobody knows; a plan is
/// refused for neither. `None`: the node is not changed, the plan names its pods one by one, or there
/// is no cluster to ask.
pub(super) async fn told(
    cluster: Option<&dyn Cluster>,
    target: &NodeTarget,
    changes: &[ChangePlan],
) -> Option<String> {
    let is_of = |change: &ChangePlan, resource: &str| {
        let object = change.object.as_ref();
        object.is_some_and(|object| object.resource == resource)
    };
    let mut each = changes.iter();
    let is_on_node = each.any(|change| change.object.is_none() || is_of(change, "nodes"));
    if !is_on_node || changes.iter().any(|change| is_of(change, "pods")) {
        return None;
    }
    let unknown = |why: &str| format!("what runs on the node is not known: {why}");
    let cluster = cluster?;
    let Some(node) = &target.node else {
        return Some(unknown("its name in Kubernetes is not"));
    };
    Some(match cluster.list(&pods_of(node)).await {
        Ok(pods) => drain::residents(node, &pods),
        Err(error) => unknown(&error.what()),
    })
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use heeler_core::event::PinnedObject;
    use serde_json::{Value as Json, json};

    use super::*;
    use crate::world::error::{CallError, Cause, Service};
    use crate::world::port::{Answer, ClusterDouble, Context, ListRef};

    /// A list of pods, or why there is none.
    struct Server {
        pods: Result<Vec<Json>, Cause>,
        asked: AtomicU32,
        context: Context,
    }

    impl Server {
        fn new(pods: Result<Vec<Json>, Cause>) -> Self {
            Server {
                pods,
                asked: AtomicU32::new(0),
                context: Context::default(),
            }
        }
    }

    impl ClusterDouble for Server {
        fn context(&self) -> &Context {
            &self.context
        }

        fn list<'a>(&'a self, list: &'a ListRef) -> Answer<'a, Vec<Json>> {
            assert_eq!(list.fields.as_deref(), Some("spec.nodeName=n1"));
            self.asked.fetch_add(1, Ordering::SeqCst);
            let failed = |cause| CallError::new(Service::Kubernetes, "list pods", "prod", cause);
            let answer = self.pods.clone().map_err(failed);
            Box::pin(async { answer })
        }
    }

    fn target(node: Option<&str>) -> NodeTarget {
        NodeTarget {
            node: node.map(str::to_owned),
            ..NodeTarget::of("i-0abc1234def567890".parse().unwrap())
        }
    }

    fn change(resource: Option<&str>) -> ChangePlan {
        ChangePlan {
            instance: target(None).instance,
            subject: "x".into(),
            from: "1".into(),
            to: "2".into(),
            diff: "1 → 2".into(),
            back: None,
            effects: Vec::new(),
            object: resource.map(|resource| PinnedObject {
                api: "api/v1".into(),
                resource: resource.into(),
                namespace: None,
                name: "x".into(),
                uid: "u".into(),
            }),
            commands: None,
        }
    }

    #[tokio::test]
    async fn a_change_of_a_node_says_what_runs_there() {
        let pod = json!({"metadata": {"namespace": "shop"}, "status": {"phase": "Running"}});
        let server = Server::new(Ok(vec![pod]));
        for (resource, is_told) in [
            (None, true),
            (Some("nodes"), true),
            (Some("services"), false),
            (Some("pods"), false),
        ] {
            let changes = [change(resource)];
            let line = told(Some(&server), &target(Some("n1")), &changes).await;
            let expected = "1 pod of no workload runs on n1";
            assert_eq!(line.as_deref(), is_told.then_some(expected), "{resource:?}");
        }
        // The pods that go before a reboot are named one by one.
        let reboot = [change(Some("pods")), change(None)];
        let line = told(Some(&server), &target(Some("n1")), &reboot).await;
        assert_eq!(line, None);
        assert_eq!(server.asked.load(Ordering::SeqCst), 2);
    }

    #[tokio::test]
    async fn who_can_not_tell_says_why() {
        let server = Server::new(Err(Cause::Forbidden("no".into())));
        let (there, nowhere) = (target(Some("n1")), target(None));
        let changes = [change(None)];
        let line = told(Some(&server), &there, &changes).await.unwrap();
        assert!(
            line.starts_with("what runs on the node is not known: "),
            "{line}"
        );
        assert!(line.contains("list pods"), "{line}");
        let line = told(Some(&server), &nowhere, &changes).await.unwrap();
        assert!(line.ends_with("its name in Kubernetes is not"), "{line}");
        assert_eq!(told(None, &there, &changes).await, None);
    }
}
