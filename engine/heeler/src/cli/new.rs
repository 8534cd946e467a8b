//! `heeler new`: a runbook to start from. It works as it is: one look, one finding, a case for each
//! verdict, and the page that explains it. Nothing that is there already is touched.

use std::fs;
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use heeler_core::syntax::Spelling;
use serde_json::json;

use super::args::{NewArgs, Output};
use crate::failure::Failure;
use crate::library::Library;

/// What stands for the runbook's name in the files.
const NAME: &str = "NAME";

/// The files of a new runbook, below its folder.
const FILES: &[(&str, &str)] = &[
    ("runbook.yaml", include_str!("new/runbook.yaml")),
    ("README.md", include_str!("new/README.md")),
    ("cases/healthy.yaml", include_str!("new/cases/healthy.yaml")),
    (
        "cases/little-memory.yaml",
        include_str!("new/cases/little-memory.yaml"),
    ),
    (
        "cases/no-answer.yaml",
        include_str!("new/cases/no-answer.yaml"),
    ),
];

/// Writes the files, and says which and what to do next.
///
/// # Errors
/// `bad-name`, `name-taken`, `folder-exists`, `unwritable`. Then nothing is left behind.
pub(super) fn new(args: &NewArgs, output: Output) -> Result<String, Failure> {
    let name = args.name.as_str();
    if !Spelling::Kebab.fits(name) {
        return Err(Failure::usage(
            "bad-name",
            format!("a runbook can't be named `{}`", name.escape_debug()),
            "the command line",
            format!(
                "write it in {}, such as `disk-full`; `--in DIR` says where its folder is made",
                Spelling::Kebab
            ),
        ));
    }
    if Library::new(None)
        .names()?
        .iter()
        .any(|known| known == name)
    {
        return Err(Failure::usage(
            "name-taken",
            format!("a bundled runbook is named `{name}` already"),
            "the command line",
            "give it another name: of two with one name only the first would be found",
        ));
    }
    let folder = args.folder.clone().unwrap_or_default().join(name);
    let files = write(&folder, name)?;
    let shown: Vec<String> = files
        .iter()
        .map(|file| file.display().to_string())
        .collect();
    if output == Output::Json {
        return Ok(format!("{:#}\n", json!({ "format": 1, "files": shown })));
    }
    let folder = folder.display();
    Ok(format!(
        "{}\n\nIt works as it is. Write your own look and finding into it, and then:\n  \
         heeler lint {folder}/    what is wrong with it\n  \
         heeler test {folder}/    whether its cases give what they must\n  \
         heeler run {folder}/ --node NAME --plan    what a run would ask\n",
        shown.join("\n"),
    ))
}

/// The folder of its cases.
const CASES: &str = "cases";

/// Makes the folder, which must not be there, and all files in it, or nothing.
fn write(folder: &Path, name: &str) -> Result<Vec<PathBuf>, Failure> {
    fs::create_dir(folder).map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => Failure::usage(
            "folder-exists",
            "there is something of that name already, and nothing is overwritten",
            folder.display().to_string(),
            "give the runbook another name, or another place with `--in DIR`",
        ),
        _ => unwritable(folder, &error),
    })?;
    let mut made = Vec::new();
    for (file, text) in FILES {
        let path = folder.join(file);
        if let Err(error) = put(&path, &text.replace(NAME, name)) {
            // Only what was made here. What can't be removed stays; the failure names the place.
            for path in made.iter().chain([&path]) {
                let _ = fs::remove_file(path);
            }
            for folder in [&folder.join(CASES), folder] {
                let _ = fs::remove_dir(folder);
            }
            return Err(unwritable(&path, &error));
        }
        made.push(path);
    }
    Ok(made)
}

fn put(path: &Path, text: &str) -> std::io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::File::create_new(path)?.write_all(text.as_bytes())
}

fn unwritable(path: &Path, error: &std::io::Error) -> Failure {
    Failure::failed(
        "unwritable",
        format!("it can't be written: {error}"),
        path.display().to_string(),
        "`--in DIR` names a folder that is there and that you may write to",
    )
}
