//! The stop cord, pulled and released.

use heeler_core::guard::shared::{BOARD, Board, Cord, Hindrance, NAMESPACE};

use super::{Reading, TRIES, Unknown, step_back};
use crate::failure::Failure;
use crate::run::ask::world_failure;
use crate::world::Cluster;
use crate::world::port::Written;

/// Pulls the cord. Answers with the one that is pulled then, and whether it was pulled before.
///
/// # Errors
/// When the cluster can't be asked: then nothing is stopped.
pub async fn pull(
    cluster: &dyn Cluster,
    (by, reason): (&str, Option<&str>),
) -> Result<(Cord, bool), Failure> {
    for _ in 0..TRIES {
        let (reading, shared) = Reading::of(Some(cluster)).await.map_err(no_board)?;
        if let Some(cord) = Board::cord(&reading.map) {
            return Ok((cord, true));
        }
        let cord = Cord {
            by: by.to_owned(),
            at: Some(reading.now()),
            reason: reason.map(str::to_owned),
        };
        let map = Board::with_cord(&reading.map, Some(&cord));
        let written = shared.replace_board(&map).await;
        match written.map_err(|error| world_failure(&error.into()))? {
            Written::Yes(_) => return Ok((cord, false)),
            Written::Overtaken => step_back().await,
        }
    }
    Err(busy())
}

/// Releases the cord. Answers with the one that was pulled; `None`: none was.
///
/// # Errors
/// When the cluster can't be asked: then what was stopped stays so.
pub async fn release(cluster: &dyn Cluster) -> Result<Option<Cord>, Failure> {
    for _ in 0..TRIES {
        let (reading, shared) = Reading::of(Some(cluster)).await.map_err(no_board)?;
        let Some(cord) = Board::cord(&reading.map) else {
            return Ok(None);
        };
        let map = Board::with_cord(&reading.map, None);
        let written = shared.replace_board(&map).await;
        match written.map_err(|error| world_failure(&error.into()))? {
            Written::Yes(_) => return Ok(Some(cord)),
            Written::Overtaken => step_back().await,
        }
    }
    Err(busy())
}

fn no_board(unknown: Unknown) -> Failure {
    let Unknown { what, help, .. } = unknown;
    let place = format!("ConfigMap {NAMESPACE}/{BOARD}");
    Failure::failed("no-board", what, place, help)
}

fn busy() -> Failure {
    let busy = Hindrance::Busy;
    let place = format!("ConfigMap {NAMESPACE}/{BOARD}");
    Failure::failed("board-busy", busy.to_string(), place, busy.help())
}
