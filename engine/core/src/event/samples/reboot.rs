//! What came with reboots.

use super::instance;
use crate::event::{Event, Phase, PinnedObject, Reached};

pub(super) fn events() -> Vec<Event> {
    let node = PinnedObject {
        api: "api/v1".into(),
        resource: "nodes".into(),
        namespace: None,
        name: "ip-10-0-1-23".into(),
        uid: "0f3a".into(),
    };
    let begun = Phase::ALL.map(|phase| (phase, Reached::Begun, None));
    let ended = [
        Reached::Done("it is cordoned".into()),
        Reached::Idle("it was cordoned before, and stays so".into()),
        Reached::Refused("somebody has changed it meanwhile".into()),
        Reached::Partly("the API server did not answer".into()),
    ];
    let ended = ended.map(|reached| (Phase::Cordon, reached, Some(node.clone())));
    let steps = begun.into_iter().chain(ended);
    steps
        .map(|(phase, reached, node)| Event::Reboot {
            instance: instance(),
            phase,
            reached,
            node,
        })
        .collect()
}
