//! A fix on several nodes.

use super::{instance, run};
use crate::event::{Event, NodeEnd, RampStep};

pub(super) fn events() -> Vec<Event> {
    let ends = [
        NodeEnd::Kept,
        NodeEnd::Refused,
        NodeEnd::Failed,
        NodeEnd::Reverted,
        NodeEnd::InDoubt,
        NodeEnd::Stuck,
    ];
    let mut steps = vec![
        RampStep::Paced {
            at_once: 3,
            canary_first: true,
            max_errors: 1,
        },
        RampStep::Planned {
            instance: instance(),
            run: run(),
            commands: 2,
        },
        RampStep::LeftOut {
            instance: instance(),
            run: run(),
            commands: 1,
            reason: "nothing that it cures holds now".into(),
            failed: false,
        },
        RampStep::Begun {
            instance: instance(),
            run: run(),
        },
    ];
    steps.extend(ends.map(|end| RampStep::Ended {
        instance: instance(),
        run: run(),
        commands: 5,
        end,
        says: "after 42 s".into(),
    }));
    steps.push(RampStep::Stopped {
        reason: "it failed on a node".into(),
    });
    steps.into_iter().map(Event::Ramp).collect()
}
