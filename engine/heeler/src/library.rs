//! Where runbooks come from: a path, a folder of the operator's own, or the binary itself.

mod bundled;
mod search;
mod stock;

use std::fs;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use heeler_core::action;
use heeler_core::runbook::{self, Runbook, Shelf};
use heeler_core::syntax::{self, Diagnostic, Faults, Source, Span};

pub use bundled::bundled_cases;
pub use stock::{Stock, Volume, replace};

use crate::failure::Failure;
use bundled::{BUNDLED, Bundled, bundled};

/// The file that makes a folder a runbook.
pub const FILE: &str = "runbook.yaml";
/// A runbook is a page, not a program: a larger file is refused before it is read.
const LARGEST: u64 = 1 << 20;

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
    /// `unknown-runbook`, `unreadable-runbook`, `other-name` where the runbook of a folder has another
    /// name than its folder, and `faulty-runbook` with every fault of the file.
    pub fn find(&self, wanted: &str) -> Result<Entry, Failure> {
        if wanted.contains(['/', '\\']) || wanted.ends_with(".yaml") {
            return self.open(&file_of(Path::new(wanted)));
        }
        if !is_name(wanted) {
            return Err(Failure::usage(
                "unknown-runbook",
                format!("`{}` is no runbook name", wanted.escape_debug()),
                "the command line",
                "a name has lower-case letters, digits and hyphens; `heeler list` shows them all",
            ));
        }
        if let Some(file) = self.own(wanted)? {
            return named(self.open(&file)?, wanted);
        }
        match bundled(wanted) {
            Some(bundled) => Ok(Entry {
                runbook: self.check(bundled.source())?,
                readme: Some(bundled.readme.to_owned()),
                file: None,
            }),
            None => Err(self.unknown(wanted)),
        }
    }

    /// The file of a runbook of the library's own folder, if there is anything in its place: the
    /// bundled runbook of that name is not meant then, though the file can't be read.
    fn own(&self, name: &str) -> Result<Option<PathBuf>, Failure> {
        let Some(folder) = &self.folder else {
            return Ok(None);
        };
        fs::read_dir(folder).map_err(|error| unreadable(folder, &error))?;
        let file = folder.join(name).join(FILE);
        Ok(is_there(&file).then_some(file))
    }

    fn open(&self, file: &Path) -> Result<Entry, Failure> {
        let source = read(file)?;
        let readme = file.parent().map(|folder| folder.join("README.md"));
        Ok(Entry {
            runbook: self.check(source)?,
            readme: readme.and_then(|readme| String::from_utf8(bytes(&readme).ok()?).ok()),
            file: Some(absolute(file)),
        })
    }

    fn check(&self, source: Source) -> Result<Runbook, Failure> {
        runbook::load_among(source.clone(), action::all(), self)
            .map_err(|faults| faulty(&source, &faults))
    }

    /// The runbook of a past run: at its file, unless a folder is given or it was bundled.
    ///
    /// # Errors
    /// As [`Library::find`].
    pub fn again(&self, name: &str, file: Option<&str>) -> Result<Entry, Failure> {
        match (&self.folder, file) {
            (None, Some(file)) => self.find(file),
            _ => self.find(name),
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
                    && is_there(&path.join(FILE))
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
        let near = syntax::nearest(wanted, names.iter().map(String::as_str));
        let help = match near {
            _ if is_there(&Path::new(wanted).join(FILE)) => {
                format!("a folder of that name is here: write `./{wanted}`, or add `--runbooks .`")
            }
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

/// The runbooks that another one uses are found by their names only, in the same places.
impl Shelf for Library {
    fn text(&self, name: &str) -> Result<Option<Source>, String> {
        if !is_name(name) {
            return Ok(None);
        }
        match self.own(name).map_err(|failure| failure.what)? {
            Some(file) => read(&file).map(Some).map_err(|failure| failure.what),
            None => Ok(bundled(name).map(Bundled::source)),
        }
    }

    fn names(&self) -> Vec<String> {
        Library::names(self).unwrap_or_default()
    }
}

/// The entry, if it has the name by which it was found.
fn named(entry: Entry, wanted: &str) -> Result<Entry, Failure> {
    if entry.runbook.name == wanted {
        return Ok(entry);
    }
    Err(Failure::failed(
        "other-name",
        format!(
            "the runbook in the folder `{wanted}` is named `{}`",
            entry.runbook.name
        ),
        entry.origin().to_owned(),
        "give both one name: two runbooks could have it otherwise, and one of them would never run",
    ))
}

/// Whether there is anything at this path, or a link on the way to it that leads nowhere: what is
/// there but can't be read must not be passed over.
pub(crate) fn is_there(file: &Path) -> bool {
    let is_broken_link = |path: &Path| path.is_symlink() && !path.exists();
    match fs::symlink_metadata(file) {
        Ok(_) => true,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            file.parent().is_some_and(is_broken_link)
        }
        Err(error) => error.kind() != io::ErrorKind::NotADirectory,
    }
}

fn file_of(path: &Path) -> PathBuf {
    if path.is_dir() {
        path.join(FILE)
    } else {
        path.to_owned()
    }
}

fn read(file: &Path) -> Result<Source, Failure> {
    let name = file.display().to_string();
    let bytes = bytes(file).map_err(|error| unreadable(file, &error))?;
    source(name, bytes).map_err(|(source, faults)| faulty(&source, &faults))
}

/// The text of a case's file: what it is stands in messages.
///
/// # Errors
/// `unreadable-runbook`, and `faulty-runbook` for what is too large or not UTF-8.
pub fn read_text(file: &Path, what: &str) -> Result<String, Failure> {
    let bytes = bytes(file).map_err(|error| unreadable(file, &error))?;
    if is_large(&bytes) {
        return Err(Failure::failed(
            "faulty-runbook",
            format!("a {what} has at most {LARGEST} bytes, and the file has more"),
            file.display().to_string(),
            "is this the right file?",
        ));
    }
    String::from_utf8(bytes).map_err(|error| {
        Failure::failed(
            "faulty-runbook",
            format!("byte {} is not UTF-8", error.utf8_error().valid_up_to()),
            file.display().to_string(),
            "save the file as UTF-8",
        )
    })
}

/// A file's bytes, but not many more than a runbook may have.
fn bytes(file: &Path) -> io::Result<Vec<u8>> {
    let kind = fs::metadata(file)?;
    if kind.is_dir() {
        return Err(io::Error::other("it is a folder"));
    }
    // A pipe would be waited for, and a device never ends.
    if !kind.is_file() {
        return Err(io::Error::other("it is no regular file"));
    }
    let mut bytes = Vec::new();
    fs::File::open(file)?
        .take(LARGEST + 1)
        .read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn is_large(bytes: &[u8]) -> bool {
    u64::try_from(bytes.len()).is_ok_and(|length| length > LARGEST)
}

/// The text of a runbook's file.
///
/// # Errors
/// Bytes that are too many, or of another encoding: what can be shown of them, and what is wrong.
fn source(name: String, bytes: Vec<u8>) -> Result<Source, (Source, Vec<Diagnostic>)> {
    if !is_large(&bytes) {
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

/// Whether a text has the form of a runbook's or a case's name.
pub fn is_name(text: &str) -> bool {
    !text.is_empty()
        && text
            .chars()
            .all(|c| matches!(c, 'a'..='z' | '0'..='9' | '-'))
}
