//! Approvals are used once, whichever journal they are used from.

use heeler_core::guard::approval::ApprovalId;
use heeler_core::guard::shared::Hindrance;
use tokio::time::Instant;

use super::turn::PATIENCE;
use super::{Barred, Reading, TRIES, Unknown, is_unknown, step_back, without};
use crate::run::session::Session;
use crate::world::port::Written;

/// Uses approvals up. Where the plan says that the cluster can't be asked they are used once in each
/// journal.
///
/// # Errors
/// When another run has used one of them, and when the cluster can't be asked any more.
pub async fn use_up(session: &Session, ids: &[ApprovalId]) -> Result<(), Barred> {
    let until = Instant::now() + PATIENCE;
    let may_pass =
        |unknown: &Unknown| unknown.passing && !is_unknown(session) && Instant::now() < until;
    let mut tries = 0;
    while tries < TRIES {
        let cluster = session.cluster.clone();
        let read = Reading::of(cluster.as_deref()).await;
        let read = read.and_then(|(reading, shared)| Ok((reading.board()?, reading, shared)));
        let (board, reading, shared) = match read {
            Ok(read) => read,
            Err(unknown) if may_pass(&unknown) => {
                step_back().await;
                continue;
            }
            Err(unknown) => return without(session, unknown),
        };
        let run = session.recorder.run();
        let Ok(using) = board.using(run, ids, reading.now()) else {
            return Err(Barred::Used);
        };
        match shared.replace_board(&using.onto(&reading.map)).await {
            Ok(Written::Yes(_)) => return Ok(()),
            Ok(Written::Overtaken) => tries += 1,
            Err(error) => {
                let unknown = Unknown::of(&error);
                // Whether it was written is seen when it is read again.
                if !may_pass(&unknown) {
                    return without(session, unknown);
                }
            }
        }
        step_back().await;
    }
    Err(Barred::Hindered(Hindrance::Busy))
}
