//! A file on its way, with whatever stops it.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom};

use axum::body::{Body, Bytes};
use futures::stream;
use tokio::sync::mpsc;

use super::faults::Break;

/// Bytes that are read at once.
const PIECE: u64 = 64 << 10;

/// So many bytes of the file from there on. What is added meanwhile is not sent; what is cut off is
/// missing, and breaks the connection.
pub(super) fn of(mut file: File, (from, length): (u64, u64), stop: Option<(u64, Break)>) -> Body {
    let (pieces, received) = mpsc::channel::<io::Result<Bytes>>(4);
    tokio::task::spawn_blocking(move || {
        let broken = || Err(io::Error::from(io::ErrorKind::ConnectionReset));
        if file.seek(SeekFrom::Start(from)).is_err() {
            return;
        }
        let until = stop.map_or(length, |(after, _)| after.min(length));
        let mut left = until;
        while left > 0 {
            let mut piece = Vec::new();
            let read = (&file).take(left.min(PIECE)).read_to_end(&mut piece);
            let count = match read {
                Ok(count) if count > 0 => count as u64,
                _ => {
                    pieces.blocking_send(broken()).ok();
                    return;
                }
            };
            left -= count;
            if pieces.blocking_send(Ok(Bytes::from(piece))).is_err() {
                return;
            }
        }
        match stop {
            Some((_, Break::Cut)) => {
                // Let what was sent reach the client before the connection breaks.
                std::thread::sleep(std::time::Duration::from_millis(20));
                pieces.blocking_send(broken()).ok();
            }
            // The client gives up sooner or later.
            Some((_, Break::Stall)) if until < length => {
                tokio::runtime::Handle::current().block_on(pieces.closed());
            }
            _ => {}
        }
    });
    let pieces = stream::unfold(received, |mut received| async move {
        let piece = received.recv().await?;
        Some((piece, received))
    });
    Body::from_stream(pieces)
}
