//! Where runbooks come from: a path, a folder of the operator's own, or the binary itself.

mod search;
mod shelf;

use std::fs;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use heeler_core::action;
use heeler_core::runbook::{self, Runbook};
use heeler_core::syntax::{self, Diagnostic, Faults, Source, Span};

pub use shelf::{Shelf, Volume, replace};

use crate::failure::Failure;

/// The file that makes a folder a runbook.
const FILE: &str = "runbook.yaml";
/// A runbook is a page, not a program: a larger file is refused before it is read.
const LARGEST: u64 = 1 << 20;

/// A runbook that was compiled in.
struct Bundled {
    name: &'static str,
    text: &'static str,
    readme: &'static str,
}

const BUNDLED: &[Bundled] = &[Bundled {
    name: "conntrack-exhaustion",
    text: include_str!("../../../runbooks/conntrack-exhaustion/runbook.yaml"),
    readme: include_str!("../../../runbooks/conntrack-exhaustion/README.md"),
}];

/// A runbook with the page that explains it.
#[derive(Debug)]
pub struct Entry {
    /// The checked runbook.
    pub runbook: Runbook,
    /// Its README, where it has one.
    pub readme: Option<String>,
    /// The file that it was read from; `None`: it is bundled.
    pub file: Option<String>,
}

/// All runbooks that can be named.
#[derive(Debug)]
pub struct Library {
    folder: Option<PathBuf>,
}

impl Library {
    /// A library whose folder, if there is one, comes before the bundled runbooks.
    pub fn new(folder: Option<PathBuf>) -> Self {
        Library { folder }
    }

    /// The runbook of a name, or at a path.
    ///
    /// # Errors
    /// `unknown-runbook`, `unreadable-runbook`, and `faulty-runbook` with every fault of the file.
    pub fn find(&self, wanted: &str) -> Result<Entry, Failure> {
        if wanted.contains(['/', '\\']) || wanted.ends_with(".yaml") {
            return open(Path::new(wanted));
        }
        if !is_name(wanted) {
            return Err(Failure::usage(
                "unknown-runbook",
                format!("`{}` is no runbook name", wanted.escape_debug()),
                "the command line",
                "a name has lower-case letters, digits and hyphens; `heeler list` shows them all",
            ));
        }
        if let Some(folder) = &self.folder
            && folder.join(wanted).join(FILE).is_file()
        {
            return open(&folder.join(wanted));
        }
        match BUNDLED.iter().find(|bundled| bundled.name == wanted) {
            Some(bundled) => bundled.entry(),
            None => Err(self.unknown(wanted)),
        }
    }

    /// The names of all runbooks, the folder's first, each with where it is.
    ///
    /// # Errors
    /// `unreadable-runbook` when the folder can't be read.
    pub fn names(&self) -> Result<Vec<String>, Failure> {
        let mut names = Vec::new();
        if let Some(folder) = &self.folder {
            let entries = fs::read_dir(folder).map_err(|error| unreadable(folder, &error))?;
            for entry in entries {
                let path = entry.map_err(|error| unreadable(folder, &error))?.path();
                let name = path.file_name().and_then(|name| name.to_str());
                if let Some(name) = name
                    && path.join(FILE).is_file()
                {
                    names.push(name.to_owned());
                }
            }
        }
        names.extend(BUNDLED.iter().map(|bundled| bundled.name.to_owned()));
        names.sort();
        names.dedup();
        Ok(names)
    }

    fn unknown(&self, wanted: &str) -> Failure {
        let names = self.names().unwrap_or_default();
        let help = match syntax::nearest(wanted, names.iter().map(String::as_str)) {
            Some(near) => format!("did you mean `{near}`? `heeler list` shows them all"),
            None => "`heeler list` shows them all; a path works too".to_owned(),
        };
        Failure::usage(
            "unknown-runbook",
            format!("there is no runbook `{wanted}`"),
            match &self.folder {
                Some(folder) => format!("{} and the bundled runbooks", folder.display()),
                None => "the bundled runbooks".to_owned(),
            },
            help,
        )
    }
}

impl Entry {
    /// Where it came from, for people: `bundled`, or the file.
    pub fn origin(&self) -> &str {
        self.file.as_deref().unwrap_or("bundled")
    }
}

impl Bundled {
    fn source(&self) -> Source {
        Source {
            name: format!("{}/{FILE}", self.name),
            text: self.text.to_owned(),
        }
    }

    fn entry(&self) -> Result<Entry, Failure> {
        Ok(Entry {
            runbook: check(self.source())?,
            readme: Some(self.readme.to_owned()),
            file: None,
        })
    }
}

fn open(path: &Path) -> Result<Entry, Failure> {
    let file = if path.is_dir() {
        path.join(FILE)
    } else {
        path.to_owned()
    };
    let name = file.display().to_string();
    let bytes = read(&file).map_err(|error| unreadable(&file, &error))?;
    let source = source(name, bytes).map_err(|(source, faults)| faulty(&source, &faults))?;
    let readme = file.parent().map(|folder| folder.join("README.md"));
    Ok(Entry {
        runbook: check(source)?,
        readme: readme.and_then(|readme| fs::read_to_string(readme).ok()),
        file: Some(absolute(&file)),
    })
}

/// A file's bytes, but not many more than a runbook may have.
fn read(file: &Path) -> io::Result<Vec<u8>> {
    // A pipe would be waited for.
    if !fs::metadata(file)?.is_file() {
        return Err(io::Error::other("it is no file"));
    }
    let mut bytes = Vec::new();
    fs::File::open(file)?
        .take(LARGEST + 1)
        .read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The text of a runbook's file.
///
/// # Errors
/// Bytes that are too many, or of another encoding: what can be shown of them, and what is wrong.
fn source(name: String, bytes: Vec<u8>) -> Result<Source, (Source, Vec<Diagnostic>)> {
    let is_large = u64::try_from(bytes.len()).is_ok_and(|length| length > LARGEST);
    if !is_large {
        return syntax::decode(name, bytes);
    }
    let text = String::new();
    let source = Source { name, text };
    let mut faults = Faults::of(&source);
    faults
        .error(
            "yaml-too-large",
            Span::default(),
            format!("the file has more than {LARGEST} bytes"),
        )
        .help("is this the right file? a runbook is a page");
    Err((source, faults.into_vec()))
}

/// A path that means the same from anywhere: a fix may be given from another folder.
fn absolute(file: &Path) -> String {
    let path = fs::canonicalize(file).unwrap_or_else(|_| file.to_owned());
    path.display().to_string()
}

fn check(source: Source) -> Result<Runbook, Failure> {
    runbook::load(source.clone(), action::all()).map_err(|faults| faulty(&source, &faults))
}

fn faulty(source: &Source, faults: &[Diagnostic]) -> Failure {
    Failure {
        help: format!("mend the file:\n{}", syntax::render(source, faults, false)),
        ..Failure::failed(
            "faulty-runbook",
            match faults.len() {
                1 => "the runbook has a fault".to_owned(),
                more => format!("the runbook has {more} faults"),
            },
            source.name.clone(),
            "",
        )
    }
}

fn unreadable(path: &Path, error: &io::Error) -> Failure {
    Failure::failed(
        "unreadable-runbook",
        format!("it can't be read: {error}"),
        path.display().to_string(),
        "check the path; `heeler list` shows the bundled runbooks",
    )
}

fn is_name(text: &str) -> bool {
    !text.is_empty()
        && text
            .chars()
            .all(|c| matches!(c, 'a'..='z' | '0'..='9' | '-'))
}
