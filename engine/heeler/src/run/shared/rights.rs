//! What the caller has to be allowed for a fix, asked before one is planned.

use heeler_core::guard::policy::Limits;
use heeler_core::guard::shared::{BOARD, NAMESPACE};

use super::Unknown;
use crate::world::Cluster;
use crate::world::port::ObjectRef;

/// What a fix within these limits writes, and lists beside the Leases.
pub(super) fn needed(limits: &Limits) -> Vec<(&'static str, ObjectRef)> {
    let shared = |api: &str, resource: &str, name: &str| ObjectRef {
        api: api.to_owned(),
        resource: resource.to_owned(),
        namespace: Some(NAMESPACE.to_owned()),
        name: name.to_owned(),
    };
    // Nobody knows the Leases' names yet: all of them.
    let leases = || shared("apis/coordination.k8s.io/v1", "leases", "");
    let mut needed = vec![
        ("update", shared("api/v1", "configmaps", BOARD)),
        ("create", leases()),
        ("update", leases()),
    ];
    if limits.asks_of_groups() {
        needed.push(("list", ObjectRef::node("")));
    }
    if limits.asks_of_workloads() {
        let pods = ObjectRef {
            namespace: None,
            ..ObjectRef::pod("", "")
        };
        needed.push(("list", pods));
    }
    needed
}

/// Asks whether the caller may do this.
pub(super) async fn ask(
    cluster: &dyn Cluster,
    verb: &str,
    object: ObjectRef,
) -> Result<(), Unknown> {
    let may = cluster.may(verb, &object).await;
    if may.map_err(|error| Unknown::of(&error))? {
        return Ok(());
    }
    let place = match &object.namespace {
        Some(namespace) => format!(" in namespace {namespace}"),
        None => String::new(),
    };
    let call = format!("{verb} {}{place}", object.resource);
    Err(Unknown {
        cord: None,
        what: format!("Kubernetes refuses {call} to whoever asks"),
        help: format!("ask for an RBAC role that may {call}"),
        passing: false,
    })
}
