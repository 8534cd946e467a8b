//! Logs into a folder: a file for each container, as many at once as a cluster likes.

use std::fs::{self, File, OpenOptions};
use std::io::{BufWriter, Write as _};
use std::path::Path;

use futures::StreamExt as _;
use futures::stream::{empty, iter};
use regex::bytes::Regex;

use super::told::Told;
use crate::failure::Failure;
use crate::logs::{self, Account, Look, Reading, Source, Writing};

/// Containers that are read at once.
const AT_ONCE: usize = 16;

/// Makes the folder. One that has something in it is left alone.
pub(super) fn prepare(folder: &Path) -> Result<(), Failure> {
    let unusable = |error: std::io::Error| unwritten(folder, &error);
    fs::create_dir_all(folder).map_err(unusable)?;
    match fs::read_dir(folder).map_err(unusable)?.next() {
        None => Ok(()),
        Some(_) => Err(Failure::usage(
            "folder-not-empty",
            "there is something in the folder already",
            folder.display().to_string(),
            "name one that is empty, or that does not exist yet",
        )),
    }
}

/// Reads each container into a file of its own.
pub(super) async fn read(
    (folder, json): (&Path, bool),
    (look, pattern): (Look, Option<&Regex>),
    reading: &Reading<'_>,
    sources: Vec<Source>,
) -> Result<Vec<(Source, Account)>, Failure> {
    let each = iter(sources).map(async |source: Source| {
        let pod = folder.join(source.folder.parts().last().unwrap_or_default());
        let end = if json { "ndjson" } else { "log" };
        let path = pod.join(format!("{}.{end}", source.container.name));
        let made = fs::create_dir_all(&pod).and_then(|()| create(&path));
        let file = made.map_err(|error| unwritten(&path, &error))?;
        let mut writing = Writing::new(BufWriter::new(file), look, pattern.cloned());
        let read = logs::read(
            reading.clone(),
            vec![source.clone()],
            empty().boxed(),
            &mut writing,
        )
        .await;
        writing.finish().map_err(|error| unwritten(&path, &error))?;
        let lost = |error: crate::world::CallError| vec![(source, Account::lost(&error.what()))];
        Ok::<_, Failure>(read.unwrap_or_else(lost))
    });
    let mut accounts = Vec::new();
    let mut each = Box::pin(each.buffered(AT_ONCE));
    while let Some(read) = each.next().await {
        accounts.extend(read?);
    }
    Ok(accounts)
}

/// Puts the account beside the logs.
pub(super) fn account(folder: &Path, told: &Told) -> Result<(), Failure> {
    let path = folder.join("account.json");
    let written = create(&path).and_then(|mut file| writeln!(file, "{:#}", told.as_json()));
    written.map_err(|error| unwritten(&path, &error))
}

fn create(path: &Path) -> std::io::Result<File> {
    OpenOptions::new().write(true).create_new(true).open(path)
}

fn unwritten(path: &Path, error: &std::io::Error) -> Failure {
    Failure::failed(
        "unwritable",
        format!("not all of it could be written: {error}"),
        path.display().to_string(),
        "make room, or name another folder; what is there is only a part",
    )
}
