//! What is in an archive, and what is in one of its members.

use std::collections::{BTreeMap, HashMap};
use std::convert::Infallible;
use std::io::{self, Write};
use std::ops::ControlFlow;
use std::path::Path;

use heeler_core::report;
use serde::Serialize;

use super::super::fault::ArchiveFault;
use super::super::label::label;
use super::super::limits::Limits;
use super::super::lines::{Cut, pieces};
use super::super::manifest::{About, Added, FORMAT, Missing};
use super::super::pour::{PIECE, pour};
use super::super::read::{open, read};
use super::super::told::{Contents, Whole};
use super::Form;
use super::words::{self, line};

/// Digits of a digest that people compare.
const DIGITS: usize = 12;

/// What is in an archive.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Shown {
    /// The format's version.
    #[serde(rename = "heeler-bundle")]
    pub format: u32,
    /// The file.
    pub bundle: String,
    /// Whose it is, and of when; `None`: it is logdog's own tarball, which doesn't say.
    pub about: Option<About>,
    /// Whether all was fetched, as the manifest has it.
    pub fetched: Option<Whole>,
    /// What is in it, as far as it can be read.
    #[serde(flatten)]
    pub contents: Contents,
    /// Where the members came from, by label, and what was taken out of them.
    pub added: Vec<Added>,
    /// What should be in it and is not.
    pub missing: Vec<Missing>,
}

/// Says what is in an archive.
///
/// # Errors
/// When it can't be opened, or the answer can't be written. What is wrong with it is part of the answer.
pub fn show(
    path: &Path,
    limits: &Limits,
    form: Form,
    out: &mut dyn Write,
) -> Result<Shown, ArchiveFault> {
    let read = read(open(path)?, limits, |_, _| {
        Ok::<_, Infallible>(ControlFlow::Continue(()))
    });
    let Ok(mut contents) = read;
    let manifest = contents.manifest.take();
    // What logdog could not get is in its own member, too.
    let mut shown = Shown {
        format: FORMAT,
        bundle: path.display().to_string(),
        about: None,
        fetched: None,
        contents,
        added: Vec::new(),
        missing: Vec::new(),
    };
    if let Some(manifest) = manifest {
        let contents = &mut shown.contents;
        contents.refused.extend(manifest.refused);
        for (kind, count) in manifest.refused_count {
            let sum = contents.refused_count.entry(kind).or_default();
            *sum = sum.saturating_add(count);
        }
        shown.about = Some(manifest.about);
        shown.fetched = Some(manifest.whole);
        shown.added = manifest.members;
        shown.missing = manifest.missing;
    }
    match form {
        Form::Json => words::json(out, &shown)?,
        Form::Text => write(&shown, &words::name(path), out)?,
    }
    Ok(shown)
}

fn write(shown: &Shown, name: &str, out: &mut dyn Write) -> io::Result<()> {
    let contents = &shown.contents;
    line(out, &format!("{name}  {}", words::whole(&contents.whole)))?;
    match &shown.about {
        Some(about) => {
            line(out, &format!("node     {}", about.node))?;
            line(out, &format!("made at  {}", about.at))?;
            for (word, fact) in &about.facts {
                line(out, &format!("{word}  {}", words::short(fact)))?;
            }
        }
        None if contents.whole == Whole::Whole => {
            line(out, "logdog's own tarball: no manifest")?;
        }
        None => line(
            out,
            "no manifest: it was in what is missing, or this is logdog's own tarball",
        )?,
    }
    if let Some(fetched) = shown
        .fetched
        .as_ref()
        .filter(|whole| **whole != Whole::Whole)
    {
        line(out, &format!("fetched  {}", words::whole(fetched)))?;
    }
    let added: HashMap<&str, &Added> = shown
        .added
        .iter()
        .map(|added| (&*added.label, added))
        .collect();
    let size: u64 = contents.members.iter().map(|member| member.size).sum();
    let members = words::count(contents.members.len() as u64, "member", "members");
    line(out, &format!("{members}, {}", words::bytes(size)))?;
    for member in &contents.members {
        let sha = member.sha256.get(..DIGITS).unwrap_or_default();
        let added = added.get(member.label.as_str());
        let cut = member
            .cut
            .as_ref()
            .or(added.and_then(|added| added.cut.as_ref()));
        let mut notes = Vec::new();
        notes.extend(member.binary.then(|| "no text".to_owned()));
        notes.extend(added.and_then(|added| taken_out(&added.redactions)));
        notes.extend(cut.map(|cut| format!("CUT: {cut}")));
        let notes = notes.join("; ");
        let size = words::bytes(member.size);
        line(
            out,
            &format!("{size:>10}  {sha}  {}  {notes}", member.label),
        )?;
    }
    section(
        out,
        "missing",
        shown
            .missing
            .iter()
            .map(|missing| format!("{}: {}", missing.what, missing.why)),
    )?;
    section(
        out,
        "logdog could not get",
        contents
            .logdog_errors
            .iter()
            .map(|error| match &error.request {
                Some(request) => format!("{request}: {}", error.cause),
                None => error.cause.clone(),
            })
            .chain(contents.logdog_errors_open.clone()),
    )?;
    let counted: u64 = contents
        .refused_count
        .values()
        .fold(0, |sum, count| sum.saturating_add(*count));
    let unnamed = counted.saturating_sub(contents.refused.len() as u64);
    let more = (unnamed > 0).then(|| format!("and {unnamed} more"));
    section(
        out,
        "not taken",
        contents
            .refused
            .iter()
            .map(|refusal| format!("{}: {}", refusal.name, refusal.why))
            .chain(more),
    )?;
    section(
        out,
        "NOT AS THE MANIFEST HAS IT",
        contents.mismatches.iter().cloned(),
    )
}

fn section(
    out: &mut dyn Write,
    title: &str,
    lines: impl Iterator<Item = String>,
) -> io::Result<()> {
    for (number, text) in lines.enumerate() {
        if number == 0 {
            line(out, title)?;
        }
        line(out, &format!("  {}", words::short(&text)))?;
    }
    Ok(())
}

/// What was taken out of a member, where something was.
fn taken_out(redactions: &BTreeMap<String, u64>) -> Option<String> {
    let kinds: Vec<String> = redactions
        .iter()
        .map(|(kind, count)| format!("{count} {kind}"))
        .collect();
    (!kinds.is_empty()).then(|| format!("taken out: {}", kinds.join(", ")))
}

/// Writes what is in a member, as it is, or `clean` for a terminal. Answers with why that is not all of it.
/// What comes behind the member is not read, and so no checksum of the archive is either.
///
/// # Errors
/// When there is no such member, or the answer can't be written.
pub fn show_member(
    (path, wanted): (&Path, &str),
    limits: &Limits,
    clean: bool,
    out: &mut dyn Write,
) -> Result<Option<String>, ArchiveFault> {
    let wanted = label(wanted.as_bytes(), limits.name).unwrap_or_else(|_| wanted.to_owned());
    let (mut found, mut near) = (None, None);
    let contents = read(open(path)?, limits, |head, content| {
        if head.label != wanted {
            let is_near = head.label.ends_with(&wanted) || head.label.starts_with(&wanted);
            if is_near && near.is_none() {
                near = Some(head.label.to_owned());
            }
            return Ok(ControlFlow::Continue(()));
        }
        let cut = match clean {
            true => write_clean(content, out)?,
            false => pour(content, |bytes| out.write_all(bytes))?,
        };
        found = Some(cut);
        Ok::<_, ArchiveFault>(ControlFlow::Break(()))
    })?;
    let (path, label) = (path.to_owned(), wanted);
    match (found, contents.whole.trouble()) {
        (Some(cut), _) => {
            out.flush()?;
            Ok(cut)
        }
        (None, Some(trouble)) => Err(ArchiveFault::NotReached {
            path,
            label,
            why: trouble.to_string(),
        }),
        (None, None) => Err(ArchiveFault::NoMember { path, label, near }),
    }
}

fn write_clean(content: &mut dyn io::Read, out: &mut dyn Write) -> io::Result<Option<String>> {
    let cut = Cut {
        most: PIECE,
        overlap: 0,
    };
    pieces(content, cut, |piece| {
        let text = String::from_utf8_lossy(piece.bytes);
        match piece.ends {
            true => writeln!(out, "{}", report::clean(&text))?,
            false => {
                // Spaces in the middle of a line stay.
                let text = format!("{text}.");
                let clean = report::clean(&text);
                let clean = clean.strip_suffix('.').unwrap_or(&clean);
                out.write_all(clean.as_bytes())?;
            }
        }
        Ok(ControlFlow::Continue(()))
    })
}
