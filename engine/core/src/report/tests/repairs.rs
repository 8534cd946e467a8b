//! Fixes in events, from the plan to the verification.

use super::stories::{answered, beginning, instance, pod_target, table_full};
use crate::event::{BootId, ChangePlan, Direction, Event, FixPlan};

pub(super) const KEY: &str = "net.netfilter.nf_conntrack_tcp_timeout_time_wait";

/// A fix, planned against a node whose table is full.
pub(super) fn planned() -> Vec<Event> {
    let mut events = beginning("fix", vec![pod_target()]);
    events.extend([answered(23), table_full(23)]);
    events.push(Event::FixPlanned(FixPlan {
        fix: "shorten-time-wait".into(),
        proof: "table-full".into(),
        effect: Some("120 → 60 s: helps from 60 s on".into()),
        pins: vec![(instance(23), BootId("b00t".into()))],
        changes: vec![ChangePlan {
            instance: instance(23),
            subject: KEY.into(),
            from: "120".into(),
            to: "60".into(),
            diff: "120 s → 60 s".into(),
            back: None,
            effects: Vec::new(),
            object: None,
            commands: None,
        }],
        now: Vec::new(),
        undo: "none on the node".into(),
        switch: None,
        one_way: false,
        verify: "traffic.drop.growth <= traffic.insert_failed.growth".into(),
        hold_s: 30,
        within_s: 300,
        inputs: Vec::new(),
        ruling: None,
        digest: "4d1f00ba".into(),
    }));
    events
}

pub(super) fn approved() -> Vec<Event> {
    let mut events = planned();
    events.push(Event::FixApproved {
        digest: "4d1f00ba".into(),
        by: "ops/alice".into(),
        how: "prompt".into(),
        signed: Vec::new(),
    });
    events
}

pub(super) fn change_started(direction: Direction) -> Event {
    let (from, to) = if direction == Direction::Apply {
        ("120", "60")
    } else {
        ("60", "120")
    };
    Event::ChangeStarted {
        instance: instance(23),
        subject: KEY.into(),
        from: from.into(),
        to: to.into(),
        direction,
    }
}

pub(super) fn change_applied(direction: Direction) -> Event {
    let value = if direction == Direction::Apply {
        "60"
    } else {
        "120"
    };
    Event::ChangeApplied {
        instance: instance(23),
        subject: KEY.into(),
        value: value.into(),
        direction,
        found: false,
    }
}

/// Approved, applied, and looked at three times.
pub(super) fn applied() -> Vec<Event> {
    let mut events = approved();
    events.extend([
        change_started(Direction::Apply),
        change_applied(Direction::Apply),
    ]);
    for (after_ms, held_ms, holds) in [
        (2000, 0, Some(false)),
        (11_000, 0, None),
        (41_000, 30_000, Some(true)),
    ] {
        let says = "0 dropped".to_owned();
        events.push(Event::VerifySample {
            after_ms,
            held_ms,
            holds,
            says,
        });
    }
    events
}
