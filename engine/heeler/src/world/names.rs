//! Names for addresses: `shop/checkout` says more than `10.0.9.4`. A comfort only: an address
//! that nobody can name, or that two could claim, stays an address.

use std::net::IpAddr;

use futures::future::{join, join_all};
use k8s_openapi::api::core::v1::{Pod, Service};

use super::error::CallError;
use super::port::{Cluster, ListRef};

/// Addresses that are looked up at most: the top talkers of a table.
const MOST_ADDRESSES: usize = 20;

/// Names for addresses.
#[derive(Debug, Default)]
pub struct Names {
    /// `NAMESPACE/WORKLOAD` or `NAMESPACE/SERVICE` of those addresses that have a name.
    pub known: Vec<(IpAddr, String)>,
    /// Why some could not be looked up.
    pub trouble: Option<CallError>,
}

/// Looks the names of addresses up.
pub async fn name_addresses(cluster: &dyn Cluster, addresses: &[IpAddr]) -> Names {
    let asked = addresses
        .iter()
        .take(MOST_ADDRESSES)
        .map(|address| async move {
            let asked = join(pod_at(cluster, *address), service_at(cluster, *address));
            (*address, asked.await)
        });
    let mut names = Names::default();
    for (address, (pod, service)) in join_all(asked).await {
        let mut found = |answer: Result<Option<String>, CallError>| {
            answer.unwrap_or_else(|error| {
                names.trouble.get_or_insert(error);
                None
            })
        };
        let (pod, service) = (found(pod), found(service));
        names
            .known
            .extend(pod.or(service).map(|name| (address, name)));
    }
    names
}

async fn pod_at(cluster: &dyn Cluster, address: IpAddr) -> Result<Option<String>, CallError> {
    let list = ListRef::core("pods", None).fields(format!("status.podIP={address}"));
    let values = cluster.list(&list).await?;
    let pods = values
        .into_iter()
        .filter_map(|value| serde_json::from_value(value).ok());
    Ok(only(pods.filter(owns_its_address)).map(|pod| workload(&pod)))
}

async fn service_at(cluster: &dyn Cluster, address: IpAddr) -> Result<Option<String>, CallError> {
    let list = ListRef::core("services", None).fields(format!("spec.clusterIP={address}"));
    let values = cluster.list(&list).await?;
    let services = values
        .into_iter()
        .filter_map(|value| serde_json::from_value::<Service>(value).ok());
    Ok(only(services).and_then(|service| {
        let metadata = service.metadata;
        Some(format!("{}/{}", metadata.namespace?, metadata.name?))
    }))
}

/// Pods on the node's network share the node's address, and the address of a pod that has ended
/// may belong to another one by now.
fn owns_its_address(pod: &Pod) -> bool {
    let host = pod
        .spec
        .as_ref()
        .and_then(|spec| spec.host_network)
        .unwrap_or(false);
    let phase = pod
        .status
        .as_ref()
        .and_then(|status| status.phase.as_deref());
    !host && !matches!(phase, Some("Failed" | "Succeeded"))
}

fn only<T>(mut items: impl Iterator<Item = T>) -> Option<T> {
    let first = items.next()?;
    items.next().is_none().then_some(first)
}

/// The workload that a pod belongs to, by its controller. A ReplicaSet is its Deployment's name
/// and the hash of the pod template.
pub fn workload(pod: &Pod) -> String {
    let metadata = &pod.metadata;
    let namespace = metadata.namespace.as_deref().unwrap_or_default();
    let pod_name = metadata.name.as_deref().unwrap_or_default();
    let owner = metadata
        .owner_references
        .iter()
        .flatten()
        .find(|owner| owner.controller == Some(true) && owner.kind != "Node");
    let hash = metadata
        .labels
        .as_ref()
        .and_then(|labels| labels.get("pod-template-hash"));
    let name = match (owner, hash) {
        (Some(owner), Some(hash)) if owner.kind == "ReplicaSet" => owner
            .name
            .strip_suffix(hash.as_str())
            .and_then(|name| name.strip_suffix('-'))
            .unwrap_or(&owner.name),
        (Some(owner), _) => &owner.name,
        (None, _) => pod_name,
    };
    format!("{namespace}/{name}")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::world::error::{Cause, Service};
    use crate::world::port::{Answer, ClusterDouble, Context, ObjectRef};

    /// A cluster whose role may not list services.
    struct WithoutServices(Context);

    impl ClusterDouble for WithoutServices {
        fn context(&self) -> &Context {
            &self.0
        }

        fn get<'a>(&'a self, _: &'a ObjectRef) -> Answer<'a, Option<serde_json::Value>> {
            Box::pin(async { Ok(None) })
        }

        fn list<'a>(&'a self, list: &'a ListRef) -> Answer<'a, Vec<serde_json::Value>> {
            let own = list.fields.as_deref() == Some("status.podIP=10.0.9.4");
            let pods = own.then(|| serde_json::to_value(pod(owner("DaemonSet", "agent"), None)));
            let refused = CallError::new(
                Service::Kubernetes,
                "list services in all namespaces",
                "prod",
                Cause::Forbidden("no".into()),
            );
            let answer = match list.resource.as_str() {
                "pods" => Ok(pods.into_iter().flatten().collect()),
                _ => Err(refused),
            };
            Box::pin(async move { answer })
        }
    }

    #[tokio::test]
    async fn what_may_not_be_looked_up_is_told_and_the_rest_has_names() {
        let cluster = WithoutServices(Context {
            name: "prod".to_owned(),
            namespace: "default".to_owned(),
            cluster: None,
            account: None,
            region: None,
            profile: None,
        });
        let addresses = ["10.0.9.4".parse().unwrap(), "10.0.9.5".parse().unwrap()];
        let names = name_addresses(&cluster, &addresses).await;
        assert_eq!(names.known, [(addresses[0], "shop/agent".to_owned())]);
        let trouble = names.trouble.unwrap().what();
        assert_eq!(trouble, "not allowed: list services in all namespaces: no");
    }

    fn pod(owner: serde_json::Value, hash: Option<&str>) -> Pod {
        serde_json::from_value(json!({
            "metadata": {
                "name": "checkout-7d9f5c-x2vqz", "namespace": "shop",
                "labels": hash.map(|hash| json!({"pod-template-hash": hash})),
                "ownerReferences": [owner],
            }
        }))
        .unwrap()
    }

    fn owner(kind: &str, name: &str) -> serde_json::Value {
        json!({"apiVersion": "apps/v1", "kind": kind, "name": name, "uid": "u", "controller": true})
    }

    #[test]
    fn pods_belong_to_workloads() {
        let of_set = owner("ReplicaSet", "checkout-7d9f5c");
        assert_eq!(
            workload(&pod(of_set.clone(), Some("7d9f5c"))),
            "shop/checkout"
        );
        assert_eq!(workload(&pod(of_set, None)), "shop/checkout-7d9f5c");
        assert_eq!(
            workload(&pod(owner("DaemonSet", "agent"), None)),
            "shop/agent"
        );
        assert_eq!(
            workload(&pod(owner("Node", "ip-10-0-1-23"), None)),
            "shop/checkout-7d9f5c-x2vqz"
        );
    }
}
