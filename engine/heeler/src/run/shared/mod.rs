//! What all who run heeler in the run's cluster share: whether changes are stopped, who changes
//! which node, and how often. Where the cluster can't say it, that is told, and the node's own lock
//! is left to keep changes apart.

mod cord;
#[cfg(test)]
mod cord_tests;
mod held;
mod rights;
#[cfg(test)]
mod scripted;
mod turn;
#[cfg(test)]
mod turn_tests;
mod used;

use std::time::Duration;

use futures::future::{try_join, try_join_all};
use heeler_core::guard::policy::Limits;
use heeler_core::guard::shared::{BOARD, Board, Cord, Hindrance, NAMESPACE};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use tokio::time::Instant;
use uuid::Uuid;

use super::session::Session;
use crate::failure::Failure;
use crate::world::port::Shared;
use crate::world::{CallError, Cluster};

pub use cord::{pull, release};
pub use held::{Turn, end_of};
pub use turn::{Change, take};
pub use used::use_up;

/// The note that nobody can tell what others do.
pub const UNKNOWN: &str = "others-unknown";
/// The note that changes are stopped.
const STOPPED: &str = "stopped";
/// How often a board is written anew when others are faster.
const TRIES: u32 = 20;

/// Why a change does not begin, as far as others have to do with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Barred {
    /// Something stands against it.
    Hindered(Hindrance),
    /// An approval was used by somebody else.
    Used,
    /// The run can't go on.
    Failed(Failure),
}

impl From<Failure> for Barred {
    fn from(failure: Failure) -> Self {
        Barred::Failed(failure)
    }
}

/// Why the cluster does not say what others do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unknown {
    /// The cord, where at least that was seen.
    pub cord: Option<Box<Cord>>,
    /// Why.
    pub what: String,
    /// What to do.
    pub help: String,
    /// Asking again may help.
    pub passing: bool,
}

impl Unknown {
    fn of(error: &CallError) -> Self {
        Unknown {
            cord: None,
            what: error.what(),
            help: error.help(),
            passing: error.is_passing(),
        }
    }

    fn no_cluster() -> Self {
        Unknown {
            cord: None,
            what: "no context of the kubeconfig is known to be this cluster's".to_owned(),
            help: "name it with --context and --cluster".to_owned(),
            passing: false,
        }
    }

    fn no_board() -> Self {
        Unknown {
            cord: None,
            what: format!("there is no ConfigMap {NAMESPACE}/{BOARD}"),
            help: "\"Setting it up\" in docs/shared.md says how to make it".to_owned(),
            passing: false,
        }
    }
}

/// The board as it was read.
struct Reading {
    map: Value,
    at: Timestamp,
    since: Instant,
}

impl Reading {
    async fn of(cluster: Option<&dyn Cluster>) -> Result<(Self, &dyn Shared), Unknown> {
        let cluster = cluster.ok_or_else(Unknown::no_cluster)?;
        let shared = cluster.shared().ok_or_else(Unknown::no_cluster)?;
        let seen = shared.board().await;
        let seen = seen.map_err(|error| Unknown::of(&error))?;
        let map = seen.map.ok_or_else(Unknown::no_board)?;
        let reading = Reading {
            map,
            at: seen.at,
            since: Instant::now(),
        };
        Ok((reading, shared))
    }

    /// What stands on the board.
    fn board(&self) -> Result<Board, Unknown> {
        Board::read(&self.map).map_err(|fault| Unknown {
            cord: Board::cord(&self.map).map(Box::new),
            what: fault.to_string(),
            help: format!("mend it: kubectl edit configmap {BOARD} --namespace {NAMESPACE}"),
            passing: false,
        })
    }

    /// The time by the server's clock.
    fn now(&self) -> Timestamp {
        let elapsed = SignedDuration::try_from(self.since.elapsed());
        let now = self.at.checked_add(elapsed.unwrap_or_default());
        now.unwrap_or(self.at)
    }
}

/// Looks at the board before a fix is planned, and asks whether the caller may do what applying the
/// plan will take: nothing is asked of a node for a fix that may not start. What stops it is a note
/// where only a plan is wanted.
///
/// # Errors
/// The stop cord, and the journal's own failures.
pub async fn look(session: &mut Session, limits: &Limits, plan_only: bool) -> Result<(), Barred> {
    let cord = match seen(session.cluster.as_deref(), limits).await {
        Ok(cord) => cord,
        Err(unknown) => note(session, unknown).await?,
    };
    match cord {
        None => Ok(()),
        Some(cord) if plan_only => {
            let text = format!("{cord}; nothing can be applied until `heeler stop --release`");
            Ok(session.note(STOPPED, text).await?)
        }
        Some(cord) => Err(Barred::Hindered(Hindrance::Stopped(cord))),
    }
}

/// The cord, where everything can be asked and written that a fix within these limits needs.
async fn seen(cluster: Option<&dyn Cluster>, limits: &Limits) -> Result<Option<Cord>, Unknown> {
    let (reading, shared) = Reading::of(cluster).await?;
    let cord = reading.board()?.cord;
    let cluster = cluster.ok_or_else(Unknown::no_cluster)?;
    let listed = async {
        let leases = shared.leases().await;
        leases.map(drop).map_err(|error| Unknown::of(&error))
    };
    let may = rights::needed(limits)
        .into_iter()
        .map(|(verb, object)| rights::ask(cluster, verb, object));
    let known = try_join(listed, try_join_all(may)).await;
    known.map_err(|unknown| Unknown {
        cord: cord.clone().map(Box::new),
        ..unknown
    })?;
    Ok(cord)
}

/// Goes on without what others do, as the plan has said.
///
/// # Errors
/// Where the plan says that it could be asked; and the cord, where it was seen all the same.
fn without(session: &Session, unknown: Unknown) -> Result<(), Barred> {
    match unknown.cord {
        Some(cord) => Err(Barred::Hindered(Hindrance::Stopped(*cord))),
        None if is_unknown(session) => Ok(()),
        None => Err(Barred::Hindered(Hindrance::Silent(unknown.what))),
    }
}

/// Whether it was told in this run that nobody knows what others do.
pub fn is_unknown(session: &Session) -> bool {
    session.recorder.has_noted(UNKNOWN)
}

/// Tells that what others do is not known, once a run; gives the cord, if it was seen.
async fn note(session: &mut Session, unknown: Unknown) -> Result<Option<Cord>, Failure> {
    if !is_unknown(session) {
        let Unknown { what, help, .. } = &unknown;
        let text = format!(
            "what others change, and whether changes are stopped, is not known: {what}; {help}"
        );
        session.note(UNKNOWN, text).await?;
    }
    Ok(unknown.cord.map(|cord| *cord))
}

/// Lets others go first; no two wait equally long.
async fn step_back() {
    let (_, random) = Uuid::now_v7().as_u64_pair();
    tokio::time::sleep(Duration::from_millis(20 + random % 180)).await;
}

/// Whether this is the code of a change that does not begin because as much is being changed as may
/// be: by and by there is room.
pub fn is_for_want_of_room(code: &str) -> bool {
    ["policy-limit", "node-taken", "board-busy"].contains(&code)
}
