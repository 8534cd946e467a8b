//! `heeler record`: a run of the journal as a case that can be shown to others.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use heeler_core::case::{self, Recorded};
use heeler_core::event::{Event, Exit, Record, RunId};
use heeler_core::syntax::{self, Source};
use serde_json::json;

use super::args::{Global, Output, RecordArgs};
use super::{said, start};
use crate::cases;
use crate::failure::Failure;
use crate::library::{self, Entry, Library};

/// What the first lines of a recorded case say.
const HEAD: &str = "\
# Made by `heeler record`: names and addresses are replaced by tokens, the same thing by the same
# token. Say in `about` what this world is like, and take away what does not matter.
";

/// A run of the journal with the runbook of today.
pub(super) struct Past {
    /// Its id.
    pub(super) run: RunId,
    /// Its records.
    pub(super) records: Vec<Record>,
    /// The runbook.
    pub(super) entry: Entry,
    /// The runbook's text is another one now.
    pub(super) changed: bool,
}

impl Past {
    /// Reads a run back.
    ///
    /// # Errors
    /// `unknown-run`, `ambiguous-run`, `broken-chain`, `unusable-run`, the library's and the
    /// journal's own failures.
    pub(super) async fn read(global: &Global, wanted: &str) -> Result<Self, Failure> {
        let journal = start::journal(Vec::new())?;
        let run = start::find_run(&journal, wanted).await?;
        start::unbroken(&journal, run).await?;
        let records = start::records(&journal, run).await?;
        let begun = records.iter().find_map(|record| match &record.event {
            Event::RunStarted {
                runbook,
                file,
                digest,
                ..
            } => Some((runbook, file.as_deref(), digest)),
            _ => None,
        });
        let Some((name, file, digest)) = begun else {
            return Err(unusable(run, "it has no beginning"));
        };
        let entry = Library::new(global.runbooks.clone()).again(name, file)?;
        let changed = entry.runbook.digest != *digest;
        Ok(Past {
            run,
            records,
            entry,
            changed,
        })
    }
}

/// Why a run can't be judged again.
pub(super) fn unusable(run: RunId, why: impl Into<String>) -> Failure {
    Failure::failed(
        "unusable-run",
        why,
        format!("run {run}"),
        "`heeler runs` lists the others",
    )
}

/// Writes a run down as a case of its runbook.
///
/// # Errors
/// `bad-name`, `no-case-folder`, `case-exists`, `unrecordable-run`, and those of [`Past`].
pub(super) async fn record(global: &Global, args: &RecordArgs) -> Result<u8, Failure> {
    let past = Past::read(global, &args.run).await?;
    let name = args.name.clone().unwrap_or(format!("run-{}", past.run));
    if !library::is_name(&name) {
        return Err(Failure::usage(
            "bad-name",
            format!("a case can't be called `{}`", name.escape_debug()),
            "--as",
            "a name has lower-case letters, digits and hyphens",
        ));
    }
    let file = file(&past.entry, args.into.as_deref(), &name)?;
    let runbook = &past.entry.runbook;
    let recorded = case::record(&name, &past.records, runbook, args.keep_names)
        .map_err(|why| unusable(past.run, why))?;
    let text = format!("{HEAD}{}", recorded.text);
    check(&name, &text, &past)?;
    write(&file, &text)?;
    tell(&file, &recorded, global.output);
    Ok(Exit::Clear.code())
}

/// Where the case is written to.
fn file(entry: &Entry, into: Option<&Path>, name: &str) -> Result<PathBuf, Failure> {
    let own = || cases::folder(entry);
    let folder = into.map(Path::to_owned).or_else(own).ok_or_else(|| {
        Failure::usage(
            "no-case-folder",
            format!("{} is bundled and has no folder", entry.runbook.name),
            "the command line",
            "say with --into DIR where the case is written to",
        )
    })?;
    Ok(folder.join(format!("{name}.yaml")))
}

/// What is written has to be a case of today's runbook.
fn check(name: &str, text: &str, past: &Past) -> Result<(), Failure> {
    let source = Source {
        name: format!("{name}.yaml"),
        text: text.to_owned(),
    };
    let read = case::read(name, source.clone(), &past.entry.runbook);
    read.map(|_| ()).map_err(|faults| {
        Failure::failed(
            "unrecordable-run",
            "what it saw is no case of today's runbook",
            format!("run {}", past.run),
            format!(
                "the runbook has changed since:\n{}",
                syntax::render(&source, &faults, false)
            ),
        )
    })
}

/// Never over another file.
fn write(file: &Path, text: &str) -> Result<(), Failure> {
    let failed = |error: std::io::Error| match error.kind() {
        std::io::ErrorKind::AlreadyExists => Failure::failed(
            "case-exists",
            "there is such a case already; nothing was written",
            file.display().to_string(),
            "choose another name with --as, or remove the file",
        ),
        _ => Failure::failed(
            "unwritable-case",
            format!("it can't be written: {error}"),
            file.display().to_string(),
            "check the path and its rights",
        ),
    };
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder).map_err(failed)?;
    }
    let mut options = OpenOptions::new();
    let mut opened = options
        .write(true)
        .create_new(true)
        .open(file)
        .map_err(failed)?;
    opened.write_all(text.as_bytes()).map_err(failed)
}

fn tell(file: &Path, recorded: &Recorded, output: Output) {
    let place = file.display().to_string();
    if output == Output::Json {
        let wire = json!({
            "format": 1,
            "case": recorded.case.name,
            "file": place,
            "nodes": recorded.case.nodes.len(),
            "tokens": recorded.tokens,
            "notes": recorded.notes,
        });
        said::say(&format!("{wire:#}\n"));
        return;
    }
    let mut text = format!(
        "{place}\n{} replaced by tokens; read it before you show it to others: free text may say \
         more\n",
        match recorded.tokens {
            1 => "1 name".to_owned(),
            tokens => format!("{tokens} names"),
        }
    );
    for note in &recorded.notes {
        text.push_str(&format!("note: {note}\n"));
    }
    text.push_str(&format!("heeler test {place}\n"));
    said::say_lines(&text);
}
