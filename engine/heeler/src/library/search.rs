//! Searching a folder for runbooks, whatever links are in it: each real file is found once.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use heeler_core::syntax::{Diagnostic, Faults, Source, Span};

use super::FILE;

/// Recorded worlds of a runbook.
const CASES: &str = "cases";

/// What was found below a folder, in the order of paths.
#[derive(Debug, Default)]
pub(super) struct Search {
    /// Files that hold a runbook.
    pub(super) files: Vec<PathBuf>,
    /// What is wrong with folders and names, each with the path that it is about.
    pub(super) faults: Vec<(Source, Vec<Diagnostic>)>,
    /// Folders and files that have been met already, by their real paths.
    met: BTreeSet<PathBuf>,
    /// How often something was found, for the first time or again.
    hits: usize,
}

impl Search {
    /// Searches one more folder.
    pub(super) fn folder(&mut self, folder: &Path) {
        let before = self.hits;
        self.walk(folder, &mut Vec::new());
        if self.hits == before {
            self.say(folder, |faults| {
                faults
                    .error("no-runbook", Span::default(), "there is no runbook in it")
                    .help(format!("a runbook is a folder with a file `{FILE}`"));
            });
        }
    }

    /// Takes a file that was named.
    pub(super) fn file(&mut self, file: &Path) {
        match fs::canonicalize(file) {
            Ok(real) => {
                self.hits += 1;
                if self.met.insert(real) {
                    self.files.push(file.to_owned());
                }
            }
            Err(error) => self.unreadable(file, &error),
        }
    }

    /// `above` holds the real paths of the folders around this one.
    fn walk(&mut self, folder: &Path, above: &mut Vec<PathBuf>) {
        let (real, entries) =
            match fs::canonicalize(folder).and_then(|real| Ok((real, list(folder)?))) {
                Ok(read) => read,
                Err(error) => return self.unreadable(folder, &error),
            };
        if above.contains(&real) {
            let inside = real.display().to_string();
            return self.say(folder, |faults| {
                faults
                    .error(
                        "folder-loop",
                        Span::default(),
                        format!("it leads back to {inside}, which it lies in"),
                    )
                    .help("remove the link; what is behind it is checked where it lies");
            });
        }
        if !self.met.insert(real.clone()) {
            self.hits += 1;
            return;
        }
        above.push(real);
        let has_runbook = entries.iter().any(|(name, _)| name == FILE);
        for (name, path) in &entries {
            self.entry(name, path, has_runbook, above);
        }
        above.pop();
    }

    fn entry(&mut self, name: &str, path: &Path, has_runbook: bool, above: &mut Vec<PathBuf>) {
        let kind = match fs::metadata(path) {
            Ok(kind) => kind,
            // A link to nowhere matters where a runbook, or a folder of them, may have been.
            Err(error) if name == FILE || !name.contains('.') => {
                return self.unreadable(path, &error);
            }
            Err(_) => return,
        };
        if name == FILE {
            self.file(path);
        } else if kind.is_dir() && name == CASES {
            if !has_runbook {
                self.say(path, |faults| {
                    faults
                        .warning(
                            "orphan-cases",
                            Span::default(),
                            "there is no runbook beside these cases",
                        )
                        .help("move them to their runbook, or remove them");
                });
            }
        } else if kind.is_dir() && !name.starts_with('.') {
            self.walk(path, above);
        } else if kind.is_file() && is_misnamed(name) && !has_runbook {
            self.say(path, |faults| {
                faults
                    .warning(
                        "wrong-file-name",
                        Span::default(),
                        format!("a runbook's file is named `{FILE}`"),
                    )
                    .help("rename it");
            });
        }
    }

    pub(super) fn unreadable(&mut self, path: &Path, error: &io::Error) {
        self.say(path, |faults| {
            faults
                .error(
                    "unreadable-file",
                    Span::default(),
                    format!("it can't be read: {error}"),
                )
                .help("check the path, the rights, and where a link leads");
        });
    }

    fn say(&mut self, path: &Path, tell: impl FnOnce(&mut Faults)) {
        let source = Source {
            name: path.display().to_string(),
            text: String::new(),
        };
        let mut faults = Faults::of(&source);
        tell(&mut faults);
        self.hits += 1;
        self.faults.push((source, faults.into_vec()));
    }
}

/// A folder's entries by name, so that the order is the same on every machine. A name that is no
/// text can't be a runbook's.
fn list(folder: &Path) -> io::Result<Vec<(String, PathBuf)>> {
    let mut entries = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if let Some(name) = path.file_name().and_then(|name| name.to_str()) {
            entries.push((name.to_owned(), path.clone()));
        }
    }
    entries.sort();
    Ok(entries)
}

/// `runbook.yml`, `Runbook.yaml`.
fn is_misnamed(name: &str) -> bool {
    let lower = name.to_lowercase();
    name != FILE && (lower == FILE || lower == "runbook.yml")
}
