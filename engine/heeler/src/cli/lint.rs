//! `heeler lint`: everything that is wrong with runbooks, and mending what is certain.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::IsTerminal as _;

use heeler_core::action;
use heeler_core::lint::wire::{Page, json, sarif};
use heeler_core::lint::{Linted, lint, mend};
use heeler_core::syntax::{Faults, Level, Source, Spanned, render};
use rayon::prelude::*;

use super::args::{LintArgs, Output};
use super::said;
use crate::failure::Failure;
use crate::library::{Library, Volume, replace};

/// Checks, mends where asked to, prints, and gives the exit status: 1 where there is an error.
///
/// # Errors
/// A name that no runbook has, and a file that can't be written.
pub(super) fn run(library: &Library, args: &LintArgs, output: Output) -> Result<u8, Failure> {
    let stock = library.stock(&args.wanted)?;
    let mut said = String::new();
    let mut pages: Vec<Page> = stock
        .faults
        .into_iter()
        .map(|(source, diagnostics)| Page {
            source,
            diagnostics,
            allowed: Vec::new(),
        })
        .collect();
    let mut names = Names::default();
    let mut checked = if args.fix {
        Vec::new()
    } else {
        let check = |volume: &Volume| {
            let folder = volume.folder.as_deref();
            lint(volume.source.clone(), folder, action::all(), library)
        };
        stock.volumes.par_iter().map(check).collect()
    }
    .into_iter();
    for volume in stock.volumes {
        let from_disk = volume.file.is_some();
        let (source, linted) = match checked.next() {
            Some(linted) => (volume.source, linted),
            None => mended(volume, library, &mut said)?,
        };
        let mut page = Page {
            source,
            diagnostics: linted.diagnostics,
            allowed: linted.allowed,
        };
        // A runbook of one's own may stand in for a bundled one.
        if let Some(name) = linted.name.filter(|_| from_disk) {
            names.check(name, &mut page);
        }
        pages.push(page);
    }
    pages.sort_by(|a, b| a.source.name.cmp(&b.source.name));
    match output {
        Output::Text => said::say(&text(&pages, &said)),
        Output::Json => said::say(&format!("{:#}\n", json(&pages))),
        Output::Sarif => {
            let log = sarif(&pages, env!("CARGO_PKG_VERSION"));
            said::say(&format!("{log:#}\n"));
        }
    }
    let count = |level| pages.iter().map(|page| page.count(level)).sum::<usize>();
    let fails = count(Level::Error) > 0 || args.deny_warnings && count(Level::Warning) > 0;
    Ok(u8::from(fails))
}

/// Mends a runbook, writes it, and says what was done.
fn mended(
    volume: Volume,
    library: &Library,
    said: &mut String,
) -> Result<(Source, Linted), Failure> {
    let folder = volume.folder.as_deref();
    let Some(file) = &volume.file else {
        let linted = lint(volume.source.clone(), folder, action::all(), library);
        return Ok((volume.source, linted));
    };
    let old = volume.source.text.clone();
    let mended = mend(volume.source, folder, action::all(), library);
    if mended.source.text != old {
        replace(file, &old, &mended.source.text)?;
    }
    for (code, line, title) in &mended.done {
        let _ = writeln!(
            said,
            "mended[{code}]: {}:{line}: {title}",
            mended.source.name
        );
    }
    Ok((mended.source, mended.linted))
}

/// The names of runbooks so far, each with the file that has it.
#[derive(Default)]
struct Names(BTreeMap<String, String>);

impl Names {
    fn check(&mut self, name: Spanned<String>, page: &mut Page) {
        let Some(first) = self.0.get(&name.value) else {
            self.0.insert(name.value, page.source.name.clone());
            return;
        };
        let mut faults = Faults::of(&page.source);
        faults
            .error(
                "same-name",
                name.span,
                format!("{first} is named `{}` too", name.value),
            )
            .help("give one of them another name");
        page.diagnostics.extend(faults.into_vec());
        page.diagnostics.sort_by_key(|found| found.span().start);
    }
}

/// What people read: each fault at its place, and one line that sums up.
fn text(pages: &[Page], said: &str) -> String {
    let colour = std::io::stdout().is_terminal();
    let faulty = pages.par_iter().filter(|page| !page.diagnostics.is_empty());
    let shown: String = faulty
        .map(|page| render(&page.source, &page.diagnostics, colour) + "\n\n")
        .collect();
    let summary = summary(pages, said.lines().count());
    format!("{said}{shown}{summary}\n")
}

fn summary(pages: &[Page], mended: usize) -> String {
    let count = |level| pages.iter().map(|page| page.count(level)).sum::<usize>();
    let (errors, warnings) = (count(Level::Error), count(Level::Warning));
    let allowed: usize = pages.iter().map(|page| page.allowed.len()).sum();
    let mut parts = Vec::new();
    for (number, word) in [(errors, "error"), (warnings, "warning")] {
        if number > 0 {
            parts.push(counted(number, word));
        }
    }
    if parts.is_empty() {
        parts.push("nothing wrong".to_owned());
    }
    if allowed > 0 {
        parts.push(format!("{allowed} allowed"));
    }
    if mended > 0 {
        parts.push(format!("{mended} mended"));
    }
    format!("{}: {}", counted(pages.len(), "file"), parts.join(", "))
}

fn counted(number: usize, word: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {word}{plural}")
}
