//! The policy's file: the one that is named, else `heeler.yaml` in the working directory. One that
//! was named, or is there, and can't be read is never the same as none.

use std::fs::File;
use std::io::{ErrorKind, Read as _};
use std::path::Path;

use heeler_core::guard::policy::{self, Policy};
use heeler_core::syntax::{self, Source};

use super::args::Global;
use crate::failure::Failure;

/// What is looked for where nothing is named.
const FILE: &str = "heeler.yaml";
/// Most bytes of a policy.
const MOST: u64 = 256 << 10;

/// The policy that this command is under.
///
/// # Errors
/// `policy-missing`, `policy-unreadable` and `policy-faulty`.
pub(super) fn load(global: &Global) -> Result<Policy, Failure> {
    match &global.policy {
        Some(file) => match read(file)? {
            Some(text) => check(file, text),
            None => Err(Failure::refused(
                "policy-missing",
                "there is no such policy",
                file.display().to_string(),
                "--policy or HEELER_POLICY names it: correct the path",
            )),
        },
        None => match read(Path::new(FILE))? {
            Some(text) => check(Path::new(FILE), text),
            None => Ok(Policy::default()),
        },
    }
}

/// The file's text; `None` where there is no file.
fn read(path: &Path) -> Result<Option<String>, Failure> {
    let unreadable = |why: String| {
        Failure::refused(
            "policy-unreadable",
            format!("the policy can't be read: {why}"),
            path.display().to_string(),
            "give yourself the right to read it, or correct the path",
        )
    };
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(unreadable(error.to_string())),
    };
    let mut bytes = Vec::new();
    let read = file.take(MOST + 1).read_to_end(&mut bytes);
    read.map_err(|error| unreadable(error.to_string()))?;
    if bytes.len() as u64 > MOST {
        return Err(unreadable("it is longer than 256 KiB".to_owned()));
    }
    match String::from_utf8(bytes) {
        Ok(text) => Ok(Some(text)),
        Err(_) => Err(unreadable("it is not UTF-8 text".to_owned())),
    }
}

fn check(path: &Path, text: String) -> Result<Policy, Failure> {
    let source = Source {
        name: path.display().to_string(),
        text,
    };
    policy::read(source.clone()).map_err(|faults| {
        let what = match faults.len() {
            1 => "the policy has a fault".to_owned(),
            more => format!("the policy has {more} faults"),
        };
        let shown = syntax::render(&source, &faults, false);
        let help = format!("mend the file:\n{shown}");
        Failure::refused("policy-faulty", what, source.name, help)
    })
}
