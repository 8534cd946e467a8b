//! The files of a capture through SSM, a part with each command: for when there is no node proxy. It takes
//! seconds for each 16 kB, so there is a limit to it.

use heeler_core::capture::{Capture, CapturedFile, PIECE};
use heeler_core::event::NodeTarget;

use super::archive::Digest;
use super::capture::ask;
use super::fetch::{Coming, Content};
use crate::run::session::Session;

/// So many bytes come in this way: some minutes.
const MOST: u64 = 4 << 20;
const PURPOSE: &str = "bundle-slice";
const LOOK: &str = "piece";

/// Fetches files, the small ones first.
pub(super) async fn fetch(
    session: &mut Session,
    target: &NodeTarget,
    capture: &Capture,
    mut files: Vec<CapturedFile>,
) -> Vec<Coming> {
    files.sort_by_key(|file| file.size);
    let (mut coming, mut left) = (Vec::new(), MOST);
    for file in files {
        let content = match file.size > left {
            true => Err(format!(
                "it has {} bytes, and {left} of {MOST} that may come through SSM in slices are left",
                file.size,
            )),
            false if session.cancel.is_cancelled() => Err("interrupted".to_owned()),
            false => bytes(session, target, (capture, &file)).await,
        };
        left -= content.as_ref().map_or(0, |bytes| bytes.len() as u64);
        coming.push(Coming {
            from: "SSM, in slices".to_owned(),
            content: content.map(Content::Here),
            file,
        });
    }
    coming
}

/// Fetches a file.
async fn bytes(
    session: &mut Session,
    target: &NodeTarget,
    (capture, file): (&Capture, &CapturedFile),
) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    while (bytes.len() as u64) < file.size {
        let rung = capture.piece(&file.name, bytes.len() as u64);
        let asked = ask(session, target, (PURPOSE, LOOK), rung).await;
        let asked = asked.map_err(|failure| failure.to_string())?;
        let answer = asked.map_err(|silence| silence.text)?;
        match answer.reply(LOOK) {
            Ok(reply)
                if reply.exit == 0 && !reply.stdout.is_empty() && reply.stdout.len() <= PIECE =>
            {
                bytes.extend_from_slice(&reply.stdout);
            }
            Ok(_) => return Err("the node has less of it than it said".to_owned()),
            Err(why) => return Err(why.to_string()),
        }
    }
    let mut digest = Digest::default();
    digest.add(&bytes);
    match digest.hex() == file.sha256 {
        true => Ok(bytes),
        false => Err("it is not what the node had: its digest differs".to_owned()),
    }
}
