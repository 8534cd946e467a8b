//! What became of reading an archive.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::manifest::Manifest;

/// What is in an archive, as far as it could be read.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Contents {
    /// Whether that is all.
    pub whole: Whole,
    /// The members, in their order.
    pub members: Vec<Member>,
    /// What was not taken: the first ones.
    pub refused: Vec<Refusal>,
    /// What was not taken: how many, by reason.
    pub refused_count: BTreeMap<Refused, u64>,
    /// What logdog could not get: the first ones.
    pub logdog_errors: Vec<LogdogError>,
    /// Whether logdog's errors are more than that, or there is no list of them at all.
    pub logdog_errors_open: Option<String>,
    /// The manifest, where it is a bundle of ours.
    #[serde(skip)]
    pub manifest: Option<Manifest>,
    /// What is not as the manifest has it: the first ones.
    pub mismatches: Vec<String>,
}

/// A member of an archive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Member {
    /// What it is called here: relative, clean, and no path.
    pub label: String,
    /// Bytes that were read.
    pub size: u64,
    /// The digest of them.
    pub sha256: String,
    /// Whether it is no text.
    pub binary: bool,
    /// Why this is not all of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cut: Option<String>,
}

/// Whether an archive was read to its good end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub enum Whole {
    /// It was, and its checksum is right.
    Whole,
    /// It was not: what is there was good until then.
    Partial(Trouble),
    /// Nobody wanted to know: reading was ended before.
    Unread,
}

impl Whole {
    /// Why it is not whole, where that is known.
    pub fn trouble(&self) -> Option<&Trouble> {
        match self {
            Whole::Partial(trouble) => Some(trouble),
            Whole::Whole | Whole::Unread => None,
        }
    }
}

/// What ended the reading of an archive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "kebab-case")]
#[error("{why}")]
pub struct Trouble {
    /// Of which kind it is.
    pub kind: TroubleKind,
    /// In words.
    pub why: String,
}

impl Trouble {
    pub(super) fn new(kind: TroubleKind, why: impl Into<String>) -> Self {
        Trouble {
            kind,
            why: why.into(),
        }
    }
}

/// A kind of trouble with an archive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TroubleKind {
    /// It could not be read on.
    Unreadable,
    /// It is no gzip.
    NoGzip,
    /// What is packed is no tar.
    NoTar,
    /// It ends too soon.
    Cut,
    /// A checksum is wrong, or what should be packed bytes are none.
    Damaged,
    /// Something comes behind its end.
    Trailing,
    /// It is larger, has more members or is packed tighter than is sound.
    Excessive,
}

/// Something in an archive that was not taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Refusal {
    /// What it is called, clean and shortened.
    pub name: String,
    /// Of which kind the reason is.
    pub kind: Refused,
    /// In words.
    pub why: String,
}

/// A reason not to take something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Refused {
    /// Its name climbs out of the archive's folder.
    Climbing,
    /// Its name begins at the root.
    Absolute,
    /// It has no name.
    Nameless,
    /// Its name is too long.
    LongName,
    /// A member before it has the name.
    Duplicate,
    /// It is a link.
    Link,
    /// It is a device or a pipe.
    Special,
    /// It has holes.
    Sparse,
    /// It is too large.
    Large,
    /// What describes it makes no sense.
    Unclear,
}

/// Something that logdog could not get.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct LogdogError {
    /// What it should have got; `None`: the line has another shape.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub request: Option<String>,
    /// Why it could not, or the line itself.
    pub cause: String,
}
