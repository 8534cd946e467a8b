//! The answers in a bundle, read for judging: nobody is asked, and nothing is unpacked.

use std::io::Read as _;
use std::ops::ControlFlow;
use std::path::Path;

use heeler_core::recording::{Recording, Unreadable};
use serde::Deserialize;

use super::archive::{self, ArchiveFault, Contents, FORMAT, LOGDOG_ERRORS, Limits, MANIFEST};
use super::archive::{TroubleKind, Whole};
use super::looks::MEMBER;
use crate::failure::Failure;

/// Bytes of the member that are read: what is written stays far below.
const MOST_BYTES: u64 = 32 << 20;
/// What to do where there is nothing to judge.
const MAKE: &str =
    "make one with `heeler bundle`; `heeler run` without --bundle asks the node itself";

/// The answers in a bundle.
#[derive(Debug)]
pub struct Kept {
    /// The answers.
    pub recording: Recording,
    /// Why they, or the bundle, are not all that was asked for.
    pub partial: Option<String>,
}

#[derive(Deserialize)]
struct Version {
    #[serde(rename = "heeler-bundle")]
    format: u64,
}

/// Reads the answers of a bundle.
///
/// # Errors
/// `unreadable-bundle`, `no-bundle`, `newer-bundle`, `no-answers` and `damaged-answers`.
pub fn kept(path: &Path) -> Result<Kept, Failure> {
    let place = path.display().to_string();
    let file = archive::open(path).map_err(|fault| {
        let help = "check the path; `heeler bundle` says where it has put one";
        Failure::failed("unreadable-bundle", fault.to_string(), &place, help)
    })?;
    let (mut answers, mut manifest) = (None, Vec::new());
    let limits = Limits::default();
    let most_manifest = limits.manifest as u64;
    let contents = archive::read(file, &limits, |head, content| {
        // Where the archive ends within a member, what came of it counts, and the walk says so.
        if head.label == MEMBER {
            let mut bytes = Vec::new();
            let _ = content.take(MOST_BYTES + 1).read_to_end(&mut bytes);
            answers = Some(bytes);
        } else if head.label == MANIFEST {
            let _ = content.take(most_manifest).read_to_end(&mut manifest);
        }
        Ok::<_, ArchiveFault>(ControlFlow::Continue(()))
    })
    .map_err(|fault| super::make::failure(&fault))?;
    if let Ok(Version { format }) = serde_json::from_slice(&manifest)
        && format > u64::from(FORMAT)
    {
        let what = format!(
            "it has version {format} of the bundles' format, and this program knows {FORMAT}"
        );
        return Err(newer(what, &place));
    }
    let Some(answers) = answers else {
        return Err(without(&contents, &place));
    };
    let damaged = |what: String| {
        let help = "nothing of it was judged; fetch the bundle again from where it was made";
        Failure::failed("damaged-answers", what, &place, help)
    };
    if answers.len() as u64 > MOST_BYTES {
        let what = format!("{MEMBER} has more than {MOST_BYTES} bytes");
        return Err(damaged(what));
    }
    let again = contents
        .refused
        .iter()
        .find(|one| one.name.ends_with(MEMBER));
    if let Some(refusal) = again {
        return Err(damaged(format!("{MEMBER} is there again: {}", refusal.why)));
    }
    // A manifest that is cut with the bundle says nothing; one that is whole has to make sense.
    let is_whole = contents.whole == Whole::Whole;
    let mut mismatches = contents.mismatches.iter();
    let counts = |mismatch: &&String| {
        mismatch.starts_with(MEMBER) || is_whole && mismatch.starts_with(MANIFEST)
    };
    if let Some(mismatch) = mismatches.find(counts) {
        return Err(damaged(mismatch.clone()));
    }
    // Nothing but the manifest vouches for what was unpacked before something turned out to be damaged.
    let trouble = contents.whole.trouble();
    if let Some(trouble) = trouble.filter(|trouble| trouble.kind == TroubleKind::Damaged)
        && manifest.is_empty()
    {
        return Err(damaged(format!(
            "{}, and no manifest says what its answers were",
            trouble.why
        )));
    }
    let recording = Recording::read(&answers).map_err(|fault| match fault {
        Unreadable::Newer(_) => newer(fault.to_string(), &place),
        Unreadable::Damaged(why) => damaged(why),
    })?;
    let partial = partial(&contents, &recording);
    Ok(Kept { recording, partial })
}

fn partial(contents: &Contents, recording: &Recording) -> Option<String> {
    let made = contents.manifest.as_ref().map(|manifest| &manifest.whole);
    let trouble = contents
        .whole
        .trouble()
        .or_else(|| made.and_then(Whole::trouble));
    let why = trouble.map(|trouble| trouble.why.clone());
    let unsaid = || {
        let is_bundle = contents.manifest.is_some();
        (!is_bundle).then(|| "it has no manifest".to_owned())
    };
    match recording.cut {
        true => Some(format!(
            "not all answers are there: {}",
            why.unwrap_or_else(|| "their end is missing".to_owned())
        )),
        false => why.or_else(unsaid),
    }
}

fn newer(what: String, place: &str) -> Failure {
    let help = "use the version of heeler that has made it, or a later one";
    Failure::failed("newer-bundle", what, place, help)
}

/// Why there is nothing to judge.
fn without(contents: &Contents, place: &str) -> Failure {
    let has = |label: &str| contents.members.iter().any(|member| member.label == label);
    let none = |what: String| Failure::failed("no-bundle", what, place, MAKE);
    match (&contents.whole, &contents.manifest) {
        (Whole::Partial(trouble), _)
            if matches!(trouble.kind, TroubleKind::NoGzip | TroubleKind::NoTar) =>
        {
            none(format!("it is no bundle: {}", trouble.why))
        }
        (Whole::Partial(trouble), _) => Failure::failed(
            "no-answers",
            format!(
                "as far as it can be read it has no answers of looks: {}",
                trouble.why
            ),
            place,
            MAKE,
        ),
        (_, Some(manifest)) => {
            let about = |missing: &&archive::Missing| missing.what.starts_with("the answers to ");
            let why = manifest.missing.iter().find(about);
            let why = why.map_or_else(
                || "it was made by a heeler that asked no looks".to_owned(),
                |missing| missing.why.clone(),
            );
            let what = format!("it has no answers of looks: {why}");
            Failure::failed("no-answers", what, place, MAKE)
        }
        _ if has(LOGDOG_ERRORS) => {
            none("it is a tarball of logdog: that has logs, and no answers of looks".to_owned())
        }
        _ if has(MANIFEST) => none("it is no bundle: its manifest makes no sense".to_owned()),
        _ => none("it is no bundle: it is an archive without a manifest".to_owned()),
    }
}
