//! How much at once, and how often.

use jiff::Timestamp;

use super::super::{Full, Group, GroupKind, GroupNodes, Load, Policy, Request};
use super::{IDLE, at, caller, fix, open};

const NOW: &str = "2026-11-18T12:00:00Z";

fn one_more(policy: &Policy, load: Load<'_>) -> Result<(), Full> {
    policy.limits().one_more(&load, at(NOW))
}

#[test]
fn without_a_file_one_node_at_a_time_is_changed() {
    let policy = Policy::default();
    assert_eq!(one_more(&policy, IDLE), Ok(()));
    let busy = Load {
        changing: Some(1),
        ..IDLE
    };
    assert_eq!(one_more(&policy, busy), Err(Full::Nodes { most: 1 }));
    assert!(policy.limits().canary_first());
}

#[test]
fn nodes_at_once_are_everybodys() {
    let policy = open("limits: { nodes-at-once: 3 }\n");
    let load = |changing, own_changing| Load {
        changing,
        own_changing,
        own_verified: 1,
        ..IDLE
    };
    assert_eq!(one_more(&policy, load(Some(2), 1)), Ok(()));
    assert_eq!(
        one_more(&policy, load(Some(3), 1)),
        Err(Full::Nodes { most: 3 })
    );
    // What others do can't be told: what this fix does still counts.
    assert_eq!(one_more(&policy, load(None, 2)), Ok(()));
    assert_eq!(
        one_more(&policy, load(None, 3)),
        Err(Full::Nodes { most: 3 })
    );
    assert_eq!(policy.limits().unkept(&load(None, 2)), ["nodes-at-once"]);
}

#[test]
fn the_first_node_is_verified_before_the_next() {
    let load = |own_changing, own_verified| Load {
        changing: Some(own_changing),
        own_changing,
        own_verified,
        ..IDLE
    };
    let careful = open("limits: { nodes-at-once: 5 }\n");
    assert_eq!(one_more(&careful, load(0, 0)), Ok(()));
    assert_eq!(one_more(&careful, load(1, 0)), Err(Full::Canary));
    assert_eq!(one_more(&careful, load(1, 1)), Ok(()));
    let quick = open("limits: { nodes-at-once: 5, canary-first: false }\n");
    assert_eq!(one_more(&quick, load(1, 0)), Ok(()));
}

#[test]
fn a_share_is_rounded_down_but_is_one_node_at_least() {
    let policy = open("limits: { nodes-at-once: 100, share-of-zone: 10% }\n");
    for (all, changing, fits) in [
        (5, 0, true),
        (5, 1, false),
        (19, 0, true),
        (19, 1, false),
        (20, 1, true),
        (20, 2, false),
        (0, 0, true),
    ] {
        let nodes = Some(GroupNodes { all, changing });
        let group = |kind| Group {
            kind,
            name: "eu-west-1a",
            nodes,
        };
        let load = |groups| Load { groups, ..IDLE };
        let zone = [group(GroupKind::Zone)];
        let found = one_more(&policy, load(&zone));
        assert_eq!(found.is_ok(), fits, "{changing} of {all}");
        // It says nothing of node groups.
        assert_eq!(
            one_more(&policy, load(&[group(GroupKind::NodeGroup)])),
            Ok(())
        );
    }
    let full = Full::Group {
        kind: GroupKind::Zone,
        name: "eu-west-1a".into(),
        most: 1,
    };
    let said = "1 node is being changed in the zone eu-west-1a, and no more may be";
    assert_eq!(full.to_string(), said);
}

#[test]
fn a_share_of_what_can_not_be_counted_is_not_kept_and_said() {
    let policy = open("limits: { share-of-workload: 50% }\n");
    let groups = [Group {
        kind: GroupKind::Workload,
        name: "shop/checkout",
        nodes: None,
    }];
    let load = Load {
        groups: &groups,
        ..IDLE
    };
    assert_eq!(one_more(&policy, load), Ok(()));
    assert_eq!(policy.limits().unkept(&load), ["share-of-workload"]);
    assert_eq!(policy.limits().unkept(&IDLE), [""; 0]);
}

#[test]
fn fixes_are_counted_over_any_sixty_minutes() {
    let policy = open("limits: { nodes-at-once: 9, fixes-an-hour: 2 }\n");
    let started = |starts: &[&str], wanted: Result<(), &str>| {
        let starts: Vec<Timestamp> = starts.iter().map(|start| at(start)).collect();
        let load = Load {
            started: Some(&starts),
            ..IDLE
        };
        let wanted = wanted.map_err(|next| Full::Fixes {
            most: 2,
            next: at(next),
        });
        assert_eq!(one_more(&policy, load), wanted, "{starts:?}");
    };
    started(&[], Ok(()));
    started(&["2026-11-18T11:30:00Z"], Ok(()));
    started(
        &["2026-11-18T11:30:00Z", "2026-11-18T11:50:00Z"],
        Err("2026-11-18T12:30:00Z"),
    );
    // An hour ago is no longer within the hour.
    started(&["2026-11-18T11:00:00Z", "2026-11-18T11:50:00Z"], Ok(()));
    started(
        &["2026-11-18T11:00:00.001Z", "2026-11-18T11:50:00Z"],
        Err("2026-11-18T12:00:00.001Z"),
    );
    // Of three the second oldest has to pass; one clock is ahead.
    started(
        &[
            "2026-11-18T12:05:00Z",
            "2026-11-18T11:10:00Z",
            "2026-11-18T11:40:00Z",
        ],
        Err("2026-11-18T12:40:00Z"),
    );
}

#[test]
fn only_the_start_of_a_fix_counts_as_one() {
    let policy = open("limits: { nodes-at-once: 9, fixes-an-hour: 1 }\n");
    let starts = [at("2026-11-18T11:59:00Z")];
    let load = |own_verified| Load {
        started: Some(&starts),
        own_verified,
        ..IDLE
    };
    assert!(one_more(&policy, load(0)).is_err());
    assert_eq!(one_more(&policy, load(1)), Ok(()));
    let unknown = Load {
        started: None,
        ..IDLE
    };
    assert_eq!(policy.limits().unkept(&unknown), ["fixes-an-hour"]);
}

#[test]
fn a_decision_asks_the_limits_and_says_what_can_not_be_kept() {
    let alice = caller("ops/alice");
    let decided = |load| {
        let request = Request {
            load,
            ..fix(&alice)
        };
        Policy::default().decide(&request)
    };
    let blind = Load {
        changing: None,
        ..IDLE
    };
    assert_eq!(
        decided(blind).expect("it is allowed").unkept,
        ["nodes-at-once"]
    );
    let busy = Load {
        changing: Some(1),
        ..IDLE
    };
    assert_eq!(
        decided(busy).expect_err("it is refused").code(),
        "policy-limit"
    );
}
