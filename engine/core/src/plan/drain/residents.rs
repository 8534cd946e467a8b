//! Whom a change of a node may hit: the pods that run there, counted.

use std::collections::BTreeSet;

use serde_json::Value as Json;

use super::tenants::{Stays, stays, workload};

/// What runs on a node, by its pods as the API server lists them: `9 pods of 4 workloads run on
/// ip-10-0-1-23, and 6 that are static or of a DaemonSet`. What has ended hits nobody.
pub fn residents(node: &str, pods: &[Json]) -> String {
    let (mut movable, mut fixed, mut alone) = (0_usize, 0_usize, 0_usize);
    let mut workloads = BTreeSet::new();
    for pod in pods {
        match (stays(pod), workload(pod)) {
            (Some(Stays::Ended), _) => {}
            (Some(Stays::DaemonSet | Stays::Static), _) => fixed += 1,
            (None, Some(workload)) => {
                movable += 1;
                workloads.insert(workload);
            }
            (None, None) => {
                movable += 1;
                alone += 1;
            }
        }
    }
    let verb = if movable == 1 { "runs" } else { "run" };
    let mut text = match (movable, workloads.len()) {
        (0, _) => format!("no pod of a workload runs on {node}"),
        (pods, 0) => format!("{} of no workload {verb} on {node}", counted(pods, "pod")),
        (pods, several) => {
            let (pods, of) = (counted(pods, "pod"), counted(several, "workload"));
            format!("{pods} of {of} {verb} on {node}")
        }
    };
    if alone > 0 && !workloads.is_empty() {
        text += &format!(", {alone} of them of none");
    }
    if fixed > 0 {
        let are = if fixed == 1 { "is" } else { "are" };
        text += &format!(", and {fixed} that {are} static or of a DaemonSet");
    }
    text
}

fn counted(number: usize, what: &str) -> String {
    match number {
        1 => format!("1 {what}"),
        several => format!("{several} {what}s"),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::residents;

    fn pod(kind: &str, owner: &str, phase: &str) -> Json {
        let owner =
            json!({"kind": kind, "apiVersion": "apps/v1", "name": owner, "controller": true});
        json!({"metadata": {"namespace": "shop", "ownerReferences": [owner]}, "status": {"phase": phase}})
    }

    #[test]
    fn pods_are_counted_by_what_makes_them_anew() {
        let web = || pod("StatefulSet", "web", "Running");
        let told = |pods: &[Json]| residents("n1", pods);
        assert_eq!(told(&[]), "no pod of a workload runs on n1");
        assert_eq!(told(&[web()]), "1 pod of 1 workload runs on n1");
        let all = [
            web(),
            web(),
            pod("StatefulSet", "db", "Pending"),
            pod("Job", "once", "Succeeded"),
            pod("DaemonSet", "agent", "Running"),
        ];
        assert_eq!(
            told(&all),
            "3 pods of 2 workloads run on n1, and 1 that is static or of a DaemonSet"
        );
        let alone = json!({"metadata": {"namespace": "shop"}, "status": {"phase": "Running"}});
        assert_eq!(
            told(&[web(), alone.clone()]),
            "2 pods of 1 workload run on n1, 1 of them of none"
        );
        assert_eq!(told(&[alone]), "1 pod of no workload runs on n1");
    }
}
