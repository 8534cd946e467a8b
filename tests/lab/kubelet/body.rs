//! A file on its way, with whatever stops it.

use std::fs::{self, File};
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::path::PathBuf;
use std::time::Duration;

use axum::body::{Body, Bytes};
use futures::stream;
use tokio::sync::mpsc;

use super::bandwidth::Bandwidth;
use super::faults::{Break, Rewrite};

/// Bytes that are read at once.
const PIECE: u64 = 64 << 10;

type Pieces = mpsc::Sender<io::Result<Bytes>>;

/// A file that is open, what it is called, and what it goes through.
pub(super) struct Open {
    pub(super) file: File,
    pub(super) path: PathBuf,
    pub(super) bandwidth: Option<Bandwidth>,
}

/// So many bytes of the file from there on. What is added meanwhile is not sent; what is cut off is
/// missing, and breaks the connection.
pub(super) fn of(mut open: Open, (from, length): (u64, u64), stop: Option<(u64, Break)>) -> Body {
    let (pieces, received) = mpsc::channel::<io::Result<Bytes>>(4);
    tokio::task::spawn_blocking(move || {
        if open.file.seek(SeekFrom::Start(from)).is_err() {
            return;
        }
        let until = stop
            .as_ref()
            .map_or(length, |(after, _)| length.min(*after));
        if !send(&open, until, &pieces) {
            return;
        }
        match stop.map(|(_, stop)| stop) {
            Some(Break::Cut) => cut(&pieces),
            // The client gives up sooner or later.
            Some(Break::Stall) if until < length => {
                tokio::runtime::Handle::current().block_on(pieces.closed());
            }
            Some(Break::Rewrite(how)) => {
                if rewrite(&open, &how).is_err() || how.cuts {
                    cut(&pieces);
                } else {
                    send(&open, length - until, &pieces);
                }
            }
            Some(Break::Stall) | None => {}
        }
    });
    let pieces = stream::unfold(received, |mut received| async move {
        let piece = received.recv().await?;
        Some((piece, received))
    });
    Body::from_stream(pieces)
}

/// Sends as many bytes as there are from where the file stands; whether it did, and somebody takes
/// more.
fn send(open: &Open, count: u64, pieces: &Pieces) -> bool {
    let (file, mut left) = (&open.file, count);
    while left > 0 {
        let mut piece = Vec::new();
        let count = match file.take(left.min(PIECE)).read_to_end(&mut piece) {
            Ok(count) if count > 0 => count as u64,
            _ => {
                pieces.blocking_send(broken()).ok();
                return false;
            }
        };
        left -= count;
        if let Some(bandwidth) = &open.bandwidth {
            bandwidth.pass(piece.len());
        }
        if pieces.blocking_send(Ok(Bytes::from(piece))).is_err() {
            return false;
        }
    }
    true
}

fn cut(pieces: &Pieces) {
    // Let what was sent reach the client before the connection breaks.
    std::thread::sleep(Duration::from_millis(20));
    pieces.blocking_send(broken()).ok();
}

fn broken() -> io::Result<Bytes> {
    Err(io::Error::from(io::ErrorKind::ConnectionReset))
}

fn rewrite(open: &Open, how: &Rewrite) -> io::Result<()> {
    let before = open.file.metadata()?.modified()?;
    fs::write(&open.path, &how.contents)?;
    let later = Duration::from_secs(u64::from(how.tells));
    File::options()
        .write(true)
        .open(&open.path)?
        .set_modified(before + later)
}
