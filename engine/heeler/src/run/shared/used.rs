//! Approvals are used once, whichever journal they are used from.

use heeler_core::guard::approval::ApprovalId;

use super::{Barred, Reading, TRIES, Unknown, note, step_back};
use crate::run::session::Session;
use crate::world::port::Written;

/// Uses approvals up. Where the cluster can't be asked they are used once in each journal, and that
/// is told.
///
/// # Errors
/// When another run has used one of them, and the journal's own failures.
pub async fn use_up(session: &mut Session, ids: &[ApprovalId]) -> Result<(), Barred> {
    for _ in 0..TRIES {
        let cluster = session.cluster.clone();
        let read = Reading::of(cluster.as_deref()).await;
        let read = read.and_then(|(reading, shared)| Ok((reading.board()?, reading, shared)));
        let (board, reading, shared) = match read {
            Ok(read) => read,
            Err(unknown) => return Ok(note(session, unknown).await.map(drop)?),
        };
        let run = session.recorder.run();
        let Ok(using) = board.using(run, ids, reading.now()) else {
            return Err(Barred::Used);
        };
        match shared.replace_board(&using.onto(&reading.map)).await {
            Ok(Written::Yes(_)) => return Ok(()),
            Ok(Written::Overtaken) => step_back().await,
            // Whether it was written is seen when it is read again.
            Err(error) if error.is_passing() => step_back().await,
            Err(error) => return Ok(note(session, Unknown::of(&error)).await.map(drop)?),
        }
    }
    Err(Barred::busy())
}
