//! What differs between two archives: of two nodes, or of one node before and after.
//!
//! Short texts are compared line by line. Logs are compared by what their lines say ([`super::shapes`]),
//! since hardly a line of them is in both. For the rest there are sizes, and a word why that is all.

mod compare;
mod write;

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::io::Write;
use std::ops::ControlFlow;
use std::path::Path;

use serde::Serialize;

use super::super::MANIFEST;
use super::super::fault::ArchiveFault;
use super::super::limits::Limits;
use super::super::manifest::{About, FORMAT};
use super::super::read::{open, read};
use super::super::told::{Contents, Member, Whole};
use super::edits::LineChange;
use super::shapes::Shape;
use super::{Form, words};

/// What differs between two archives.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Diff {
    /// The format's version.
    #[serde(rename = "heeler-bundle")]
    pub format: u32,
    /// The first one.
    pub a: DiffSide,
    /// The second one.
    pub b: DiffSide,
    /// Members that are the same.
    pub same: u64,
    /// Members that differ.
    pub changed: Vec<Changed>,
}

/// One of two archives.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct DiffSide {
    /// The file.
    pub bundle: String,
    /// Whose it is, and of when, where it says so.
    pub about: Option<About>,
    /// Whether it could be read to its end.
    pub whole: Whole,
    /// Members that only it has, with their sizes. Where the other one is partial they may be missing there
    /// for that reason.
    pub only: BTreeMap<String, u64>,
}

/// A member that differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Changed {
    /// What it is called.
    pub label: String,
    /// Bytes of it in the first one.
    pub size_a: u64,
    /// Bytes of it in the second one.
    pub size_b: u64,
    /// Whether it is not all there in one of them.
    pub cut: bool,
    /// In what it differs.
    #[serde(flatten)]
    pub how: How,
}

/// In what a member differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(
    tag = "compared",
    rename_all = "kebab-case",
    rename_all_fields = "kebab-case"
)]
pub enum How {
    /// Line by line.
    Lines {
        /// Lines that only the first one has.
        removed: u64,
        /// Lines that only the second one has.
        added: u64,
        /// The first ones of both, in order.
        lines: Vec<LineChange>,
    },
    /// By what its lines say.
    Shapes {
        /// Whether one begins with all of the other: it has grown since.
        grown: bool,
        /// Lines of the first one.
        lines_a: u64,
        /// Lines of the second one.
        lines_b: u64,
        /// What only the first one says: the most frequent.
        only_a: Vec<Shape>,
        /// How many different things those are.
        shapes_a: u64,
        /// What only the second one says: the most frequent.
        only_b: Vec<Shape>,
        /// How many different things those are.
        shapes_b: u64,
        /// Lines that were not compared: they say too many different things.
        uncounted: u64,
    },
    /// By its size and digest only.
    Size {
        /// Why.
        why: String,
    },
}

/// Writes what differs between two archives.
///
/// # Errors
/// When one can't be opened, or the answer can't be written. What is wrong with one is part of the answer.
pub fn diff(
    (a, b): (&Path, &Path),
    limits: &Limits,
    (form, out): (Form, &mut dyn Write),
) -> Result<Diff, ArchiveFault> {
    let (of_a, of_b) = (listed(a, limits)?, listed(b, limits)?);
    let pairs = pairs(&of_a, &of_b);
    let differ: Vec<(&Member, &Member)> = pairs
        .iter()
        .copied()
        .filter(|(a, b)| a.sha256 != b.sha256)
        .collect();
    let mut diff = Diff {
        format: FORMAT,
        same: (pairs.len() - differ.len()) as u64,
        changed: compare::compare((a, b), &differ, limits)?,
        a: side(a, &of_a, &of_b),
        b: side(b, &of_b, &of_a),
    };
    diff.changed
        .sort_by(|one, other| one.label.cmp(&other.label));
    match form {
        Form::Json => words::json(out, &diff)?,
        Form::Text => write::write(&diff, out)?,
    }
    out.flush()?;
    Ok(diff)
}

fn listed(path: &Path, limits: &Limits) -> Result<Contents, ArchiveFault> {
    let Ok(mut contents) = read(open(path)?, limits, |_, _| {
        Ok::<_, Infallible>(ControlFlow::Continue(()))
    });
    // It differs always.
    contents.members.retain(|member| member.label != MANIFEST);
    Ok(contents)
}

fn by_label(contents: &Contents) -> BTreeMap<&str, &Member> {
    let members = contents.members.iter();
    members
        .map(|member| (member.label.as_str(), member))
        .collect()
}

fn pairs<'c>(a: &'c Contents, b: &'c Contents) -> Vec<(&'c Member, &'c Member)> {
    let in_b = by_label(b);
    let members = a.members.iter();
    members
        .filter_map(|member| Some((member, *in_b.get(member.label.as_str())?)))
        .collect()
}

fn side(path: &Path, contents: &Contents, other: &Contents) -> DiffSide {
    let in_other = by_label(other);
    let only = contents
        .members
        .iter()
        .filter(|member| !in_other.contains_key(member.label.as_str()));
    DiffSide {
        bundle: path.display().to_string(),
        about: contents
            .manifest
            .as_ref()
            .map(|manifest| manifest.about.clone()),
        whole: contents.whole.clone(),
        only: only
            .map(|member| (member.label.clone(), member.size))
            .collect(),
    }
}
