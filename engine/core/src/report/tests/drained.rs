//! A node that is emptied: what its plan says, and what is told of one that was not finished.

use super::repairs::approved;
use super::stories::{fix_run, instance, report, screen};
use crate::event::{ChangePlan, Direction, Event, PinnedObject};
use crate::report::FixState;

const PODS: [&str; 2] = ["pods shop/api-0", "pods shop/api-1"];

/// Approved, and begun.
fn begun() -> Vec<Event> {
    let mut events = approved();
    for event in &mut events {
        if let Event::FixPlanned(plan) = event {
            plan.changes = PODS.map(eviction).into();
            plan.now = vec!["left alone: of DaemonSets: kube-system/agent".into()];
            plan.one_way = true;
        }
    }
    events.extend(PODS.map(|pod| Event::ChangeStarted {
        instance: instance(23),
        subject: pod.into(),
        from: "there".into(),
        to: "gone".into(),
        direction: Direction::Apply,
    }));
    events
}

fn eviction(pod: &str) -> ChangePlan {
    ChangePlan {
        instance: instance(23),
        subject: pod.into(),
        from: "there".into(),
        to: "gone".into(),
        diff: "evicted; StatefulSet api makes another one elsewhere".into(),
        back: None,
        effects: Vec::new(),
        object: Some(PinnedObject {
            api: "api/v1".into(),
            resource: "pods".into(),
            namespace: Some("shop".into()),
            name: pod.into(),
            uid: pod.into(),
        }),
        commands: None,
    }
}

fn gone(pod: &str, found: bool) -> Event {
    Event::ChangeApplied {
        instance: instance(23),
        subject: pod.into(),
        value: "gone".into(),
        direction: Direction::Apply,
        found,
    }
}

#[test]
fn one_that_was_not_finished_says_what_is_known_and_whom_to_ask() {
    let mut events = begun();
    events.push(gone(PODS[0], false));
    let said = screen(fix_run(), events);
    for part in [
        "pods shop/api-0: evicted; StatefulSet api makes another one elsewhere",
        "left alone: of DaemonSets: kube-system/agent",
        "by itself  no other pod is evicted, and nothing takes back what was; the node stays cordoned",
        "takes nothing back, and says what stands",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    let flat = said.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(flat.contains("pods shop/api-1 on"), "{said}");
    assert!(
        !flat.contains("pods shop/api-0 on i-0abc1234def567823: there → gone was started"),
        "{said}"
    );
    assert!(!said.contains("lock"), "{said}");
}

#[test]
fn what_was_gone_before_was_not_evicted() {
    let mut events = begun();
    events.push(gone(PODS[0], true));
    events.push(Event::ChangeFailed {
        instance: instance(23),
        subject: PODS[1].into(),
        error: "a budget".into(),
        direction: Direction::Apply,
    });
    let state = |events: &[Event]| report(fix_run(), events.to_vec()).fix.state();
    assert_eq!(state(&events), Some(FixState::NotApplied));
    let mut events = begun();
    events.extend(PODS.map(|pod| gone(pod, pod == PODS[0])));
    assert_eq!(state(&events), Some(FixState::Applied));
}
