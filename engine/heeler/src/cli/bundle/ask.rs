//! Bundles answer without being unpacked.

use std::io::{BufWriter, IsTerminal as _, Write as _, stdout};
use std::path::Path;

use super::super::args::{BundleGrepArgs, Output};
use super::super::pattern::pattern;
use super::super::tell;
use crate::bundle::archive::{self, ArchiveFault, Form, Grep, Limits, Whole};
use crate::bundle::failure;
use crate::failure::Failure;

fn form(output: Output) -> Form {
    match output {
        Output::Json => Form::Json,
        Output::Text | Output::Sarif => Form::Text,
    }
}

/// Writes to standard output, and gives what came of it; `None`: nobody reads it any more.
fn written<T>(
    write: impl FnOnce(&mut dyn std::io::Write) -> Result<T, ArchiveFault>,
) -> Result<Option<T>, Failure> {
    let mut out = BufWriter::new(stdout().lock());
    let written = write(&mut out).and_then(|written| {
        out.flush()?;
        Ok(written)
    });
    match written {
        Ok(written) => Ok(Some(written)),
        Err(ArchiveFault::Gone) => Ok(None),
        Err(fault) => Err(failure(&fault)),
    }
}

/// What is in a bundle, or in one of its members.
pub(super) fn show(bundle: &Path, member: Option<&str>, output: Output) -> Result<u8, Failure> {
    let limits = Limits::default();
    let Some(member) = member else {
        let shown = written(|out| archive::show(bundle, &limits, form(output), out))?;
        let is_whole = shown.is_none_or(|shown| {
            let fetched = shown.fetched.is_none_or(|fetched| fetched == Whole::Whole);
            shown.contents.whole == Whole::Whole && fetched && shown.contents.mismatches.is_empty()
        });
        return Ok(u8::from(!is_whole));
    };
    let clean = stdout().is_terminal();
    let cut = written(|out| archive::show_member((bundle, member), &limits, clean, out))?;
    match cut.flatten() {
        None => Ok(0),
        Some(why) => {
            tell(&format!("PARTIAL: {member} is cut: {why}"));
            Ok(1)
        }
    }
}

/// The lines that match, in any bundle.
pub(super) fn grep(args: &BundleGrepArgs, output: Output) -> Result<u8, Failure> {
    let wanted = Grep {
        pattern: pattern(&args.pattern, "PATTERN")?,
        members: args
            .member
            .as_deref()
            .map(|text| pattern(text, "--member"))
            .transpose()?,
        most: args.most,
    };
    let limits = Limits::default();
    let grepped =
        written(|out| archive::grep(&args.bundles, &wanted, &limits, (form(output), out)))?;
    let Some(grepped) = grepped else { return Ok(0) };
    let unread = grepped
        .bundles
        .iter()
        .filter_map(|one| Some((&one.bundle, one.whole.trouble()?)));
    let mut is_whole = true;
    for (bundle, trouble) in unread {
        is_whole = false;
        tell(&format!("PARTIAL: {bundle}: {}", trouble.why));
    }
    if grepped.has_more {
        tell(&format!(
            "note: there are more matches than {}: --most takes another number",
            args.most
        ));
    }
    Ok(u8::from(!is_whole))
}

/// What differs between two bundles.
pub(super) fn diff(a: &Path, b: &Path, output: Output) -> Result<u8, Failure> {
    let diff = written(|out| archive::diff((a, b), &Limits::default(), (form(output), out)))?;
    let is_whole =
        diff.is_none_or(|diff| diff.a.whole == Whole::Whole && diff.b.whole == Whole::Whole);
    Ok(u8::from(!is_whole))
}
