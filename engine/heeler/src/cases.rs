//! Where cases come from: the folder `cases` beside a runbook, or the binary itself. A file that
//! can't be a case is never passed over in silence: it would be a test that nobody runs.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use heeler_core::syntax::{self, Source};

use crate::failure::{Ending, Failure};
use crate::library::{self, Entry, FILE, Library};

/// The folder beside a runbook that holds its cases.
const FOLDER: &str = "cases";

/// A runbook with its cases.
#[derive(Debug)]
pub struct Suite {
    /// What it was asked for by, for people.
    pub name: String,
    /// The runbook; or why there is none.
    pub entry: Result<Entry, Failure>,
    /// Its cases, by name.
    pub cases: Vec<CaseText>,
    /// What can't be a case.
    pub faults: Vec<Failure>,
    /// All cases of the runbook are here; else one was asked for by its file.
    pub whole: bool,
}

/// A case that has not been read yet.
#[derive(Debug)]
pub struct CaseText {
    /// Its name: the file's, without the ending.
    pub name: String,
    /// Its text, named by its file.
    pub source: Source,
}

/// All runbooks of the library with their cases.
///
/// # Errors
/// `unreadable-runbook` when the library's folder can't be read.
pub fn all(library: &Library) -> Result<Vec<Suite>, Failure> {
    let names = library.names()?;
    Ok(names.iter().map(|name| named(library, name)).collect())
}

/// The runbooks that somebody names: by a runbook's name or file or folder, by a case's file, or
/// by a folder of runbooks.
///
/// # Errors
/// `unknown-runbook`; `no-runbooks` where a folder holds none, and `unreadable-case` where it can't
/// be read.
pub fn find(library: &Library, wanted: &str) -> Result<Vec<Suite>, Failure> {
    let path = Path::new(wanted);
    // A folder of this name is meant only where no runbook has it.
    if library::is_name(wanted) {
        let suite = named(library, wanted);
        match &suite.entry {
            Err(failure) if failure.ending == Ending::Usage => {
                if !path.is_dir() {
                    return Err(failure.clone());
                }
            }
            _ => return Ok(vec![suite]),
        }
    }
    let parent = path.parent().unwrap_or(Path::new(""));
    let is_case = parent.file_name().is_some_and(|name| name == FOLDER);
    if is_case && !path.is_dir() {
        let mut suite = at(library, parent.parent().unwrap_or(Path::new("")));
        suite
            .cases
            .retain(|case| Path::new(&case.source.name) == path);
        suite.faults.clear();
        suite.whole = false;
        if suite.cases.is_empty() {
            suite.faults.extend(case_text(path).err());
        }
        return Ok(vec![suite]);
    }
    if !path.is_dir() {
        let (cases, faults) = read(&parent.join(FOLDER));
        return Ok(vec![Suite {
            name: wanted.to_owned(),
            entry: Ok(library.find(wanted)?),
            cases,
            faults,
            whole: true,
        }]);
    }
    if path.file_name().is_some_and(|name| name == FOLDER) {
        return Ok(vec![at(library, parent)]);
    }
    if library::is_there(&path.join(FILE)) || path.join(FOLDER).exists() {
        return Ok(vec![at(library, path)]);
    }
    let folders = listed(path).map_err(|error| unreadable(path, &error))?;
    let suites: Vec<Suite> = folders
        .iter()
        .filter(|folder| library::is_there(&folder.join(FILE)) || folder.join(FOLDER).is_dir())
        .map(|folder| at(library, folder))
        .collect();
    if suites.is_empty() {
        return Err(Failure::usage(
            "no-runbooks",
            format!("there is no `{FILE}` here, nor in the folders below"),
            path.display().to_string(),
            "name a runbook, its folder, or a folder of such folders",
        ));
    }
    Ok(suites)
}

/// The folder in which the cases of a runbook stand; `None` where it is bundled.
pub fn folder(entry: &Entry) -> Option<PathBuf> {
    let file = Path::new(entry.file.as_deref()?);
    Some(file.parent()?.join(FOLDER))
}

fn named(library: &Library, name: &str) -> Suite {
    let entry = library.find(name);
    let folder = entry.as_ref().ok().and_then(folder);
    let (cases, faults) = match (&entry, folder) {
        (Ok(_), Some(folder)) => read(&folder),
        (Ok(_), None) => (bundled(name), Vec::new()),
        (Err(_), _) => (Vec::new(), Vec::new()),
    };
    Suite {
        name: name.to_owned(),
        entry,
        cases,
        faults,
        whole: true,
    }
}

/// The runbook of a folder.
fn at(library: &Library, folder: &Path) -> Suite {
    let (cases, faults) = read(&folder.join(FOLDER));
    let file = folder.join(FILE);
    let entry = if library::is_there(&file) || cases.is_empty() {
        library.find(&file.display().to_string())
    } else {
        Err(Failure::failed(
            "runbook-gone",
            format!("there are cases here, and no `{FILE}` beside them"),
            folder.display().to_string(),
            "put the runbook back, or remove its cases",
        ))
    };
    Suite {
        name: folder.display().to_string(),
        entry,
        cases,
        faults,
        whole: true,
    }
}

fn bundled(name: &str) -> Vec<CaseText> {
    let cases = library::bundled_cases(name).iter();
    cases
        .map(|(case, text)| CaseText {
            name: (*case).to_owned(),
            source: Source {
                name: format!("{name}/{FOLDER}/{case}.yaml"),
                text: (*text).to_owned(),
            },
        })
        .collect()
}

/// The cases of a folder, by name, and what can't be one.
fn read(folder: &Path) -> (Vec<CaseText>, Vec<Failure>) {
    let paths = match listed(folder) {
        Ok(paths) => paths,
        // A runbook need not have cases.
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Vec::new(),
        Err(error) => return (Vec::new(), vec![unreadable(folder, &error)]),
    };
    let mut cases: BTreeMap<String, CaseText> = BTreeMap::new();
    let mut faults = Vec::new();
    for path in paths {
        if path.is_dir() {
            faults.push(Failure::failed(
                "nested-cases",
                "a folder holds no cases here",
                path.display().to_string(),
                format!("move its files up: all cases stand in `{FOLDER}` itself"),
            ));
            continue;
        }
        let ending = path.extension().and_then(|ending| ending.to_str());
        let is_case = |ending: &str| {
            let mut endings = ["yaml", "yml"].into_iter();
            endings.any(|known| ending.eq_ignore_ascii_case(known))
        };
        if !ending.is_some_and(is_case) {
            continue;
        }
        match case_text(&path) {
            Err(failure) => faults.push(failure),
            Ok(case) => match cases.get(&case.name) {
                Some(first) => faults.push(Failure::failed(
                    "two-cases",
                    format!("there are two cases of the name `{}`", case.name),
                    format!("{} and {}", first.source.name, case.source.name),
                    "rename or remove one of them",
                )),
                None => {
                    cases.insert(case.name.clone(), case);
                }
            },
        }
    }
    (cases.into_values().collect(), faults)
}

fn case_text(path: &Path) -> Result<CaseText, Failure> {
    let stem = path.file_stem().and_then(|stem| stem.to_str());
    let name = stem.filter(|stem| library::is_name(stem)).ok_or_else(|| {
        Failure::failed(
            "bad-case-name",
            "a case can't have this name",
            path.display().to_string(),
            "a name has lower-case letters, digits and hyphens",
        )
    })?;
    let text = library::read_text(path, "case").map_err(|failure| Failure {
        code: match failure.code {
            "unreadable-runbook" => "unreadable-case",
            _ => "faulty-case",
        },
        help: failure.help.replace("bundled runbooks", "runbooks"),
        ..failure
    })?;
    Ok(CaseText {
        name: name.to_owned(),
        source: Source {
            name: path.display().to_string(),
            text,
        },
    })
}

/// What stands in a folder, sorted.
fn listed(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder)?;
    let mut paths: Vec<PathBuf> = entries
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<_, _>>()?;
    paths.sort();
    Ok(paths)
}

fn unreadable(path: &Path, error: &std::io::Error) -> Failure {
    Failure::failed(
        "unreadable-case",
        format!("it can't be read: {error}"),
        path.display().to_string(),
        "check the path and its rights",
    )
}

/// The name that is most like the one that was asked for.
pub fn nearest<'s>(suites: &'s [Suite], wanted: &str) -> Option<&'s str> {
    let cases = suites.iter().flat_map(|suite| &suite.cases);
    syntax::nearest(wanted, cases.map(|case| case.name.as_str())).map(|near| near.right)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_case_of_a_bundled_runbook_is_compiled_in() {
        let runbooks = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../runbooks");
        for name in Library::new(None).names().expect("they are compiled in") {
            let (on_disk, faults) = read(&runbooks.join(&name).join(FOLDER));
            assert_eq!(faults, []);
            let names = |cases: &[CaseText]| {
                let names = cases.iter().map(|case| case.name.clone());
                names.collect::<Vec<_>>()
            };
            assert_eq!(names(&bundled(&name)), names(&on_disk));
            let texts = |cases: &[CaseText]| {
                let texts = cases.iter().map(|case| case.source.text.clone());
                texts.collect::<Vec<_>>()
            };
            assert_eq!(texts(&bundled(&name)), texts(&on_disk));
        }
    }
}
