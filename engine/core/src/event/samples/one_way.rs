//! What came with changes that nothing can take back.

use super::instance;
use crate::event::{BootId, ChangePlan, Event, FixPlan};

pub(super) fn events() -> Vec<Event> {
    vec![Event::FixPlanned(FixPlan {
        fix: "restart-kubelet".into(),
        proof: "not-ready".into(),
        effect: None,
        pins: vec![(instance(), BootId("b00t".into()))],
        changes: vec![ChangePlan {
            instance: instance(),
            subject: "kubelet.service".into(),
            from: "active 0f3a".into(),
            to: "restarted".into(),
            diff: "active → restarted".into(),
            back: None,
            effects: vec!["restarts the kubelet".into()],
            object: None,
            commands: None,
        }],
        now: Vec::new(),
        undo: "by nothing".into(),
        switch: None,
        one_way: true,
        verify: "node.ready".into(),
        hold_s: 30,
        within_s: 300,
        inputs: Vec::new(),
        ruling: None,
        digest: "4d1f00ba".into(),
    })]
}
