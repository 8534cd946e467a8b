//! Runbooks to be checked: their texts, wherever they come from, and what is wrong before a text
//! could even be read.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use heeler_core::syntax::{Diagnostic, Source};

use super::search::Search;
use super::{BUNDLED, FILE, Library, bytes, is_name, source};
use crate::failure::Failure;

/// The text of a runbook.
#[derive(Debug)]
pub struct Volume {
    /// Its text; the name is its path as the caller would write it.
    pub source: Source,
    /// The file that it can be written back to; `None`: it is bundled.
    pub file: Option<PathBuf>,
    /// The name of the folder that it lies in.
    pub folder: Option<String>,
}

/// Texts of runbooks, and what can't be read.
#[derive(Debug, Default)]
pub struct Stock {
    /// In the order in which they were named, folders in the order of paths.
    pub volumes: Vec<Volume>,
    /// Files and folders that are no runbook, and why.
    pub faults: Vec<(Source, Vec<Diagnostic>)>,
}

impl Library {
    /// The runbooks that were named, by name or path; a folder is searched. Without any, those of
    /// the library's own folder and the bundled ones.
    ///
    /// # Errors
    /// `unknown-runbook` for a name that nothing has.
    pub fn stock(&self, wanted: &[String]) -> Result<Stock, Failure> {
        let mut search = Search::default();
        let mut bundled = Vec::new();
        if wanted.is_empty() {
            if let Some(folder) = &self.folder {
                search.folder(folder);
            }
            bundled.extend(BUNDLED);
        }
        for wanted in wanted {
            let path = Path::new(wanted);
            let named = is_name(wanted) && !path.exists();
            if !named {
                add(path, &mut search);
                continue;
            }
            match self.own(wanted)? {
                Some(own) => search.file(&own),
                None => bundled.push(
                    BUNDLED
                        .iter()
                        .find(|bundled| bundled.name == wanted)
                        .ok_or_else(|| self.unknown(wanted))?,
                ),
            }
        }
        let mut stock = Stock {
            faults: search.faults,
            volumes: Vec::new(),
        };
        for file in search.files {
            stock.take(file);
        }
        stock
            .volumes
            .extend(bundled.into_iter().map(|bundled| Volume {
                source: bundled.source(),
                file: None,
                folder: Some(bundled.name.to_owned()),
            }));
        Ok(stock)
    }
}

fn add(path: &Path, search: &mut Search) {
    if path.is_dir() {
        search.folder(path);
    } else {
        search.file(path);
    }
}

impl Stock {
    fn take(&mut self, file: PathBuf) {
        let name = file.display().to_string();
        let read = match bytes(&file) {
            Ok(bytes) => source(name, bytes),
            Err(error) => {
                let mut search = Search::default();
                search.unreadable(&file, &error);
                self.faults.extend(search.faults);
                return;
            }
        };
        match read {
            Ok(source) => self.volumes.push(Volume {
                source,
                folder: folder_of(&file),
                file: Some(file),
            }),
            Err(fault) => self.faults.push(fault),
        }
    }
}

/// The name of the folder of a `runbook.yaml`; a file of another name lies anywhere.
fn folder_of(file: &Path) -> Option<String> {
    let is_runbook = file.file_name().is_some_and(|name| name == FILE);
    let real = fs::canonicalize(file).ok().filter(|_| is_runbook)?;
    let folder = real.parent()?.file_name()?.to_str()?;
    Some(folder.to_owned())
}

/// Writes a text in the place of another one: whoever reads the file sees the old or the new one,
/// never a part. A link stays a link.
///
/// # Errors
/// The file is not what it was when it was read, or can't be written.
pub fn replace(file: &Path, old: &str, new: &str) -> Result<(), Failure> {
    let unwritable = |error: io::Error| {
        Failure::failed(
            "unwritable-runbook",
            format!("it can't be written: {error}"),
            file.display().to_string(),
            "check the rights of the file and its folder; nothing was changed",
        )
    };
    let real = fs::canonicalize(file).map_err(unwritable)?;
    let folder = real.parent().unwrap_or(Path::new("."));
    let beside = folder.join(format!(".{FILE}.{}", std::process::id()));
    let written = write(&beside, &real, old, new);
    if written.is_err() {
        // It may never have been there.
        let _ = fs::remove_file(&beside);
    }
    written.map_err(unwritable)
}

fn write(beside: &Path, real: &Path, old: &str, new: &str) -> io::Result<()> {
    let mut file = fs::File::create_new(beside)?;
    file.write_all(new.as_bytes())?;
    file.set_permissions(fs::metadata(real)?.permissions())?;
    file.sync_all()?;
    if fs::read(real)? != old.as_bytes() {
        return Err(io::Error::other("somebody else has changed it meanwhile"));
    }
    fs::rename(beside, real)
}
