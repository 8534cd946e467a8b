//! Folders and files of a node, by commands in its pod. What they are called are words of the command, and never
//! part of a script.

use futures::stream::{iter, unfold};
use futures::{StreamExt as _, TryStreamExt as _};
use heeler_core::logs::LogPath;

use super::DebugPods;
use super::exec::Said;
use crate::world::error::Cause;
use crate::world::port::{OpenFile, Part};
use crate::world::ways::commands::{LIST, MOST_LISTED, names};

impl DebugPods {
    /// The names in a folder.
    pub(super) async fn names(
        &self,
        node: &str,
        folder: &LogPath,
    ) -> Result<Option<Vec<String>>, Cause> {
        let path = folder.to_string();
        let mut running = self.run(node, &["sh", "-c", LIST, "sh", &path]).await?;
        let mut listing = Vec::new();
        loop {
            match running.soon().await {
                Ok(Said::Bytes(bytes)) if listing.len() + bytes.len() > MOST_LISTED => {
                    let why = format!("the listing of {folder} is longer than {MOST_LISTED} bytes");
                    return Err(Cause::Unreadable(why));
                }
                Ok(Said::Bytes(bytes)) => listing.extend_from_slice(&bytes),
                Ok(Said::Done) => break,
                Err(Cause::NotFound(_)) => return Ok(None),
                Err(cause) => return Err(cause),
            }
        }
        Ok(Some(names(&listing)))
    }

    /// Opens a file.
    pub(super) async fn file(
        &self,
        (node, file): (&str, &LogPath),
        part: Part,
        operation: &str,
    ) -> Result<Option<OpenFile>, Cause> {
        let path = file.to_string();
        let (first, from, number);
        let command: &[&str] = match part {
            Part::Whole => {
                from = 0;
                &["cat", &path]
            }
            Part::From(byte) => {
                (from, number) = (byte, format!("+{}", byte.saturating_add(1)));
                &["tail", "-c", &number, &path]
            }
            Part::First(bytes) => {
                (from, first) = (0, bytes.to_string());
                &["head", "-c", &first, &path]
            }
        };
        let mut running = self.run(node, command).await?;
        let begun = match running.soon().await {
            Ok(Said::Bytes(bytes)) => bytes,
            // It has no such byte.
            Ok(Said::Done) if from > 0 => return Ok(None),
            Ok(Said::Done) => {
                return Ok(Some(OpenFile {
                    from,
                    length: Some(0),
                    bytes: iter([]).boxed(),
                }));
            }
            Err(Cause::NotFound(_)) => return Ok(None),
            Err(cause) => return Err(cause),
        };
        let failed = self.link.failing(operation);
        let rest = unfold(Some(running), |running| async {
            let mut running = running?;
            match running.next().await {
                Ok(Said::Bytes(bytes)) => Some((Ok(bytes), Some(running))),
                Ok(Said::Done) => None,
                Err(cause) => Some((Err(cause), None)),
            }
        });
        Ok(Some(OpenFile {
            from,
            length: None,
            bytes: iter([Ok(begun)]).chain(rest).map_err(failed).boxed(),
        }))
    }
}
