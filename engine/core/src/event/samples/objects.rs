//! Samples of what a fix in the Kubernetes API writes down.

use crate::event::{ChangePlan, Commands, Event, FixPlan, PinnedObject};

use super::instance;

/// What is planned for an object.
pub(super) fn of_objects() -> Vec<Event> {
    vec![planned(change())]
}

/// The same with what is sent for it.
pub(super) fn with_commands() -> Vec<Event> {
    let commands = Commands {
        apply: r#"{"spec":{"externalTrafficPolicy":"Local"}}"#.into(),
        revert: Some(r#"{"spec":{"externalTrafficPolicy":"Cluster"}}"#.into()),
    };
    vec![planned(ChangePlan {
        commands: Some(commands),
        ..change()
    })]
}

fn change() -> ChangePlan {
    ChangePlan {
        instance: instance(),
        subject: "services shop/web: spec.externalTrafficPolicy".into(),
        from: r#"{"spec.externalTrafficPolicy":"Cluster"}"#.into(),
        to: r#"{"spec.externalTrafficPolicy":"Local"}"#.into(),
        diff: "Cluster → Local".into(),
        back: None,
        effects: Vec::new(),
        object: Some(PinnedObject {
            api: "api/v1".into(),
            resource: "services".into(),
            namespace: Some("shop".into()),
            name: "web".into(),
            uid: "0c6b1f3e-7d3c-4a62-9d0e-2f1f8f6f1a11".into(),
        }),
        commands: None,
    }
}

fn planned(change: ChangePlan) -> Event {
    Event::FixPlanned(FixPlan {
        fix: "keep-addresses".into(),
        proof: "addresses-lost".into(),
        effect: None,
        pins: Vec::new(),
        changes: vec![change],
        now: Vec::new(),
        undo: "by heeler itself".into(),
        switch: None,
        one_way: false,
        verify: "traffic.drop.growth == 0".into(),
        hold_s: 30,
        within_s: 300,
        inputs: Vec::new(),
        ruling: None,
        digest: "4d1f00ba".into(),
    })
}
