//! What came with the evictions of a node: what moves by itself stands beside the changes. And what a
//! plan costs.

use super::instance;
use crate::event::{BootId, ChangePlan, Event, FixPlan, PinnedObject};

pub(super) fn events() -> Vec<Event> {
    vec![planned(None)]
}

pub(super) fn with_effect() -> Vec<Event> {
    vec![planned(Some("its pods start anew elsewhere".into()))]
}

fn planned(effect: Option<String>) -> Event {
    let eviction = ChangePlan {
        instance: instance(),
        subject: "pods shop/web-0".into(),
        from: "there".into(),
        to: "gone".into(),
        diff: "evicted; StatefulSet web makes another one elsewhere".into(),
        back: None,
        effects: vec!["the data of its emptyDir cache is lost".into()],
        object: Some(PinnedObject {
            api: "api/v1".into(),
            resource: "pods".into(),
            namespace: Some("shop".into()),
            name: "web-0".into(),
            uid: "5b0e8f0c-1f0d-4b6e-8f44-0f2f5c1c2d3e".into(),
        }),
        commands: None,
    };
    Event::FixPlanned(FixPlan {
        fix: "empty".into(),
        proof: "ill".into(),
        effect,
        pins: vec![(instance(), BootId("b00t".into()))],
        changes: vec![eviction],
        now: vec!["in the way now: pods shop/web-0: a budget".into()],
        undo: "by nothing".into(),
        switch: None,
        one_way: true,
        verify: "node.cordoned".into(),
        hold_s: 30,
        within_s: 300,
        inputs: Vec::new(),
        ruling: None,
        digest: "4d1f00ba".into(),
    })
}
