//! What a bundle's manifest says of where it comes from.

use std::collections::BTreeMap;

use heeler_core::event::NodeTarget;

use super::roundabout::Opened;
use crate::run::session::Session;

/// Whose bundle it is, by whom, and by which way it came: the kubelet's, or why not by the kubelet.
pub(super) fn facts(
    session: &Session,
    target: &NodeTarget,
    way: Result<&String, &String>,
    round: &Opened,
) -> BTreeMap<String, String> {
    let place = &session.place;
    let facts = [
        ("instance", Some(target.instance.to_string())),
        ("account", Some(place.account.clone())),
        ("region", Some(place.region.clone())),
        ("cluster", place.cluster.clone()),
        ("os-version", target.os_version.clone()),
        ("caller", Some(place.caller.clone())),
        ("run", Some(session.recorder.run().to_string())),
        ("heeler", Some(env!("CARGO_PKG_VERSION").to_owned())),
        (
            "way",
            Some(match way {
                Ok(way) => way.clone(),
                Err(why) => format!("{}; not by the kubelet: {why}", round.what()),
            }),
        ),
    ];
    let known = facts
        .into_iter()
        .filter_map(|(name, value)| Some((name.to_owned(), value?)));
    known.collect()
}
