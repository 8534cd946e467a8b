//! The files of a capture through SSM, a part with each command: for when there is no node proxy. It takes
//! seconds for each 16 kB, so there is a limit to it.

use heeler_core::capture::{Capture, CapturedFile, PIECE};
use heeler_core::event::NodeTarget;
use sha2::{Digest as _, Sha256};

use crate::run::ask::{Question, ask_groups};
use crate::run::session::Session;

/// So many bytes come in this way: some minutes.
pub(super) const MOST: u64 = 4 << 20;
const PURPOSE: &str = "bundle-slice";
const LOOK: &str = "piece";

/// Fetches a file.
///
/// # Errors
/// In words, why it does not come.
pub(super) async fn fetch(
    session: &mut Session,
    target: &NodeTarget,
    (capture, file): (&Capture, &CapturedFile),
) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    while (bytes.len() as u64) < file.size {
        let rung = capture.piece(&file.name, bytes.len() as u64);
        let question = Question {
            looks: vec![(LOOK.to_owned(), vec![rung])],
            targets: vec![target.clone()],
            again: false,
        };
        let asked = ask_groups(session, PURPOSE, vec![question], None).await;
        let mut asked = asked.map_err(|failure| failure.to_string())?;
        let answer = match asked.answers.remove(&target.instance) {
            Some(Ok(answer)) => answer,
            Some(Err(silence)) => return Err(silence.text),
            None => {
                let why = asked.trouble.map(|trouble| trouble.to_string());
                return Err(why.unwrap_or_else(|| "nothing was sent".to_owned()));
            }
        };
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
    let digest = Sha256::digest(&bytes);
    let digest: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    match digest == file.sha256 {
        true => Ok(bytes),
        false => Err("it is not what the node had: its digest differs".to_owned()),
    }
}
