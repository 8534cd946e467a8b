//! The stop cord, pulled and released. Where an answer is lost, what stands on the board is read
//! again: that is what is told.

use std::time::Duration;

use heeler_core::guard::shared::{BOARD, Board, Cord, Hindrance, NAMESPACE};
use serde_json::Value;
use tokio::time::Instant;

use super::{Reading, TRIES, Unknown, step_back};
use crate::failure::Failure;
use crate::run::ask::world_failure;
use crate::world::port::Written;
use crate::world::{CallError, Cluster};

/// How long a cluster that does not answer is asked again.
const PATIENCE: Duration = Duration::from_secs(15);

/// Pulls the cord. Answers with the one that is pulled then, and whether it was pulled before.
///
/// # Errors
/// When the cluster can't be asked: then nothing is stopped, unless the failure says that this is
/// in doubt.
pub async fn pull(
    cluster: &dyn Cluster,
    (by, reason): (&str, Option<&str>),
) -> Result<(Cord, bool), Failure> {
    let mut writing = Writing::new(cluster);
    let mut own = None;
    loop {
        let reading = writing.read().await?;
        if let Some(cord) = Board::cord(&reading.map) {
            let before = own.as_ref() != Some(&cord);
            return Ok((cord, before));
        }
        let cord = own.get_or_insert_with(|| Cord {
            by: by.to_owned(),
            at: Some(reading.now()),
            reason: reason.map(str::to_owned),
        });
        if writing.write(&reading, Some(cord)).await? {
            return Ok((cord.clone(), false));
        }
    }
}

/// Releases the cord that is pulled now, and no other that somebody pulls meanwhile. Answers with it;
/// `None`: none was pulled.
///
/// # Errors
/// When the cluster can't be asked: then what was stopped stays so, unless the failure says that
/// this is in doubt. When another cord is pulled by now.
pub async fn release(cluster: &dyn Cluster) -> Result<Option<Cord>, Failure> {
    let mut writing = Writing::new(cluster);
    let mut pulled: Option<Pulled> = None;
    loop {
        let reading = writing.read().await?;
        let Some(now) = Pulled::read(&reading) else {
            return Ok(pulled.map(|pulled| pulled.cord));
        };
        let pulled = pulled.get_or_insert_with(|| now.clone());
        if !now.is_still(pulled, writing.in_doubt) {
            return Err(another(&now.cord));
        }
        if writing.write(&reading, None).await? {
            return Ok(Some(now.cord));
        }
    }
}

/// A cord as it hangs on one state of the board.
#[derive(Clone)]
struct Pulled {
    cord: Cord,
    version: Option<String>,
}

impl Pulled {
    fn read(reading: &Reading) -> Option<Self> {
        let version = reading.map.pointer("/metadata/resourceVersion");
        Some(Pulled {
            cord: Board::cord(&reading.map)?,
            version: version.and_then(Value::as_str).map(str::to_owned),
        })
    }

    /// Whether it is the one that was seen first. heeler writes down when it is pulled; one that was
    /// pulled by hand may be another of the same text, if `released` the first may have been since:
    /// then only a board that nobody has written has the same one.
    fn is_still(&self, first: &Pulled, released: bool) -> bool {
        let is_told_apart = self.cord.at.is_some() || !released;
        self.cord == first.cord && (is_told_apart || self.version == first.version)
    }
}

/// The board, written until it is so or can't be.
struct Writing<'c> {
    cluster: &'c dyn Cluster,
    until: Instant,
    tries: u32,
    in_doubt: bool,
}

impl<'c> Writing<'c> {
    fn new(cluster: &'c dyn Cluster) -> Self {
        Writing {
            cluster,
            until: Instant::now() + PATIENCE,
            tries: 0,
            in_doubt: false,
        }
    }

    /// What stands there now.
    async fn read(&self) -> Result<Reading, Failure> {
        loop {
            match Reading::of(Some(self.cluster)).await {
                Ok((reading, _)) => return Ok(reading),
                Err(unknown) if unknown.passing && Instant::now() < self.until => step_back().await,
                Err(unknown) if self.in_doubt => return Err(in_doubt(unknown.what)),
                Err(unknown) => return Err(no_board(unknown)),
            }
        }
    }

    /// Puts a cord in place of what was read; `false`: it has to be read again.
    async fn write(&mut self, reading: &Reading, cord: Option<&Cord>) -> Result<bool, Failure> {
        let shared = self.cluster.shared();
        let shared = shared.ok_or_else(|| no_board(Unknown::no_cluster()))?;
        self.tries += 1;
        let map = Board::with_cord(&reading.map, cord);
        match shared.replace_board(&map).await {
            Ok(Written::Yes(_)) => return Ok(true),
            Ok(Written::Overtaken) if self.tries >= TRIES => return Err(busy()),
            Ok(Written::Overtaken) => {}
            Err(error) if error.is_passing() => {
                self.in_doubt |= error.is_silence();
                if Instant::now() >= self.until {
                    return Err(self.unwritten(error));
                }
            }
            Err(error) => return Err(self.unwritten(error)),
        }
        step_back().await;
        Ok(false)
    }

    fn unwritten(&self, error: CallError) -> Failure {
        match self.in_doubt {
            true => in_doubt(error.what()),
            false => world_failure(&error.into()),
        }
    }
}

fn place() -> String {
    format!("ConfigMap {NAMESPACE}/{BOARD}")
}

fn no_board(unknown: Unknown) -> Failure {
    let Unknown { what, help, .. } = unknown;
    Failure::failed("no-board", what, place(), help)
}

fn in_doubt(why: String) -> Failure {
    let what = format!("whether changes are stopped is not known, as an answer was lost: {why}");
    Failure::failed(
        "cord-in-doubt",
        what,
        place(),
        "the same command again tells it",
    )
}

fn another(cord: &Cord) -> Failure {
    Failure::failed(
        "another-cord",
        format!("another cord is pulled by now, and was left alone: {cord}"),
        place(),
        "ask them; `heeler stop --release` again releases that one",
    )
}

fn busy() -> Failure {
    let busy = Hindrance::Busy;
    Failure::failed("board-busy", busy.to_string(), place(), busy.help())
}
