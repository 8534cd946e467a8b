//! Reads an archive once, as a stream.

mod content;
mod errors;
mod gunzip;
mod header;
mod visit;
mod walk;

use std::fs::File;
use std::io::Read;
use std::ops::ControlFlow;
use std::path::Path;

use super::fault::ArchiveFault;
use super::limits::Limits;
use super::manifest::Manifest;
use super::told::{Contents, Whole};
use super::{LOGDOG_ERRORS, MANIFEST};
use visit::Stop;
use walk::Walk;

pub use content::Content;
pub(super) use content::LOOKED_AT;
pub use visit::Head;

/// Reads an archive once, and hands its members on as they come. It never fails because of the archive:
/// what is wrong with that is part of the answer.
///
/// # Errors
/// What `visit` fails with. That a [`Content`] could not be read on is none of its failures.
pub fn read<E>(
    from: impl Read,
    limits: &Limits,
    mut visit: impl FnMut(Head<'_>, &mut Content<'_>) -> Result<ControlFlow<()>, E>,
) -> Result<Contents, E> {
    let mut walk = Walk::new(from, limits);
    let whole = match walk.run(&mut visit) {
        Ok(()) => Whole::Whole,
        Err(Stop::Trouble(trouble)) => Whole::Partial(trouble),
        Err(Stop::Enough) => Whole::Unread,
        Err(Stop::Failed(error)) => return Err(error),
    };
    let (mut contents, manifest) = (walk.contents, walk.manifest);
    contents.whole = whole;
    if let Some(manifest) = manifest {
        match Manifest::parsed(&manifest) {
            Ok(manifest) => {
                contents.mismatches = manifest.mismatches(&contents);
                contents.manifest = Some(manifest);
            }
            Err(why) => contents.mismatches = vec![format!("{MANIFEST}: {why}")],
        }
    }
    let is_said = contents
        .members
        .iter()
        .any(|member| member.label == LOGDOG_ERRORS);
    if !is_said && contents.whole != Whole::Unread {
        let why = format!("there is no {LOGDOG_ERRORS}: what logdog could not get is not known");
        contents.logdog_errors_open = Some(why);
    }
    Ok(contents)
}

/// Opens a local archive.
///
/// # Errors
/// Why it can't be opened, or that it is no file.
pub fn open(path: &Path) -> Result<File, ArchiveFault> {
    let unopened = |error: std::io::Error| ArchiveFault::unopened(path, &error);
    let file = File::open(path).map_err(unopened)?;
    match file.metadata().map_err(unopened)?.is_dir() {
        true => Err(ArchiveFault::Folder { path: path.into() }),
        false => Ok(file),
    }
}
