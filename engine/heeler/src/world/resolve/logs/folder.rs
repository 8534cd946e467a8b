//! Whose logs are wanted, where Kubernetes can't be asked: pods by what they are called on the disk of their node.

use std::collections::BTreeSet;
use std::time::Duration;

use heeler_core::logs::{LogPath, PodFolder};
use tokio::time::sleep;

use super::super::pod::MOST_LISTED;
use super::{FoundLogs, Note, Past, PodAsk, PodLogs};
use crate::world::error::{CallError, TargetError, WorldError};
use crate::world::port::NodeLogs;

/// Before each further try of what came to nothing.
const PAUSES: [Duration; 3] = [
    Duration::from_millis(500),
    Duration::from_secs(1),
    Duration::from_secs(4),
];

/// Finds a pod on a node: two questions, and one more for each other pod that was called so. Where no namespace is
/// named it is every one.
///
/// # Errors
/// When there is none, or several.
pub async fn find_on(
    logs: &dyn NodeLogs,
    node: &str,
    ask: &PodAsk,
    notes: &mut Vec<Note>,
) -> Result<FoundLogs, WorldError> {
    let names = match LogPath::pods() {
        Some(pods) => listed(logs, node, &pods).await?,
        None => Vec::new(),
    };
    let folders = names.iter().filter_map(|name| PodFolder::read(name));
    let folders: Vec<PodFolder> = folders.collect();
    let (name, is_whole) = only(&folders, ask).map_err(|none| none.on(node, ask))?;
    if !is_whole {
        notes.push(Note {
            code: "pod-name-completed",
            text: format!("{} is {name}", typed(ask)),
        });
    }
    let mut pods = Vec::new();
    for folder in folders.iter().filter(|folder| full(folder) == name) {
        let Some(path) = folder.path() else { continue };
        let names = listed(logs, node, &path).await?;
        pods.push(PodLogs::left(folder, (node, path), &names));
    }
    Ok(FoundLogs {
        pods,
        past: Past::unknown(),
        none: None,
    })
}

/// The names in a folder. What breaks on the way is asked for again.
async fn listed(
    logs: &dyn NodeLogs,
    node: &str,
    folder: &LogPath,
) -> Result<Vec<String>, CallError> {
    let mut pauses = PAUSES.iter();
    loop {
        match (logs.list(node, folder).await, pauses.next()) {
            (Ok(names), _) => return Ok(names.unwrap_or_default()),
            (Err(error), Some(pause)) if error.is_passing() => sleep(*pause).await,
            (Err(error), _) => return Err(error),
        }
    }
}

/// None of that name, or these.
struct NotOne(BTreeSet<String>);

impl NotOne {
    fn on(self, node: &str, ask: &PodAsk) -> TargetError {
        let (pod, count) = (typed(ask), self.0.len());
        match count {
            0 => TargetError::NoPodOn {
                pod,
                node: node.to_owned(),
            },
            _ => TargetError::SeveralPods {
                pod,
                matches: self.0.into_iter().take(MOST_LISTED).collect(),
                count,
            },
        }
    }
}

/// The one pod that is meant, as `namespace/name`, and whether that is what was typed: a name that is whole counts
/// before one that begins so.
fn only(folders: &[PodFolder], ask: &PodAsk) -> Result<(String, bool), NotOne> {
    let is_near = |folder: &&PodFolder| {
        let namespace = ask.namespace.as_ref();
        namespace.is_none_or(|namespace| *namespace == folder.namespace)
    };
    let near = || folders.iter().filter(is_near);
    let exact: BTreeSet<String> = near()
        .filter(|folder| folder.name == ask.name)
        .map(full)
        .collect();
    let mut fitting = match exact.is_empty() {
        false => exact,
        true => near()
            .filter(|folder| folder.name.starts_with(&ask.name))
            .map(full)
            .collect(),
    };
    match (fitting.pop_first(), fitting.is_empty()) {
        (Some(one), true) => {
            let is_whole = one == typed(ask);
            Ok((one, is_whole))
        }
        (first, _) => {
            fitting.extend(first);
            Err(NotOne(fitting))
        }
    }
}

fn full(folder: &PodFolder) -> String {
    format!("{}/{}", folder.namespace, folder.name)
}

fn typed(ask: &PodAsk) -> String {
    match &ask.namespace {
        Some(namespace) => format!("{namespace}/{}", ask.name),
        None => ask.name.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(ask: &str) -> Result<(String, bool), Vec<String>> {
        let folders = [
            "shop_web-1_u1/",
            "shop_web-1_u2/",
            "shop_web-12_u3/",
            "shop_api-1_u4/",
            "pay_api-1_u5/",
            "pay_worker-0_u6/",
        ];
        let folders: Vec<PodFolder> = folders
            .iter()
            .filter_map(|name| PodFolder::read(name))
            .collect();
        let ask = PodAsk::read(ask).expect("a pod");
        only(&folders, &ask).map_err(|several| several.0.into_iter().collect())
    }

    #[test]
    fn a_pod_is_found_by_what_its_folder_is_called() {
        let one = |name: &str, is_whole| Ok((name.to_owned(), is_whole));
        let several = |names: &[&str]| Err(names.iter().map(|name| (*name).to_owned()).collect());
        // A whole name counts before one that begins so; two of the same name are one.
        assert_eq!(found("shop/web-1"), one("shop/web-1", true));
        assert_eq!(found("shop/web-12"), one("shop/web-12", true));
        assert_eq!(found("shop/web"), several(&["shop/web-1", "shop/web-12"]));
        assert_eq!(found("pay/w"), one("pay/worker-0", false));
        // Without a namespace it may be any.
        assert_eq!(found("worker-0"), one("pay/worker-0", false));
        assert_eq!(found("api-1"), several(&["pay/api-1", "shop/api-1"]));
        assert_eq!(found("pay/api-1"), one("pay/api-1", true));
        assert_eq!(found("web-1"), one("shop/web-1", false));
        assert_eq!(found("shop/worker-0"), several(&[]));
    }
}
