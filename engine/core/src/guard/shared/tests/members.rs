//! The groups that a node is of, and how much of them is changed at once.

use serde_json::{Value, json};

use super::{ALICES, BOBS, begin, begin_in, lease, node, policy};
use crate::guard::policy::{Full, GroupKind};
use crate::guard::shared::{Board, Hindrance, memberships, namespaces, node_name, workloads};

fn kubernetes(letter: char, labels: Value) -> Value {
    json!({"metadata": {"name": letter, "labels": labels},
        "spec": {"providerID": format!("aws:///eu-west-1a/i-0000000{letter}")}})
}

#[test]
fn a_node_is_of_a_group_and_of_a_zone() {
    let zone = "topology.kubernetes.io/zone";
    let nodes = [
        kubernetes(
            'a',
            json!({"eks.amazonaws.com/nodegroup": "web", zone: "eu-west-1a"}),
        ),
        kubernetes(
            'b',
            json!({"eks.amazonaws.com/nodegroup": "web", zone: "eu-west-1b"}),
        ),
        kubernetes(
            'c',
            json!({"karpenter.sh/nodepool": "spot", zone: "eu-west-1b"}),
        ),
        kubernetes('d', json!({})),
    ];
    let of = |letter| {
        let groups = memberships(&nodes, &node(letter));
        let rows = groups.into_iter().map(|group| {
            let members = group.members.unwrap().into_iter();
            let letters: String = members
                .filter_map(|id| id.as_str().chars().last())
                .collect();
            format!("{} {}: {letters}", group.kind, group.name)
        });
        rows.collect::<Vec<_>>()
    };
    assert_eq!(of('a'), ["node group web: ab", "zone eu-west-1a: a"]);
    assert_eq!(of('c'), ["node group spot: c", "zone eu-west-1b: bc"]);
    assert!(of('d').is_empty() && of('e').is_empty());
    let policy = policy("{ nodes-at-once: 9, share-of-node-group: 50% }");
    let groups = memberships(&nodes, &node('a'));
    let leases = [lease(BOBS, 'b', "12:00:00")];
    let board = begin(&policy, (&Board::default(), &[]), (BOBS, 'b'), "12:00:00").unwrap();
    let full = begin_in(
        &policy,
        &groups,
        (&board, &leases),
        (ALICES, 'a'),
        "12:00:01",
    );
    let (kind, name) = (GroupKind::NodeGroup, "web".to_owned());
    assert_eq!(
        full,
        Err(Hindrance::Full(Full::Group {
            kind,
            name,
            most: 1
        }))
    );
    let others = memberships(&nodes, &node('c'));
    assert!(
        begin_in(
            &policy,
            &others,
            (&board, &leases),
            (ALICES, 'c'),
            "12:00:01"
        )
        .is_ok()
    );
}

/// A pod of a workload on a node.
fn pod(namespace: &str, kind: &str, workload: &str, letter: char) -> Value {
    json!({"metadata": {"namespace": namespace, "ownerReferences":
            [{"kind": kind, "apiVersion": "apps/v1", "name": workload, "controller": true}]},
        "spec": {"nodeName": letter}, "status": {"phase": "Running"}})
}

#[test]
fn a_node_is_of_the_workloads_that_it_has_pods_of() {
    let nodes = ['a', 'b', 'c', 'd'].map(|letter| kubernetes(letter, json!({})));
    let mut ended = pod("shop", "Job", "once", 'a');
    ended["status"]["phase"] = json!("Succeeded");
    let pods = [
        pod("shop", "StatefulSet", "db", 'a'),
        pod("shop", "StatefulSet", "db", 'a'),
        pod("shop", "StatefulSet", "db", 'b'),
        pod("shop", "ReplicaSet", "web", 'b'),
        // Of the same name, and another one.
        pod("ops", "StatefulSet", "db", 'c'),
        pod("ops", "DaemonSet", "agent", 'a'),
        pod("ops", "DaemonSet", "agent", 'd'),
        pod("shop", "StatefulSet", "db", 'x'),
        ended,
        json!({"metadata": {"namespace": "bare"}, "spec": {"nodeName": "a"}}),
    ];
    let of = |letter| {
        let groups = workloads(&nodes, &pods, &node(letter)).into_iter();
        let rows = groups.map(|group| {
            let members = group.members.unwrap().into_iter();
            let letters: String = members
                .filter_map(|id| id.as_str().chars().last())
                .collect();
            format!("{} {}: {letters}", group.kind, group.name)
        });
        rows.collect::<Vec<_>>()
    };
    assert_eq!(of('a'), ["workload StatefulSet shop/db: ab"]);
    let both = [
        "workload ReplicaSet shop/web: b",
        "workload StatefulSet shop/db: ab",
    ];
    assert_eq!(of('b'), both);
    assert_eq!(of('c'), ["workload StatefulSet ops/db: c"]);
    assert!(of('d').is_empty());
    let named: Vec<&str> = namespaces(&pods).into_iter().collect();
    assert_eq!(named, ["ops", "shop"]);
    assert!(namespaces(&pods[5..7]).is_empty());
    assert_eq!(node_name(&nodes, &node('b')), Some("b"));
    assert_eq!(node_name(&nodes, &node('e')), None);

    let policy = policy("{ nodes-at-once: 9, share-of-workload: 50% }");
    assert!(policy.limits().asks_of_workloads() && policy.limits().asks_of_groups());
    let leases = [lease(BOBS, 'b', "12:00:00")];
    let board = begin(&policy, (&Board::default(), &[]), (BOBS, 'b'), "12:00:00").unwrap();
    let of_a = workloads(&nodes, &pods, &node('a'));
    let full = begin_in(&policy, &of_a, (&board, &leases), (ALICES, 'a'), "12:00:01");
    let said = full.unwrap_err().to_string();
    let wanted = "1 node is being changed in the workload StatefulSet shop/db, and no more may be";
    assert_eq!(said, wanted);
    let of_c = workloads(&nodes, &pods, &node('c'));
    let begun = begin_in(&policy, &of_c, (&board, &leases), (ALICES, 'c'), "12:00:01");
    assert!(begun.is_ok());
}
